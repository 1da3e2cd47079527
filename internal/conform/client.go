package conform

import (
	"errors"
	"slices"

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
	r.Why = s.whyNot(results, failOn)
	r.Conformant = r.Why.Template == nil
	return r
}

// whyNot returns why a client is not conformant; the zero message: it is.
func (s *Session) whyNot(results []contract.Result, failOn contract.Severity) contract.Message {
	var violated []string
	var cases []*contract.Case
	errored, lost, passed := 0, 0, 0
	for _, r := range results {
		c := s.engine.Fixtures.Case(r.Case)
		if c == nil {
			continue
		}
		cases = append(cases, c)
		for _, f := range r.Findings {
			if f.Counts() && f.Severity.AtLeast(failOn) {
				violated = append(violated, f.Rule)
			}
		}
		switch {
		case r.Verdict == contract.Errored:
			errored++
		case s.noRequest(c):
			lost++
		case r.Verdict == contract.Pass:
			passed++
		}
	}
	slices.Sort(violated)
	violated = slices.Compact(violated)
	skipped := s.coreSkips(cases)
	switch {
	case len(violated) > 0:
		return counted(oneViolated, rulesViolated, len(violated))
	case errored > 0:
		return counted(oneErrored, casesErrored, errored)
	case len(skipped) > 0:
		var texts []string
		for _, skip := range skipped {
			texts = append(texts, skip.What+" ("+skip.Reason+")")
		}
		return coreSkipped.Says(contract.ArgList("skips", texts))
	case lost > 0:
		return counted(oneLost, casesLost, lost)
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

// noRequest reports whether the client was called and no request arrived.
func (s *Session) noRequest(c *contract.Case) bool {
	s.mu.Lock()
	f := s.calls[c.Name]
	s.mu.Unlock()
	var cannot *InconclusiveError
	return f != nil && errors.As(f.err, &cannot) && cannot.Message.Template == requestAbsent
}
