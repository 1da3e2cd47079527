// Package catalog loads specifications, cases, cassettes and waivers, derives
// negatives, and makes adapters. Callers find all of them by name.
//
// Load reads the providers that Options wants, and the providers that their cases and
// waivers refer to. It checks that every name refers to something: providers,
// operations, codes, credentials, rules and cases. An error lists all faults with file
// and line, and nothing can be played until they are corrected. Messages about an
// unknown name suggest a similar one.
//
// Data is embedded in the program; Data.Over lays a directory over it. Need and
// NeedCases load more providers later. Cassettes are read on first use. Expressions are
// compiled by Compile, before operations are played or judged.
package catalog

import (
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/fixture"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// Options choose what is loaded and how it is judged.
type Options struct {
	Strict bool      // the strict profile: a departure from a strict interpretation is an error
	Now    time.Time // for waivers; zero: none has expired
	// Waivers are added to those of the fixtures.
	Waivers []contract.Waiver
	// Negative adds cases that are derived from the specifications and violate one
	// constraint each.
	Negative bool
	// Rules, Inputs and Adapters are added to the built-in ones: the rules, the kinds of
	// input of cases, and the code that calls a provider.
	Rules    []rule.Rule
	Inputs   []contract.InputKind
	Adapters map[string]func(contract.Setup) *contract.Adapter
	// Wants reports whether a provider is loaded; nil: all are.
	Wants func(provider string) bool
	// Traffic loads no cases before NeedCases, for commands that judge traffic.
	Traffic bool
}

// Catalog is the loaded data. It is safe for concurrent use, except for Need, NeedCases
// and Restrict.
type Catalog struct {
	Specs     []*openapi.Spec // the loaded ones, in the order of their names
	Fixtures  *fixture.Set
	Data      Data // the source of the data
	Options   Options
	providers []string                                      // all providers of the data, loaded or not
	withCases map[string]bool                               // the providers whose cases are loaded
	library   *cassette.Library                             // nil if no cases are loaded
	cassettes map[string]func() (*cassette.Cassette, error) // by case; each is read once
	derived   map[string]negative.Negative                  // by the names of their cases
}

// addCassette registers the cassette of a case; it is read once, on first use. If the
// reader panics, the error is a *crash.Error.
func (k *Catalog) addCassette(name string) {
	k.cassettes[name] = sync.OnceValues(func() (tape *cassette.Cassette, err error) {
		if crashed := crash.Contain("reading the cassette of "+name, func() { tape, err = k.library.Load(name) }); crashed != nil {
			return nil, crashed
		}
		return tape, err
	})
}

// Cassette returns the cassette of a case. If there is none, the error is
// fs.ErrNotExist.
func (k *Catalog) Cassette(c *contract.Case) (*cassette.Cassette, error) {
	return k.cassettes[c.Name]()
}

// CassetteEntry returns the manifest's entry for the cassette of a case, also if the
// cassette cannot be read.
func (k *Catalog) CassetteEntry(c *contract.Case) (cassette.Entry, bool) {
	return k.library.Entry(c.Name)
}

// Recorded reports whether a case has a cassette.
func (k *Catalog) Recorded(c *contract.Case) bool { return k.library.Has(c.Name) }

// Orphans returns the files of a provider's cassettes that belong to no case.
func (k *Catalog) Orphans(provider string) []string {
	var names []string
	for _, name := range k.library.Names() {
		if strings.HasPrefix(name, provider+"/") && k.Fixtures.Case(name) == nil {
			names = append(names, "cassettes/"+name+".yaml")
		}
	}
	return names
}

// NewSubject returns a subject without an exchange. It is enough to find out which
// rules apply. c is nil for traffic without a case; o is nil for a provider as a whole.
func (k *Catalog) NewSubject(s *openapi.Spec, o *openapi.Operation, c *contract.Case) *rule.Subject {
	return &rule.Subject{Spec: s, Operation: o, Case: c, Strict: k.Options.Strict, Waivers: k.Fixtures.Waivers, Now: k.Options.Now, Path: k.Data.Path}
}

// RulesFor returns the rules that apply to a subject.
func (k *Catalog) RulesFor(p *rule.Subject) []rule.Rule { return rule.For(p, k.Options.Rules...) }

// Spec returns the specification of a provider, or nil if it is not loaded.
func (k *Catalog) Spec(provider string) *openapi.Spec {
	for _, s := range k.Specs {
		if s.Provider == provider {
			return s
		}
	}
	return nil
}

// Restrict releases the data of other providers and all cases. A proxy that runs for
// days calls it to use less memory. Nothing can be played from the catalog afterwards.
func (k *Catalog) Restrict(provider string) {
	k.Specs = slices.DeleteFunc(k.Specs, func(s *openapi.Spec) bool { return s.Provider != provider })
	k.Fixtures = &fixture.Set{Waivers: k.Fixtures.Waivers}
	k.cassettes, k.derived, k.library = nil, nil, nil
}

// Providers returns the names of all providers, loaded or not, in order.
func (k *Catalog) Providers() []string { return k.providers }

// RuleIDs returns the ids of all rules.
func RuleIDs() []string {
	var ids []string
	for _, r := range rule.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
}

func operations(s *openapi.Spec) []string {
	var ids []string
	for _, o := range s.Operations {
		ids = append(ids, o.ID)
	}
	return ids
}

func codes(o *openapi.Operation) []string {
	var all []string
	for _, c := range o.Codes {
		all = append(all, c.Name())
	}
	return all
}

func credentials(s *openapi.Spec) []string {
	var names []string
	for _, c := range s.Credentials {
		names = append(names, c.Name)
	}
	return names
}
