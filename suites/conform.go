package suites

import (
	"regexp"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/rule"
)

// Conform holds a client to the cases of a provider. Each rule of each case is a subtest,
// named by both: TestPaytm/paytm/createOrder/duplicate/code-agrees. A case is played only if
// one of its subtests is selected.
//
// A finding fails its subtest with the text that `assay run` prints. A rule that could check
// nothing is skipped, with the reason; so is one that an option skips. A client that panics or
// returns nothing fails the case, and so does one that returns an error, unless the rules say
// that all is well. It also fails if no case gives a result. The last line of the log, which -v
// shows, says whether the client is conformant.
func Conform(t *testing.T, provider string, client Client, options ...Option) {
	t.Helper()
	s := settingsOf(options)
	r, err := newRun(t.Context(), provider, client, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // after the subtests, also if they are parallel
		t.Helper()
		last, err := r.finish()
		if err != nil {
			t.Error(err)
		}
		if last != "" {
			t.Log(last)
		}
	})
	for _, c := range r.cases {
		t.Run(c.Name, func(t *testing.T) {
			if s.hello.Concurrency > 1 {
				t.Parallel()
			}
			r.rules(t, c)
		})
	}
}

// rules makes a subtest of each rule of a case.
func (r *run) rules(t *testing.T, c *contract.Case) {
	t.Helper()
	for _, one := range r.session.Rules(c) {
		t.Run(one.ID, func(t *testing.T) { r.subtest(t, c, one) })
	}
	if text, wrong := r.wrong(c); wrong {
		t.Error("\n" + text + againIn(t))
	}
}

// subtest shows what became of a rule.
func (r *run) subtest(t *testing.T, c *contract.Case, one rule.Rule) {
	t.Helper()
	switch v := r.verdict(c, one); {
	case v.failure != "":
		t.Error("\n" + v.failure + againIn(t))
	case v.skipped != "":
		t.Skip(v.skipped)
	}
}

// againIn writes the command that runs a subtest again.
func againIn(t *testing.T) string {
	t.Helper()
	names := strings.Split(t.Name(), "/")
	for i, name := range names {
		names[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	return "\n  again: " + report.Visible("go test -v -run '"+strings.Join(names, "/")+"'")
}
