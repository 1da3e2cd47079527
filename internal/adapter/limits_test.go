package adapter_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/specs"
)

// limits are the constraints of a text in a request.
type limits struct {
	required        bool
	shortest        int
	longest         int // 0 if no page names a length
	pattern, format string
	enum            []string
}

// document is a specification file. The tests read constraints from it, independently of
// the code that checks requests.
type document struct{ root *yaml.Node }

func read(t testing.TB, provider string) document {
	t.Helper()
	raw, err := fs.ReadFile(specs.Files, provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	return document{n.Content[0]}
}

// of returns the limits of the member at a pointer into an operation's request.
func (d document) of(t testing.TB, operation string, pointer contract.Pointer) limits {
	t.Helper()
	var l limits
	schema := d.request(operation)
	for token := range pointer.Tokens() {
		l.required = slices.ContainsFunc(d.parts(schema), func(part *yaml.Node) bool { return slices.Contains(list(child(part, "required")), token) })
		if schema = d.member(schema, token); schema == nil {
			t.Fatalf("the request of %s has no %s", operation, pointer)
		}
	}
	d.gather(schema, &l)
	return l
}

func (d document) request(operation string) *yaml.Node {
	paths := child(d.root, "paths")
	for i := 1; i < len(paths.Content); i += 2 {
		for j := 1; j < len(paths.Content[i].Content); j += 2 {
			o := paths.Content[i].Content[j]
			if id := child(o, "operationId"); id != nil && id.Value == operation {
				return child(o, "requestBody", "content", "application/json", "schema")
			}
		}
	}
	return nil
}

// plain resolves references.
func (d document) plain(n *yaml.Node) *yaml.Node {
	for ref := child(n, "$ref"); ref != nil; ref = child(n, "$ref") {
		n = child(d.root, strings.Split(strings.TrimPrefix(ref.Value, "#/"), "/")...)
	}
	return n
}

// parts returns a schema and all schemas in its allOf and anyOf.
func (d document) parts(n *yaml.Node) []*yaml.Node {
	n = d.plain(n)
	every := []*yaml.Node{n}
	for _, keyword := range []string{"allOf", "anyOf"} {
		if options := child(n, keyword); options != nil {
			for _, option := range options.Content {
				every = append(every, d.parts(option)...)
			}
		}
	}
	return every
}

func (d document) member(schema *yaml.Node, token string) *yaml.Node {
	for _, part := range d.parts(schema) {
		if found := child(part, "properties", token); found != nil {
			return found
		}
		if items := child(part, "items"); items != nil && strings.Trim(token, "0123456789") == "" {
			return items
		}
		if free := child(part, "additionalProperties"); free != nil {
			return free
		}
	}
	return nil
}

// gather reads the constraints of a text; it ignores schemas of other types.
func (d document) gather(schema *yaml.Node, l *limits) {
	for _, part := range d.parts(schema) {
		if typ := child(part, "type"); typ == nil || typ.Value != "string" {
			continue
		}
		l.shortest, l.longest = size(child(part, "minLength")), size(child(part, "maxLength"))
		l.pattern, l.format = text(child(part, "pattern")), text(child(part, "format"))
		l.enum = list(child(part, "enum"))
	}
}

func child(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		var next *yaml.Node
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == name {
				next = n.Content[i+1]
			}
		}
		n = next
	}
	return n
}

func text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

func size(n *yaml.Node) int {
	i, _ := strconv.Atoi(text(n))
	return i
}

func list(n *yaml.Node) []string {
	var every []string
	for i := 0; n != nil && i < len(n.Content); i++ {
		every = append(every, n.Content[i].Value)
	}
	return every
}

// TestLimits reads some known limits.
func TestLimits(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"paytm/createOrder#/body/orderId":                  "{true 1 50 ^[A-Za-z0-9@_.-]*$  []}",
		"paytm/createOrder#/body/userInfo/email":           "{false 0 0  email []}",
		"paytm/createOrder#/body/txnAmount/currency":       "{true 1 0   [INR]}",
		"paytm/createOrder#/body/enablePaymentMode/0/mode": "{false 0 0   [BALANCE PPBL UPI CREDIT_CARD DEBIT_CARD NET_BANKING EMI PAYTM_DIGITAL_CREDIT]}",
		"ipayments/createOrder#/categoryId":                "{true 1 2 ^[0-9]*$  []}",
		"enkash/createOrder#/paymentDetail/accountNumber":  "{false 9 36   []}",
	} {
		name, pointer, _ := strings.Cut(place, "#")
		provider, operation, _ := strings.Cut(name, "/")
		if got := fmt.Sprint(read(t, provider).of(t, operation, contract.Pointer(pointer))); got != want {
			t.Errorf("%s: %s, want %s", place, got, want)
		}
	}
}
