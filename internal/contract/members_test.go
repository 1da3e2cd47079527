package contract_test

import (
	"slices"
	"testing"

	"assay/internal/contract"
)

// TestReadResponse tells what is asked for, there or not, and stays silent where
// nobody listens.
func TestReadResponse(t *testing.T) {
	t.Parallel()
	var asked []contract.Pointer
	response := contract.Response{Body: []byte(`{"a":{"b":"c"},"n":1,"t":true}`), Trace: func(pointer contract.Pointer) { asked = append(asked, pointer) }}
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
	if want := []contract.Pointer{"/a/b", "/n", "/t", "/gone"}; !slices.Equal(asked, want) {
		t.Errorf("tells %v, want %v", asked, want)
	}
	response.Trace = nil
	if m, err = contract.ReadResponse(response); err != nil || !m.Has("/a") {
		t.Errorf("reads nothing where nobody listens: %v", err)
	}
}
