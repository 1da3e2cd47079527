package shape_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/openapi"
	"assay/internal/shape"
)

// digits has codes, statuses and messages that look like personal numbers. Its second
// example prints a value of its request.
const digits = `openapi: 3.0.3
info: {title: digits, version: v1}
servers: [{url: https://api.digits.example, description: test}]
x-fresh-days: 90
x-credentials: {}
paths:
  /orders:
    post:
      operationId: createOrder
      summary: Create an order
      security: []
      externalDocs: {url: "https://docs.digits.example/orders"}
      x-result:
        at: {code: [/code], status: [/status], message: [/message]}
        codes:
          - {code: "20000000", status: "10000001", http: 200, outcome: succeeded, retry: never, message: Done, x-doc: Codes}
          - {code: "9876543210", status: "9876543211", http: 200, outcome: invalid, retry: never, message: "call 9876543212", x-doc: Codes}
          - {code: "40000009", status: "10000002", http: 200, outcome: invalid, retry: never, message: "the key '{value}' is used", x-doc: Codes}
      responses:
        "200":
          description: The order.
          content:
            application/json:
              schema:
                type: object
                properties:
                  code: {type: string, x-doc: Response}
                  status: {type: string, enum: ["10000001", "10000002", "9876543211"], x-doc: Response}
                  message: {type: string, x-doc: Response}
                  tags: {type: object, additionalProperties: {type: string}, x-doc: Response}
                  kind: {type: string, enum: ["30000003", "9876543210"], x-doc: Response}
              examples:
                "20000000": {value: {code: "20000000", status: "10000001", message: Done, kind: "30000003"}}
                "9876543210": {value: {code: "9876543210", status: "9876543211", message: "call 9876543212", kind: "9876543210"}}
                "40000009": {value: {code: "40000009", status: "10000002", message: "the key 'key-00000001' is used"}}
`

// TestLearn_documented reads what a Learner wrote about documented codes, statuses and
// messages that look like personal values. Eight digits are kept, ten could be a phone
// number. The text of the table stands for a message whose example prints a value.
func TestLearn_documented(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(fstest.MapFS{"digits.yaml": {Data: []byte(digits)}}, "digits.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := s.Operation("createOrder")
	for code, kept := range map[string]string{"20000000": "20000000", "40000009": "40000009", "9876543210": "other"} {
		example, _ := o.Example(code)
		raw := written(t, shape.Learn(o, exchange(o, string(example.Body))))
		again, err := shape.Unmarshal("a file", []byte(raw))
		if err != nil || again.Codes[kept] == nil || strings.Contains(raw, "98765432") {
			t.Errorf("%s: %v\n%s", code, err, raw)
			continue
		}
		if messages := again.Codes[kept][0].Messages.Names(); code == "40000009" && !slices.Equal(messages, []string{"the key '{value}' is used"}) {
			t.Errorf("the messages are %q", messages)
		}
	}
}

// TestLearn_marked learns an open member of a recording, where a mark stands in place of
// the text.
func TestLearn_marked(t *testing.T) {
	t.Parallel()
	s, err := openapi.Load(fstest.MapFS{"digits.yaml": {Data: []byte(digits)}}, "digits.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := s.Operation("createOrder")
	for text, learnt := range map[string]bool{"REDACTED": false, "red": true} {
		raw := written(t, shape.Learn(o, times(3, exchange(o, `{"code":"20000000","status":"10000001","message":"Done","tags":{"colour":"`+text+`"}}`))...))
		if strings.Contains(raw, "REDACTED") || strings.Contains(raw, "/tags/*: {types: {string: 3}, formats") != learnt {
			t.Errorf("%s is learnt:\n%s", text, raw)
		}
	}
}
