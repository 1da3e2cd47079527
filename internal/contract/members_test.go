package contract_test

import (
	"slices"
	"testing"

	"assay/internal/contract"
)

// TestReadResponse checks that Trace receives every pointer that is read, whether the
// member exists or not, and that reading works without Trace.
func TestReadResponse(t *testing.T) {
	t.Parallel()
	var traced []contract.Pointer
	response := contract.Response{Body: []byte(`{"a":{"b":"c"},"n":1,"t":true}`), Trace: func(pointer contract.Pointer) { traced = append(traced, pointer) }}
	m, err := contract.ReadResponse(response)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := m.String("/a/b")
	n, _ := m.Integer("/n")
	yes, _ := m.Bool("/t")
	if b != "c" || n != "1" || !yes || m.Has("/gone") {
		t.Errorf("reads %q, %q, %t", b, n, yes)
	}
	if want := []contract.Pointer{"/a/b", "/n", "/t", "/gone"}; !slices.Equal(traced, want) {
		t.Errorf("traces %v, want %v", traced, want)
	}
	response.Trace = nil
	if m, err = contract.ReadResponse(response); err != nil || !m.Has("/a") {
		t.Errorf("reads nothing without Trace: %v", err)
	}
}
