package specdiff_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/specdiff"
	"assay/specs"
)

func read(t testing.TB, provider string, raw []byte) specdiff.Document {
	t.Helper()
	s, err := openapi.Load(fstest.MapFS{provider + ".yaml": {Data: raw}}, provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return specdiff.NewDocument(s, provider+".yaml")
}

func compared(t testing.TB, provider string, before, after []byte) []contract.Change {
	t.Helper()
	changes, err := specdiff.Compare(read(t, provider, before), read(t, provider, after), specdiff.Uses{})
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func file(t testing.TB, path ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestHistory compares real changes of documents with the expected list.
func TestHistory(t *testing.T) {
	t.Parallel()
	dirs, err := os.ReadDir("testdata")
	if err != nil || len(dirs) < 7 {
		t.Fatalf("%d, %v", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(dir.Name(), func(t *testing.T) {
			t.Parallel()
			provider, _, _ := strings.Cut(dir.Name(), "-")
			before, after := file(t, "testdata", dir.Name(), "before.yaml"), file(t, "testdata", dir.Name(), "after.yaml")
			for side, raw := range map[string][]byte{"before": before, "after": after} {
				for _, f := range read(t, provider, raw).Faults() {
					t.Errorf("%s: %+v", side, f)
				}
			}
			holds(t, filepath.Join("testdata", dir.Name(), "changes.json"), compared(t, provider, before, after))
		})
	}
}

func holds(t *testing.T, path string, changes []contract.Change) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	var all []report.Change
	for _, c := range changes {
		all = append(all, report.ChangeOf(c))
	}
	if err := e.Encode(all); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, path, b.Bytes())
}

// listed returns changes as text, one a line.
func summaries(changes []contract.Change) (all []string) {
	for _, c := range changes {
		all = append(all, strings.TrimSpace(string(c.Impact)+" "+string(c.Kind)+" "+c.Code+" "+string(c.At)))
	}
	return all
}

// TestCodes checks one real change without a golden file: the table gained two codes,
// and nothing else changed.
func TestCodes(t *testing.T) {
	t.Parallel()
	got := summaries(compared(t, "ipayments", file(t, "testdata/ipayments-codes/before.yaml"), file(t, "testdata/ipayments-codes/after.yaml")))
	if want := []string{"degrades code-new 0x0207 response#/code", "degrades code-new 0x0209 response#/code"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestRetyped checks that every response member of another type is a change of its own,
// which needs its own acknowledgement.
func TestRetyped(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(specs.Files, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	after := string(raw)
	for _, member := range []string{"            txnToken:\n              type: ", "resultStatus: {type: ", "resultMsg: {type: "} {
		if !strings.Contains(after, member+"string") {
			t.Fatalf("no %q", member)
		}
		after = strings.Replace(after, member+"string", member+"integer", 1)
	}
	var got []string
	for _, c := range compared(t, "paytm", raw, []byte(after)) {
		if c.Kind == contract.MemberRetyped {
			got = append(got, string(c.At))
		}
	}
	if want := []string{"response#/body/resultInfo/resultMsg", "response#/body/resultInfo/resultStatus", "response#/body/txnToken"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestUses checks that our adapter's uses decide the impact of losses in responses.
// Requests, narrower types and members without known uses keep oasdiff's level.
func TestUses(t *testing.T) {
	t.Parallel()
	read, silent, unread := "            txnToken:\n              type: string", "resultMsg: {type: string", "bankHolderName: {type: string, nullable: true"
	says := func(text string) contract.Message { return (&contract.Template{ID: "impact.test", Text: text}).Says() }
	uses := func(o *openapi.Operation, pointer contract.Pointer) (contract.Impact, contract.Message) {
		switch o.Name() + string(pointer) {
		case "paytm/createOrder/body/txnToken":
			return contract.Breaks, says("read")
		case "paytm/createOrder/body/resultInfo/resultMsg":
			return "", contract.Message{}
		}
		return contract.Minor, says("not read")
	}
	for name, e := range map[string]edit{
		"renamed":        {"paytm", read, strings.Replace(read, "txnToken", "token", 1), []string{"breaks member-removed  response#/body/txnToken", "minor member-added  response#/body/token"}},
		"null":           {"paytm", read, read + "\n              nullable: true", []string{"breaks member-null  response#/body/txnToken"}},
		"not known":      {"paytm", silent, "resultMsg: {type: boolean", []string{"breaks member-retyped  response#/body/resultInfo/resultMsg"}},
		"unread":         {"ipayments", unread, "bankHolderName: {type: boolean, nullable: true", []string{"minor member-retyped  response#/data/bankHolderName"}},
		"absent":         {"ipayments", "required: [code, status, message]", "required: [code, status]", []string{"minor member-absent  response#/message", "minor member-absent  response#/message"}},
		"of the request": {"paytm", "        unit: {type: string, x-doc: GoodsInfo / unit}\n", "        unit: {type: integer, x-doc: GoodsInfo / unit}\n", []string{"breaks member-retyped  request#/body/goodsInfo/*/unit"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := edited(t, e)
			changes, err := specdiff.Compare(was, is, specdiff.Uses{Member: uses})
			if err != nil {
				t.Fatal(err)
			}
			if got := summaries(changes); !slices.Equal(got, e.want) {
				t.Errorf("got  %q\nwant %q", got, e.want)
			}
		})
	}
}

// TestAdapter rates new codes by whether our adapter knows them, and a removed success
// by whether another code succeeds.
func TestAdapter(t *testing.T) {
	t.Parallel()
	uses := specdiff.Uses{Codes: func(*openapi.Operation) []string { return []string{"0000", "0100"} }}
	row := "      - code: \"0000\"\n"
	for name, c := range map[string]struct {
		to   string
		uses specdiff.Uses
		want []string
	}{
		"known":   {strings.Replace(row, "0000", "0100", 1), uses, []string{"minor code-gone 0000", "harmless code-new 0100"}},
		"unknown": {strings.Replace(row, "0000", "0200", 1), uses, []string{"breaks code-new 0200", "minor code-gone 0000"}},
		"gone":    {"", uses, []string{"breaks code-gone 0000"}},
	} {
		raw, err := fs.ReadFile(specs.Files, "paytm.yaml")
		if err != nil {
			t.Fatal(err)
		}
		from := row
		if c.to == "" {
			from = "      - code: \"0000\"\n        status: S\n        message: Success\n        outcome: succeeded\n        retry: never\n        x-doc: Response Codes & Messages / 0000\n"
		}
		after := bytes.Replace(raw, []byte(from), []byte(c.to), 1)
		if bytes.Equal(raw, after) {
			t.Fatalf("%s: nothing was edited", name)
		}
		changes, err := specdiff.Compare(read(t, "paytm", raw), read(t, "paytm", after), c.uses)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range summaries(changes) {
			got = append(got, strings.TrimSuffix(one, " response#/body/resultInfo/resultCode"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestIdentity checks that another meaning is another change, which needs its own
// acknowledgement.
func TestIdentity(t *testing.T) {
	t.Parallel()
	ids := map[string]string{}
	for _, outcome := range []string{"succeeded", "rejected", "reversed"} {
		was, is := edited(t, edit{"ipayments", "outcome: pending", "outcome: " + outcome, nil})
		changes, err := specdiff.Compare(was, is, specdiff.Uses{})
		if err != nil || len(changes) == 0 || changes[0].Kind != "code-outcome" {
			t.Fatalf("%q, %v", summaries(changes), err)
		}
		if other := ids[changes[0].ID]; other != "" {
			t.Errorf("%s and %s have the same id", outcome, other)
		}
		ids[changes[0].ID] = outcome
	}
}

// TestNames allows and forbids undocumented names in an object of a request.
func TestNames(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(specs.Files, "paytm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	with := func(keyword string) []byte {
		const was = "              additionalProperties: true\n"
		after := bytes.Replace(raw, []byte(was), []byte(keyword), 1)
		if keyword != was && bytes.Equal(after, raw) {
			t.Fatal("nothing was edited")
		}
		return after
	}
	const open, closed, texts = "              additionalProperties: true\n", "              additionalProperties: false\n", "              additionalProperties: {type: string}\n"
	for _, c := range []struct{ from, to, want string }{
		{open, closed, "breaks"}, {open, texts, "breaks"}, {closed, open, "harmless"}, {texts, open, "harmless"}, {closed, "", "harmless"}, {closed, texts, "harmless"},
	} {
		got := summaries(compared(t, "paytm", with(c.from), with(c.to)))
		if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, c.want+" names-changed  request#/body/") }) {
			t.Errorf("%s to %s: %q, want %s", strings.TrimSpace(c.from), strings.TrimSpace(c.to), got, c.want)
		}
	}
}

// TestMoved changes the HTTP status of a code, which is reported once.
func TestMoved(t *testing.T) {
	t.Parallel()
	raw, err := fs.ReadFile(specs.Files, "paytring.yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(raw, []byte("operationId: createOrder")) // the edits are in this operation
	before, of := raw[:max(at, 0)], raw[max(at, 0):]
	edited := of
	for from, to := range map[string]string{"response.status != 400 ||": "response.status != 422 ||", "        \"400\":\n          description": "        \"422\":\n          description", "        http: 400\n": "        http: 422\n"} {
		if edited = bytes.Replace(edited, []byte(from), []byte(to), 1); !bytes.Contains(edited, []byte(to)) {
			t.Fatalf("%q was not edited", from)
		}
	}
	if got := summaries(compared(t, "paytring", raw, slices.Concat(before, edited))); !slices.Equal(got, []string{"breaks http-changed 400/exception response#/error/code", "degrades rule-changed  x-rules.error-explained"}) {
		t.Errorf("%q", got)
	}
	added := bytes.Replace(of, []byte("        \"400\":\n          description"), []byte("        \"409\":\n          description: Another.\n          content:\n            application/json:\n              schema: {$ref: \"#/components/schemas/Refusal\"}\n        \"400\":\n          description"), 1)
	if got := summaries(compared(t, "paytring", raw, slices.Concat(before, added))); !slices.Equal(got, []string{"minor http-changed  response.status"}) {
		t.Errorf("%q", got)
	}
}

// TestAlike writes the same document in another way, which is not a change.
func TestAlike(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][]string{
		"another name for a schema":   {"ipayments", "schemas/CreateOrderResponse", "schemas/OrderResponse", "    CreateOrderResponse:", "    OrderResponse:"},
		"what is required, reordered": {"ipayments", "required: [code, status, message]", "required: [message, code, status]"},
		"members, reordered":          {"paytring", "{udf1: {}, udf2: {}, udf3: {}", "{udf3: {}, udf1: {}, udf2: {}"},
	} {
		raw, err := fs.ReadFile(specs.Files, c[0]+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		after := raw
		for i := 1; i < len(c); i += 2 {
			after = bytes.ReplaceAll(after, []byte(c[i]), []byte(c[i+1]))
		}
		if bytes.Equal(raw, after) {
			t.Fatalf("%s: nothing was edited", name)
		}
		if changes := compared(t, c[0], raw, after); len(changes) > 0 {
			t.Errorf("%s: %q", name, summaries(changes))
		}
	}
}

// TestProvider checks that ids do not depend on the name of the newer file, and that
// documents of two providers are not compared.
func TestProvider(t *testing.T) {
	t.Parallel()
	was, is := edited(t, edits()["server"])
	want, err := specdiff.Compare(was, is, specdiff.Uses{})
	if err != nil || len(want) == 0 || want[0].Operation != "paytm" {
		t.Fatalf("%+v, %v", want, err)
	}
	_, after := edits()["server"].texts(t)
	got, err := specdiff.Compare(was, read(t, "paytm-new", after), specdiff.Uses{})
	if err != nil || len(got) != len(want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range got {
		if got[i].ID != want[i].ID || got[i].Operation != want[i].Operation {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	other, _ := edited(t, edits()["outcome"])
	if changes, err := specdiff.Compare(was, other, specdiff.Uses{}); err == nil || !strings.Contains(err.Error(), "paytm.yaml and ipayments.yaml have no server and no path in common") {
		t.Errorf("%q, %v", summaries(changes), err)
	}
}

// TestRelated checks that a common host or path is enough.
func TestRelated(t *testing.T) {
	t.Parallel()
	one := func(server, path string) *openapi.Spec {
		return &openapi.Spec{Servers: []openapi.Server{{URL: server}}, Operations: []*openapi.Operation{{Path: path}}}
	}
	for name, c := range map[string]struct {
		a, b *openapi.Spec
		want bool
	}{
		"host":     {one("https://Pay.example/api", "/v1/order"), one("https://pay.example/v2", "/v2/order"), true},
		"path":     {one("https://pay.example", "/order/{id}"), one("https://other.example", "/order/{orderId}"), true},
		"neither":  {one("https://pay.example", "/order"), one("https://other.example", "/orders"), false},
		"no hosts": {one("/", "/order"), one("/", "/orders"), false},
	} {
		if got := specdiff.Related(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSame compares documents with themselves.
func TestSame(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"enkash", "ipayments", "paytm", "paytring"} {
		raw, err := fs.ReadFile(specs.Files, provider+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if changes := compared(t, provider, raw, raw); len(changes) > 0 {
			t.Errorf("%s: %q", provider, summaries(changes))
		}
	}
}

// edit is one edit of an embedded document, and the expected changes.
type edit struct {
	provider, from, to string
	want               []string
}

func edits() map[string]edit {
	return map[string]edit{
		"member added":        {"paytm", "            txnToken:\n", "            orderToken: {type: string, x-doc: orderToken}\n            txnToken:\n", []string{"minor member-added  response#/body/orderToken"}},
		"member gone":         {"ipayments", "            kid:\n", "            kid2:\n", []string{"minor member-removed  response#/data/kid", "minor member-added  response#/data/kid2"}},
		"shorter":             {"ipayments", "maxLength: 300\n          format: uri", "maxLength: 200\n          format: uri", []string{"breaks length-changed  request#/redirectUrl"}},
		"no longer there":     {"ipayments", "required: [code, status, message]", "required: [code, status]", []string{"breaks member-absent  response#/message", "breaks member-absent  response#/message"}},
		"status":              {"ipayments", "status: SOMETHING_WENT_WRONG\n        message: SOMETHING", "status: FAILURE\n        message: SOMETHING", []string{"breaks status-changed 0x0205 response#/code", "breaks status-changed 0x0205 response#/code"}},
		"outcome":             {"ipayments", "outcome: pending", "outcome: succeeded", []string{"breaks code-outcome 0x0206 response#/code", "breaks code-outcome 0x0206 response#/code"}},
		"message":             {"ipayments", "message: TRANSACTION REVERSED\n        outcome", "message: REVERSED\n        outcome", []string{"minor message-changed 0x0207 response#/code", "minor message-changed 0x0207 response#/code"}},
		"message emptied":     {"ipayments", "message: TRANSACTION REVERSED\n        outcome", "message: \"\"\n        outcome", []string{"minor message-changed 0x0207 response#/code", "minor message-changed 0x0207 response#/code"}},
		"equivalent":          {"paytm", `["1007", "1012"]`, `["1007", "1012", "1011"]`, []string{"minor codes-equivalent  x-result.equivalent"}},
		"signature gone":      {"paytm", "        response:\n          scheme: paytm-checksum\n          at: /head/signature\n          over: /body\n          key: merchantKey\n          required: response.body.body.resultInfo.resultStatus == \"S\" # the SDK rejects a success without a signature\n", "", []string{"breaks signature-gone  x-signature.response"}},
		"signature":           {"paytm", "required: merchant.checksum", "required: \"true\"", []string{"breaks signature-changed  x-signature.request"}},
		"condition":           {"paytm", "has(request.body.body.websiteName) || has(request.body.body.callbackUrl)", "has(request.body.body.websiteName)", []string{"breaks rule-changed  x-rules.website-or-callback"}},
		"condition gone":      {"paytm", "        - id: order-agrees\n          on: request\n          rule: request.query.orderId == request.body.body.orderId\n          message: \"request.query.orderId differs from request#/body/orderId; send the same value in both\"\n          x-doc: Response Codes & Messages / 2014\n", "", []string{"harmless rule-gone  x-rules.order-agrees"}},
		"ambiguity taken":     {"ipayments", "chosen: rupees, a string with at most two decimals", "chosen: paise", []string{"degrades ambiguity-changed  x-ambiguities.C6"}},
		"credential":          {"paytm", "env: ASSAY_PAYTM_MID", "env: ASSAY_PAYTM_MERCHANT", []string{"degrades credential-changed  x-credentials.mid"}},
		"credential secret":   {"paytm", "    secret: true\n    bytes:", "    bytes:", []string{"degrades credential-changed  x-credentials.merchantKey"}},
		"credential bytes":    {"paytm", "    bytes: [16, 24, 32]", "    bytes: [32]", []string{"degrades credential-changed  x-credentials.merchantKey"}},
		"server":              {"paytm", "https://stage-router.paytm.in", "https://stage-router.paytmpayments.com", []string{"breaks server-gone  servers.https://stage-router.paytm.in", "minor server-new  servers.https://stage-router.paytmpayments.com"}},
		"switch":              {"paytm", "checksum: false", "checksum: true", []string{"minor merchant-changed  x-merchant.checksum"}},
		"meaning":             {"ipayments", "x-means: reference", "x-means: provider-reference", []string{"breaks member-meaning  request#/clientRefId"}},
		"authorization":       {"ipayments", "x-pair: [clientKey, clientSecret]", "x-pair: [clientKey, merchantCode]", []string{"breaks authorization-changed  request.header.authorization", "breaks authorization-changed  request.header.authorization"}},
		"no authorization":    {"ipayments", "security: [{basic: []}]", "security: []", []string{"breaks authorization-changed  request.header.authorization"}},
		"hidden no more":      {"ipayments", "          x-doc: Request / cardName\n          x-personal: name\n", "          x-doc: Request / cardName\n", []string{"minor member-hidden  request#/cardName"}},
		"in a list":           {"paytm", "        unit: {type: string, x-doc: GoodsInfo / unit}\n", "        unit: {type: integer, x-doc: GoodsInfo / unit}\n", []string{"breaks member-retyped  request#/body/goodsInfo/*/unit"}},
		"parameter":           {"ipayments", "          x-doc: Headers / Accept\n          schema: {type: string, minLength: 1}", "          x-doc: Headers / Accept\n          schema: {type: string, minLength: 2}", []string{"breaks length-changed  request.header.accept"}},
		"another status":      {"ipayments", "            - REDIRECT\n", "            - REDIRECT\n            - HELD\n", []string{"breaks enum-widened  response#/status", "breaks enum-widened  response#/status"}},
		"retry":               {"ipayments", "outcome: pending\n        retry: after-inquiry", "outcome: pending\n        retry: never", []string{"breaks code-retry 0x0206 response#/code", "breaks code-retry 0x0206 response#/code"}},
		"when":                {"ipayments", "when: violation.keyword != \"\"", "when: violation.keyword == \"required\"", []string{"minor code-when 0x0203 response#/code", "minor code-when 0x0203 response#/code"}},
		"seen":                {"enkash", "        seen: C9\n", "", []string{"minor code-documented 117 response#/response_code"}},
		"result moved":        {"paytm", "code: /body/resultInfo/resultCode\n", "code: [/body/resultInfo/resultCode, /body/resultInfo/resultStatus]\n", []string{"breaks result-moved  x-result.at"}},
		"credential new":      {"paytm", "  merchantKey:\n    env", "  channel: {env: ASSAY_PAYTM_CHANNEL, test: WEB, about: the channel}\n  merchantKey:\n    env", []string{"breaks credential-new  x-credentials.channel"}},
		"credential choice":   {"paytm", "  merchantKey:\n    env", "  channel: {env: ASSAY_PAYTM_CHANNEL, test: WEB, optional: true, about: the channel}\n  merchantKey:\n    env", []string{"minor credential-new  x-credentials.channel"}},
		"condition new":       {"paytm", "      x-rules:\n", "      x-rules:\n        - {id: order-said, on: request, rule: 'has(request.body.body.orderId)', message: no order, x-doc: Body}\n", []string{"breaks rule-new  x-rules.order-said"}},
		"ambiguity new":       {"ipayments", "x-ambiguities:\n", "x-ambiguities:\n  - {id: C99, sources: [{source: a, text: b}, {source: c, text: d}], chosen: a, why: so, held: [request-documented]}\n", []string{"minor ambiguity-new  x-ambiguities.C99"}},
		"ambiguity settled":   {"ipayments", "  - id: C14\n    at: request.method\n    sources:\n      - {source: heading, text: POST here and GET on sibling pages}\n      - {source: curl sample, text: \"--data without -X, which is POST everywhere\"}\n    chosen: heading\n    why: both sources say POST for these two operations; only sibling pages contradict themselves\n    held: [request-documented]\n", "", []string{"minor ambiguity-settled  x-ambiguities.C14"}},
		"ambiguity otherwise": {"ipayments", "{source: header table, text: \"Accept: application/json is required\"}", "{source: header table, text: nothing}", []string{"minor ambiguity-changed  x-ambiguities.C3"}},
		"success gone":        {"paytm", "      - code: \"0000\"\n", "      - code: \"0100\"\n", []string{"degrades code-new 0100 response#/body/resultInfo/resultCode", "minor code-gone 0000 response#/body/resultInfo/resultCode"}},
		"secret, personal":    {"ipayments", "          x-personal: pan\n", "          x-personal: account\n", []string{"minor member-hidden  request#/pan"}},
		"parameter's":         {"paytm", "          x-means: reference\n", "", []string{"breaks member-meaning  request.query.orderId"}},
		"strict of ambiguity": {"paytring", "additionalProperties: false}", "additionalProperties: true}", []string{"minor ambiguity-changed  x-ambiguities.C15"}},
		"names":               {"paytm", "additionalProperties: true", "additionalProperties: false", []string{"breaks names-changed  request#/body/extendInfo"}},
		"token's end":         {"enkash", "expires: /expiry}", "expires: /resultCode}", []string{"breaks authorization-changed  request.header.authorization"}},
		"token's lifetime":    {"enkash", "expires: /expiry}", "expires-in: /expiry}", []string{"breaks authorization-changed  request.header.authorization"}},
		"condition's name":    {"paytm", "id: mid-agrees", "id: mid-same", []string{"harmless rule-renamed  x-rules.mid-same"}},
		"only a message's":    {"paytring", "message: [/message, /error/message", "message: [/error/message, /message", []string{"degrades result-moved  x-result.at"}},
		"format of a number":  {"enkash", "          format: int64\n", "", []string{"breaks format-changed  response#/expiry"}},
		"in two places":       {"paytm", "enum: [BALANCE, PPBL, UPI,", "enum: [BALANCE, UPI,", []string{"breaks enum-narrowed  request#/body/disablePaymentMode/*/mode", "breaks enum-narrowed  request#/body/enablePaymentMode/*/mode"}},
		"items":               {"paytm", "            goodsInfo:\n              type: array\n", "            goodsInfo:\n              type: array\n              maxItems: 3\n", []string{"breaks size-changed  request#/body/goodsInfo"}},
		"operation gone":      {"ipayments", "/v1/service/paycc/init/kyc:", "/v1/service/paycc/kyc:", []string{"breaks operation-moved  paths"}},
	}
}

// unedited holds the documents before an edit by provider.
var unedited sync.Map

// edited returns a document before and after an edit.
func edited(t *testing.T, e edit) (older, newer specdiff.Document) {
	t.Helper()
	raw, after := e.texts(t)
	known, _ := unedited.Load(e.provider)
	was, ok := known.(specdiff.Document)
	if !ok {
		was = read(t, e.provider, raw)
		unedited.Store(e.provider, was)
	}
	return was, read(t, e.provider, after)
}

// texts returns the document before and after the edit.
func (e edit) texts(t *testing.T) (before, after []byte) {
	t.Helper()
	raw, err := fs.ReadFile(specs.Files, e.provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	if after = bytes.Replace(raw, []byte(e.from), []byte(e.to), 1); bytes.Equal(raw, after) {
		t.Fatal("nothing was edited")
	}
	return raw, after
}

// identities returns the ids of changes, in order.
func identities(changes []contract.Change) string {
	var all []string
	for _, c := range changes {
		all = append(all, c.ID)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for name, e := range edits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := edited(t, e)
			changes, err := specdiff.Compare(was, is, specdiff.Uses{})
			if err != nil {
				t.Fatal(err)
			}
			if got := summaries(changes); !slices.Equal(got, e.want) {
				t.Errorf("got  %q\nwant %q", got, e.want)
			}
			if got := identities(changes); got != ids()[name] {
				t.Errorf("ids %q, want %q", got, ids()[name])
			}
			seen := map[string]bool{}
			for _, c := range changes {
				if seen[c.ID] || c.ID == "" || report.Sentence(c.Message) == "" || c.First == "" {
					t.Errorf("%+v", c)
				}
				seen[c.ID] = true
			}
			if again, err := specdiff.Compare(was, is, specdiff.Uses{}); err != nil || !slices.EqualFunc(again, changes, func(a, b contract.Change) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("the same documents give another list, %v", err)
			}
		})
	}
}
