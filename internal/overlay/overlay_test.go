package overlay_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	applied "github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3" // the tool uses its nodes

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/overlay"
	"assay/internal/report"
	"assay/internal/testsize"
	"assay/internal/view"
	"assay/specs"
)

func document(t testing.TB, provider string) (*openapi.Spec, []byte) {
	t.Helper()
	raw, err := fs.ReadFile(specs.Files, provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return loaded(t, provider, raw), raw
}

func loaded(t testing.TB, provider string, raw []byte) *openapi.Spec {
	t.Helper()
	s, err := openapi.Load(fstest.MapFS{provider + ".yaml": {Data: raw}}, provider+".yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return s
}

// apply applies an overlay with another project's tool, with JSONPath of RFC 9535 and
// of the older dialect.
func apply(t testing.TB, raw, proposed []byte) []byte {
	t.Helper()
	var results [][]byte
	for _, dialect := range []string{applied.JSONPathLegacy, applied.JSONPathRFC9535} {
		o, err := applied.ParseReader(bytes.NewReader(proposed))
		if err != nil {
			t.Fatalf("%v\n%s", err, proposed)
		}
		if err := o.Validate(); err != nil {
			t.Fatalf("%v\n%s", err, proposed)
		}
		o.JSONPathVersion = dialect
		var root yaml.Node
		if err := yaml.Unmarshal(raw, &root); err != nil {
			t.Fatal(err)
		}
		warnings, err := o.ApplyToStrict(&root)
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%s: %v, %v\n%s", dialect, err, warnings, proposed)
		}
		after, err := yaml.Marshal(&root)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, after)
	}
	if !bytes.Equal(results[0], results[1]) {
		t.Error("two ambiguities of JSONPath come to different documents")
	}
	return results[0]
}

// wrong returns the violations of a response, and its undocumented members.
func wrong(o *openapi.Operation, body string) (all []string) {
	b := o.Responses[200].Body
	for _, v := range b.Violations([]byte(body)) {
		all = append(all, string(v.At)+" "+v.Keyword)
	}
	for _, pointer := range b.Undocumented([]byte(body)) {
		all = append(all, string(pointer)+" undocumented")
	}
	if met, ok := o.ResultCode(contract.Response{Status: 200, Body: []byte(body)}); !ok || met.Row == nil {
		all = append(all, "an unknown code")
	}
	return all
}

// scenario is a list of changes, and responses that show them.
type scenario struct {
	provider, operation string
	changes             []contract.Change
	bodies              []string // each violates the schema before, none after
}

func change(kind contract.Kind, code string, at contract.Place, now contract.Value) contract.Change {
	return contract.Change{Kind: kind, Code: code, At: at, Now: now, Is: contract.Count{N: 14, Of: 20}, Impact: contract.Minor}
}

// got is a change that all responses show.
func got(kind contract.Kind, code string, at contract.Place, what contract.Value) contract.Change {
	return contract.Change{Kind: kind, Code: code, At: at, Got: what, Now: what, Is: contract.Count{N: 20, Of: 20}, Impact: contract.Minor}
}

// some is a change that only some responses show.
func some(kind contract.Kind, code string, at contract.Place, what contract.Value) contract.Change {
	c := got(kind, code, at, what)
	c.Is.N = 7
	return c
}

// absent is the value of a missing member.
func absent() contract.Value { return contract.Value{Absent: true} }

func types(all ...string) contract.Value { return contract.Value{Types: all} }

func values(all ...string) contract.Value { return contract.Value{Values: all} }

func status(text string) contract.Value { return contract.Value{Statuses: []string{text}} }

func message(text contract.MessagePattern) contract.Value {
	return contract.Value{Messages: []contract.MessagePattern{text}}
}

func responded(http int) contract.Value { return contract.Value{HTTP: []int{http}} }

func media(name string) contract.Value { return contract.Value{Media: []string{name}} }

func format(name string) contract.Value { return contract.Value{Formats: []string{name}} }

func code(text string) contract.Value { return contract.Value{Codes: []string{text}} }

// ranged returns a range.
func ranged(least, most string) *contract.Range { return &contract.Range{Min: least, Max: most} }

const accepted = `{"head":{"responseTimestamp":"1"},"body":{"resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"},"txnToken":"t"}}`

func with(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(accepted) }

func scenarios() map[string]scenario {
	return map[string]scenario{
		"added": {"paytm", "createOrder", []contract.Change{
			change("member-added", "0000", "response#/body/orderToken", types("string")),
			change("member-added", "0000", "response#/body/offers/*/id", types("integer")), // before its parent
			change("member-added", "0000", "response#/body/offers/*", types("object")),
			change("member-added", "0000", "response#/body/offers", types("array")),
			change("member-added", "0000", "response#/body/resultInfo/retry", types("boolean", "null")),
			change("member-added", "0000", "response#/body/plans", types("array")), // its items are described by their own change
			change("member-added", "0000", "response#/body/plans/*/id", types("string")),
			change("member-added", "0000", "response#/body/limit", types("string", "number")),
		}, []string{
			with(`"txnToken"`, `"orderToken":"x","txnToken"`),
			with(`"txnToken"`, `"offers":[{"id":7}],"txnToken"`),
			with(`"txnToken"`, `"plans":[{"id":"7"}],"txnToken"`),
			with(`"resultMsg"`, `"retry":null,"resultMsg"`),
			with(`"resultMsg"`, `"retry":true,"resultMsg"`),
			with(`"txnToken"`, `"limit":1.5,"txnToken"`),
		}},
		"retyped": {"paytm", "createOrder", []contract.Change{
			change("member-retyped", "0000", "response#/body/txnToken", types("object")),
			change("member-retyped", "0000", "response#/head/responseTimestamp", types("number")),
			change("member-null", "0000", "response#/body/resultInfo/resultStatus", types("null")),
			change("member-null", "0000", "response#/body/resultInfo/resultMsg", types("null")),
		}, []string{
			with(`"txnToken":"t"`, `"txnToken":{}`),
			with(`"responseTimestamp":"1"`, `"responseTimestamp":1`),
			with(`"resultStatus":"S"`, `"resultStatus":null`),
			with(`"resultMsg":"Success"`, `"resultMsg":null`),
		}},
		"absent": {"ipayments", "createOrder", []contract.Change{
			change("member-removed", "", "response#/message", absent()),
			change("enum-widened", "0x0206", "response#/status", values("SUCCESS", "WAITING", "IN REVIEW")),
			change("member-null", "0x0206", "response#/status", types("null")),
		}, []string{
			`{"code":"0x0206","status":"PENDING"}`,
			`{"code":"0x0206","status":"WAITING"}`,
			`{"code":"0x0206","status":"IN REVIEW"}`,
			`{"code":"0x0206","status":null}`,
		}},
		"status": {"ipayments", "initKyc", []contract.Change{got("status-changed", "0x0206", "response#/status", status("WAITING"))}, []string{
			`{"code":"0x0206","status":"WAITING","message":"m"}`,
		}},
		"message": {"ipayments", "initKyc", []contract.Change{
			got("message-changed", "0x0206", "response#/message", message("transaction of {…} is pending")),
			got("message-changed", "0x0206", "response#/message", message("wait")),
			got("message-changed", "0x0207", "response#/message", message("reversed")),
		}, nil},
		"http":  {"ipayments", "initKyc", []contract.Change{got("http-changed", "0x0206", "response.status", responded(202))}, nil},
		"media": {"paytm", "createOrder", []contract.Change{got("media-changed", "0000", "response.header.content-type", media("text/html"))}, nil},
		"length": {"ipayments", "createOrder", []contract.Change{
			{Kind: "length-changed", At: "request#/redirectUrl", Code: "accepted", Now: contract.Value{Types: []string{"string"}, Formats: []string{"uri"}, Length: ranged("0", "400")}, Is: contract.Count{N: 14, Of: 20}},
		}, nil},
		"format": {"enkash", "createOrder", []contract.Change{
			{Kind: "format-changed", At: "request#/customerInfo/email", Code: "accepted", Got: format("word"), Is: contract.Count{N: 14, Of: 20}},
		}, nil},
		"status-of-a-code": {"ipayments", "initKyc", []contract.Change{
			change("code-new", "0x0210", "response#/code", contract.Value{Codes: []string{"0x0210"}, Statuses: []string{"HOLD"}, Messages: []contract.MessagePattern{"wait"}}),
		}, []string{`{"code":"0x0210","status":"HOLD","message":"m"}`}},
		"code-below-zero": {"enkash", "createToken", []contract.Change{change("code-new", "-1", "response#/resultCode", code("-1"))}, []string{
			`{"resultCode":-1,"resultMessage":"m"}`,
		}},
		"added-of-another-type": {"paytm", "createOrder", []contract.Change{
			change("member-added", "0000", "response#/body/extraParamsMap", types("null")),
			change("member-added", "0000", "response#/body/loyalty", types("string")),
			change("member-added", "324", "response#/body/loyalty", types("integer")),
		}, []string{
			with(`"txnToken"`, `"extraParamsMap":null,"txnToken"`),
			with(`"txnToken"`, `"loyalty":"x","txnToken"`),
			with(`"txnToken"`, `"loyalty":7,"txnToken"`),
		}},
		"code": {"ipayments", "initKyc", []contract.Change{
			change("code-new", "0x0210", "response#/code", code("0x0210")),
			change("code-new", "0x0211", "", contract.Value{}),
		}, []string{
			`{"code":"0x0210","status":"PENDING","message":"m"}`,
			`{"code":"0x0211","status":"PENDING","message":"m"}`,
		}},
		"code-as-a-number": {"enkash", "createToken", []contract.Change{change("code-new", "905", "response#/resultCode", code("905"))}, []string{
			`{"resultCode":905,"resultMessage":"m"}`,
		}},
		"absent-reference": {"paytring", "createOrder", []contract.Change{change("member-absent", "200", "response#/order_id", absent())}, []string{`{"status":true,"url":"https://checkout.example.com/pay/1","message":"Order created successfully"}`}},
		"code-in-an-error": {"paytring", "createOrder", []contract.Change{change("code-new", "1999", "response#/error/code", code("1999"))}, nil},
		"code-of-paytm":    {"paytm", "createOrder", []contract.Change{change("code-new", "777", "", contract.Value{})}, []string{with(`"0000"`, `"777"`)}},
	}
}

// TestPropose applies proposals with another project's tool: the document loads without
// faults, and the responses conform.
func TestPropose(t *testing.T) {
	t.Parallel()
	for name, s := range scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, raw := document(t, s.provider)
			for i := range s.changes {
				s.changes[i].Operation = s.provider + "/" + s.operation
				s.changes[i].Identify()
			}
			p, err := overlay.Propose(before, raw, s.changes)
			if err != nil || len(p.Skipped) > 0 {
				t.Fatalf("skipped %+v, %v", p.Skipped, err)
			}
			holds(t, name, p.Document)
			after := loaded(t, s.provider, apply(t, raw, p.Document))
			for _, fault := range after.Faults() {
				t.Errorf("%+v", fault)
			}
			for _, body := range s.bodies {
				if found := wrong(before.Operation(s.operation), body); len(found) == 0 {
					t.Errorf("the old schema accepts it: %s", body)
				}
				if found := wrong(after.Operation(s.operation), body); len(found) > 0 {
					t.Errorf("%s: %v", body, found)
				}
			}
			again, err := overlay.Propose(before, raw, s.changes)
			if err != nil || !bytes.Equal(again.Document, p.Document) {
				t.Errorf("the same changes come to another overlay, %v", err)
			}
			if done, err := overlay.Propose(after, apply(t, raw, p.Document), s.changes); err != nil || done.Document != nil {
				t.Errorf("once applied there is still something to propose: %v\n%s", err, done.Document)
			}
		})
	}
}

func holds(t *testing.T, name string, got []byte) {
	t.Helper()
	// the version is a digest of the specification
	head, rest, _ := strings.Cut(string(got), "  version: ")
	_, rest, _ = strings.Cut(rest, "\n")
	golden.Compare(t, filepath.Join("testdata", name+".overlay.yaml"), []byte(head+"  version: any\n"+rest))
}

// TestCareful checks that a proposal promises nothing.
func TestCareful(t *testing.T) {
	t.Parallel()
	_, raw := document(t, "ipayments")
	const data = "        data:\n          type: object\n"
	raw = bytes.ReplaceAll(raw, []byte(data), []byte(data+"          required: [url]\n"))
	before := loaded(t, "ipayments", raw)
	p, err := overlay.Propose(before, raw, []contract.Change{
		{Operation: "ipayments/initKyc", Kind: "member-added", At: "response#/data/session", Now: types("string"), Is: contract.Count{N: 1, Of: 20}},
		{Operation: "ipayments/initKyc", Kind: "code-new", Code: "0x0210", At: "response#/code", Is: contract.Count{N: 1, Of: 20}},
		{Operation: "ipayments/initKyc", Kind: "member-absent", Code: "0x0200", At: "response#/data/kid", Is: contract.Count{N: 1, Of: 20}},
		{Operation: "ipayments/initKyc", Kind: "member-absent", Code: "0x0200", At: "response#/data/url", Is: contract.Count{N: 1, Of: 20}},
	})
	if err != nil || len(p.Skipped) != 1 || report.Sentence(p.Skipped[0].Reason) != "the schema does not require it (nothing to do)" {
		t.Fatalf("%+v, %v", p.Skipped, err)
	}
	if !strings.Contains(string(p.Document), "url-to-follow") {
		t.Errorf("a condition that needs the member is not named:\n%s", p.Document)
	}
	o := loaded(t, "ipayments", apply(t, raw, p.Document)).Operation("initKyc")
	if !o.Redacts("response#/data/session") {
		t.Error("the new member is not marked secret")
	}
	if m := o.Responses[200].Member("/data/session"); !strings.HasSuffix(m.Doc, overlay.Unverified) {
		t.Errorf("the x-doc is %q", m.Doc)
	}
	row := o.Code("0x0210")
	if row.State != contract.Unknown || row.Retry != contract.AfterInquiry || row.SeenIn == "" {
		t.Errorf("the new code: %+v", row)
	}
	if other := before.Operation("createOrder"); other.Code("0x0210") != nil {
		t.Error("the document that was handed in has changed")
	}
}

// TestElsewhere proposes a member that another response of the operation documents. The
// keywords there apply, so that recorded values stay redacted or readable as before.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	before, raw := document(t, "paytring")
	for name, c := range map[string]struct {
		now   contract.Value
		types []string
	}{"as it is there": {types("string"), []string{"string"}}, "of another type": {types("integer"), []string{"integer", "string"}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met := change("member-added", "400/refused", "response#/order_id", c.now)
			met.Operation = "paytring/createOrder"
			p, err := overlay.Propose(before, raw, []contract.Change{met})
			if err != nil || len(p.Skipped) > 0 {
				t.Fatalf("skipped %+v, %v", p.Skipped, err)
			}
			o := loaded(t, "paytring", apply(t, raw, p.Document)).Operation("createOrder")
			m := o.Responses[400].Member("/order_id")
			if m == nil || m.Sensitive() || m.Means != "provider-reference" || o.Redacts("response#/order_id") || !strings.HasSuffix(m.Doc, overlay.Unverified) {
				t.Fatalf("%+v\n%s", m, p.Document)
			}
			if types := slices.Sorted(slices.Values(m.Types)); !slices.Equal(types, c.types) {
				t.Errorf("it may be %s", types)
			}
			if there := o.Responses[200].Member("/order_id"); !slices.Equal(there.Types, []string{"string"}) || there.Doc != before.Operation("createOrder").Responses[200].Member("/order_id").Doc {
				t.Errorf("where it was documented it is another: %+v", there)
			}
		})
	}
}

// TestWider widens bounds of a document, and removes a format.
func TestWider(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to    string
		change      contract.Change
		want, until string
	}{
		"more items": {
			"            goodsInfo:\n              type: array\n", "            goodsInfo:\n              type: array\n              maxItems: 2\n",
			contract.Change{Kind: "size-changed", At: "request#/body/goodsInfo", Now: contract.Value{Types: []string{"array"}, Items: ranged("5", "9")}},
			"maxItems: 9", "maxItems: 2",
		},
		"fewer items": {
			"            goodsInfo:\n              type: array\n", "            goodsInfo:\n              type: array\n              minItems: 2\n",
			contract.Change{Kind: "size-changed", At: "request#/body/goodsInfo", Now: contract.Value{Types: []string{"array"}, Items: ranged("0", "1")}},
			"minItems: 0", "minItems: 2",
		},
		"a format": {
			"            txnToken:\n              type: string\n", "            txnToken:\n              type: string\n              format: uuid\n",
			got("format-changed", "0000", "response#/body/txnToken", format("uri")), "", "format: uuid",
		},
		"larger numbers": {
			"        expiry:\n          type: integer\n", "        expiry:\n          type: integer\n          maximum: 9999999999999\n",
			contract.Change{Operation: "enkash/createToken", Kind: "number-changed", Code: "200", At: "response#/expiry", Now: contract.Value{Types: []string{"integer"}, Number: ranged("1000000000000000", "9999999999999999")}},
			"maximum: 9999999999999999", "maximum: 9999999999999\n",
		},
		"numbers below zero": {
			"        expiry:\n          type: integer\n", "        expiry:\n          type: integer\n          minimum: 0.5\n",
			contract.Change{Operation: "enkash/createToken", Kind: "number-changed", Code: "200", At: "response#/expiry", Now: contract.Value{Types: []string{"integer", "number"}, Number: ranged("-1.5", "7")}},
			"minimum: -1.5", "minimum: 0.5",
		},
		"one length": {
			"            txnToken:\n              type: string\n              minLength: 1\n", "            txnToken:\n              type: string\n              minLength: 30\n",
			contract.Change{Kind: "length-changed", Code: "0000", At: "response#/body/txnToken", Now: contract.Value{Types: []string{"string"}, Formats: []string{"word"}, Length: ranged("7", "7")}},
			"minLength: 7", "minLength: 30",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider, _, _ := strings.Cut(c.change.Operation, "/")
			if provider == "" {
				provider, c.change.Operation = "paytm", "paytm/createOrder"
			}
			_, raw := document(t, provider)
			edited := bytes.Replace(raw, []byte(c.from), []byte(c.to), 1)
			if bytes.Equal(edited, raw) {
				t.Fatal("nothing was edited")
			}
			p, err := overlay.Propose(loaded(t, provider, edited), edited, []contract.Change{c.change})
			if err != nil || len(p.Skipped) > 0 {
				t.Fatalf("skipped %+v, %v", p.Skipped, err)
			}
			after := apply(t, edited, p.Document)
			if !strings.Contains(string(after), c.want) || strings.Contains(string(after), c.until) {
				t.Errorf("%s", p.Document)
			}
			if faults := loaded(t, provider, after).Faults(); len(faults) > 0 {
				t.Errorf("%+v", faults)
			}
		})
	}
}

// TestSkipped lists changes that are skipped, with the reasons.
func TestSkipped(t *testing.T) {
	t.Parallel()
	before, raw := document(t, "paytm")
	for _, c := range []struct {
		contract.Change
		why string
	}{
		{contract.Change{Operation: "enkash/createOrder", Kind: "member-added"}, "no such operation"},
		{contract.Change{Operation: "paytm/refund", Kind: "member-added"}, "no such operation"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "slower"}, "response times"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-added", At: "response.header.x-more"}, "not in a body"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-added", At: "response#/body/txnToken"}, "already documented"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-added", At: "response#/body/txnToken/x"}, "not a documented object"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-added", At: "response#/nowhere/x"}, "not a documented object"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-retyped", At: "response#/body/txnToken", Now: contract.Value{}}, "names no type"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-retyped", At: "response#/body/txnToken", Now: types("string")}, "accepts it"},
		{change("member-absent", "", "response#/body/resultInfo/resultCode", absent()), "without a code"},
		{change("member-null", "", "response#/body/resultInfo/resultCode", types("null")), "without a code"},
		{change("member-retyped", "0", "response#/body/resultInfo/resultCode", code("0")), "without a code"},
		{got("status-changed", "0000", "response#/body/resultInfo/resultStatus", status("")), "names no status"},
		{change("member-absent", "0000", "response#/head", absent()), "no longer be verified"},
		{change("member-added", "0000", "response#/body/$ref", types("string")), "a member called $ref"},
		{change("code-new", "402", "response#/body/resultInfo/resultCode", contract.Value{Codes: []string{"402"}, HTTP: []int{503}}), "no response with HTTP status 503"},
		{change("code-new", "other", "response#/body/resultInfo/resultCode", code("other")), "may be personal"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-null", At: "response#/nowhere", Now: types("null")}, "no such member"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-absent", At: "response.status"}, "not in a body"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "enum-widened", At: "response#/body/resultInfo/resultStatus", Now: contract.Value{Many: true}}, "names no value"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "enum-widened", At: "response#/body/txnToken", Now: values("x")}, "accepts it"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "code-new", Code: "0000"}, "already has it"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "code-new"}, "no result code"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "code-new", Code: "777", At: "response.status"}, "not a valid one"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "code-new", Code: "503", At: "response.status"}, "no response with HTTP status 503"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "member-renamed"}, "cannot express it"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "signature-gone", At: "response#/head/signature"}, "no longer be verified"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "header-removed", At: "response.header.x-more"}, "does not describe headers"},
		{contract.Change{Operation: "paytm/createOrder", Kind: "code-gone", Code: "0000"}, "may come back"},
		{got("status-changed", "0000", "response#/body/resultInfo/resultStatus", status("S")), "the table already has it"},
		{got("status-changed", "777", "response#/body/resultInfo/resultStatus", status("S")), "no such code"},
		{got("status-changed", "0000", "response#/body/resultInfo/resultStatus", status("{…}")), "names no status"},
		{some("status-changed", "0000", "response#/body/resultInfo/resultStatus", status("T")), "responses have both"},
		{got("message-changed", "0000", "response#/body/resultInfo/resultMsg", message("Success")), "the table already has it"},
		{got("message-changed", "0000", "response#/body/resultInfo/resultMsg", message("{…}")), "names no message"},
		{got("message-changed", "777", "response#/body/resultInfo/resultMsg", message("x")), "no such code"},
		{got("http-changed", "0000", "response.status", responded(200)), "the table already has it"},
		{got("http-changed", "0000", "response.status", contract.Value{}), "names no HTTP status"},
		{got("http-changed", "777", "response.status", responded(201)), "no such code"},
		{some("http-changed", "0000", "response.status", responded(201)), "responses have both"},
		{got("media-changed", "0000", "response.header.content-type", media("application/json")), "has it"},
		{got("media-changed", "0000", "response.header.content-type", media("none")), "no media type"},
		{got("format-changed", "0000", "response#/body/txnToken", format("uuid")), "accepts it"},
		{got("format-changed", "0000", "response#/nowhere", format("uuid")), "no such member"},
		{contract.Change{Kind: "format-changed", At: "request#/body/orderId", Got: format("text")}, "its pattern"},
		{got("length-changed", "0000", "response#/body/txnToken", contract.Value{Types: []string{"string"}, Length: ranged("3", "14")}), "accepts it"},
		{got("length-changed", "0000", "response#/body/txnToken", types("string")), "names no length"},
	} {
		if c.Operation == "" {
			c.Operation = "paytm/createOrder"
		}
		p, err := overlay.Propose(before, raw, []contract.Change{c.Change})
		if err != nil || p.Document != nil || len(p.Skipped) != 1 || !strings.Contains(report.Sentence(p.Skipped[0].Reason), c.why) {
			t.Errorf("%s %s: %+v, %v, want %s\n%s", c.Kind, c.At, p.Skipped, err, c.why, p.Document)
		}
	}
	for _, bad := range []string{"", "a: ["} {
		if _, err := overlay.Propose(before, []byte(bad), nil); err == nil || !strings.Contains(err.Error(), "paytm.yaml") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestEveryMember proposes each kind of change at every documented member of every
// response at once. The result always loads, and accepts the change.
func TestEveryMember(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for _, provider := range []string{"enkash", "ipayments", "paytm", "paytring"} {
		for kind, now := range map[contract.Kind]contract.Value{"member-absent": absent(), "member-null": types("null"), "member-retyped": types("array"), "member-added": types("string")} {
			t.Run(provider+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				before, raw := document(t, provider)
				var changes []contract.Change
				for _, o := range before.Operations {
					for _, status := range o.Statuses() {
						for _, m := range o.Responses[status].Members() {
							at := contract.ResponseBody(m.Pointer)
							switch {
							case kind == "member-added":
								at += "-too"
							case slices.Contains(o.Result.Code, m.Pointer):
								continue // without a code there is nothing to propose: see TestSkipped
							case kind == "member-absent" && o.Sign.Response != nil && m.Pointer.Contains(o.Sign.Response.At) && m.Pointer != o.Sign.Response.At:
								continue // and without a signature neither
							}
							changes = append(changes, contract.Change{Operation: o.Name(), Kind: kind, At: at, Now: now, Is: contract.Count{N: 2, Of: 20}})
						}
					}
				}
				p, err := overlay.Propose(before, raw, changes)
				if err != nil {
					t.Fatal(err)
				}
				for _, skipped := range p.Skipped {
					switch why := report.Sentence(skipped.Reason); why { // shared by operations, or so already
					case "the schema does not require it (nothing to do)", "the schema accepts null (nothing to do)", "the schema accepts it (nothing to do)", "it is already documented (nothing to do)":
					default:
						t.Errorf("%s: %s", skipped.Change.At, why)
					}
				}
				if p.Document == nil {
					return
				}
				after := loaded(t, provider, apply(t, raw, p.Document))
				for _, fault := range after.Faults() {
					t.Errorf("%+v", fault)
				}
				accepts(t, after, changes)
			})
		}
	}
}

// accepts changes the documented responses, one place at a time, and checks that none
// violates the schema there.
func accepts(t *testing.T, after *openapi.Spec, changes []contract.Change) {
	t.Helper()
	tried := 0
	for _, c := range changes {
		_, id, _ := strings.Cut(c.Operation, "/")
		o := after.Operation(id)
		pointer, _ := c.At.Pointer()
		if c.Kind == "member-added" && !o.Redacts(c.At) {
			t.Errorf("%s is shown", c.At)
		}
		for _, row := range o.Codes {
			printed, _ := o.Example(row.Name())
			body, ok := changed(t, printed.Body, c.Kind, contract.TokensOf(pointer))
			if !ok {
				continue
			}
			tried++
			for _, v := range o.Responses[printed.HTTP].Violations(body) {
				if v.At == contract.ResponseBody(pointer) {
					t.Errorf("%s with code %s: %s", c.At, row.Code, report.Sentence(view.Reason(&v)))
				}
			}
			if slices.Contains(o.Responses[printed.HTTP].Undocumented(body), contract.ResponseBody(pointer)) {
				t.Errorf("%s is not documented", c.At)
			}
		}
	}
	if tried == 0 {
		t.Error("no printed response has any of the members: this proves nothing")
	}
}

// changed applies a change to a member of a body.
func changed(t *testing.T, raw []byte, kind contract.Kind, tokens []string) ([]byte, bool) {
	t.Helper()
	var body any
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	holder, _ := contract.Lookup(body, contract.PointerTo(tokens[:len(tokens)-1]...))
	object, ok := holder.(map[string]any)
	name := tokens[len(tokens)-1]
	_, there := object[name]
	if !ok || there == (kind == "member-added") {
		return nil, false
	}
	switch kind {
	case "member-absent":
		delete(object, name)
	case "member-null":
		object[name] = nil
	case "member-retyped":
		object[name] = []any{1}
	case "member-added":
		object[name] = "x"
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return raw, true
}
