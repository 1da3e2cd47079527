package judge_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestMain makes every test panic that uses the default transport.
func TestMain(m *testing.M) { enginetest.Main(m) }

// operations returns the number of operations.
func operations(e *engine.Engine) int {
	n := 0
	for _, s := range e.Specs {
		n += len(s.Operations)
	}
	return n
}

// TestJudgeAgreesWithCases judges the exchanges of the cassettes as traffic. The findings
// are those of the cases, except those that need the case.
func TestJudgeAgreesWithCases(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	tally := judge.NewTally(contract.Error)
	n := int64(0)
	for c, ex := range enginetest.Exchanges(t, e) {
		n++
		got, ok := j.Judge(ex)
		if !ok {
			t.Errorf("%s is unmatched", c.Name)
			continue
		}
		tally.Add(n, got)
		pass, _ := e.Subject(t.Context(), c)
		for _, f := range allFindings(observe(e.Resolve(c), pass, ex, contract.Token{})) {
			ours := slices.ContainsFunc(got.Findings, func(g contract.Finding) bool { return g.Fingerprint == f.Fingerprint })
			needsCase := slices.Contains([]string{"code-expected", "amount-exact", "reference-carried", "person-carried"}, f.Rule) || c.Merchant != nil || !c.At.IsZero() || c.Name == "enkash/createOrder/token-invalid" // only who got a token knows it
			if !ours && !needsCase && f.Severity != contract.Info && !strings.HasPrefix(string(f.At), "cassette") {
				t.Errorf("%s: %s at %s is not found", c.Name, f.Rule, f.At)
			}
		}
	}
	report := tally.Report(e.Catalog, "test", 1000)
	if report.Traffic.Exchanges != n || report.Traffic.Unmatched != 0 || len(report.Traffic.Operations) != operations(e) {
		t.Errorf("the counts are %+v", report.Traffic)
	}
}

// observe sets another exchange of a subject.
func observe(r *engine.Resolved, p *rule.Subject, ex contract.Exchange, token contract.Token) *rule.Subject {
	other := *p
	r.Observe(&other, ex, token)
	return &other
}

// allFindings returns the findings of all rules.
func allFindings(p *rule.Subject) []contract.Finding {
	var all []contract.Finding
	for _, r := range rule.For(p) {
		all = append(all, rule.Apply(r, p).Findings...)
	}
	return all
}

// TestOnly restricts a judge to one provider: it judges only the exchanges of that one,
// with the same results.
func TestOnly(t *testing.T) {
	t.Parallel()
	e, whole := enginetest.Load(t), enginetest.NewJudge(t, enginetest.Load(t), judge.Options{})
	all := enginetest.Exchanges(t, e)
	j := enginetest.NewJudge(t, e, judge.Options{Provider: "paytm"})
	e.Restrict("paytm")
	if len(e.Specs) != 1 || len(e.Fixtures.Cases) != 0 {
		t.Fatal("other providers are still loaded")
	}
	tally := judge.NewTally(contract.Error)
	for c, ex := range all {
		got, ok := j.Judge(ex)
		want, _ := whole.Judge(ex)
		switch {
		case ok != (c.Provider() == "paytm"):
			t.Errorf("%s is judged: %t", c.Name, ok)
		case ok && resultText(t, got) != resultText(t, want):
			t.Errorf("%s: %+v, without the restriction %+v", c.Name, got, want)
		case ok:
			tally.Add(1, got)
		}
	}
	if r := tally.Report(e.Catalog, "", 10); len(r.Specs) != 1 || r.Traffic.Exchanges == 0 {
		t.Errorf("%+v of %d exchanges", r.Specs, r.Traffic.Exchanges)
	}
}

// TestJudgeFinds finds the operation of an exchange by host, base and option.
func TestJudgeFinds(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	path := e.Spec("paytm").Operation("createOrder").Path
	for name, c := range map[string]struct {
		how  judge.Options
		url  string
		want string
	}{
		"a staging host":             {judge.Options{}, e.Spec("paytm").Servers[0].URL + path, "paytm/createOrder"},
		"a host in upper case":       {judge.Options{}, strings.Replace(strings.ToUpper(e.Spec("paytm").Servers[0].URL), "HTTPS", "https", 1) + path, "paytm/createOrder"},
		"the default port":           {judge.Options{}, e.Spec("paytm").Servers[0].URL + ":443" + path, "paytm/createOrder"},
		"the same, of a gateway":     {judge.Options{Bases: map[string]string{"paytm": "http://gw.example.com:80"}}, "http://gw.example.com" + path, "paytm/createOrder"},
		"another port":               {judge.Options{}, e.Spec("paytm").Servers[0].URL + ":80" + path, ""},
		"another path":               {judge.Options{}, e.Spec("paytm").Servers[0].URL + "/x", ""},
		"an unknown host":            {judge.Options{}, "https://shop.example.com" + path, ""},
		"a gateway":                  {judge.Options{Bases: map[string]string{"paytm": "http://gw.example.com/pay/"}}, "http://gw.example.com/pay" + path, "paytm/createOrder"},
		"said to be":                 {judge.Options{Provider: "paytm"}, "https://shop.example.com" + path, "paytm/createOrder"},
		"another provider by option": {judge.Options{Provider: "enkash"}, e.Spec("paytm").Servers[0].URL + path, ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if o := enginetest.NewJudge(t, e, c.how).Operation(contract.Request{Method: "POST", URL: u}); o != nil {
			got = o.Name()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for said, how := range map[string]judge.Options{
		"did you mean paytm?":             {Provider: "paytn"},
		"expected http://HOST":            {Bases: map[string]string{"paytm": "gw.example.com"}},
		"lists no credential merchantkey": {Keys: map[string]map[string]string{"paytm": {"merchantkey": "x"}}},
		`there is no provider "paypal"`:   {Keys: map[string]map[string]string{"paypal": {}}},
	} {
		if _, err := judge.New(e.Catalog, how); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%+v: %v, want %s", how, err, said)
		}
	}
}

// TestWithoutKeys gives no credentials: signatures and authorization are inconclusive.
func TestWithoutKeys(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j, err := judge.New(e.Catalog, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	inconclusive := map[string]bool{}
	for c, ex := range enginetest.Exchanges(t, e) {
		got, _ := j.Judge(ex)
		for _, f := range got.Findings {
			if (f.Rule == "request-signed" || f.Rule == "response-signed" || f.Rule == "request-authenticated") && f.Detail == "invalid" && !strings.Contains(c.Name, "bearer") && c.Name != "paytring/createOrder/sample" { // neither has the form of a pair
				t.Errorf("%s: %s", c.Name, report.Sentence(f.Message))
			}
		}
		for _, gap := range got.Inconclusive {
			inconclusive[gap.Rule] = true
		}
	}
	for _, r := range []string{"request-signed", "response-signed", "request-authenticated"} {
		if !inconclusive[r] {
			t.Errorf("%s is checked without a key", r)
		}
	}
}

func written(t *testing.T, r *contract.Report) string {
	t.Helper()
	var b strings.Builder
	if err := report.JSON(&b, r, report.How{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestTallyAddRequest counts a request that was not sent, without a result code.
func TestTallyAddRequest(t *testing.T) {
	t.Parallel()
	tally := judge.NewTally(contract.Error)
	f := contract.Finding{Rule: "one", Severity: contract.Error, At: "request#/x"}
	f.Identify("paytm", "createOrder")
	if v := tally.AddRequest(1, contract.Result{Case: "paytm/createOrder", Origin: "proxy#1", Findings: []contract.Finding{f}}); v != contract.Fail {
		t.Errorf("the verdict is %s", v)
	}
	if o := tally.Report(enginetest.Load(t).Catalog, "v", 10).Traffic.Operations["paytm/createOrder"]; o.Exchanges != 1 || o.Failing != 1 || len(o.Codes) != 0 {
		t.Errorf("counted %+v", o)
	}
}

// TestTally counts the same in every order and split.
func TestTally(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	finding := func(r string, severity contract.Severity) contract.Finding {
		f := contract.Finding{Rule: r, Severity: severity, At: "response#/x", Detail: "x"}
		f.Identify("paytm", "createOrder")
		return f
	}
	noKey, reasons := &contract.Template{ID: "no-key"}, map[string]*contract.Template{}
	for n := range 100 {
		origin := "har:x#" + string(rune('a'+n))
		reasons[origin] = &contract.Template{ID: "of " + origin}
	}
	result := func(origin, code string, findings ...contract.Finding) contract.Result {
		return contract.Result{Case: "paytm/createOrder", Provider: "paytm", Operation: "createOrder", Origin: origin, Code: code, Checked: []string{"a"}, Findings: findings, Inconclusive: []contract.Gap{{Rule: "b", Why: noKey.Says()}, {Rule: "c", Why: reasons[origin].Says()}}}
	}
	add := func(t *judge.Tally, n int64) {
		switch {
		case n%10 == 0:
			t.Unmatched(1, "")
		case n%10 == 1:
			t.Unreadable(n, "har:x#1", errors.New("x, entry 1: cut short"))
		case n%10 < 4:
			t.Add(n, result("har:x#"+string(rune('a'+n)), "324", finding("one", contract.Error), finding("two", contract.Info)))
		case n%10 < 5:
			t.Add(n, result("har:x#"+string(rune('a'+n)), "", finding("three", contract.Warning)))
		default:
			t.Add(n, result("har:x#"+string(rune('a'+n)), "0000"))
		}
	}
	whole := judge.NewTally(contract.Error)
	for n := range int64(100) {
		add(whole, n)
	}
	split := []*judge.Tally{judge.NewTally(contract.Error), judge.NewTally(contract.Error), judge.NewTally(contract.Error)}
	for n := int64(99); n >= 0; n-- {
		add(split[n*7%3], n)
	}
	split[2].Merge(split[0])
	split[2].Merge(split[1])
	a, b := whole.Report(e.Catalog, "v", 2), split[2].Report(e.Catalog, "v", 2)
	if written(t, a) != written(t, b) {
		t.Error("the report depends on the order of counting")
	}
	c := a.Traffic
	if c.Exchanges != 90 || c.Unmatched != 10 || c.Unreadable != 10 || c.Failing != 20 || c.Conforming != 60 || c.More != 1 || c.Groups[0].Count != 20 || c.Groups[0].Finding.Rule != "one" || len(c.Groups[0].Places) != 5 || c.Groups[0].Places[0] != "har:x#c" {
		t.Errorf("counted %+v", c)
	}
	if o := c.Operations["paytm/createOrder"]; o.Exchanges != 80 || o.Codes["324"] != 20 || o.Codes["0000"] != 50 || o.Codes[""] != 10 {
		t.Errorf("counted %+v", o)
	}
}

// TestJudgeReusesSubjects judges damaged exchanges forwards and backwards: earlier
// exchanges do not change the result. The short form takes one case of each operation.
func TestJudgeReusesSubjects(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	var all []contract.Exchange
	exchanges := enginetest.Exchanges(t, e)
	for _, c := range someCases(e) {
		for i, other := range damagedExchanges(t, e, c, exchanges[c]) {
			if i%11 == 0 || !raced && i%3 == 0 {
				all = append(all, other)
			}
		}
	}
	first := make([]string, len(all))
	for i, ex := range all {
		r, _ := j.Judge(ex)
		first[i] = resultText(t, r)
	}
	for i, ex := range slices.Backward(all) {
		if r, _ := j.Judge(ex); resultText(t, r) != first[i] {
			t.Errorf("the second time:\n%s\nthe first time:\n%s", resultText(t, r), first[i])
		}
	}
	t.Logf("%d exchanges", len(all))
}

// TestJudgeRequest judges the request of every case without a response. The findings are
// those that judging the exchange has in the request.
func TestJudgeRequest(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	for c, ex := range enginetest.Exchanges(t, e) {
		asked, ok := j.JudgeRequest(ex.Request)
		whole, _ := j.Judge(ex)
		if !ok || asked.Case != whole.Case || len(asked.Checked) == 0 || asked.Code != "" {
			t.Errorf("%s: %+v", c.Name, asked)
		}
		var want, got []string
		for _, f := range whole.Findings {
			if r, _ := rule.Find(f.Rule); r.Family == "request" && f.At.Direction() == contract.InRequest {
				want = append(want, f.Fingerprint)
			}
		}
		for _, f := range asked.Findings {
			got = append(got, f.Fingerprint)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the request alone has %v, want %v", c.Name, got, want)
		}
	}
	if _, ok := j.JudgeRequest(contract.Request{Method: "POST", URL: &url.URL{Host: "shop.example.com"}}); ok {
		t.Error("an unmatched request was judged")
	}
}
