package engine_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/testsize"
	"assay/specs"
)

// withNegatives derives the negatives and plays them against a sandbox of other
// specifications, or of the same if they are nil.
func withNegatives(t *testing.T, of []*openapi.Spec) *engine.Engine {
	t.Helper()
	e := enginetest.DerivedCases(t)
	if of == nil {
		of = e.Specs
	}
	box, err := sandbox.New(of, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	e = enginetest.OverNetwork(t, e, *engine.Simulated(e.Specs, server.URL))
	return e
}

// derived returns the derived cases.
func derived(t *testing.T, e *engine.Engine) []*contract.Case {
	t.Helper()
	selected, err := e.Select([]string{"*/*/negative"})
	if err != nil {
		t.Fatal(err)
	}
	return selected
}

// someDerived returns the derived cases; in the short form the first of each kind of violation and
// code of each operation.
func someDerived(t *testing.T, e *engine.Engine) []*contract.Case {
	t.Helper()
	all := derived(t, e)
	if testsize.Full() {
		return all
	}
	had := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(c *contract.Case) bool {
		kind := strings.TrimRight(c.Name[strings.LastIndex(c.Name, "/")+1:], "-0123456789")
		if strings.Contains(c.Name, "/negative/rules/") {
			kind = "rules"
		}
		key := c.Provider() + "/" + c.Operation() + " " + kind + string(c.Want.Row())
		before := had[key]
		had[key] = true
		return before
	})
}

// TestNegatives does what `assay run --negative --sandbox` does: each negative is refused
// with the documented code, or says why it is inconclusive. The short form takes one of each kind
// of violation and code of an operation.
func TestNegatives(t *testing.T) {
	t.Parallel()
	e := withNegatives(t, nil)
	r := e.Run(t.Context(), someDerived(t, e), contract.Error, "test", nil)
	passed := map[string]int{}
	for _, result := range r.Results {
		switch {
		case result.Verdict == contract.Pass:
			passed[result.Provider]++
		case result.Verdict != contract.Inconclusive || result.Why == "":
			t.Errorf("%s is %s: %s %+v", result.Case, result.Verdict, result.Why, result.Findings)
		}
		for _, f := range result.Findings {
			if f.Counts() && f.Severity.AtLeast(contract.Warning) {
				t.Errorf("%s: %s: %s", result.Case, f.Rule, report.Sentence(f.Message))
			}
		}
	}
	t.Logf("%d negatives; passed: %v", len(r.Results), passed)
	for provider, least := range map[string]int{"ipayments": 80, "paytm": 200, "paytring": 120} { // EnKash's page lists no code for faults in requests
		if !testsize.Full() {
			least /= 8
		}
		if passed[provider] < least {
			t.Errorf("%d negatives of %s pass, expected %d and more", passed[provider], provider, least)
		}
	}
	if passed["enkash"] > 0 {
		t.Errorf("%d negatives of EnKash pass, but its page lists no code for any", passed["enkash"])
	}
}

// names is the golden file of TestNegativeNames.
const names = "testdata/negatives.txt"

// TestNegativeNames compares names, codes and reasons with a list: people select by name,
// and another code is another expectation of a provider.
func TestNegativeNames(t *testing.T) {
	t.Parallel()
	e := enginetest.DerivedCases(t)
	var lines []string
	for _, c := range derived(t, e) {
		n := e.Negatives()[c.Name]
		line := c.Name + " " + contract.CodeName(c.Want.Code, c.Want.Variant)
		if n.Inconclusive.Template != nil {
			line = c.Name + " inconclusive: " + report.Sentence(n.Inconclusive)
		}
		lines = append(lines, line)
		switch {
		case strings.Trim(c.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/") != "" || strings.Count(c.Name, "/") != 4 && !strings.HasSuffix(c.Name, "/negative/base"):
			t.Errorf("%s cannot be selected by its name", c.Name)
		case c.About == "" || c.Source == "" && n.Inconclusive.Template == nil:
			t.Errorf("%s has no description or source", c.Name)
		case (c.Want.Code == "") == (n.Inconclusive.Template == nil):
			t.Errorf("%s expects %q and is inconclusive because %q", c.Name, c.Want.Code, report.Sentence(n.Inconclusive))
		}
	}
	golden.Compare(t, names, []byte(strings.Join(lines, "\n")+"\n"))
}

// TestEveryConstraint expects a negative for each constraint, each condition, each
// forged signature and each credential that the specifications exclude.
func TestEveryConstraint(t *testing.T) {
	t.Parallel()
	e := withNegatives(t, nil)
	all := derived(t, e)
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			want, got := 0, 0
			for _, m := range o.Request.MembersWithConstraints() {
				want += len(m.Constraints)
			}
			for _, p := range o.Parameters {
				want += len(p.Constraints)
				if p.In == "path" && p.Required {
					want-- // without it, it is another path
				}
			}
			for _, r := range o.Rules {
				if r.On == "request" {
					want++
				}
			}
			if o.Sign.Request != nil {
				want += len(signature.Forgeries())
			}
			want += 2 * len(o.Authorizations()) // missing and wrong
			for _, c := range all {
				if strings.HasPrefix(c.Name, o.Name()+"/") && !strings.HasSuffix(c.Name, "/missing-accepted") { // with and without the merchant's setting
					got++
				}
			}
			if got != want || got == 0 && want > 0 {
				t.Errorf("%s has %d negatives, want %d for its constraints", o.Name(), got, want)
			}
		}
	}
}

// TestOneViolationEach makes every request as the engine sends it and counts its
// violations, independently of the derivation: only the constraint in its name. The short form
// takes one of each kind of violation and code of an operation.
func TestOneViolationEach(t *testing.T) {
	t.Parallel()
	e := withNegatives(t, nil)
	for _, c := range someDerived(t, e) {
		n := e.Negatives()[c.Name]
		if n.Inconclusive.Template != nil {
			continue
		}
		s := e.Spec(c.Provider())
		o := s.Operation(c.Operation())
		r, _, err := e.Request(t.Context(), c)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		kind := c.Name[strings.LastIndex(c.Name, "/")+1:]
		got := violations(s, o, r)
		switch {
		case strings.HasSuffix(kind, "-accepted"):
			if len(got) > 0 {
				t.Errorf("%s breaks %v", c.Name, got)
			}
		case strings.Contains(c.Name, "/negative/signature/"):
			// If only a merchant's setting requires a signature, the request itself is valid
			// without one.
			if !slices.Contains(got, "signature") && c.Merchant == nil {
				t.Errorf("%s violates %v, not the signature", c.Name, got)
			}
		case strings.Contains(c.Name, "/negative/authorization."):
			state, _ := o.Authentication(r, s.TestCredentials(), contract.Token{}, time.Time{})
			if want := map[string]contract.AuthenticationState{"missing": contract.AuthenticationMissing, "wrong": contract.AuthenticationInvalid}[kind]; state != want || len(got) > 0 {
				t.Errorf("%s violates %v, and its credentials are %s", c.Name, got, state)
			}
		case kind == "null":
			kind = "type"
			fallthrough
		default:
			if i := strings.LastIndex(kind, "-"); i > 0 && strings.Trim(kind[i+1:], "0123456789") == "" {
				kind = kind[:i] // a second constraint of the same keyword
			}
			if kind == "minLength" { // an empty text violates a pattern and a format as well
				got = slices.DeleteFunc(got, func(k string) bool { return k == "pattern" || k == "format" })
			}
			if !slices.Contains(got, kind) && len(n.Breaks) < 2 {
				t.Errorf("%s breaks %v", c.Name, got)
			}
			if len(got) > len(n.Breaks) {
				t.Errorf("%s violates %v, and claims %v", c.Name, got, n.Breaks)
			}
		}
	}
}

// violations lists the kinds of violations in a request, each once.
func violations(s *openapi.Spec, o *openapi.Operation, r contract.Request) []string {
	var kinds []string
	x := openapi.NewView(o, contract.Exchange{Request: r}, s.TestCredentials(), s.Merchant)
	violations, undocumented := x.RequestViolations()
	for _, v := range append(x.ParameterViolations(), violations...) {
		kinds = append(kinds, v.Keyword)
	}
	if len(undocumented) > 0 {
		kinds = append(kinds, "undocumented")
	}
	for _, rule := range o.Rules {
		if holds, applies := x.Holds(rule.Rule); rule.On == "request" && applies && !holds {
			kinds = append(kinds, rule.ID)
		}
	}
	if o.Sign.Request != nil {
		state := signature.State(o.Sign.Request, r.Body, s.TestCredentials())
		x.Signature = state
		if state == "invalid" || state == "missing" && o.Sign.Request.RequiredIn(x) {
			kinds = append(kinds, "signature")
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// TestPlantedDefects removes the when of one code after the other from the sandbox's
// tables: a negative fails each time.
func TestPlantedDefects(t *testing.T) {
	t.Parallel()
	good := withNegatives(t, nil)
	all := derived(t, good)
	var plants []string
	for _, s := range good.Specs {
		for _, o := range s.Operations {
			var planted []int
			for i, row := range o.Codes {
				if row.When != nil && slices.ContainsFunc(all, func(c *contract.Case) bool {
					return c.Provider() == s.Provider && c.Operation() == o.ID && c.Want.Row() == row.Name()
				}) {
					planted = append(planted, i)
				}
			}
			for _, i := range planted {
				row := o.Codes[i]
				var wanted []string
				for _, c := range all {
					if c.Provider() == s.Provider && c.Operation() == o.ID && c.Want.Row() == row.Name() {
						wanted = append(wanted, c.Name)
					}
				}
				plants = append(plants, o.Name()+" "+row.Name()+" "+strings.Join(wanted, " "))
				t.Run(o.Name()+"/"+row.Name(), func(t *testing.T) { t.Parallel(); playPlanted(t, o, i, wanted) })
			}
		}
	}
	golden.Set(t, "testdata/proved/planted.txt", plants)
}

func playPlanted(t *testing.T, of *openapi.Operation, row int, wanted []string) {
	t.Helper()
	s, err := openapi.Load(specs.Files, of.Provider+".yaml") // not shared: it is changed below
	if err != nil {
		t.Fatal(err)
	}
	s.Operation(of.ID).Codes[row].When = nil
	e := withNegatives(t, []*openapi.Spec{s})
	selected, err := e.Select(wanted)
	if err != nil {
		t.Fatal(err)
	}
	if first(t, e, selected, func(r contract.Result) bool { return r.Verdict == contract.Fail }) {
		return
	}
	t.Errorf("the sandbox never responds with %s, and none of %d negatives fails", of.Codes[row].Code, len(wanted))
}

// TestNegativeSelection selects derived cases by patterns.
func TestNegativeSelection(t *testing.T) {
	t.Parallel()
	e := withNegatives(t, nil)
	var signed []string // the negatives of every provider whose requests are signed
	for _, c := range derived(t, e) {
		if strings.HasSuffix(c.Name, "/negative/signature/missing") {
			signed = append(signed, c.Name)
		}
	}
	if len(signed) < 2 {
		t.Errorf("only %v have no signature", signed)
	}
	for pattern, want := range map[string]string{
		"paytm/createOrder/negative/body.txnAmount.currency/enum": "paytm/createOrder/negative/body.txnAmount.currency/enum",
		"*/*/negative/signature/missing":                          strings.Join(signed, " "),
		"ipayments/initKyc/negative/pan":                          "ipayments/initKyc/negative/pan/required ipayments/initKyc/negative/pan/type ipayments/initKyc/negative/pan/null ipayments/initKyc/negative/pan/minLength ipayments/initKyc/negative/pan/maxLength",
	} {
		selected, err := e.Select([]string{pattern})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range selected {
			got = append(got, c.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s selects %v, not %s", pattern, got, want)
		}
	}
	if _, err := enginetest.Load(t).Select([]string{"paytm/createOrder/negative"}); err == nil {
		t.Error("a derived case is selected, but none was derived")
	}
}

// TestNegativesLive plays negatives against another server than a sandbox, with a limit of
// calls. Cases that need another merchant are inconclusive. Every request has a new
// reference, except the one with a wrong reference.
func TestNegativesLive(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	server, at := counting(t)
	e := enginetest.DerivedCases(t)
	l := engine.Simulated(e.Specs, at.URL)
	l.Bases = map[string]string{"paytm": at.URL}
	l.MaxCalls = 3
	e = enginetest.OverNetwork(t, e, *l)
	const all = "paytm/createOrder/negative/"
	got := play(t, e, all+"signature/missing", all+"rules/mobile-for-emi", all+"body.orderId/pattern", all+"body.userInfo.custId", all+"signature/wrong-key")
	for name, want := range map[string]contract.Verdict{
		"negative/signature/missing":             contract.Inconclusive,
		"negative/rules/mobile-for-emi":          contract.Inconclusive,
		"negative/body.orderId/pattern":          contract.Fail, // this server accepts everything
		"negative/body.userInfo.custId/required": contract.Fail,
		"negative/body.userInfo.custId/type":     contract.Fail,
		"negative/body.userInfo.custId/null":     contract.Errored, // no calls are left
		"negative/signature/wrong-key":           contract.Errored,
	} {
		if r := got[name]; r.Verdict != want {
			t.Errorf("%s is %s: %s %+v", name, r.Verdict, r.Why, r.Findings)
		}
	}
	if len(server.orders) != 3 {
		t.Errorf("the orders are %v", server.orders)
	}
	for reference, times := range server.orders {
		if times != 1 {
			t.Errorf("sent %d times: %s", times, reference)
		}
	}
}
