package protocol

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/contract"
)

// part compiles a definition of the schema; "": the whole.
func part(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("protocol.schema.json", document); err != nil {
		t.Fatal(err)
	}
	at := "protocol.schema.json"
	if name != "" {
		at += "#/$defs/" + name
	}
	s, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// holds holds a message to a part of the schema and to the whole.
func holds(t *testing.T, name string, message any) error {
	t.Helper()
	raw, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := part(t, name).Validate(value); err != nil {
		return err
	}
	return part(t, "").Validate(value)
}

func TestSchema(t *testing.T) {
	t.Parallel()
	now := time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC)
	call := Call{ID: "acme/pay/sample", Operation: "acme/pay", BaseURL: "http://127.0.0.1:4711", Now: now}
	with := func(change func(*Call)) Call {
		c := call
		change(&c)
		return c
	}
	calls := []Call{
		call,
		with(func(c *Call) { c.Input = &contract.Order{Reference: "1", Billing: &contract.Address{City: "Pune"}} }),
		with(func(c *Call) { c.Input = &contract.KYC{Name: "Z"}; c.Credentials = map[string]string{"key": "k"} }),
		with(func(c *Call) {
			c.Request = &Request{Path: map[string]string{"id": "1"}, Query: map[string][]string{"a": {"1", "2"}}, Body: []byte(`{"a":1}`)}
			c.Options, c.Token = []byte(`{"flow":"x"}`), &contract.Token{Value: "t", Expires: now}
		}),
	}
	replies := []Reply{{ID: "1", Refused: true}, {ID: "1", Errored: true}, replyOf(call)}
	for _, state := range contract.States() {
		for _, retry := range contract.Retries() {
			o := contract.Outcome{State: state, Retry: retry, Token: &contract.Token{Value: "t"}}
			replies = append(replies, Reply{ID: "1", Outcome: o})
			o.Omits = contract.StateOnly
			replies = append(replies, Reply{ID: "1", Outcome: o})
		}
	}
	for _, r := range replies {
		if err := holds(t, "reply", r); err != nil {
			t.Error(err)
		}
		calls = append(calls, with(func(c *Call) { c.After = &r }))
	}
	for _, c := range calls {
		if err := holds(t, "call", c); err != nil {
			t.Error(err)
		}
	}
	if err := holds(t, "hello", json.RawMessage(testHello)); err != nil {
		t.Error(err)
	}
}

// TestSchema_agrees expects the schema and this package to accept the same replies and
// hellos.
func TestSchema_agrees(t *testing.T) {
	t.Parallel()
	reply := part(t, "reply")
	for _, text := range []string{
		`{"id":"1","outcome":"succeeded"}`, `{"id":"1","outcome":"refused","message":"no"}`, `{"id":"1","outcome":"error"}`,
		`{"id":"1","outcome":"pending","retry":"never","code":null,"reference":"","token":null}`,
		`{"id":"1","outcome":"pending","token":{"value":"t","expires":"2022-06-01T00:00:00Z"}}`,
		`{"id":"1","outcome":"pending","status":null,"message":null,"redirectUrl":null}`,
		`{"id":"1","outcome":"pending","retry":null}`, `{"id":"1","outcome":"pending","retry":""}`, `{"id":"1","outcome":"fine"}`, `{"id":"1"}`, `{"id":"1","outcome":"pending","retry":"soon"}`, `{"id":"1","outcome":"pending","code":1}`,
		`{"id":"1","outcome":"pending","more":1}`, `[]`, `1`, `{"id":1,"outcome":"pending"}`, `{"id":"1","outcome":null}`,
		`{"id":"1","outcome":"pending","token":"t"}`, `{"id":"1","outcome":"pending","token":{"value":1}}`, `{"id":"1","outcome":"pending","status":5}`,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var r Reply
		if schema, code := reply.Validate(value), json.Unmarshal([]byte(text), &r); (schema == nil) != (code == nil) {
			t.Errorf("%s: the schema says %v, the code %v", text, schema, code)
		}
	}
	hello := part(t, "hello")
	for _, text := range []string{testHello, `{"hello":{}}`, `{"hello":{"more":1}}`, `{"hello":{"concurrency":-1}}`, `{"hello":{"protocol":"x"}}`, `{"hello":1}`, `{"hello":{"name":1}}`} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if schema, is, code := hello.Validate(value), true, error(nil); is {
			if _, is, code = readHello([]byte(text)); !is || (schema == nil) != (code == nil) {
				t.Errorf("%s: the schema says %v, the code %v", text, schema, code)
			}
		}
	}
}

// TestSchema_members expects the schema to describe the members of the types, and no others.
func TestSchema_members(t *testing.T) {
	t.Parallel()
	var document map[string]any
	if err := json.Unmarshal(Schema, &document); err != nil {
		t.Fatal(err)
	}
	properties := func(path string) []string {
		value := any(document)
		for _, name := range strings.Split("$defs/"+path, "/") {
			value = value.(map[string]any)[name]
		}
		var names []string
		for name := range value.(map[string]any) {
			names = append(names, name)
		}
		slices.Sort(names)
		return names
	}
	for path, of := range map[string]any{
		"hello/properties/hello/properties": Hello{}, "call/properties": callMessage{}, "reply/properties": replyMessage{}, "call/properties/request/properties": Request{},
		"token/properties": contract.Token{}, "order/properties": contract.Order{}, "order/properties/amount/properties": contract.Money{},
		"order/properties/customer/properties": contract.Customer{}, "address/properties": contract.Address{}, "kyc/properties": contract.KYC{},
	} {
		var want []string
		for f := range reflect.TypeOf(of).Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, name)
		}
		if _, isCall := of.(callMessage); isCall {
			for _, kind := range contract.InputKinds() {
				want = append(want, kind.Member)
			}
		}
		slices.Sort(want)
		if got := properties(path); !slices.Equal(got, want) {
			t.Errorf("%s: %v; the type has %v", path, got, want)
		}
	}
}
