package rule_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

const (
	statedBody = `{"ref":"ref-1","amount":1000,"currency":"INR","total":{"value":"10.00","currency":"INR"},"at":"2026-01-01","card":{"number":"0000000001","kind":"debit"},"email":"a@example.com","note":null,"lines":[{"sku":"a","qty":2,"price":500},{"sku":"b","qty":1,"price":7}]}`
	statedURL  = "/shops/s1/orders?expand=a&expand=b"
)

// TestStated compares what a client under test sends with what the case states.
func TestStated(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("testdata"), "till.yaml")
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, with string) func(r *contract.Request) {
		return func(r *contract.Request) {
			if !strings.Contains(string(r.Body), old) {
				t.Errorf("the body has no %s", old)
			}
			r.Body = []byte(strings.Replace(string(r.Body), old, with, 1))
		}
	}
	to := func(text string) func(r *contract.Request) {
		return func(r *contract.Request) { r.URL, _ = url.Parse(text) }
	}
	header := func(name string, values ...string) func(r *contract.Request) {
		return func(r *contract.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
	}
	for name, c := range map[string]struct {
		change func(r *contract.Request)
		want   string // rule, place and the end of the sentence; several are separated by "; "
	}{
		"as stated":               {func(*contract.Request) {}, ""},
		"another order":           {swap(`"ref":"ref-1","amount":1000`, `"amount":1000,"ref":"ref-1"`), ""},
		"an optional member":      {swap(`{"ref"`, `{"channel":"app","ref"`), ""},
		"an optional parameter":   {to(statedURL + "&page=2"), ""},
		"another header":          {header("User-Agent", "mine/1"), ""},
		"a number as 2.0":         {swap(`"qty":2`, `"qty":2.0`), ""},
		"another time":            {swap("2026-01-01", "2026-01-02"), ""},
		"a tip of nothing":        {swap(`{"ref"`, `{"tip":0,"ref"`), ""},
		"the reference again":     {swap(`{"ref"`, `{"copy":"ref-1","ref"`), ""},
		"another decimal form":    {swap(`"10.00"`, `"10"`), ""},
		"values in one header":    {header("X-Version", "1"), ""},
		"credentials of its own":  {header("X-Secret", "other"), ""},
		"one paisa less":          {swap(":1000", ":999"), "amount-exact request#/amount: the request asks for 999 minor units; the case states 1000"},
		"a float":                 {swap(":1000", ":1000.5"), "amount-exact request#/amount: is not an amount"},
		"no amount":               {swap(`"amount":1000,`, ""), "amount-exact request#/amount: is missing; the case states it"},
		"an amount of null":       {swap(":1000", ":null"), "amount-exact request#/amount: is not what the case states"},
		"another currency":        {swap(`"currency":"INR","total"`, `"currency":"EUR","total"`), "amount-exact request#/currency: is not what the case states"},
		"another total":           {swap("10.00", "1000"), "amount-exact request#/total/value: the request asks for 100000 minor units; the case states 1000"},
		"another currency below":  {swap(`"10.00","currency":"INR"`, `"10.00","currency":"EUR"`), "amount-exact request#/total/currency: is not what the case states"},
		"no total":                {swap(`"total":{"value":"10.00","currency":"INR"},`, ""), "amount-exact request#/total: is missing; the case states it"},
		"a total without object":  {swap(`{"value":"10.00","currency":"INR"}`, `"10.00"`), "amount-exact request#/total: is not what the case states"},
		"a tip":                   {swap(`{"ref"`, `{"tip":50,"ref"`), "amount-exact request#/tip: the request asks for 50 minor units; the case states no such amount"},
		"a fee in the query":      {to(statedURL + "&fee=9"), "amount-exact request.query.fee: the request asks for 9 minor units; the case states no such amount"},
		"the price of an item":    {swap(`"price":7`, `"price":8`), "amount-exact request#/lines/1/price: the request asks for 8 minor units; the case states 7"},
		"its own reference":       {swap("ref-1", "mine-1"), "reference-carried request#/ref: is not what the case states"},
		"no reference":            {swap(`"ref":"ref-1",`, ""), "reference-carried request#/ref: is missing; the case states it"},
		"a second reference":      {swap(`{"ref"`, `{"copy":"mine-1","ref"`), "reference-carried request#/copy: is not the reference of the order"},
		"its own key":             {header("X-Key", "mine"), "reference-carried request.header.x-key: is not what the case states"},
		"no key":                  {header("X-Key"), "reference-carried request.header.x-key: is missing; the case states it"},
		"another card":            {swap("0000000001", "0000000002"), "person-carried request#/card/number: is not what the case states"},
		"somebody else":           {swap("a@example.com", "b@example.com"), "person-carried request#/email: is not what the case states"},
		"another quantity":        {swap(`"qty":1`, `"qty":9`), "members-carried request#/lines/1/qty: is not what the case states"},
		"another member":          {swap("debit", "credit"), "members-carried request#/card/kind: is not what the case states"},
		"an item less":            {swap(`,{"sku":"b","qty":1,"price":7}`, ""), "amount-exact request#/lines/1/price: is missing; the case states it; members-carried request#/lines/1/qty: is missing; the case states it; members-carried request#/lines/1/sku: is missing; the case states it"},
		"an item more":            {swap(`"price":7}`, `"price":7},{"sku":"c","qty":1}`), "members-carried request#/lines: is not what the case states"},
		"no null":                 {swap(`"note":null,`, ""), "members-carried request#/note: is missing; the case states it"},
		"a parameter less":        {to("/shops/s1/orders?expand=a"), "members-carried request.query.expand: is not what the case states"},
		"no parameter":            {to("/shops/s1/orders"), "members-carried request.query.expand: is missing; the case states it"},
		"a value of the path":     {to("/shops/s2/orders?expand=a&expand=b"), "members-carried request.path.shop: is not what the case states"},
		"another version":         {header("X-Version", "2"), "members-carried request.header.x-version: is not what the case states"},
		"no body":                 {func(r *contract.Request) { r.Body = nil }, "amount-exact request#/amount: is missing; the case states it"},
		"a list in its place":     {func(r *contract.Request) { r.Body = []byte("[1]") }, "amount-exact request#/amount: is missing; the case states it"},
		"a body that is not JSON": {func(r *contract.Request) { r.Body = []byte("amount=1000") }, "amount-exact request#/amount: is missing; the case states it"},
	} {
		got := stated(t, spec, statedBody, []byte(statedBody), "application/json", c.change)
		many := strings.Contains(name, "body") || strings.Contains(name, "list") // all is missing
		if text := strings.Join(got, "; "); text != c.want && (!many || !strings.Contains(text, c.want) || len(got) <= 10) && (name != "a float" || !strings.HasPrefix(text, c.want)) {
			t.Errorf("%s:\n got %q\nwant %q", name, text, c.want)
		}
	}
}

// TestStatedForm compares a form with the body that the case states as JSON.
func TestStatedForm(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("testdata"), "till.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const order = `{"ref":"ref-1","amount":1000,"card":{"number":"0000000001"}}`
	written, err := openapi.WriteBody(http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(order))
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		string(written): "",
		strings.Replace(string(written), "1000", "1001", 1): "amount-exact request#/amount: the request asks for 1001 minor units; the case states 1000",
		strings.Replace(string(written), "0001", "0002", 1): "person-carried request#/card/number: is not what the case states",
	} {
		got := stated(t, spec, order, []byte(body), "application/x-www-form-urlencoded", func(*contract.Request) {})
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("%s: got %q, want %q", body, text, want)
		}
	}
}

// TestStatedNothing says of each rule that it had nothing to compare.
func TestStatedNothing(t *testing.T) {
	t.Parallel()
	spec, err := openapi.Load(os.DirFS("testdata"), "till.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := statedSubject(spec, &contract.StatedRequest{}, contract.Request{Method: "POST", URL: &url.URL{Path: "/shops/s1/orders"}, Header: http.Header{}})
	for _, id := range []string{"amount-exact", "reference-carried", "person-carried", "members-carried"} {
		r, _ := rule.Find(id)
		if !r.Applies(p) {
			t.Errorf("%s does not apply", id)
		}
		if got := rule.Apply(r, p); got.Inconclusive == nil || len(got.Findings) > 0 {
			t.Errorf("%s: %+v", id, got)
		}
	}
	p.UnderTest = nil // assay sends the request itself
	for _, id := range []string{"amount-exact", "reference-carried", "person-carried", "members-carried"} {
		if r, _ := rule.Find(id); r.Applies(p) {
			t.Errorf("%s compares a request with itself", id)
		}
	}
}

func statedSubject(spec *openapi.Spec, want *contract.StatedRequest, r contract.Request) *rule.Subject {
	o := spec.Operation("order")
	return &rule.Subject{
		Spec: spec, Operation: o, Case: &contract.Case{Name: "till/order/test", Request: want},
		UnderTest: &rule.UnderTest{Stated: want}, View: openapi.NewView(o, contract.Exchange{Request: r}, nil, nil),
	}
}

// stated returns the findings about a request, whose body the case states as want.
func stated(t *testing.T, spec *openapi.Spec, want string, body []byte, mediaType string, change func(r *contract.Request)) []string {
	t.Helper()
	u, err := url.Parse(statedURL)
	if err != nil {
		t.Fatal(err)
	}
	r := contract.Request{Method: "POST", URL: u, Body: body, Header: http.Header{"Content-Type": {mediaType}, "X-Key": {"key-1"}, "X-Version": {"1"}, "X-Secret": {"fake-till-key"}}}
	change(&r)
	request := &contract.StatedRequest{
		Path:    map[string]contract.StatedText{"shop": {Text: "s1"}},
		Query:   map[string][]contract.StatedText{"expand": {{Text: "a"}, {Text: "b"}}},
		Headers: map[string][]contract.StatedText{"x-key": {{Text: "key-1"}}, "x-version": {{Text: "1"}}, "x-secret": {{Text: "fake-till-key"}}, "content-type": {{Text: "application/json"}}},
		Body:    json.RawMessage(want),
	}
	var got []string
	for _, known := range rule.Rules() {
		if !slices.Contains([]string{"amount-exact", "reference-carried", "person-carried", "members-carried"}, known.ID) {
			continue
		}
		applied := rule.Apply(known, statedSubject(spec, request, r))
		if applied.Inconclusive != nil {
			t.Errorf("%s: %s", known.ID, report.Sentence(applied.Inconclusive.Says()))
		}
		for _, f := range applied.Findings {
			sentence := report.Sentence(f.Message)
			got = append(got, known.ID+" "+string(f.At)+": "+strings.TrimPrefix(sentence, string(f.At)+" "))
			for _, private := range []string{"0000000002", "b@example.com", "mine"} {
				if strings.Contains(sentence, private) {
					t.Errorf("%s shows %s", sentence, private)
				}
			}
		}
	}
	return got
}
