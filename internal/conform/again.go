package conform

import (
	"context"
	"errors"
	"sync"

	"assay/internal/contract"
	"assay/internal/rule"
	"assay/internal/standin"
)

// read lets the client make a call again, with another response, and returns what it did. The
// response of the first call was read already.
func (s *Session) read(f *firstCall, ex contract.Exchange) contract.Trial {
	if same(ex.Response, f.exchange.Response) {
		return contract.Trial{Requests: f.orders, Outcome: f.reply.Outcome, Errored: f.reply.Errored, Refused: f.reply.Refused}
	}
	got := s.do(context.Background(), f, standin.Options{Respond: func(_ context.Context, r contract.Request) contract.Response {
		if a, issues := f.issues(r); issues {
			return a
		}
		return ex.Response
	}})
	t := f.trial(got, contract.NoFailure)
	switch {
	case t.Hung:
		f.breaks(got.err)
	case len(t.Requests) == 0 && !t.NoReply:
		f.silent.Store(true)
	}
	return t
}

// same reports whether two responses are the same for a client.
func same(a, b contract.Response) bool {
	if a.Status != b.Status || string(a.Bytes()) != string(b.Bytes()) || len(a.Header) != len(b.Header) {
		return false
	}
	for name, values := range a.Header {
		for i, value := range values {
			if other := b.Header[name]; len(other) != len(values) || other[i] != value {
				return false
			}
		}
	}
	return true
}

// breaks notes that the client gave no reply to a call.
func (f *firstCall) breaks(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.noReply == nil {
		f.noReply = err
	}
}

// noReplyIn returns why the client gave no reply to a call of a case; nil: it replied to all.
func (s *Session) noReplyIn(c *contract.Case) error {
	f := s.first(context.Background(), c)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.noReply
}

// try makes the call of a case once for each failure, as many at a time as the client allows.
func (s *Session) try(f *firstCall, failures []contract.Failure) []contract.Trial {
	trials := make([]contract.Trial, len(failures))
	var running sync.WaitGroup
	for i, failure := range failures {
		running.Go(func() { trials[i] = s.tryOne(f, failure) })
	}
	running.Wait()
	return trials
}

// tryOne makes the call of a case while something fails.
func (s *Session) tryOne(f *firstCall, failure contract.Failure) contract.Trial {
	o := standin.Options{
		Respond: func(_ context.Context, r contract.Request) contract.Response {
			if a, issues := f.issues(r); issues {
				return a
			}
			return f.exchange.Response
		},
		Fails: func(r contract.Request) contract.Failure {
			if _, issues := f.issues(r); issues {
				return contract.NoFailure
			}
			return failure
		},
	}
	if a := s.options.Authority; a != nil {
		o.Certificate = a.Certificate(failure)
	}
	return f.trial(s.do(context.Background(), f, o), failure)
}

// trial returns what the client did in a call that was made again, while something failed or
// not.
func (f *firstCall) trial(got called, failure contract.Failure) contract.Trial {
	orders, _ := f.split(got.arrived)
	t := contract.Trial{Failure: failure, Requests: orders, Elsewhere: got.elsewhere, Outcome: got.reply.Outcome, Errored: got.reply.Errored, Refused: got.reply.Refused}
	switch {
	case errors.Is(got.err, context.DeadlineExceeded):
		t.Hung = true
	case got.err != nil:
		f.breaks(got.err)
		t.NoReply = true
	}
	if got.err != nil || t.Refused {
		t.Outcome = contract.UnknownOutcome()
		t.Outcome.Omits = contract.StateOnly
	}
	return t
}

// judgeOthers applies the rules about requests to what else arrived in the first call.
func (s *Session) judgeOthers(c *contract.Case, r *contract.Result) {
	f := s.first(context.Background(), c)
	spec := f.resolved.Spec
	known := map[string]bool{}
	for _, finding := range r.Findings {
		known[finding.Fingerprint] = true
	}
	add := func(findings []contract.Finding) {
		for _, finding := range findings {
			if !known[finding.Fingerprint] {
				known[finding.Fingerprint] = true
				r.Findings = append(r.Findings, finding)
			}
		}
	}
	for _, request := range f.others {
		found := false
		for _, o := range spec.Operations {
			if !f.goesTo(o, request) {
				continue
			}
			found = true
			p := s.engine.NewSubject(spec, o, nil)
			other := *f.resolved
			other.Operation = o
			other.Observe(p, contract.Exchange{Request: request, Origin: "client"}, f.token)
			var rules []rule.Rule
			for _, one := range s.applied(c, p) {
				if one.Family == "request" {
					rules = append(rules, one)
				}
			}
			add(rule.Each(rules, p).Findings)
		}
		if !found {
			add(rule.UnknownOperation(spec, request))
		}
	}
}
