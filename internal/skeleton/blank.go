package skeleton

import "fmt"

// Blank returns the files of a skeleton made from nothing: a commented template.
func Blank(name string) ([]File, error) {
	p := &Provider{Name: name, Title: name, Operations: []*Operation{{
		ID: "createOrder", Method: "POST", Path: "/orders",
		Codes: []*Code{{Code: "200", HTTP: 200}, {Code: "400", HTTP: 400}},
	}}}
	all := []File{
		{p.specPath(), fmt.Appendf(nil, blankSpec, name, upper(name))},
		{"fixtures/" + name + "/createOrder/sample.yaml", []byte(blankCase)},
	}
	if _, err := load(all[0]); err != nil {
		return nil, err
	}
	return append(all, File{"README.md", p.readme()}), nil
}

const blankCase = `# A case asks one thing of one operation. Its path is its name: PROVIDER/OPERATION/CASE.
about: the example of the page
source: "TODO: where on the page it is"
request:
  body: {amount: 100, currency: INR, receipt: receipt-000001}
want: {code: "200"}
`

const blankSpec = `# A template: replace everything. specs/README.md of assay describes the dialect, and
# "assay help dialect" is its summary. What has x-assumed: true proves nothing.
openapi: 3.0.3
info:
  title: %[1]s
  version: "0"
  description: "TODO: what the API is for, and which version of the documents this describes."
servers:
  - url: https://api.%[1]s.example
    description: "TODO: production or staging"
    x-evidence: sandbox # or leave it out for production
# What a merchant needs. env is the variable for live runs; test is obviously fake.
x-credentials:
  keyId: {env: ASSAY_%[2]s_KEY_ID, test: assay-test-key-id, secret: true, about: the id of the key}
  keySecret: {env: ASSAY_%[2]s_KEY_SECRET, test: assay-test-key-secret, secret: true, about: its secret}
paths:
  /orders: # or /orders/{id}, with a parameter "in: path"
    post:
      operationId: createOrder
      summary: Create an order
      x-assumed: true # remove it when everything below was compared with the page
      externalDocs:
        url: https://docs.%[1]s.example/orders
      security:
        - basic: []
      x-result:
        # Where the response has its result code. Several places: the first that is there
        # counts. Without a code in the body the HTTP status is the code.
        at: {code: /error/code, message: /error/description}
        # One row for each code: what it means for money (outcome), whether the same request
        # may be sent again (retry), and when it comes (CEL).
        codes:
          - {code: "200", http: 200, outcome: unknown, retry: after-inquiry, x-assumed: true, x-doc: "TODO"}
          - {code: "400", http: 400, outcome: unknown, retry: after-inquiry, x-assumed: true, x-doc: "TODO"}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [amount, currency]
              properties:
                # x-means says which member is the amount, the currency, the reference.
                amount: {type: integer, minimum: 1, x-means: amount-minor, x-assumed: true, x-doc: "TODO"}
                currency: {type: string, x-means: currency, x-assumed: true, x-doc: "TODO"}
                receipt: {type: string, x-means: reference, x-assumed: true, x-doc: "TODO"}
                # x-personal: never shown; recordings have a surrogate.
                email: {type: string, format: email, x-personal: email, x-assumed: true, x-doc: "TODO"}
      responses:
        "200":
          description: The order is open.
          content:
            application/json:
              schema:
                type: object
                required: [id]
                properties:
                  id: {type: string, x-means: provider-reference, x-assumed: true, x-doc: "TODO"}
                  amount: {type: integer, x-means: amount-minor, x-assumed: true, x-doc: "TODO"}
                  currency: {type: string, x-means: currency, x-assumed: true, x-doc: "TODO"}
              examples:
                "200": {value: {id: order_000001, amount: 100, currency: INR}}
        "400":
          description: The request was refused.
          content:
            application/json:
              schema:
                type: object
                required: [error]
                properties:
                  error:
                    type: object
                    x-assumed: true
                    x-doc: "TODO"
                    properties:
                      code: {type: string, x-assumed: true, x-doc: "TODO"}
                      description: {type: string, x-assumed: true, x-doc: "TODO"}
              examples:
                "400": {value: {error: {description: text}}}
components:
  securitySchemes:
    basic: {type: http, scheme: basic, x-pair: [keyId, keySecret]}
`
