package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"assay/internal/cassette"
	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/fixture"
	"assay/internal/spec"
)

// New loads the providers that the options want, and reads nothing of others. An
// error means that nothing can be checked before it is mended; it tells of every
// fault, with file and line.
func New(data Data, options Options) (*Engine, error) {
	providers, err := spec.Names(data.Specs)
	if err == nil && len(providers) == 0 {
		err = errors.New("specs: no <provider>.yaml here")
	}
	if err != nil {
		return nil, err
	}
	e := &Engine{
		Fixtures: &fixture.Set{}, data: data, options: options, providers: providers, holding: map[string]bool{},
		plays: map[string]*playing{}, tapes: map[string]func() (*cassette.Tape, error){}, uses: map[*spec.Operation]func() *drift.Uses{},
	}
	wanted := slices.DeleteFunc(slices.Clone(providers), func(provider string) bool {
		return options.Wants != nil && !options.Wants(provider)
	})
	for first := true; first || len(wanted) > 0; first, wanted = false, e.tied() {
		if err := e.load(wanted, first); err != nil {
			return nil, err
		}
	}
	if options.Negative {
		return e, e.derive()
	}
	return e, nil
}

// Named wants the providers of these names; none: all there are.
func Named(names ...string) func(provider string) bool {
	if len(names) == 0 {
		return nil
	}
	return func(provider string) bool { return slices.Contains(names, provider) }
}

// Selected wants the providers of which patterns, as Engine.Select takes them, may
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
func (e *Engine) Need(providers ...string) error {
	if wanted := e.missing(providers, func(name string) bool { return e.Spec(name) != nil }); len(wanted) > 0 {
		return e.load(wanted, false)
	}
	return nil
}

// NeedCases loads the cases of providers whose specifications were loaded without.
func (e *Engine) NeedCases(providers ...string) error {
	wanted := e.missing(providers, func(name string) bool { return e.holding[name] || e.Spec(name) == nil })
	if len(wanted) == 0 {
		return nil
	}
	f, err := e.read(wanted, false)
	if err != nil {
		return err
	}
	return errors.Join(e.take(f)...)
}

// missing gives those of the names that are of a provider and not there yet.
func (e *Engine) missing(names []string, there func(string) bool) []string {
	var wanted []string
	for _, name := range names {
		if slices.Contains(e.providers, name) && !slices.Contains(wanted, name) && !there(name) {
			wanted = append(wanted, name)
		}
	}
	return wanted
}

// tied names the providers that have to be there as well: a waiver is about them and
// one that is loaded, or a case of one that is loaded follows one of theirs.
func (e *Engine) tied() []string {
	if e.options.Traffic {
		return nil
	}
	var names []string
	for _, w := range e.Fixtures.Waivers {
		if slices.ContainsFunc(e.Specs, func(s *spec.Spec) bool { return check.WaiverOf(w, s.Provider) }) {
			names = append(names, slices.DeleteFunc(slices.Clone(e.providers), func(name string) bool { return !check.WaiverOf(w, name) })...)
		}
	}
	for _, c := range e.Fixtures.Cases {
		provider, _, _ := strings.Cut(c.After, "/")
		names = append(names, provider)
	}
	return e.missing(names, func(name string) bool { return e.Spec(name) != nil })
}

// load takes in providers, on as many cores as there are. first loads the waivers as
// well.
func (e *Engine) load(names []string, first bool) error {
	cases := names
	if e.options.Traffic {
		cases = nil
	}
	var f files
	var caseErr error
	var reading sync.WaitGroup
	reading.Go(func() { f, caseErr = e.read(cases, first) })
	specs, specErr := spec.LoadOf(e.data.Specs, names...)
	reading.Wait()
	if err := errors.Join(specErr, caseErr); err != nil {
		return err
	}
	e.Specs = append(e.Specs, specs...)
	slices.SortFunc(e.Specs, func(a, b *spec.Spec) int { return strings.Compare(a.Provider, b.Provider) })
	faults := e.take(f)
	for _, s := range specs {
		faults = append(faults, e.holds(s)...)
	}
	if first {
		e.Fixtures.Waivers = append(f.set.Waivers, e.options.Waivers...)
		for _, w := range e.Fixtures.Waivers {
			faults = append(faults, e.waives(w)...)
		}
	}
	return errors.Join(faults...)
}

// files are the cases of providers and what was recorded of them.
type files struct {
	providers []string
	set       *fixture.Set
	shelf     *cassette.Shelf // nil: nobody asks for cassettes
}

// read reads the cases of providers. Where the providers are all there are it reads
// every file, and finds those of no provider.
func (e *Engine) read(names []string, first bool) (f files, err error) {
	f.providers = names
	if first && len(names) == len(e.providers) {
		f.set, err = fixture.Load(e.data.Fixtures, e.options.Inputs...)
	} else {
		f.set, err = fixture.LoadOf(e.data.Fixtures, names, e.options.Inputs...)
	}
	if len(names) == 0 {
		return f, err
	}
	held := slices.Clone(names)
	for name := range e.holding {
		held = append(held, name)
	}
	var shelfErr error
	f.shelf, shelfErr = cassette.Open(e.data.Cassettes, held...)
	return f, errors.Join(err, shelfErr)
}

// take takes in cases, and checks what they name.
func (e *Engine) take(f files) []error {
	for _, name := range f.providers {
		e.holding[name] = true
	}
	if f.shelf != nil {
		e.shelf = f.shelf
	}
	e.Fixtures.Cases = append(e.Fixtures.Cases, f.set.Cases...)
	slices.SortStableFunc(e.Fixtures.Cases, func(a, b *contract.Case) int { return strings.Compare(a.Provider(), b.Provider()) })
	for _, c := range f.set.Cases {
		e.tapes[c.Name] = sync.OnceValues(func() (*cassette.Tape, error) { return e.shelf.Load(c.Name) })
	}
	var faults []error
	for _, c := range f.set.Cases {
		faults = append(faults, e.fits(c)...)
	}
	return faults
}

// holds checks that what is said to hold to a reading is there: a rule or a case.
func (e *Engine) holds(s *spec.Spec) []error {
	readings := slices.Clone(s.Readings)
	for _, o := range s.Operations {
		readings = append(readings, o.Readings...)
	}
	var faults []error
	for _, r := range readings {
		for _, name := range r.Held {
			if _, rule := check.Find(name); rule || e.hasCase(name) {
				continue
			}
			names := RuleIDs()
			cases, err := fixture.Names(e.data.Fixtures)
			if err != nil {
				return append(faults, err)
			}
			names = append(names, cases...)
			faults = append(faults, fmt.Errorf("%s:%d: held: there is no rule and no case %s; did you mean %s?", s.File, r.Line, name, Nearest(name, names)))
		}
	}
	return faults
}

// hasCase tells whether there is a case. Of a provider whose cases are not loaded the
// file is enough.
func (e *Engine) hasCase(name string) bool {
	if provider, _, _ := strings.Cut(name, "/"); e.holding[provider] {
		return e.Fixtures.Case(name) != nil
	}
	_, err := fs.Stat(e.data.Fixtures, name+".yaml")
	return err == nil
}
