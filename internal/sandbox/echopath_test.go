package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// refunds is a document whose responses repeat parameters of the path, and whose codes have
// variants.
const refunds = `openapi: 3.0.3
info: {title: Refunds, version: "1"}
servers: [{url: "https://api.refunds.example.com", description: only}]
x-credentials:
  key: {env: ASSAY_REFUNDS_KEY, test: key_test, about: the key}
paths:
  /receipts/{receipt}/orders/{order_id}/refunds/{refund_id}:
    get:
      operationId: getRefund
      summary: s
      externalDocs: {url: "https://docs.refunds.example.com"}
      security: []
      parameters:
        - {name: order_id, in: path, required: true, x-means: provider-reference, x-doc: Path / order_id, schema: {type: string}}
        - {name: refund_id, in: path, required: true, x-means: provider-reference, x-doc: Path / refund_id, schema: {type: string}}
        - {name: receipt, in: path, required: true, x-means: reference, x-doc: Path / receipt, schema: {type: string}}
        - {name: amount, in: query, x-means: amount-minor, x-doc: Query / amount, schema: {type: integer}}
      x-result:
        at: {code: [/code]}
        codes:
          - {code: NO, variant: no-order, http: 404, outcome: rejected, retry: never, when: 'request.path.order_id == "none"', if: 'response.body.of == "order"', x-doc: NO}
          - {code: NO, variant: no-refund, http: 404, outcome: rejected, retry: never, when: 'request.path.refund_id == "none"', x-doc: NO}
          - {code: OK, http: 200, outcome: succeeded, retry: never, x-doc: OK}
      responses:
        "200":
          description: r
          content:
            application/json:
              schema:
                type: object
                properties:
                  code: {type: string, x-doc: code}
                  refund_id: {type: string, x-means: provider-reference, x-doc: refund_id}
                  order_id: {type: string, x-means: provider-reference, x-doc: order_id}
                  receipt: {type: string, x-means: reference, x-doc: receipt}
                  amount: {type: integer, x-means: amount-minor, x-doc: amount}
                  link: {type: string, x-doc: link}
              examples:
                OK: {value: {code: OK, refund_id: refund_A1B2C3, order_id: order_D4E5F6, receipt: R-0, amount: 100, link: "https://refunds.example.com/order_D4E5F6/refund_A1B2C3"}}
        "404":
          description: r
          content:
            application/json:
              schema: {type: object, properties: {code: {type: string, x-doc: code}, of: {type: string, x-doc: of}}}
              examples:
                NO/no-order: {value: {code: "NO", of: order}}
                NO/no-refund: {value: {code: "NO", of: refund}}
`

// TestEchoPath: each parameter of the path, an amount of the query and each id in a text
// is repeated where the response has it, and the line names the row with its when.
func TestEchoPath(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(fstest.MapFS{"refunds.yaml": {Data: []byte(refunds)}}, "refunds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if faults := s.Faults(); len(faults) > 0 {
		t.Fatalf("the specification has faults: %v", faults)
	}
	lines := make(chan string, 9)
	w := serving(t, []*openapi.Spec{s}, sandbox.Options{Observe: func(o sandbox.Observed) { lines <- o.String() }})
	for _, c := range []struct{ method, path, query, prefer, body, line string }{
		{"GET", "/receipts/R-1/orders/o-7/refunds/r%2F8", "amount=250", "", `{"code":"OK","refund_id":"r/8","order_id":"o-7","receipt":"R-1","amount":250,"link":"https://refunds.example.com/o-7/r/8"}`, `refunds/getRefund R-1: OK (HTTP 200), because no condition`},
		{"GET", "/receipts/R-1/orders/none/refunds/r-8", "", "", `{"code":"NO","of":"order"}`, `refunds/getRefund R-1: NO/no-order (HTTP 404), because request.path.order_id == "none"`},
		{"GET", "/receipts/R-1/orders/o-7/refunds/none", "", "", `{"code":"NO","of":"refund"}`, `refunds/getRefund R-1: NO/no-refund (HTTP 404), because request.path.refund_id == "none"`},
		{"GET", "/receipts/R-1/orders/o-7/refunds/r-8", "", "code=NO; variant=no-refund", `{"code":"NO","of":"refund"}`, `refunds/getRefund R-1: NO/no-refund (HTTP 404), forced by Prefer`},
		{"GET", "/receipts/R-1/orders/o-7/refunds/r-8", "", "code=NO", `code NO of refunds/getRefund has variants`, `refunds/getRefund: HTTP 400, refused: Prefer: code NO of refunds/getRefund has variants; write code=NO; variant= and one of no-order, no-refund`},
		{"DELETE", "/receipts/R-1/orders/canary/refunds/canary", "", "", `the documented method of this path is GET`, `DELETE /refunds/receipts/{receipt}/orders/{order_id}/refunds/{refund_id}: HTTP 405, refused: the documented method of this path is GET`},
		{"GET", "/receipts/canary/orders/canary7/refunds/", "", "", `nothing is documented here`, `GET /refunds/receipts/{…}/orders/{…}/refunds/: HTTP 404, refused: no operation is documented here`},
	} {
		at, err := url.Parse(c.path + "?" + c.query)
		if err != nil {
			t.Fatal(err)
		}
		response, err := w.ask("refunds", contract.Request{Method: c.method, URL: at, Header: http.Header{}}, c.prefer)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(response.Body), c.body) {
			t.Errorf("%s %s: got %s; want %s", c.method, c.path, response.Body, c.body)
		}
		if line := <-lines; !strings.HasPrefix(line, c.line) {
			t.Errorf("%s %s: the line is %s; want %s", c.method, c.path, line, c.line)
		}
		if allow := response.Header.Get("Allow"); (allow == "GET") != (response.Status == http.StatusMethodNotAllowed) {
			t.Errorf("%s %s: HTTP %d with Allow %q", c.method, c.path, response.Status, allow)
		}
	}
}
