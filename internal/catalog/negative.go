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

// bases returns the cases from which negatives can be derived, with their requests: plain
// cases that are expected to succeed. If an operation has none, such as one that fetches
// what another created, the cases that follow another case count.
func (k *Catalog) bases(s *openapi.Spec, o *openapi.Operation, cases []*contract.Case) ([]negative.Base, error) {
	var plain, following []negative.Base
	for _, c := range cases {
		if success := o.Success(); !isPlain(c) || success == nil || success.Name() != c.Want.Row() {
			continue
		}
		request, ok, err := k.derivedRequest(s, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		switch base := (negative.Base{Case: c, Request: request}); {
		case !ok:
		case c.After == "":
			plain = append(plain, base)
		default:
			following = append(following, base)
		}
	}
	if len(plain) == 0 {
		return following, nil
	}
	return plain, nil
}

// isPlain reports whether nothing about a case is special, other than that it may follow
// another case.
func isPlain(c *contract.Case) bool {
	return !c.Fixed && c.Fault == "" && c.At.IsZero() && len(c.Send)+len(c.Merchant)+len(c.Credentials) == 0
}

// derivedRequest returns the request of a plain case, without playing anything. A value of
// the case before is the documented one. ok is false if the case itself reports why there
// is no request, or if the documents have no such value.
func (k *Catalog) derivedRequest(s *openapi.Spec, c *contract.Case) (request contract.Request, ok bool, err error) {
	setup := contract.Setup{BaseURL: s.Servers[0].URL, Credentials: s.TestCredentials(), Now: fixed.Clock, Random: fixed.Random(c.Name)}
	call := contract.Call{Input: c.Input, Options: c.Options, Token: contract.Token{Value: "derived"}}
	if c.After != "" {
		before := k.Fixtures.Case(c.After)
		if before == nil || !isPlain(before) || before.Provider() != s.Provider || c.Request == nil {
			return request, false, nil
		}
		if call.After, err = k.documented(s, before); call.After == nil {
			return request, false, err
		}
	}
	made, err := k.Sender(c, setup).Request(call)
	if errors.As(err, new(*crash.Error)) {
		return request, false, nil
	}
	if err != nil {
		return request, false, err
	}
	request, err = transport.Freeze(made)
	return request, err == nil, err
}

// documented returns the exchange of a plain case with the documented response; nil if there
// is none.
func (k *Catalog) documented(s *openapi.Spec, c *contract.Case) (*contract.Exchange, error) {
	o := s.Operation(c.Operation())
	row := o.Code(c.Want.Row())
	if row == nil {
		return nil, nil
	}
	example, there := o.RowExample(row)
	request, ok, err := k.derivedRequest(s, c)
	if !there || !ok {
		return nil, err
	}
	return &contract.Exchange{Request: request, Response: contract.Response{Status: example.HTTP, Body: example.Body}}, nil
}

// Negatives returns the derived cases by their names.
func (k *Catalog) Negatives() map[string]negative.Negative { return k.derived }
