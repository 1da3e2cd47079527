package catalog

import (
	"slices"

	"assay/internal/cassette"
	"assay/internal/crash"
	"assay/internal/fixture"
	"assay/internal/openapi"
)

// Inspect loads what can be loaded of the specifications, cases and waivers, and returns
// what is wrong with the rest, so that one fault does not hide the others. An error may
// list several faults, each on a line of its own. Unlike Load it
// reads no cassettes: nothing can be played from the catalog. unsound are the providers whose specification does not load;
// the parts of it that could be read are in the catalog all the same.
func Inspect(data Data, options Options) (k *Catalog, unsound map[string]bool, faults []error) {
	providers, err := openapi.Names(data.Specs)
	if err != nil {
		return nil, nil, []error{err}
	}
	k = &Catalog{
		Fixtures: &fixture.Set{}, Data: data, Options: options, providers: providers, withCases: map[string]bool{},
		cassettes: map[string]func() (*cassette.Cassette, error){},
	}
	unsound = map[string]bool{}
	for _, provider := range providers {
		s, err := inspectSpec(data, provider)
		if err != nil {
			unsound[provider] = true
			faults = append(faults, err)
		}
		if s != nil {
			k.Specs = append(k.Specs, s)
		}
		k.withCases[provider] = true
	}
	set, err := fixture.Load(data.Fixtures, options.Inputs...)
	if err != nil {
		faults = append(faults, err)
	}
	if set != nil {
		k.Fixtures = set
	}
	for _, c := range k.Fixtures.Cases {
		if k.Spec(c.Provider()) == nil && unsound[c.Provider()] {
			continue // what the case refers to is not known
		}
		if crashed := crash.Contain("checking "+c.File, func() { faults = append(faults, k.checkCase(c)...) }); crashed != nil && !unsound[c.Provider()] {
			faults = append(faults, crashed)
		}
	}
	for _, s := range k.Specs {
		faults = append(faults, k.checkAmbiguities(s)...)
		if !unsound[s.Provider] {
			faults = append(faults, s.Compile())
		}
	}
	k.Fixtures.Waivers = append(k.Fixtures.Waivers, options.Waivers...)
	for _, w := range k.Fixtures.Waivers {
		faults = append(faults, k.checkWaiver(w)...)
	}
	return k, unsound, slices.DeleteFunc(faults, func(err error) bool { return err == nil })
}

// inspectSpec reads the specification of a provider. The embedded one has no faults, so a
// document equal to it is shared.
func inspectSpec(data Data, provider string) (s *openapi.Spec, err error) {
	if crashed := crash.Contain("reading the specification of "+provider, func() {
		if s, err = openapi.LoadShared(data.Specs, provider); err != nil {
			s, err = openapi.Inspect(data.Specs, provider+".yaml")
		}
	}); crashed != nil {
		return nil, crashed
	}
	return s, err
}
