package adapter_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/testsize"
	"assay/internal/transport"
)

// court holds the three that decide about a request to each other: the adapter, which does
// not send it, the rules, which call it wrong, and the sandbox, which refuses it.
type court struct {
	bench
	box    *sandbox.Sandbox
	token  contract.Token
	sample []string // a value that is right for each member
	rules  []rule.Rule
}

func newCourt(t *testing.T, b bench) *court {
	t.Helper()
	box, err := sandbox.New([]*openapi.Spec{b.spec}, sandbox.Options{Now: setup(b.spec).Now})
	if err != nil {
		t.Fatal(err)
	}
	c := &court{bench: b, box: box}
	c.rules = slices.DeleteFunc(rule.For(&rule.Subject{Spec: b.spec, Operation: b.op}), func(r rule.Rule) bool { return r.Family != "request" })
	for i, m := range b.Members {
		c.sample = append(c.sample, good(m, b.limits[i]).Example(i))
	}
	if a := b.op.Authorization; a != nil && a.IssuedBy != "" {
		issuing := bench{spec: b.spec, op: b.spec.Operation(a.IssuedBy), t: t}
		made, err := issuing.request(contract.Call{})
		if err != nil {
			t.Fatal(err)
		}
		frozen, err := transport.Freeze(made)
		if err != nil {
			t.Fatal(err)
		}
		token, _ := contract.Raw(c.ask(frozen).Body, a.Token)
		c.token.Value, _ = contract.String(token)
	}
	return c
}

// valid returns a call that the documents allow, with every member that it needs.
func (c *court) valid() *asked {
	a := c.blank()
	a.Token = c.token
	for i, m := range c.Members {
		if m.Always || c.limits[i].required {
			a.set(m.Field, c.sample[i])
		}
	}
	return a
}

// adapter returns the request of a call, or false if the adapter refuses it.
func (c *court) adapter(a *asked) (contract.Request, bool) {
	c.t.Helper()
	made, err := c.request(a.ask())
	var refused *contract.RefusedError
	if errors.As(err, &refused) {
		return contract.Request{}, false
	}
	if err != nil {
		c.t.Fatal(err)
	}
	frozen, err := transport.Freeze(made)
	if err != nil {
		c.t.Fatal(err)
	}
	return frozen, true
}

// with returns a request with another value at a place, signed again.
func (c *court) with(r contract.Request, at contract.Pointer, value any, reference bool) contract.Request {
	c.t.Helper()
	body, err := contract.Decode(r.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if r.Body, err = contract.Encode(put(body, slices.Collect(at.Tokens()), value)); err != nil {
		c.t.Fatal(err)
	}
	r.Body = signature.Sign(c.op.Sign.Request, r.Body, c.spec.TestCredentials(), signature.Zeros{})
	text, isText := value.(string)
	for _, p := range c.op.Parameters {
		if reference && isText && p.Means == "reference" && p.In == "query" {
			moved := *r.URL
			query := moved.Query()
			query.Set(p.Name, text)
			moved.RawQuery = query.Encode()
			r.URL = &moved
		}
	}
	return r
}

// put sets a value below a value; a number is an index.
func put(in any, tokens []string, value any) any {
	if len(tokens) == 0 {
		return value
	}
	if tokens[0] == "0" {
		list, _ := in.([]any)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = put(list[0], tokens[1:], value)
		return list
	}
	object, _ := in.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	object[tokens[0]] = put(object[tokens[0]], tokens[1:], value)
	return object
}

// wrong returns the rules that call a request wrong.
func (c *court) wrong(r contract.Request) []string {
	own := c.spec.TestCredentials()
	p := &rule.Subject{Spec: c.spec, Operation: c.op, View: openapi.NewView(c.op, contract.Exchange{Request: r}, own, c.spec.Merchant)}
	defer p.View.Done()
	p.View.Signature = signature.RequestState(c.op.Sign.Request, p.View)
	p.View.Authentication = rule.Authentication(c.op, r, own, c.token, setup(c.spec).Now())
	var all []string
	for _, known := range c.rules {
		for _, f := range rule.Apply(known, p).Findings {
			if f.Severity == contract.Error {
				all = append(all, known.ID+" "+string(f.At)+" "+f.Detail)
			}
		}
	}
	return all
}

func (c *court) ask(r contract.Request) contract.Response {
	path := strings.TrimPrefix(r.URL.String(), c.spec.Servers[0].URL)
	request := httptest.NewRequestWithContext(context.Background(), r.Method, "/"+c.spec.Provider+path, strings.NewReader(string(r.Body)))
	request.Header = r.Header
	w := httptest.NewRecorder()
	c.box.ServeHTTP(w, request)
	return contract.Response{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
}

// accepted reports whether the sandbox accepts a request. A duplicate is accepted once.
func (c *court) accepted(r contract.Request) bool {
	response := c.ask(r)
	if response.Header.Get("Content-Type") == "application/problem+json" {
		return false
	}
	result, ok := c.op.ResultCode(response)
	if !ok || result.Row == nil {
		c.t.Fatalf("the sandbox responds %d %s", response.Status, response.Body)
	}
	return result.Row.State == contract.Succeeded || result.Row.State == contract.Duplicate
}

// agree compares what rules and sandbox make of a request.
func (c *court) agree(r contract.Request, name string, value any) (right bool) {
	c.t.Helper()
	found := c.wrong(r)
	if accepted := c.accepted(r); accepted != (len(found) == 0) {
		c.t.Errorf("%s %q: accepted by the sandbox: %t, but the rules say %q", name, value, accepted, found)
	}
	return len(found) == 0
}

// TestLimitsAgree gives every member of every input values at and around every limit. What the
// adapter sends, the rules call right and the sandbox accepts; what the adapter refuses, the
// rules call wrong and the sandbox refuses. The short form has an eighth of the members.
func TestLimitsAgree(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			b.t = t
			c := newCourt(t, b)
			base, ok := c.adapter(c.valid())
			if !ok || !c.agree(base, "the valid call", "") {
				t.Fatal("the valid call is refused")
			}
			for _, i := range testsize.Some(indices(c.Members), len(c.Members)/8) {
				m := c.Members[i]
				met := map[bool]int{}
				for _, value := range around(m, c.limits[i]) {
					a := c.valid()
					a.set(m.Field, value)
					sent, sends := c.adapter(a)
					met[sends]++
					if sends && !c.agree(sent, m.Field, value) {
						t.Errorf("%s %q: the adapter sends it, but the rules call it wrong: %q", m.Field, value, c.wrong(sent))
					}
					if value == "" && (sends || !c.limits[i].required) {
						continue // left out
					}
					wire := c.with(base, m.At, value, strings.HasSuffix(m.Field, ".reference"))
					if right := c.agree(wire, m.Field, value); right != sends {
						t.Errorf("%s %q: sent by the adapter: %t, but the rules say %q", m.Field, value, sends, c.wrong(wire))
					}
				}
				if met[true] == 0 {
					t.Errorf("%s: no value is right", m.Field)
				}
			}
		})
	}
}

// TestAmountsAgree is TestLimitsAgree for amounts.
func TestAmountsAgree(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		if b.Amounts == nil {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			b.t = t
			c := newCourt(t, b)
			base, ok := c.adapter(c.valid())
			if !ok {
				t.Fatal("the valid call is refused")
			}
			at, minor := c.amount()
			for _, n := range []int64{
				-1 << 63, -100_000, -101, -100, -99, -1, 0, 1, 2, 9, 10, 11, 99, 100, 101, 999_999, 1_000_000, 1_000_001, 1_000_010, 1_000_100,
				9_999_990, 9_999_999, 10_000_000, 999_999_900, 999_999_901, 1_000_000_000, 99_999_999_999, 100_000_000_000, 100_000_000_001, 1<<53 + 1, 1<<63 - 1,
			} {
				a := c.valid()
				a.set(a.member+".amount.minor", n)
				sent, sends := c.adapter(a)
				if sends != (n > 0 && b.fits(n)) {
					t.Errorf("%d minor units: sent by the adapter: %t", n, sends)
				}
				if sends {
					if !c.agree(sent, "amount", n) {
						t.Errorf("%d minor units: the adapter sends it, but the rules call it wrong: %q", n, c.wrong(sent))
					}
					continue
				}
				text := contract.Money{Minor: n}.Decimal()
				if minor {
					text = strconv.FormatInt(n, 10)
				}
				if wire := c.with(base, at, c.like(base, at, text), false); c.agree(wire, "amount", text) {
					t.Errorf("%s: the adapter refuses it, but rules and sandbox do not", text)
				}
			}
			for _, text := range []string{
				"0", "0.0", "0.00", "-0", "-1", "-0.01", "0.001", "0.009", "0.01", "0.010", "1.005", "1.999", "1.1", "1.10", "1.100", "01", "1.", ".5",
				"1e3", "1E-3", "+1", "1,000", " 1", "1 ", "", "NaN", "Infinity", "0x10", "१", "1_0", "99999999999999999999.99", "19.990000000000002",
			} {
				for _, value := range []any{text, json.Number(text)} {
					if _, isNumber := value.(json.Number); isNumber && (!json.Valid([]byte(text)) || strings.TrimSpace(text) != text) {
						continue
					}
					right := c.agree(c.with(base, at, value, false), "amount", value)
					if f := strings.Trim(text, "-.0"); right && (f == "" || strings.HasPrefix(text, "-")) {
						t.Errorf("%v is right, but it is nothing or less", value)
					}
				}
			}
		})
	}
}

// amount returns the place of the amount, and whether it is in minor units.
func (c *court) amount() (at contract.Pointer, minor bool) {
	for _, m := range c.op.Request.Members() {
		switch m.Means {
		case "amount-minor":
			return m.Pointer, true
		case "amount-decimal":
			if below := m.Pointer.AppendToken("value"); c.op.Request.Member(below) != nil {
				return below, false
			}
			return m.Pointer, false
		}
	}
	c.t.Fatal("no amount")
	return "", false
}

// like returns a decimal text as a value of the kind that stands at a place.
func (c *court) like(r contract.Request, at contract.Pointer, text string) any {
	body, _ := contract.Decode(r.Body)
	if value, _ := contract.Lookup(body, at); value != nil {
		if _, isText := value.(string); isText {
			return text
		}
	}
	return json.Number(text)
}

// indices returns the index of each element.
func indices[T any](all []T) []int {
	at := make([]int, len(all))
	for i := range at {
		at[i] = i
	}
	return at
}
