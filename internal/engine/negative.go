package engine

import (
	"fmt"
	"slices"

	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/negative"
	"assay/internal/spec"
	"assay/internal/wire"
)

// derive adds to the cases of each operation those that break one constraint of
// it each. They have no cassettes: nothing but a sandbox or the provider answers
// them.
func (e *Engine) derive() error {
	e.derived = map[string]negative.Negative{}
	var all []*contract.Case
	for _, s := range e.Specs {
		for _, o := range s.Operations {
			mine := slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool { return c.Provider() != s.Provider || c.Operation() != o.ID })
			bases, err := e.bases(s, o, mine)
			if err != nil {
				return err
			}
			for _, n := range negative.Derive(s, o, bases) {
				if e.Fixtures.Case(n.Case.Name) != nil {
					return fmt.Errorf("%s: the name is one of a derived negative", n.Case.Name)
				}
				e.derived[n.Case.Name] = n
				e.tapes[n.Case.Name] = func() (*cassette.Tape, error) { return e.shelf.Load(n.Case.Name) }
				mine = append(mine, n.Case)
			}
			all = append(all, mine...)
		}
	}
	e.Fixtures.Cases = all
	return nil
}

// bases are the cases of an operation that negatives can be made from: those
// that ask plainly and are expected to succeed, each with the request it sends.
func (e *Engine) bases(s *spec.Spec, o *spec.Operation, cases []*contract.Case) ([]negative.Base, error) {
	var all []negative.Base
	for _, c := range cases {
		special := c.Fixed || c.Fault != "" || !c.At.IsZero() || c.After != "" || len(c.Send)+len(c.Merchant)+len(c.Credentials) > 0
		if success := o.Success(); special || success == nil || success.Code != c.Want.Code {
			continue
		}
		ask := contract.Ask{Input: c.Input, Options: c.Options, Token: contract.Token{Value: "derived"}}
		made, err := e.adapter(s.Provider, e.setup(s, c, true)).Operation(o.ID).Request(ask)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		request, err := wire.Freeze(made)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		all = append(all, negative.Base{Case: c, Request: request})
	}
	return all, nil
}

// Negatives gives the derived cases, by their names.
func (e *Engine) Negatives() map[string]negative.Negative { return e.derived }
