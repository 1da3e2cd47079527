package openapi_test

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
	"assay/specs"
)

// TestShared: a document equal to the embedded one gives the same specification;
// another document gives another.
func TestShared(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(specs.Files, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	read := func(text []byte) *openapi.Spec {
		s, err := openapi.LoadShared(fstest.MapFS{"paytm.yaml": {Data: text}}, "paytm")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, again, other := read(raw), read(slices.Clone(raw)), read(append(slices.Clone(raw), "# another\n"...))
	if first != again || first == other || other != nil && first.SHA256 == other.SHA256 {
		t.Errorf("equal documents share a spec: %t; different ones do not: %t", first == again, first != other)
	}
	if own, err := openapi.Load(specs.Files, "paytm.yaml"); err != nil || own == first {
		t.Errorf("Load does not share: %t, %v", own != first, err)
	}
	if _, err := openapi.LoadShared(fstest.MapFS{}, "paytm"); err == nil {
		t.Error("an absent file loads")
	}
}

// TestMemoize makes the value for a key once for each operation.
func TestMemoize(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(specs.Files, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	remember := func(o *openapi.Operation, key string) any {
		return o.Memoize(key, func() any { made++; return made })
	}
	o := s.Operations[0]
	other := *o // a copy may have been changed
	for _, c := range []struct {
		o    *openapi.Operation
		key  string
		want int
	}{{o, "a", 1}, {o, "b", 2}, {o, "a", 1}, {&other, "a", 3}, {&other, "a", 3}, {&openapi.Operation{}, "a", 4}, {&openapi.Operation{}, "a", 5}} {
		if got := remember(c.o, c.key); got != c.want {
			t.Errorf("%s: %v, want %d", c.key, got, c.want)
		}
	}
}
