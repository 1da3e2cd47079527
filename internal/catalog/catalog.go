// Package catalog is what is known before anything is played: specifications,
// cases, their cassettes, the negatives that are derived, and the adapters. It
// is loaded once, held to itself, so that every name means something, and found
// by name.
package catalog

import (
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/adapter"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// Options say how to look.
type Options struct {
	Strict bool      // the profile strict: a departure from a strict interpretation is an error
	Now    time.Time // for waivers; zero: none has expired
	// Waivers come beside those of the fixtures.
	Waivers []contract.Waiver
	// Negative adds to the cases those derived from the specifications, each of
	// which breaks one constraint.
	Negative bool
	// Inputs and Adapters come beside those of ours: what cases can ask with, and how
	// to speak to a provider.
	Inputs   []contract.InputKind
	Adapters map[string]func(contract.Setup) *contract.Adapter
	// Wants tells which providers are loaded; nil: all there are.
	Wants func(provider string) bool
	// Traffic says that no case is asked for: none is loaded before NeedCases.
	Traffic bool
}

// Catalog holds what was loaded. It is safe for concurrent use.
type Catalog struct {
	Specs     []*openapi.Spec // those that are loaded, in the order of their names
	Fixtures  *fixture.Set
	Data      Data // what it was loaded from
	Options   Options
	providers []string                                      // all there are
	holding   map[string]bool                               // the providers whose cases are loaded
	shelf     *cassette.Library                             // nil: no cases are loaded
	tapes     map[string]func() (*cassette.Cassette, error) // each read once
	derived   map[string]negative.Negative                  // by the names of their cases
}

// once has the cassette of a case read once, when somebody asks for it.
func (k *Catalog) once(name string) {
	k.tapes[name] = sync.OnceValues(func() (*cassette.Cassette, error) { return k.shelf.Load(name) })
}

// Cassette returns the cassette of a case. Where there is none the error is
// fs.ErrNotExist.
func (k *Catalog) Cassette(of *contract.Case) (*cassette.Cassette, error) { return k.tapes[of.Name]() }

// Recorded tells whether a case has a cassette.
func (k *Catalog) Recorded(of *contract.Case) bool { return k.shelf.Has(of.Name) }

// Orphans names the cassettes of a provider that belong to no case.
func (k *Catalog) Orphans(provider string) []string {
	var names []string
	for _, name := range k.shelf.Names() {
		if strings.HasPrefix(name, provider+"/") && k.Fixtures.Case(name) == nil {
			names = append(names, "cassettes/"+name+".yaml")
		}
	}
	return names
}

// Adapter makes the adapter of a provider, nil where there is none.
func (k *Catalog) Adapter(provider string, setup contract.Setup) *contract.Adapter {
	if made, ok := k.Options.Adapters[provider]; ok {
		return made(setup)
	}
	return adapter.New(provider, setup)
}

// NewPass makes a pass over an operation before there is an exchange: enough to tell
// which rules apply. of is nil for traffic that no case asked for; o is nil for a
// provider as a whole.
func (k *Catalog) NewPass(s *openapi.Spec, o *openapi.Operation, of *contract.Case) *rule.Subject {
	return &rule.Subject{Spec: s, Operation: o, Case: of, Strict: k.Options.Strict, Waivers: k.Fixtures.Waivers, Now: k.Options.Now, Path: k.Data.Path}
}

// Spec finds a provider's specification, nil where it is not loaded.
func (k *Catalog) Spec(provider string) *openapi.Spec {
	for _, s := range k.Specs {
		if s.Provider == provider {
			return s
		}
	}
	return nil
}

// Only lets go of what is of other providers, and of the cases: what stands for
// days in front of one provider holds no more than it needs. Nothing is played from
// such a catalog.
func (k *Catalog) Only(provider string) {
	k.Specs = slices.DeleteFunc(k.Specs, func(s *openapi.Spec) bool { return s.Provider != provider })
	k.Fixtures = &fixture.Set{Waivers: k.Fixtures.Waivers}
	k.tapes, k.derived, k.shelf = nil, nil, nil
}

// Providers lists the providers there are, loaded or not, in order.
func (k *Catalog) Providers() []string { return k.providers }

// RuleIDs lists the rules.
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
		all = append(all, c.Code)
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
