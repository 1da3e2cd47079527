package signature_test

import (
	"slices"
	"strings"
	"testing"

	"assay/internal/openapi"
	"assay/internal/signature"
	"assay/specs"
)

// TestKeySizes holds the specifications to the schemes: a scheme signs with keys of the
// documented lengths and no others, and the test value has one of them.
func TestKeySizes(t *testing.T) {
	t.Parallel()
	loaded, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range loaded {
		for _, o := range s.Operations {
			for _, at := range []*openapi.Signature{o.Sign.Request, o.Sign.Response} {
				if at == nil {
					continue
				}
				key := s.Credential(at.Key)
				scheme, err := signature.ByName(at.Scheme)
				if err != nil {
					t.Fatal(err)
				}
				for size := 1; size <= 64; size++ {
					_, err := scheme.Sign([]byte("{}"), strings.Repeat("k", size), signature.Zeros{})
					if documented := len(key.Bytes) == 0 || slices.Contains(key.Bytes, size); documented != (err == nil) {
						t.Errorf("%s.%s of %d bytes: documented %t, but signing returns %v", s.Provider, key.Name, size, documented, err)
					}
				}
				if len(key.Bytes) > 0 && !slices.Contains(key.Bytes, len(key.Test)) {
					t.Errorf("the test value of %s.%s has %d bytes", s.Provider, key.Name, len(key.Test))
				}
			}
		}
	}
}
