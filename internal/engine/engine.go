// Package engine brings case, specification, adapter, transport and rules
// together: it plays cases and holds what comes of them to the rules. Both
// doors, the command and the suites, walk through it.
package engine

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/adapter"
	"assay/internal/cassette"
	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/fixture"
	"assay/internal/negative"
	"assay/internal/spec"
)

// Options say how to look.
type Options struct {
	Strict bool      // the profile: the letter of every reading is the law
	Now    time.Time // for waivers; zero: none has expired
	// Waivers come beside those of the fixtures.
	Waivers []contract.Waiver
	// Negative adds to the cases those derived from the specifications, each of
	// which breaks one constraint.
	Negative bool
	// Inputs and Adapters come beside those of ours: what cases can ask with, and how
	// to speak to a provider.
	Inputs   []fixture.Input
	Adapters map[string]func(contract.Setup) *contract.Adapter
	// Wants tells which providers are loaded; nil: all there are.
	Wants func(provider string) bool
	// Traffic says that no case is asked for: none is loaded before NeedCases.
	Traffic bool
}

// Engine holds what was loaded. It is safe for concurrent use, and plays each
// case once.
type Engine struct {
	Specs     []*spec.Spec // those that are loaded, in the order of their names
	Fixtures  *fixture.Set
	providers []string        // all there are
	holding   map[string]bool // the providers whose cases are loaded
	shelf     *cassette.Shelf // nil: no cases are loaded
	data      Data
	options   Options
	mu        sync.Mutex
	plays     map[string]*playing
	tapes     map[string]func() (*cassette.Tape, error) // each read once
	uses      map[*spec.Operation]func() *drift.Uses    // by what our adapter reads of it
	derived   map[string]negative.Negative              // by the names of their cases
	caller    *caller                                   // nil: cassettes are played
}

// adapter makes the adapter of a provider, nil where there is none.
func (e *Engine) adapter(provider string, setup contract.Setup) *contract.Adapter {
	if made, ok := e.options.Adapters[provider]; ok {
		return made(setup)
	}
	return adapter.New(provider, setup)
}

// fits checks what a case names against what there is.
func (e *Engine) fits(c *contract.Case) []error {
	s := e.Spec(c.Provider())
	if s == nil {
		return []error{fmt.Errorf("%s: there is no provider %s; did you mean %s?", c.File, c.Provider(), Nearest(c.Provider(), e.Providers()))}
	}
	o := s.Operation(c.Operation())
	if o == nil {
		return []error{fmt.Errorf("%s: %s has no operation %s; did you mean %s?", c.File, s.Provider, c.Operation(), Nearest(c.Operation(), operations(s)))}
	}
	var faults []error
	if o.Code(c.Want.Code) == nil {
		faults = append(faults, fmt.Errorf("%s: want.code: %s lists no code %s; did you mean %s?", c.Where("want.code"), o.Name(), c.Want.Code, Nearest(c.Want.Code, codes(o))))
	}
	for name := range c.Credentials {
		if s.Credential(name) == nil {
			faults = append(faults, fmt.Errorf("%s: credentials: %s has none called %s; did you mean %s?", c.Where("credentials."+name), s.Provider, name, Nearest(name, credentials(s))))
		}
	}
	for name := range c.Merchant {
		if _, ok := s.Merchant[name]; !ok {
			faults = append(faults, fmt.Errorf("%s: merchant: %s has no switch called %s", c.Where("merchant."+name), s.Provider, name))
		}
	}
	if e.adapter(s.Provider, contract.Setup{}) == nil {
		faults = append(faults, fmt.Errorf("%s: no adapter speaks %s", c.File, s.Provider))
	}
	blank := e.Blank(c)
	for _, w := range c.Want.Findings {
		r, ok := check.Find(w.Rule)
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s: want.findings: there is no rule %s; did you mean %s?", c.Where("want.findings"), w.Rule, Nearest(w.Rule, RuleIDs())))
		case r.Whole || r.Family != "cassette" && r.Applies != nil && !r.Applies(blank):
			faults = append(faults, fmt.Errorf("%s: want.findings: %s says nothing of this case", c.Where("want.findings"), w.Rule))
		}
	}
	return faults
}

// Departs names the cases whose recorded exchanges depart from the letter of a
// reading: they show what is taken.
func (e *Engine) Departs(s *spec.Spec, r *spec.Reading) []string {
	var names []string
	for _, c := range e.Fixtures.Cases {
		if c.Provider() != s.Provider || r.Operation != "" && c.Operation() != r.Operation {
			continue
		}
		tape, err := e.tapes[c.Name]()
		if err == nil && slices.ContainsFunc(tape.Exchanges(), func(ex contract.Exchange) bool {
			return len(r.Departures(spec.NewView(s.Operation(c.Operation()), ex, s.TestCredentials(), c.Merchant))) > 0
		}) {
			names = append(names, c.Name)
		}
	}
	return names
}

// waives checks what a waiver names against what there is.
func (e *Engine) waives(w contract.Waiver) []error {
	var faults []error
	if _, ok := check.Find(w.Rule); !ok {
		faults = append(faults, fmt.Errorf("%s: there is no rule %s; did you mean %s?", w.Source, w.Rule, Nearest(w.Rule, RuleIDs())))
	}
	provider, _, _ := strings.Cut(w.Where, "/")
	if !slices.ContainsFunc(e.providers, func(name string) bool { return check.WaiverOf(w, name) }) {
		faults = append(faults, fmt.Errorf("%s: where: there is no provider %s; did you mean %s?", w.Source, provider, Nearest(provider, e.Providers())))
	}
	return faults
}

// Spec finds a provider's specification, nil where it is not loaded.
func (e *Engine) Spec(provider string) *spec.Spec {
	for _, s := range e.Specs {
		if s.Provider == provider {
			return s
		}
	}
	return nil
}

// Only lets go of what is of other providers, and of the cases: what stands for
// days in front of one provider holds no more than it needs. Nothing is played by
// such an engine.
func (e *Engine) Only(provider string) {
	e.Specs = slices.DeleteFunc(e.Specs, func(s *spec.Spec) bool { return s.Provider != provider })
	e.Fixtures = &fixture.Set{Waivers: e.Fixtures.Waivers}
	e.tapes, e.derived, e.shelf = nil, nil, nil
}

// Providers lists the providers there are, loaded or not, in order.
func (e *Engine) Providers() []string { return e.providers }

// RuleIDs lists the rules.
func RuleIDs() []string {
	var ids []string
	for _, r := range check.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}

func operations(s *spec.Spec) []string {
	var ids []string
	for _, o := range s.Operations {
		ids = append(ids, o.ID)
	}
	return ids
}

func codes(o *spec.Operation) []string {
	var all []string
	for _, c := range o.Codes {
		all = append(all, c.Code)
	}
	return all
}

func credentials(s *spec.Spec) []string {
	var names []string
	for _, c := range s.Credentials {
		names = append(names, c.Name)
	}
	return names
}

// Blank is the pass of a case before it is played: enough to tell which rules
// apply.
func (e *Engine) Blank(c *contract.Case) *check.Pass {
	s := e.Spec(c.Provider())
	o := s.Operation(c.Operation())
	p := &check.Pass{
		Spec: s, Operation: o, Case: c, Strict: e.options.Strict,
		Waivers: e.Fixtures.Waivers, Now: e.options.Now,
	}
	a := e.adapter(s.Provider, e.setup(s, c, false))
	p.Read = func(ex contract.Exchange) contract.Outcome { return a.Operation(o.ID).Read(ex) }
	if e.caller == nil && e.shelf.Has(c.Name) {
		p.Recording = &check.Recording{Name: c.Name}
	}
	return p
}
