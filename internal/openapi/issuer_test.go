package openapi_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
	"assay/specs"
)

// TestIssuerFaults contradicts EnKash's x-issued-by.
func TestIssuerFaults(t *testing.T) {
	t.Parallel()
	raw, err := specs.Files.ReadFile("enkash.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const good = "x-issued-by: {operation: createToken, token: /token, expires: /expiry}"
	for name, c := range map[string]struct{ issued, want string }{
		"as documented":          {good, ""},
		"no such operation":      {"x-issued-by: {operation: createTokens, token: /token}", "x-issued-by names the operation createTokens, which does not exist"},
		"no such token":          {"x-issued-by: {operation: createToken, token: /tokens}", "x-issued-by names response#/tokens, which createToken does not document"},
		"no such time":           {"x-issued-by: {operation: createToken, token: /token, expires: /expires}", "x-issued-by names response#/expires, which createToken does not document"},
		"no such lifetime":       {"x-issued-by: {operation: createToken, token: /token, expires-in: /expires_in}", "x-issued-by names response#/expires_in, which createToken does not document"},
		"a time that is none":    {"x-issued-by: {operation: createToken, token: /token, expires: /token}", "expires of x-issued-by names response#/token, which has no x-means: timestamp; if it is a lifetime in seconds, write expires-in"},
		"a lifetime and no time": {"x-issued-by: {operation: createToken, token: /token, expires-in: /expiry}", ""},
	} {
		s, err := openapi.Load(fstest.MapFS{"enkash.yaml": {Data: []byte(with(t, string(raw), good, c.issued))}}, "enkash.yaml")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if all := strings.Join(faultsOf(s), "\n"); c.want == "" && all != "" || !strings.Contains(all, c.want) {
			t.Errorf("%s: the faults are %q, want %q", name, all, c.want)
		}
	}
	both := "x-issued-by: {operation: createToken, token: /token, expires: /expiry, expires-in: /expiry}"
	if _, err := openapi.Load(fstest.MapFS{"enkash.yaml": {Data: []byte(with(t, string(raw), good, both))}}, "enkash.yaml"); err == nil || !strings.Contains(err.Error(), "x-issued-by") {
		t.Errorf("a time and a lifetime: %v", err)
	}
}
