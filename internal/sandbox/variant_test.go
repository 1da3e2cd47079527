package sandbox_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// TestVariants obtains every row of a code, by its when and by the header Prefer. The table
// must read each response as the row.
func TestVariants(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("../openapi/testdata/variants"), "tolls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := serving(t, []*openapi.Spec{spec}, sandbox.Options{})
	o := spec.Operation("createOrder")
	const good, none = "Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQ=", ""
	for i, c := range []struct {
		name, authorization, body string
		prefer                    string
		want, message             string
	}{
		{"valid", good, `{"amount":100,"receipt":"r-1"}`, "", "200", ""},
		{"the receipt again", good, `{"amount":100,"receipt":"r-1"}`, "", "REFUSED/duplicate-receipt", "The receipt was used before"},
		{"a field", good, `{"amount":1,"receipt":"r-2"}`, "", "REFUSED/invalid-field", "The amount must be at least 1"},
		{"no credentials", none, `{"amount":1,"receipt":"r-1"}`, "", "REFUSED/unauthorized", "Authentication failed"},
		{"preferred", none, `{}`, "code=REFUSED; variant=unauthorized", "REFUSED/unauthorized", ""},
		{"preferred, built", none, `{}`, "code=REFUSED;variant=duplicate-receipt", "REFUSED/duplicate-receipt", ""},
		{"preferred, quoted", none, `{}`, `code="REFUSED"; variant="invalid-field", handling=strict`, "REFUSED/invalid-field", ""},
		{"preferred, one row", none, `{}`, "code=DOWN", "DOWN", ""},
		{"preferred without a variant", good, `{}`, "code=REFUSED", "", "code REFUSED of tolls/createOrder has variants; write code=REFUSED; variant= and one of unauthorized, duplicate-receipt, invalid-field"},
		{"preferred with another", good, `{}`, "code=REFUSED; variant=nonesuch", "", "has no such variant; there are unauthorized, duplicate-receipt, invalid-field"},
		{"a variant of none", good, `{}`, "code=DOWN; variant=x", "", "code DOWN of tolls/createOrder has no variants"},
		{"a variant alone", good, `{}`, "variant=x", "", "code=CODE; variant=x, with a semicolon"},
		{"no such code", good, `{}`, "code=NO; variant=x", "", "documents no such code"},
	} {
		r := contract.Request{Method: "POST", URL: &url.URL{Path: o.Path}, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(c.body)}
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		var prefer []string
		if c.prefer != "" {
			prefer = []string{c.prefer}
		}
		response, err := w.ask("tolls", r, prefer...)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(response.Body), c.message) {
			t.Errorf("%d %s: %s, want %q", i, c.name, response.Body, c.message)
		}
		met, ok := o.ResultCode(response)
		if got := met.Name(); c.want == "" && ok || c.want != "" && (got != c.want || !met.Agrees(response) || !o.Responses[response.Status].Conforms(response.Body)) {
			t.Errorf("%d %s: HTTP %d %s is %s, want %q", i, c.name, response.Status, response.Body, got, c.want)
		}
	}
}
