package catalog

import (
	"fmt"
	"slices"

	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/transport"
)

// derive adds to the cases of each operation those that break one constraint of
// it each. They have no cassettes: nothing but a sandbox or the provider responses
// them.
func (k *Catalog) derive() error {
	if err := openapi.Compile(k.Specs...); err != nil {
		return err
	}
	k.derived = map[string]negative.Negative{}
	var all []*contract.Case
	for _, s := range k.Specs {
		for _, o := range s.Operations {
			mine := slices.DeleteFunc(slices.Clone(k.Fixtures.Cases), func(c *contract.Case) bool { return c.Provider() != s.Provider || c.Operation() != o.ID })
			bases, err := k.bases(s, o, mine)
			if err != nil {
				return err
			}
			for _, n := range negative.Derive(s, o, bases) {
				if k.Fixtures.Case(n.Case.Name) != nil {
					return fmt.Errorf("%s: the name is one of a derived negative", n.Case.Name)
				}
				k.derived[n.Case.Name] = n
				k.once(n.Case.Name)
				mine = append(mine, n.Case)
			}
			all = append(all, mine...)
		}
	}
	k.Fixtures.Cases = all
	return nil
}

// bases are the cases of an operation that negatives can be made from: those
// that ask plainly and are expected to succeed, each with the request it sends.
func (k *Catalog) bases(s *openapi.Spec, o *openapi.Operation, cases []*contract.Case) ([]negative.Base, error) {
	var all []negative.Base
	for _, c := range cases {
		special := c.Fixed || c.Fault != "" || !c.At.IsZero() || c.After != "" || len(c.Send)+len(c.Merchant)+len(c.Credentials) > 0
		if success := o.Success(); special || success == nil || success.Code != c.Want.Code {
			continue
		}
		setup := contract.Setup{BaseURL: s.Servers[0].URL, Credentials: s.TestCredentials(), Now: fixed.Clock, Random: fixed.Random(c.Name)}
		ask := contract.Call{Input: c.Input, Options: c.Options, Token: contract.Token{Value: "derived"}}
		made, err := k.Adapter(s.Provider, setup).Operation(o.ID).Request(ask)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		request, err := transport.Freeze(made)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		all = append(all, negative.Base{Case: c, Request: request})
	}
	return all, nil
}

// Negatives gives the derived cases, by their names.
func (k *Catalog) Negatives() map[string]negative.Negative { return k.derived }
