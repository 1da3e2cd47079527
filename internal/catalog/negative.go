package catalog

import (
	"errors"
	"fmt"
	"slices"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/fixed"
	"assay/internal/negative"
	"assay/internal/openapi"
	"assay/internal/transport"
)

// derive adds to each operation the cases that violate one of its constraints each.
// They have no cassettes: only a sandbox or the provider can respond to them.
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
					return fmt.Errorf("%s: a derived negative has the same name; rename the case", n.Case.Name)
				}
				k.derived[n.Case.Name] = n
				k.addCassette(n.Case.Name)
				mine = append(mine, n.Case)
			}
			all = append(all, mine...)
		}
	}
	k.Fixtures.Cases = all
	return nil
}

// bases returns the cases from which negatives can be derived, with their requests:
// plain cases that are expected to succeed.
func (k *Catalog) bases(s *openapi.Spec, o *openapi.Operation, cases []*contract.Case) ([]negative.Base, error) {
	var all []negative.Base
	for _, c := range cases {
		special := c.Fixed || c.Fault != "" || !c.At.IsZero() || c.After != "" || len(c.Send)+len(c.Merchant)+len(c.Credentials) > 0
		if success := o.Success(); special || success == nil || success.Name() != c.Want.Row() {
			continue
		}
		setup := contract.Setup{BaseURL: s.Servers[0].URL, Credentials: s.TestCredentials(), Now: fixed.Clock, Random: fixed.Random(c.Name)}
		call := contract.Call{Input: c.Input, Options: c.Options, Token: contract.Token{Value: "derived"}}
		request, err := k.Sender(c, setup).Request(call)
		if errors.As(err, new(*crash.Error)) {
			continue // the case itself reports it
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		frozen, err := transport.Freeze(request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		all = append(all, negative.Base{Case: c, Request: frozen})
	}
	return all, nil
}

// Negatives returns the derived cases by their names.
func (k *Catalog) Negatives() map[string]negative.Negative { return k.derived }
