package catalog

import (
	"errors"
	"path"
	"slices"
	"strings"
	"sync"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// Load loads the providers that the options want and reads nothing of others. An error
// means that nothing can be checked until the data is corrected. It lists all faults
// with file and line.
func Load(data Data, options Options) (*Catalog, error) {
	providers, err := openapi.Names(data.Specs)
	if err == nil && len(providers) == 0 {
		err = errors.New("specs: the folder has no <provider>.yaml")
	}
	if err != nil {
		return nil, err
	}
	k := &Catalog{
		Fixtures: &fixture.Set{}, Data: data, Options: options, providers: providers, withCases: map[string]bool{},
		cassettes: map[string]func() (*cassette.Cassette, error){},
	}
	wanted := slices.DeleteFunc(slices.Clone(providers), func(provider string) bool {
		return options.Wants != nil && !options.Wants(provider)
	})
	for first := true; first || len(wanted) > 0; first, wanted = false, k.required() {
		if err := k.load(wanted, first); err != nil {
			return nil, err
		}
	}
	if cycles := k.Fixtures.Cycles(); cycles != nil {
		return nil, errors.Join(cycles...)
	}
	if options.Negative {
		return k, k.derive()
	}
	return k, nil
}

// Named returns an Options.Wants for the named providers. Without names it returns nil,
// which wants all.
func Named(names ...string) func(provider string) bool {
	if len(names) == 0 {
		return nil
	}
	return func(provider string) bool { return slices.Contains(names, provider) }
}

// Selected returns an Options.Wants for the providers that patterns (see
// Catalog.Select) may select. Without patterns it returns nil, which wants all.
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

// Need loads specifications that are not loaded yet, with their cases unless
// Options.Traffic is set. It ignores names of no provider. Call it before anything is
// played or judged.
func (k *Catalog) Need(providers ...string) error {
	if wanted := k.missing(providers, func(name string) bool { return k.Spec(name) != nil }); len(wanted) > 0 {
		return k.load(wanted, false)
	}
	return nil
}

// NeedCases loads the cases of providers whose specifications were loaded without
// cases, and the providers of cases that come before them.
func (k *Catalog) NeedCases(providers ...string) error {
	without := func(name string) bool { return k.withCases[name] || k.Spec(name) == nil }
	for wanted := k.missing(providers, without); len(wanted) > 0; wanted = k.missing(k.predecessors(), without) {
		f, err := k.read(wanted, false)
		if err != nil {
			return err
		}
		if err := errors.Join(k.add(f)...); err != nil {
			return err
		}
		if err := k.Need(k.predecessors()...); err != nil {
			return err
		}
	}
	return errors.Join(k.Fixtures.Cycles()...)
}

// predecessors returns the providers of cases that the loaded cases follow.
func (k *Catalog) predecessors() []string {
	var names []string
	for _, c := range k.Fixtures.Cases {
		provider, _, _ := strings.Cut(c.After, "/")
		names = append(names, provider)
	}
	return names
}

// Compile compiles the expressions and schemas of operations, named provider/operation.
// It ignores operations that are not loaded. The error lists the expressions that do
// not compile.
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

// missing returns the names of providers that are not loaded yet, as loaded reports it.
func (k *Catalog) missing(names []string, loaded func(string) bool) []string {
	var wanted []string
	for _, name := range names {
		if slices.Contains(k.providers, name) && !slices.Contains(wanted, name) && !loaded(name) {
			wanted = append(wanted, name)
		}
	}
	return wanted
}

// required returns the providers that have to be loaded as well: a waiver covers them
// and a loaded provider, or a loaded case follows one of their cases.
func (k *Catalog) required() []string {
	if k.Options.Traffic {
		return nil
	}
	var names []string
	for _, w := range k.Fixtures.Waivers {
		if slices.ContainsFunc(k.Specs, func(s *openapi.Spec) bool { return rule.WaiverOf(w, s.Provider) }) {
			names = append(names, slices.DeleteFunc(slices.Clone(k.providers), func(name string) bool { return !rule.WaiverOf(w, name) })...)
		}
	}
	return k.missing(append(names, k.predecessors()...), func(name string) bool { return k.Spec(name) != nil })
}

// load loads providers, the cases and the specifications concurrently. If first is set,
// it loads the waivers too.
func (k *Catalog) load(names []string, first bool) error {
	cases := names
	if k.Options.Traffic {
		cases = nil
	}
	var f files
	var caseErr error
	var reads sync.WaitGroup
	reads.Go(func() {
		if crashed := crash.Contain("reading the cases", func() { f, caseErr = k.read(cases, first) }); crashed != nil {
			caseErr = crashed
		}
	})
	specs, specErr := openapi.LoadProviders(k.Data.Specs, names...)
	reads.Wait()
	if err := errors.Join(specErr, caseErr); err != nil {
		return err
	}
	k.Specs = append(k.Specs, specs...)
	slices.SortFunc(k.Specs, func(a, b *openapi.Spec) int { return strings.Compare(a.Provider, b.Provider) })
	faults := k.add(f)
	for _, s := range specs {
		faults = append(faults, k.checkAmbiguities(s)...)
	}
	if first {
		k.Fixtures.Waivers = append(f.set.Waivers, k.Options.Waivers...)
		for _, w := range k.Fixtures.Waivers {
			faults = append(faults, k.checkWaiver(w)...)
		}
	}
	return errors.Join(faults...)
}

// files holds the cases of providers and their cassettes.
type files struct {
	providers []string
	set       *fixture.Set
	library   *cassette.Library // nil if no cassettes are needed
}

// read reads the cases of providers. If all providers are named, it reads every file,
// and so reports files of no provider.
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
	providers := slices.Clone(names)
	for name := range k.withCases {
		providers = append(providers, name)
	}
	var cassetteErr error
	f.library, cassetteErr = cassette.Open(k.Data.Cassettes, providers...)
	return f, errors.Join(err, cassetteErr)
}

// add adds cases to the catalog and checks the names in them.
func (k *Catalog) add(f files) []error {
	for _, name := range f.providers {
		k.withCases[name] = true
	}
	if f.library != nil {
		k.library = f.library
	}
	for i, c := range f.set.Cases {
		f.set.Cases[i] = k.withRequest(c)
	}
	k.Fixtures.Cases = append(k.Fixtures.Cases, f.set.Cases...)
	slices.SortStableFunc(k.Fixtures.Cases, func(a, b *contract.Case) int { return strings.Compare(a.Provider(), b.Provider()) })
	for _, c := range f.set.Cases {
		k.addCassette(c.Name)
	}
	var faults []error
	for _, c := range f.set.Cases {
		faults = append(faults, k.checkCase(c)...)
	}
	return faults
}
