package sandbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// recalled is a document whose orders are fetched by the provider's id and by the merchant's
// reference, and refunded.
const recalled = `openapi: 3.0.3
info: {title: Recalled, version: "1"}
servers: [{url: "https://api.recalled.example.com", description: only}]
x-credentials:
  key: {env: ASSAY_RECALLED_KEY, test: key_test, about: the key}
components:
  schemas:
    Order:
      type: object
      properties:
        code: {type: string, x-doc: code}
        id: {type: string, x-means: provider-reference, x-doc: id}
        receipt: {type: string, x-means: reference, x-doc: receipt}
        amount: {type: integer, x-means: amount-minor, x-doc: amount}
        total: {type: string, x-means: amount-decimal, x-doc: total}
        paid: {type: integer, x-means: amount-minor, x-doc: paid}
        currency: {type: string, x-means: currency, x-doc: currency}
paths:
  /orders:
    post:
      operationId: createOrder
      summary: s
      externalDocs: {url: "https://docs.recalled.example.com"}
      security: []
      requestBody: {ASK}
      x-result: RESULT
      responses: {ORDER}
  /orders/{order_id}:
    get:
      operationId: fetchOrder
      summary: s
      externalDocs: {url: "https://docs.recalled.example.com"}
      security: []
      parameters: [{name: order_id, in: path, required: true, x-means: provider-reference, x-doc: Path / order_id, schema: {type: string}}]
      x-result: RESULT
      responses: {ORDER}
  /receipts/{receipt}:
    get:
      operationId: fetchReceipt
      summary: s
      externalDocs: {url: "https://docs.recalled.example.com"}
      security: []
      parameters: [{name: receipt, in: path, required: true, x-means: reference, x-doc: Path / receipt, schema: {type: string}}]
      x-result: RESULT
      responses: {ORDER}
  /orders/{id}/refunds:
    post:
      operationId: refund
      summary: s
      externalDocs: {url: "https://docs.recalled.example.com"}
      security: []
      parameters: [{name: id, in: path, required: true, x-means: provider-reference, x-doc: Path / id, schema: {type: string}}]
      requestBody: {ASK}
      x-result: RESULT
      responses: {ORDER}
`

// parts stand at several places of the document.
func parts() *strings.Replacer {
	return strings.NewReplacer(
		"RESULT", `{at: {code: [/code]}, codes: [{code: OK, http: 200, outcome: succeeded, retry: never, x-doc: OK}]}`,
		"ORDER", `"200": {description: r, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}, examples: {OK: {value: {code: OK, id: order_D4E5F6, receipt: R-0, amount: 700, total: "7.00", paid: 0, currency: INR}}}}}}`,
		"ASK", `content: {application/json: {schema: {type: object, properties: {receipt: {type: string, x-means: reference, x-doc: receipt}, amount: {type: integer, x-means: amount-minor, x-doc: amount}, currency: {type: string, x-means: currency, x-doc: currency}}}}}`,
	)
}

// TestRecall fetches orders: the response has the amount and currency that each was made
// with. A refund has its own amount, and the order keeps its.
func TestRecall(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(fstest.MapFS{"recalled.yaml": {Data: []byte(parts().Replace(recalled))}}, "recalled.yaml")
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New([]*openapi.Spec{s}, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) string {
		r := httptest.NewRequestWithContext(t.Context(), method, "/recalled"+path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		box.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	has := func(what, got string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s has no %s: %s", what, part, got)
			}
		}
	}
	ids := map[int]string{}
	for i := range 20 {
		made := ask(http.MethodPost, "/orders", fmt.Sprintf(`{"receipt":"R-%d","amount":%d,"currency":"C%02d"}`, i, 1005+10*i, i))
		_, after, _ := strings.Cut(made, `"id":"`)
		ids[i], _, _ = strings.Cut(after, `"`)
	}
	for i, id := range ids {
		sum := []string{fmt.Sprintf(`"amount":%d`, 1005+10*i), fmt.Sprintf(`"total":"%d.%d5"`, (100+i)/10, i%10), `"paid":0`, fmt.Sprintf(`"currency":"C%02d"`, i), `"id":"` + id + `"`}
		has("the order", ask(http.MethodGet, "/orders/"+id, ""), sum...)
		has("the refund", ask(http.MethodPost, "/orders/"+id+"/refunds", `{"receipt":"F-1","amount":3}`), `"amount":3`, sum[3])
		has("the order after it", ask(http.MethodGet, "/orders/"+id, ""), sum...)
		has("the receipt", ask(http.MethodGet, fmt.Sprintf("/receipts/R-%d", i), ""), append(sum[:4:4], fmt.Sprintf(`"receipt":"R-%d"`, i))...)
	}
	has("an unknown order", ask(http.MethodGet, "/orders/order_X", ""), `"amount":700`, `"currency":"INR"`)
}
