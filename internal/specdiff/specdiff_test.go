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
	"testing"
	"testing/fstest"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/spec"
	"assay/internal/specdiff"
	"assay/specs"
)

func read(t testing.TB, provider string, raw []byte) specdiff.Document {
	t.Helper()
	s, err := spec.Load(fstest.MapFS{provider + ".yaml": {Data: raw}}, provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return specdiff.Document{Spec: s, Raw: raw, Name: provider + ".yaml"}
}

func compared(t testing.TB, provider string, before, after []byte) []contract.Change {
	t.Helper()
	changes, err := specdiff.Compare(read(t, provider, before), read(t, provider, after), nil)
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

// TestHistory holds changes that really happened to what is told of them.
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
				for _, f := range read(t, provider, raw).Faults {
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
	if err := e.Encode(changes); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, path, b.Bytes())
}

// said is what a list of changes comes to, in one line each.
func said(changes []contract.Change) (all []string) {
	for _, c := range changes {
		all = append(all, strings.TrimSpace(string(c.Impact)+" "+string(c.Kind)+" "+c.Code+" "+c.At))
	}
	return all
}

// TestCodes says it once more, where the golden file could be written over:
// the table gained two codes, and nothing else has changed.
func TestCodes(t *testing.T) {
	t.Parallel()
	got := said(compared(t, "ipayments", file(t, "testdata/ipayments-codes/before.yaml"), file(t, "testdata/ipayments-codes/after.yaml")))
	if want := []string{"degrades code-new 0x0207 answer#/code", "degrades code-new 0x0209 answer#/code"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestRetyped has every answer member that is of another type be a change of its
// own: who acknowledges one has not acknowledged the others.
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
			got = append(got, c.At)
		}
	}
	if want := []string{"answer#/body/resultInfo/resultMsg", "answer#/body/resultInfo/resultStatus", "answer#/body/txnToken"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestUses has the impact of what answers no longer hold be that of our adapter;
// requests, what it still can read, and what it says nothing of keep oasdiff's.
func TestUses(t *testing.T) {
	t.Parallel()
	read, silent, unread := "            txnToken:\n              type: string", "resultMsg: {type: string", "bankHolderName: {type: string, nullable: true"
	uses := func(o *spec.Operation, pointer string) (contract.Impact, string) {
		switch o.Name() + pointer {
		case "paytm/createOrder/body/txnToken":
			return contract.Breaks, "read"
		case "paytm/createOrder/body/resultInfo/resultMsg":
			return "", ""
		}
		return contract.Watch, "not read"
	}
	for name, e := range map[string]edit{
		"renamed":        {"paytm", read, strings.Replace(read, "txnToken", "token", 1), []string{"breaks member-removed  answer#/body/txnToken", "watch member-added  answer#/body/token"}},
		"null":           {"paytm", read, read + "\n              nullable: true", []string{"breaks member-null  answer#/body/txnToken"}},
		"not known":      {"paytm", silent, "resultMsg: {type: boolean", []string{"breaks member-retyped  answer#/body/resultInfo/resultMsg"}},
		"unread":         {"ipayments", unread, "bankHolderName: {type: boolean, nullable: true", []string{"watch member-retyped  answer#/data/bankHolderName"}},
		"absent":         {"ipayments", "required: [code, status, message]", "required: [code, status]", []string{"watch member-absent  answer#/message", "watch member-absent  answer#/message"}},
		"of the request": {"paytm", "        unit: {type: string, x-doc: GoodsInfo / unit}\n", "        unit: {type: integer, x-doc: GoodsInfo / unit}\n", []string{"breaks member-retyped  request#/body/goodsInfo/*/unit"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := edited(t, e)
			changes, err := specdiff.Compare(was, is, uses)
			if err != nil {
				t.Fatal(err)
			}
			if got := said(changes); !slices.Equal(got, e.want) {
				t.Errorf("got  %q\nwant %q", got, e.want)
			}
		})
	}
}

// TestProvider has an id be the same whatever the newer file is called, and two
// providers be no comparison.
func TestProvider(t *testing.T) {
	t.Parallel()
	was, is := edited(t, edits()["server"])
	want, err := specdiff.Compare(was, is, nil)
	if err != nil || len(want) == 0 || want[0].Operation != "paytm" {
		t.Fatalf("%+v, %v", want, err)
	}
	got, err := specdiff.Compare(was, read(t, "paytm-new", is.Raw), nil)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range got {
		if got[i].ID != want[i].ID || got[i].Operation != want[i].Operation {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	other, _ := edited(t, edits()["outcome"])
	if changes, err := specdiff.Compare(was, other, nil); err == nil || !strings.Contains(err.Error(), "paytm.yaml and ipayments.yaml have no server and no path in common") {
		t.Errorf("%q, %v", said(changes), err)
	}
}

// TestRelated has a host or a path be enough, however they are written.
func TestRelated(t *testing.T) {
	t.Parallel()
	one := func(server, path string) *spec.Spec {
		return &spec.Spec{Servers: []spec.Server{{URL: server}}, Operations: []*spec.Operation{{Path: path}}}
	}
	for name, c := range map[string]struct {
		a, b *spec.Spec
		want bool
	}{
		"host":           {one("https://Pay.example/api", "/v1/order"), one("https://pay.example/v2", "/v2/order"), true},
		"path":           {one("https://pay.example", "/order/{id}"), one("https://other.example", "/order/{orderId}"), true},
		"neither":        {one("https://pay.example", "/order"), one("https://other.example", "/orders"), false},
		"hosts not told": {one("/", "/order"), one("/", "/orders"), false},
	} {
		if got := specdiff.Related(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSame finds nothing where nothing has changed.
func TestSame(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"enkash", "ipayments", "paytm", "paytring"} {
		raw, err := fs.ReadFile(specs.Files, provider+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if changes := compared(t, provider, raw, raw); len(changes) > 0 {
			t.Errorf("%s: %q", provider, said(changes))
		}
	}
}

// edit is one change to an embedded document, and what is told of it.
type edit struct {
	provider, from, to string
	want               []string
}

func edits() map[string]edit {
	return map[string]edit{
		"member added":      {"paytm", "            txnToken:\n", "            orderToken: {type: string, x-doc: orderToken}\n            txnToken:\n", []string{"watch member-added  answer#/body/orderToken"}},
		"member gone":       {"ipayments", "            kid:\n", "            kid2:\n", []string{"watch member-removed  answer#/data/kid", "watch member-added  answer#/data/kid2"}},
		"shorter":           {"ipayments", "maxLength: 300", "maxLength: 200", []string{"breaks length-changed  request#/redirectUrl"}},
		"no longer there":   {"ipayments", "required: [code, status, message]", "required: [code, status]", []string{"breaks member-absent  answer#/message", "breaks member-absent  answer#/message"}},
		"status":            {"ipayments", "status: SOMETHING_WENT_WRONG\n        message: SOMETHING", "status: FAILURE\n        message: SOMETHING", []string{"breaks status-changed 0x0205 answer#/code", "breaks status-changed 0x0205 answer#/code"}},
		"outcome":           {"ipayments", "outcome: pending", "outcome: succeeded", []string{"breaks code-outcome 0x0206 answer#/code", "breaks code-outcome 0x0206 answer#/code"}},
		"message":           {"ipayments", "message: TRANSACTION REVERSED\n        outcome", "message: REVERSED\n        outcome", []string{"watch message-changed 0x0207 answer#/code", "watch message-changed 0x0207 answer#/code"}},
		"equivalent":        {"paytm", `["1007", "1012"]`, `["1007", "1012", "1011"]`, []string{"watch codes-equivalent  x-result.equivalent"}},
		"signature gone":    {"paytm", "        answer:\n          scheme: paytm-checksum\n          at: /head/signature\n          over: /body\n          key: merchantKey\n          required: answer.body.body.resultInfo.resultStatus == \"S\" # the SDK refuses a success without one\n", "", []string{"breaks signature-gone  x-signature.answer"}},
		"signature":         {"paytm", "required: merchant.checksum", "required: \"true\"", []string{"breaks signature-changed  x-signature.request"}},
		"condition":         {"paytm", "has(request.body.body.websiteName) || has(request.body.body.callbackUrl)", "has(request.body.body.websiteName)", []string{"degrades rule-changed  x-rules.website-or-callback"}},
		"condition gone":    {"paytm", "        - id: order-agrees\n          on: request\n          rule: request.query.orderId == request.body.body.orderId\n          message: orderId in the query and body.orderId are not the same\n          x-doc: Response Codes & Messages / 2014\n", "", []string{"harmless rule-gone  x-rules.order-agrees"}},
		"reading taken":     {"ipayments", "taken: rupees, a string with at most two decimals", "taken: paise", []string{"degrades reading-changed  x-readings.C6"}},
		"credential":        {"paytm", "env: ASSAY_PAYTM_MID", "env: ASSAY_PAYTM_MERCHANT", []string{"degrades credential-changed  x-credentials.mid"}},
		"credential secret": {"paytm", "    secret: true\n    about: signs", "    about: signs", []string{"degrades credential-changed  x-credentials.merchantKey"}},
		"server":            {"paytm", "https://stage-router.paytm.in", "https://stage-router.paytmpayments.com", []string{"breaks server-gone  servers.https://stage-router.paytm.in", "watch server-new  servers.https://stage-router.paytmpayments.com"}},
		"switch":            {"paytm", "checksum: false", "checksum: true", []string{"watch merchant-changed  x-merchant.checksum"}},
		"meaning":           {"ipayments", "x-means: reference", "x-means: provider-reference", []string{"breaks member-meaning  request#/clientRefId"}},
		"authorization":     {"ipayments", "x-pair: [clientKey, clientSecret]", "x-pair: [clientKey, merchantCode]", []string{"breaks authorization-changed  request.header.authorization", "breaks authorization-changed  request.header.authorization"}},
		"no authorization":  {"ipayments", "security: [{basic: []}]", "security: []", []string{"breaks authorization-changed  request.header.authorization"}},
		"hidden no more":    {"ipayments", "          x-doc: Request / cardName\n          x-personal: name\n", "          x-doc: Request / cardName\n", []string{"watch member-hidden  request#/cardName"}},
		"in a list":         {"paytm", "        unit: {type: string, x-doc: GoodsInfo / unit}\n", "        unit: {type: integer, x-doc: GoodsInfo / unit}\n", []string{"breaks member-retyped  request#/body/goodsInfo/*/unit"}},
		"parameter":         {"ipayments", "          x-doc: Headers / Accept\n          schema: {type: string, minLength: 1}", "          x-doc: Headers / Accept\n          schema: {type: string, minLength: 2}", []string{"breaks length-changed  request.header.accept"}},
		"another status":    {"ipayments", "            - REDIRECT\n", "            - REDIRECT\n            - HELD\n", []string{"breaks enum-widened  answer#/status", "breaks enum-widened  answer#/status"}},
		"again":             {"ipayments", "outcome: pending\n        again: after-inquiry", "outcome: pending\n        again: never", []string{"breaks code-again 0x0206 answer#/code", "breaks code-again 0x0206 answer#/code"}},
		"when":              {"ipayments", "when: violation.keyword != \"\"", "when: violation.keyword == \"required\"", []string{"watch code-when 0x0203 answer#/code", "watch code-when 0x0203 answer#/code"}},
		"seen":              {"enkash", "        seen: C9\n", "", []string{"watch code-documented 117 answer#/response_code"}},
		"result moved":      {"paytm", "code: /body/resultInfo/resultCode\n", "code: [/body/resultInfo/resultCode, /body/resultInfo/resultStatus]\n", []string{"breaks result-moved  x-result.at"}},
		"credential new":    {"paytm", "  merchantKey:\n    env", "  channel: {env: ASSAY_PAYTM_CHANNEL, test: WEB, about: the channel}\n  merchantKey:\n    env", []string{"breaks credential-new  x-credentials.channel"}},
		"credential choice": {"paytm", "  merchantKey:\n    env", "  channel: {env: ASSAY_PAYTM_CHANNEL, test: WEB, optional: true, about: the channel}\n  merchantKey:\n    env", []string{"watch credential-new  x-credentials.channel"}},
		"condition new":     {"paytm", "      x-rules:\n", "      x-rules:\n        - {id: order-said, on: request, rule: 'has(request.body.body.orderId)', message: no order, x-doc: Body}\n", []string{"breaks rule-new  x-rules.order-said"}},
		"reading new":       {"ipayments", "x-readings:\n", "x-readings:\n  - {id: C99, says: [{source: a, reads: b}, {source: c, reads: d}], taken: a, why: so, held: [request-documented]}\n", []string{"watch reading-new  x-readings.C99"}},
		"reading settled":   {"ipayments", "  - id: C14\n    at: request.method\n    says:\n      - {source: heading, reads: POST here and GET on sibling pages}\n      - {source: curl sample, reads: \"--data and no -X, which is POST everywhere\"}\n    taken: heading\n    why: for these two operations both sides say POST; only siblings contradict themselves\n    held: [request-documented]\n", "", []string{"watch reading-settled  x-readings.C14"}},
		"reading otherwise": {"ipayments", "{source: header table, reads: \"Accept: application/json is required\"}", "{source: header table, reads: nothing}", []string{"watch reading-changed  x-readings.C3"}},
		"operation gone":    {"ipayments", "/v1/service/paycc/init/kyc:", "/v1/service/paycc/kyc:", []string{"breaks operation-gone", "watch operation-new"}},
	}
}

// edited is a document before and after an edit.
func edited(t *testing.T, e edit) (was, is specdiff.Document) {
	t.Helper()
	raw, err := fs.ReadFile(specs.Files, e.provider+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	after := bytes.Replace(raw, []byte(e.from), []byte(e.to), 1)
	if bytes.Equal(raw, after) {
		t.Fatal("nothing was edited")
	}
	return read(t, e.provider, raw), read(t, e.provider, after)
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for name, e := range edits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := edited(t, e)
			changes, err := specdiff.Compare(was, is, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := said(changes); e.want != nil && !slices.Equal(got, e.want) {
				t.Errorf("got  %q\nwant %q", got, e.want)
			}
			seen := map[string]bool{}
			for _, c := range changes {
				if seen[c.ID] || c.ID == "" || c.Message == "" || c.First == "" {
					t.Errorf("%+v", c)
				}
				seen[c.ID] = true
			}
			if again, err := specdiff.Compare(was, is, nil); err != nil || !slices.EqualFunc(again, changes, func(a, b contract.Change) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("the same documents come to another list, %v", err)
			}
		})
	}
}
