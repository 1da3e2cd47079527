package conform

import (
	"errors"

	"assay/internal/contract"
)

// ClientReport says what these results mean for the client as a whole. Their verdicts are
// set.
func (s *Session) ClientReport(results []contract.Result, failOn contract.Severity) *contract.ClientReport {
	hello := s.options.Client.Hello() // it may have come late
	r := &contract.ClientReport{
		Name: s.public(hello.Name), Version: s.public(hello.Version), Protocol: s.public(hello.Protocol),
		Calls: s.made.Load(), Skips: append([]Skip{}, s.options.Skips...),
	}
	r.Lost, r.CoreSkips = s.lost(results), s.coreSkipsOf(results)
	r.Why = WhyNot(r, results, func(f contract.Finding) bool { return f.Counts() && f.Severity.AtLeast(failOn) })
	r.Conformant = r.Why.Template == nil
	return r
}

// lost counts the cases in which the client sent no request.
func (s *Session) lost(results []contract.Result) int {
	n := 0
	for _, r := range results {
		if c := s.engine.Fixtures.Case(r.Case); c != nil && r.Verdict != contract.Errored && s.noRequest(c) {
			n++
		}
	}
	return n
}

// coreSkipsOf lists the core rules of these cases that were skipped, with the reasons.
func (s *Session) coreSkipsOf(results []contract.Result) []string {
	var cases []*contract.Case
	for _, r := range results {
		if c := s.engine.Fixtures.Case(r.Case); c != nil {
			cases = append(cases, c)
		}
	}
	var texts []string
	for _, skip := range s.coreSkips(cases) {
		texts = append(texts, skip.What+" ("+skip.Reason+")")
	}
	return texts
}

// WhyNot returns why the client with these results is not conformant; the zero message: it is.
// fails reports whether a finding violates a rule.
func WhyNot(client *contract.ClientReport, results []contract.Result, fails func(contract.Finding) bool) contract.Message {
	violated := map[string]bool{}
	errored, passed := 0, 0
	for _, r := range results {
		if r.Operation == "" {
			continue // of a specification
		}
		failed := false
		for _, f := range r.Findings {
			if fails(f) {
				violated[f.Rule], failed = true, true
			}
		}
		switch {
		case r.Verdict == contract.Errored:
			errored++
		case r.Verdict == contract.Pass && !failed:
			passed++
		}
	}
	switch {
	case len(violated) > 0:
		return counted(oneViolated, rulesViolated, len(violated))
	case errored > 0:
		return counted(oneErrored, casesErrored, errored)
	case len(client.CoreSkips) > 0:
		return coreSkipped.Says(contract.ArgList("skips", client.CoreSkips))
	case client.Lost > 0:
		return counted(oneLost, casesLost, client.Lost)
	case passed == 0:
		return nothingPassed.Says()
	}
	return contract.Message{}
}

// counted returns the message about one thing, or about several.
func counted(one, several *contract.Template, n int) contract.Message {
	if n == 1 {
		return one.Says()
	}
	return several.Says(contract.ArgInt("n", int64(n)))
}

// noRequest reports whether the client was called and no request arrived, in the first call or
// when it was made again.
func (s *Session) noRequest(c *contract.Case) bool {
	s.mu.Lock()
	f := s.calls[c.Name]
	s.mu.Unlock()
	var cannot *InconclusiveError
	return f != nil && (f.silent.Load() || errors.As(f.err, &cannot) && cannot.Message.Template == requestAbsent)
}
