package judge_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
)

// TestReadTest reads headers of tests. What means nothing is named.
func TestReadTest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		names, expected []string
		want, wrong     string
	}{
		{nil, nil, " []", ""},
		{[]string{" test_order "}, nil, "test_order []", ""},
		{[]string{"a\xff"}, nil, "a? []", ""},
		{nil, []string{"request-documented@request#/body/mid"}, " [{request-documented request#/body/mid}]", ""},
		{nil, []string{"request-signed, request-documented", "code-agrees@response.status"}, " [{request-signed } {request-documented } {code-agrees response.status}]", ""},
		{[]string{""}, nil, " []", "Assay-Case is empty"},
		{[]string{"a", "b"}, nil, " []", "Assay-Case is given 2 times"},
		{[]string{"a"}, []string{""}, "a []", "Assay-Expect: expected RULE or RULE@PLACE"},
		{[]string{"a"}, []string{"request-signed,request-singed"}, "a []", `there is no rule "request-singed"; did you mean request-signed?`},
		{nil, []string{"request-signed@body/mid"}, " []", `"body/mid": expected a place`},
		{nil, []string{"request-signed@cassette:a"}, " []", `expected a place`},
		{nil, []string{"request-signed@request#mid"}, " []", "expected a JSON pointer"},
		{nil, []string{"code-covered"}, " []", "does not check the traffic of a test; expected one of request-documented, "},
		{nil, []string{"sent-once"}, " []", "does not check the traffic of a test"},
	} {
		got, err := judge.ReadTest(test.names, test.expected)
		if text := fmt.Sprint(got.Name, " ", got.Findings); text != test.want {
			t.Errorf("%q %q: %s, want %s", test.names, test.expected, text, test.want)
		}
		if test.wrong == "" && err != nil || test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
			t.Errorf("%q %q: %v, want %s", test.names, test.expected, err, test.wrong)
		}
	}
}

// FuzzReadTest reads any header: what is read without an error can be expected, and with an
// error nothing is.
func FuzzReadTest(f *testing.F) {
	f.Add("test_order", "request-documented@request#/body/mid,code-agrees")
	f.Add("", "@")
	f.Fuzz(func(t *testing.T, name, expected string) {
		got, err := judge.ReadTest([]string{name}, []string{expected})
		if err != nil && len(got.Findings) > 0 || err == nil && (len(got.Findings) == 0 || got.Name == "") {
			t.Errorf("%q %q: %v and %v", name, expected, got, err)
		}
		for _, e := range got.Findings {
			if _, err := contract.ParsePlace(string(e.At)); e.At != "" && err != nil {
				t.Error(err)
			}
		}
	})
}

// TestExpected judges a request with a fault of its own: what its test expects is marked,
// has a group of its own, and does not fail; what does not come is a fault of the test data.
func TestExpected(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Provider: "paytm"})
	var ex contract.Exchange
	for c, one := range enginetest.Exchanges(t, e) {
		if c.Name == "paytm/createOrder/amount-invalid" {
			ex = one
		}
	}
	plain, ok := j.Judge(ex)
	if !ok || !plain.Fails(contract.Error) {
		t.Fatalf("%v: it has no error", plain.Findings)
	}
	var wrong contract.Finding
	for _, f := range plain.Findings {
		if f.Severity == contract.Error {
			wrong = f
		}
	}
	for _, test := range []struct {
		expected contract.ExpectedFinding
		fails    bool
	}{
		{contract.ExpectedFinding{Rule: wrong.Rule}, false},
		{contract.ExpectedFinding{Rule: wrong.Rule, At: wrong.At}, false},
		{contract.ExpectedFinding{Rule: wrong.Rule, At: "request#/head"}, true},
		{contract.ExpectedFinding{Rule: "code-agrees"}, true},
		{contract.ExpectedFinding{Rule: "idempotency-key-unique"}, true}, // it does not apply to this operation
	} {
		ex.Test = &contract.Test{Name: "one", Findings: []contract.ExpectedFinding{test.expected}}
		r, _ := j.Judge(ex)
		if r.Fails(contract.Error) != test.fails {
			t.Errorf("%v: %v", test.expected, r.Findings)
		}
		missing := 0
		for _, f := range r.Findings {
			if f.Side == contract.TestDataSide {
				missing++
				if f.Rule != test.expected.Rule || f.At != test.expected.At || f.Fingerprint == "" || f.Severity != contract.Error {
					t.Errorf("%v: %v", test.expected, f)
				}
			}
		}
		if (missing == 1) != test.fails {
			t.Errorf("%v: %d findings about the test", test.expected, missing)
		}
	}
	ex.Test = &contract.Test{Findings: []contract.ExpectedFinding{{Rule: wrong.Rule}}}
	expected, _ := j.Judge(ex)
	tally := judge.NewTally(contract.Error)
	tally.Add(1, expected)
	tally.Add(2, plain)
	groups := tally.Report(e.Catalog, "", 100).Traffic.Groups
	if len(groups) < 2 || !groups[0].Finding.Counts() || groups[0].Finding.Fingerprint != wrong.Fingerprint {
		t.Errorf("%v", groups)
	}
}
