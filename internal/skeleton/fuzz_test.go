package skeleton_test

import (
	"testing"

	"assay/internal/skeleton"
)

// FuzzSource reads any text as a document and as a collection. A skeleton that is made can
// be rendered, or the reason is an error.
func FuzzSource(f *testing.F) {
	for _, raw := range []string{
		`{"openapi": "3.1.0", "paths": {"/a/{b}": {"get": {"responses": {"200": {"content": {"a/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}}}}, "components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}}`,
		`{"openapi": "3.0.0", "paths": {"/": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": ["null", "string", "array"], "not": {"enum": []}}}}}, "security": [{}, {"x": []}]}}}}`,
		`{"info": {"schema": "collection/v2.1"}, "item": [{"name": "a", "request": {"url": "{{a}}/:b?c={{d}}", "body": {"mode": "urlencoded", "urlencoded": [{"key": "a[b][]", "value": 1}]}}}]}`,
		"openapi: 3.0.0\npaths: &a\n  /x: *a\n",
		"openapi: 3.0.0\npaths: {/x: {get: {responses: {200: {content: {application/json: {schema: &s {enum: &e [*e], properties: {a: *s, b: *s, c: *s}}}}}}}}}\n",
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<14 {
			t.Skip()
		}
		if p, err := skeleton.FromDocument("shop", "document", raw, nil); err == nil {
			_, _ = p.Files()
		}
		if p, err := skeleton.FromCollection("shop", "collection", raw); err == nil {
			if _, err := p.Files(); err != nil {
				t.Log(err)
			}
		}
	})
}
