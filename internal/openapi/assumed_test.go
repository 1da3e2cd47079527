package openapi_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
)

// TestAssumed marks parts of a document. A mark on an operation, a parameter, a member or a
// row makes the operation assumed; one on an HTTP status does not.
func TestAssumed(t *testing.T) {
	t.Parallel()
	const document = `openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.example.com", description: one}]
x-credentials: {}
paths:
  /orders:
    post:
      operationId: createOrder
      summary: Create an order
      externalDocs: {url: "https://shop.example.com/docs"}
      security: []
      #operation
      parameters:
        - {name: q, in: query, x-doc: q, schema: {type: string} #parameter}
      x-result:
        at: {code: []}
        codes: [{code: "200", outcome: succeeded, retry: never, x-doc: "200" #row}]
      responses:
        "200":
          description: done
          #status
          content:
            application/json:
              schema: {type: object, properties: {a: {type: object, x-doc: a, properties: {b: {type: string, x-doc: b #member}}}}}
              examples: {"200": {value: {}}}
`
	for mark, want := range map[string]bool{"": false, "operation": true, "parameter": true, "row": true, "member": true, "status": false} {
		text := document
		for _, name := range []string{"operation", "parameter", "row", "member", "status"} {
			by := ""
			switch {
			case name == mark && (name == "operation" || name == "status"):
				by = "x-assumed: true"
			case name == mark:
				by = ", x-assumed: true"
			}
			text = strings.Replace(text, "#"+name, by, 1)
		}
		s, err := openapi.Load(fstest.MapFS{"shop.yaml": {Data: []byte(text)}}, "shop.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Operations[0].Assumed; got != want || s.Assumed() != want {
			t.Errorf("%q: %v, want %v", mark, got, want)
		}
		if got := s.Operations[0].Codes[0].Documented(); got != (mark != "row") {
			t.Errorf("%q: the code is documented: %v", mark, got)
		}
		for _, f := range s.Faults() {
			t.Errorf("%q: %s", mark, f.Message.Key())
		}
	}
}
