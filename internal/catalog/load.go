package catalog

import (
	"errors"
	"path"
	"slices"
	"strings"
	"sync"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// Load loads the providers that the options want, and reads nothing of others. An
// error means that nothing can be checked before it is mended; it tells of every
// fault, with file and line.
func Load(data Data, options Options) (*Catalog, error) {
	providers, err := openapi.Names(data.Specs)
	if err == nil && len(providers) == 0 {
		err = errors.New("specs: no <provider>.yaml here")
	}
	if err != nil {
		return nil, err
	}
	k := &Catalog{
		Fixtures: &fixture.Set{}, Data: data, Options: options, providers: providers, holding: map[string]bool{},
		tapes: map[string]func() (*cassette.Cassette, error){},
	}
	wanted := slices.DeleteFunc(slices.Clone(providers), func(provider string) bool {
		return options.Wants != nil && !options.Wants(provider)
	})
	for first := true; first || len(wanted) > 0; first, wanted = false, k.tied() {
		if err := k.load(wanted, first); err != nil {
			return nil, err
		}
	}
	if circles := k.Fixtures.Circles(); circles != nil {
		return nil, errors.Join(circles...)
	}
	if options.Negative {
		return k, k.derive()
	}
	return k, nil
}

// Named wants the providers of these names; none: all there are.
func Named(names ...string) func(provider string) bool {
	if len(names) == 0 {
		return nil
	}
	return func(provider string) bool { return slices.Contains(names, provider) }
}

// Selected wants the providers of which patterns, as Catalog.Select takes them, may
// select something; none: all there are.
func Selected(patterns []string) func(provider string) bool {
	if len(patterns) == 0 {
		return nil
	}
	return func(provider string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			first, _, _ := strings.Cut(pattern, "/")
			ok, err := path.Match(first, provider)
			return err == nil && ok
		})
	}
}

// Need loads specifications that were not selected, and their cases with them where
// those of the selection were. Names of no provider are left out. It comes before
// anything is played or judged.
func (k *Catalog) Need(providers ...string) error {
	if wanted := k.missing(providers, func(name string) bool { return k.Spec(name) != nil }); len(wanted) > 0 {
		return k.load(wanted, false)
	}
	return nil
}

// NeedCases loads the cases of providers whose specifications were loaded without, and
// the providers that they follow cases of.
func (k *Catalog) NeedCases(providers ...string) error {
	without := func(name string) bool { return k.holding[name] || k.Spec(name) == nil }
	for wanted := k.missing(providers, without); len(wanted) > 0; wanted = k.missing(k.followed(), without) {
		f, err := k.read(wanted, false)
		if err != nil {
			return err
		}
		if err := errors.Join(k.take(f)...); err != nil {
			return err
		}
		if err := k.Need(k.followed()...); err != nil {
			return err
		}
	}
	return errors.Join(k.Fixtures.Circles()...)
}

// followed names the providers of cases that those which are loaded follow.
func (k *Catalog) followed() []string {
	var names []string
	for _, c := range k.Fixtures.Cases {
		provider, _, _ := strings.Cut(c.After, "/")
		names = append(names, provider)
	}
	return names
}

// Compile compiles what looking at exchanges of operations needs, by their names,
// provider/operation. Those that are not loaded are left out. The error tells of
// expressions that do not compile.
func (k *Catalog) Compile(operations ...string) error {
	var faults []error
	for _, name := range operations {
		provider, operation, _ := strings.Cut(name, "/")
		if s := k.Spec(provider); s != nil {
			if o := s.Operation(operation); o != nil {
				faults = append(faults, o.Compile())
			}
		}
	}
	return errors.Join(faults...)
}

// missing gives those of the names that are of a provider and not there yet.
func (k *Catalog) missing(names []string, there func(string) bool) []string {
	var wanted []string
	for _, name := range names {
		if slices.Contains(k.providers, name) && !slices.Contains(wanted, name) && !there(name) {
			wanted = append(wanted, name)
		}
	}
	return wanted
}

// tied names the providers that have to be there as well: a waiver is about them and
// one that is loaded, or a case of one that is loaded follows one of theirs.
func (k *Catalog) tied() []string {
	if k.Options.Traffic {
		return nil
	}
	var names []string
	for _, w := range k.Fixtures.Waivers {
		if slices.ContainsFunc(k.Specs, func(s *openapi.Spec) bool { return rule.WaiverOf(w, s.Provider) }) {
			names = append(names, slices.DeleteFunc(slices.Clone(k.providers), func(name string) bool { return !rule.WaiverOf(w, name) })...)
		}
	}
	return k.missing(append(names, k.followed()...), func(name string) bool { return k.Spec(name) != nil })
}

// load takes in providers, on as many cores as there are. first loads the waivers as
// well.
func (k *Catalog) load(names []string, first bool) error {
	cases := names
	if k.Options.Traffic {
		cases = nil
	}
	var f files
	var caseErr error
	var ambiguity sync.WaitGroup
	ambiguity.Go(func() { f, caseErr = k.read(cases, first) })
	specs, specErr := openapi.LoadProviders(k.Data.Specs, names...)
	ambiguity.Wait()
	if err := errors.Join(specErr, caseErr); err != nil {
		return err
	}
	k.Specs = append(k.Specs, specs...)
	slices.SortFunc(k.Specs, func(a, b *openapi.Spec) int { return strings.Compare(a.Provider, b.Provider) })
	faults := k.take(f)
	for _, s := range specs {
		faults = append(faults, k.holds(s)...)
	}
	if first {
		k.Fixtures.Waivers = append(f.set.Waivers, k.Options.Waivers...)
		for _, w := range k.Fixtures.Waivers {
			faults = append(faults, k.waives(w)...)
		}
	}
	return errors.Join(faults...)
}

// files are the cases of providers and what was recorded of them.
type files struct {
	providers []string
	set       *fixture.Set
	shelf     *cassette.Library // nil: no cassettes are needed
}

// read reads the cases of providers. Where the providers are all there are it reads
// every file, and finds those of no provider.
func (k *Catalog) read(names []string, first bool) (f files, err error) {
	f.providers = names
	if first && len(names) == len(k.providers) {
		f.set, err = fixture.Load(k.Data.Fixtures, k.Options.Inputs...)
	} else {
		f.set, err = fixture.LoadOf(k.Data.Fixtures, names, k.Options.Inputs...)
	}
	if len(names) == 0 {
		return f, err
	}
	held := slices.Clone(names)
	for name := range k.holding {
		held = append(held, name)
	}
	var shelfErr error
	f.shelf, shelfErr = cassette.Open(k.Data.Cassettes, held...)
	return f, errors.Join(err, shelfErr)
}

// take takes in cases, and checks what they name.
func (k *Catalog) take(f files) []error {
	for _, name := range f.providers {
		k.holding[name] = true
	}
	if f.shelf != nil {
		k.shelf = f.shelf
	}
	k.Fixtures.Cases = append(k.Fixtures.Cases, f.set.Cases...)
	slices.SortStableFunc(k.Fixtures.Cases, func(a, b *contract.Case) int { return strings.Compare(a.Provider(), b.Provider()) })
	for _, c := range f.set.Cases {
		k.once(c.Name)
	}
	var faults []error
	for _, c := range f.set.Cases {
		faults = append(faults, k.fits(c)...)
	}
	return faults
}
