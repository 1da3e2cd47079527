package catalog

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// checkCase checks the names in a case: provider, operation, codes, credentials and
// rules.
func (k *Catalog) checkCase(c *contract.Case) []error {
	s := k.Spec(c.Provider())
	if s == nil {
		return []error{fmt.Errorf("%s: there is no provider %s%s", c.File, c.Provider(), DidYouMean(c.Provider(), k.Providers()))}
	}
	o := s.Operation(c.Operation())
	if o == nil {
		return []error{fmt.Errorf("%s: %s has no operation %s%s", c.File, s.Provider, c.Operation(), DidYouMean(c.Operation(), operations(s)))}
	}
	var faults []error
	if err := checkWant(o, c); err != nil {
		faults = append(faults, err)
	}
	if before, _, _ := strings.Cut(c.After, "/"); c.After != "" && !slices.Contains(k.providers, before) {
		faults = append(faults, fmt.Errorf("%s: after: there is no provider %s%s", c.Where("after"), before, DidYouMean(before, k.Providers())))
	}
	if all := contract.Faults(); c.Fault != "" && !slices.Contains(all, c.Fault) {
		faults = append(faults, fmt.Errorf("%s: fault: there is no fault %s%s", c.Where("fault"), c.Fault, cmp.Or(DidYouMean(c.Fault, all), "; there are "+strings.Join(all, ", "))))
	}
	for name := range c.Credentials {
		if s.Credential(name) == nil {
			faults = append(faults, fmt.Errorf("%s: credentials: %s has no credential %s%s", c.Where("credentials."+name), s.Provider, name, DidYouMean(name, credentials(s))))
		}
	}
	for name := range c.Merchant {
		if _, ok := s.Merchant[name]; !ok {
			faults = append(faults, fmt.Errorf("%s: merchant: %s has no merchant setting %s", c.Where("merchant."+name), s.Provider, name))
		}
	}
	speaks := k.speaks(s, o.ID)
	faults = append(faults, k.checkStated(o, c, speaks)...)
	subject := k.NewSubject(s, o, c)
	if speaks {
		subject.Read = func(contract.Exchange) contract.Outcome { return contract.UnknownOutcome() } // no adapter interprets a response here
	}
	for _, w := range c.Want.Findings {
		r, ok := rule.Find(w.Rule)
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s: want.findings: there is no rule %s%s", c.Where("want.findings"), w.Rule, DidYouMean(w.Rule, RuleIDs())))
		case r.Whole || r.Family != "cassette" && r.Applies != nil && !r.Applies(subject):
			faults = append(faults, fmt.Errorf("%s: want.findings: the rule %s does not apply to this case", c.Where("want.findings"), w.Rule))
		}
	}
	return faults
}

// checkWant checks that a case expects a row of the table of codes.
func checkWant(o *openapi.Operation, c *contract.Case) error {
	code, variant := c.Want.Code, c.Want.Variant
	rows := o.Rows(code)
	var variants []string
	for _, row := range rows {
		if row.Variant != "" {
			variants = append(variants, row.Variant)
		}
	}
	named := o.Code(code)
	switch {
	case o.Code(c.Want.Row()) != nil && len(rows) > 0:
		return nil
	case len(rows) == 0 && named != nil: // CODE/variant as the code
		return fmt.Errorf("%s: want.code: %s is a code and a variant; write code: %q and variant: %s", c.Where("want.code"), code, named.Code, named.Variant)
	case len(rows) == 0:
		return fmt.Errorf("%s: want.code: %s lists no code %s%s", c.Where("want.code"), o.Name(), code, DidYouMean(code, codes(o)))
	case variant == "":
		return fmt.Errorf("%s: want.code: code %s has variants; add variant: and one of %s", c.Where("want.code"), code, strings.Join(variants, ", "))
	case len(variants) == 0:
		return fmt.Errorf("%s: want.variant: code %s of %s has no variants; remove variant", c.Where("want.variant"), code, o.Name())
	}
	return fmt.Errorf("%s: want.variant: code %s of %s has no variant %s%s", c.Where("want.variant"), code, o.Name(), variant, cmp.Or(DidYouMean(variant, variants), "; choose from "+strings.Join(variants, ", ")))
}

// checkAmbiguities checks that each name under held is a rule or a case.
func (k *Catalog) checkAmbiguities(s *openapi.Spec) []error {
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

// hasCase reports whether a case exists. If the provider's cases are not loaded, it
// only looks for the file.
func (k *Catalog) hasCase(name string) bool {
	if provider, _, _ := strings.Cut(name, "/"); k.withCases[provider] {
		return k.Fixtures.Case(name) != nil
	}
	_, err := fs.Stat(k.Data.Fixtures, name+".yaml")
	return err == nil
}

// DepartingCases returns the cases whose recorded exchanges depart from the strict
// interpretation of an ambiguity. They are evidence for the chosen interpretation.
func (k *Catalog) DepartingCases(s *openapi.Spec, r *openapi.Ambiguity) []string {
	var names []string
	for _, c := range k.Fixtures.Cases {
		if c.Provider() != s.Provider || r.Operation != "" && c.Operation() != r.Operation {
			continue
		}
		recorded, err := k.Cassette(c)
		if err == nil && slices.ContainsFunc(recorded.Exchanges(), func(ex contract.Exchange) bool {
			return len(r.Departures(openapi.NewView(s.Operation(c.Operation()), ex, s.TestCredentials(), c.Merchant))) > 0
		}) {
			names = append(names, c.Name)
		}
	}
	return names
}

// checkWaiver checks the names of rule and provider in a waiver.
func (k *Catalog) checkWaiver(w contract.Waiver) []error {
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
