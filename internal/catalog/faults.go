package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// fits checks what a case names against what there is.
func (k *Catalog) fits(c *contract.Case) []error {
	s := k.Spec(c.Provider())
	if s == nil {
		return []error{fmt.Errorf("%s: there is no provider %s%s", c.File, c.Provider(), DidYouMean(c.Provider(), k.Providers()))}
	}
	o := s.Operation(c.Operation())
	if o == nil {
		return []error{fmt.Errorf("%s: %s has no operation %s%s", c.File, s.Provider, c.Operation(), DidYouMean(c.Operation(), operations(s)))}
	}
	var faults []error
	if o.Code(c.Want.Code) == nil {
		faults = append(faults, fmt.Errorf("%s: want.code: %s lists no code %s%s", c.Where("want.code"), o.Name(), c.Want.Code, DidYouMean(c.Want.Code, codes(o))))
	}
	if before, _, _ := strings.Cut(c.After, "/"); c.After != "" && !slices.Contains(k.providers, before) {
		faults = append(faults, fmt.Errorf("%s: after: there is no provider %s%s", c.Where("after"), before, DidYouMean(before, k.Providers())))
	}
	for name := range c.Credentials {
		if s.Credential(name) == nil {
			faults = append(faults, fmt.Errorf("%s: credentials: %s has none called %s%s", c.Where("credentials."+name), s.Provider, name, DidYouMean(name, credentials(s))))
		}
	}
	for name := range c.Merchant {
		if _, ok := s.Merchant[name]; !ok {
			faults = append(faults, fmt.Errorf("%s: merchant: %s has no switch called %s", c.Where("merchant."+name), s.Provider, name))
		}
	}
	if k.Adapter(s.Provider, contract.Setup{}) == nil {
		faults = append(faults, fmt.Errorf("%s: no adapter speaks %s", c.File, s.Provider))
	}
	blank := k.NewPass(s, o, c)
	blank.Read = func(contract.Exchange) contract.Outcome { return contract.UnknownOutcome() } // nothing is read
	for _, w := range c.Want.Findings {
		r, ok := rule.Find(w.Rule)
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s: want.findings: there is no rule %s%s", c.Where("want.findings"), w.Rule, DidYouMean(w.Rule, RuleIDs())))
		case r.Whole || r.Family != "cassette" && r.Applies != nil && !r.Applies(blank):
			faults = append(faults, fmt.Errorf("%s: want.findings: %s says nothing of this case", c.Where("want.findings"), w.Rule))
		}
	}
	return faults
}

// holds checks that what is said to hold to a reading is there: a rule or a case.
func (k *Catalog) holds(s *openapi.Spec) []error {
	ambiguities := slices.Clone(s.Ambiguities)
	for _, o := range s.Operations {
		ambiguities = append(ambiguities, o.Ambiguities...)
	}
	var faults []error
	for _, r := range ambiguities {
		for _, name := range r.Held {
			if _, one := rule.Find(name); one || k.hasCase(name) {
				continue
			}
			names := RuleIDs()
			cases, err := fixture.Names(k.Data.Fixtures)
			if err != nil {
				return append(faults, err)
			}
			names = append(names, cases...)
			faults = append(faults, fmt.Errorf("%s:%d: held: there is no rule and no case %s%s", s.File, r.Line, name, DidYouMean(name, names)))
		}
	}
	return faults
}

// hasCase tells whether there is a case. Of a provider whose cases are not loaded the
// file is enough.
func (k *Catalog) hasCase(name string) bool {
	if provider, _, _ := strings.Cut(name, "/"); k.holding[provider] {
		return k.Fixtures.Case(name) != nil
	}
	_, err := fs.Stat(k.Data.Fixtures, name+".yaml")
	return err == nil
}

// Departs names the cases whose recorded exchanges depart from the strict interpretation of a
// reading: they show what is taken.
func (k *Catalog) Departs(s *openapi.Spec, r *openapi.Ambiguity) []string {
	var names []string
	for _, c := range k.Fixtures.Cases {
		if c.Provider() != s.Provider || r.Operation != "" && c.Operation() != r.Operation {
			continue
		}
		tape, err := k.Cassette(c)
		if err == nil && slices.ContainsFunc(tape.Exchanges(), func(ex contract.Exchange) bool {
			return len(r.Departures(openapi.NewView(s.Operation(c.Operation()), ex, s.TestCredentials(), c.Merchant))) > 0
		}) {
			names = append(names, c.Name)
		}
	}
	return names
}

// waives checks what a waiver names against what there is.
func (k *Catalog) waives(w contract.Waiver) []error {
	var faults []error
	if _, ok := rule.Find(w.Rule); !ok {
		faults = append(faults, fmt.Errorf("%s: there is no rule %s%s", w.Source, w.Rule, DidYouMean(w.Rule, RuleIDs())))
	}
	provider, _, _ := strings.Cut(w.Where, "/")
	if !slices.ContainsFunc(k.providers, func(name string) bool { return rule.WaiverOf(w, name) }) {
		faults = append(faults, fmt.Errorf("%s: where: there is no provider %s%s", w.Source, provider, DidYouMean(provider, k.Providers())))
	}
	return faults
}
