package engine

import (
	crypto "crypto/rand"
	"io"
	"maps"
	"math/big"
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/fixed"
	"assay/internal/negative"
	"assay/internal/openapi"
)

// Resolved is a case with all that it takes to ask it and to read its response:
// what its name means, and how the source has its provider asked.
type Resolved struct {
	Case      *contract.Case
	Spec      *openapi.Spec
	Operation *openapi.Operation
	Terms
	Input    contract.Input     // what it asks with, under the references of this run
	Asking   map[string]string  // the credentials it is asked with: the merchant's own, and the case's in their place
	Merchant map[string]bool    // what the provider has switched on
	Ask      contract.Operation // the adapter, with the credentials to ask with
	Read     contract.Operation // the adapter, with the merchant's own
	Derived  bool               // nobody wrote the case
	Negative negative.Negative  // what it was derived as
}

// Resolve looks everything up that a case names.
func (e *Engine) Resolve(c *contract.Case) *Resolved {
	s := e.Spec(c.Provider())
	o := s.Operation(c.Operation())
	r := &Resolved{Case: c, Spec: s, Operation: o, Terms: e.source.Terms(s), Input: c.Input}
	r.Asking = maps.Clone(r.Credentials)
	maps.Copy(r.Asking, c.Credentials)
	r.Merchant = maps.Clone(s.Merchant)
	maps.Copy(r.Merchant, c.Merchant)
	r.Negative, r.Derived = e.Negatives()[c.Name]
	if !r.Recorded && c.Input != nil {
		r.Input = c.Input.Renamed(func(reference string) string { return e.fresh(c, reference) })
	}
	speaks := func(credentials map[string]string) contract.Operation {
		return e.Adapter(s.Provider, contract.Setup{BaseURL: r.Base, Credentials: credentials, Now: r.Now, Random: r.random()}).Operation(o.ID)
	}
	r.Ask, r.Read = speaks(r.Asking), speaks(r.Credentials)
	return r
}

// Now is when the case is played. A sandbox of ours is told the time of replays.
func (r *Resolved) Now() time.Time {
	switch {
	case r.Real:
		return time.Now()
	case r.Case.At.IsZero():
		return fixed.Clock()
	}
	return r.Case.At
}

func (r *Resolved) random() io.Reader {
	if r.Real {
		return crypto.Reader
	}
	return fixed.Random(r.Case.Name)
}

// View is an exchange of the case as expressions see it.
func (r *Resolved) View(ex contract.Exchange) *openapi.View {
	return openapi.NewView(r.Operation, ex, r.Credentials, r.Merchant)
}

// fresh gives a reference of a case another one that nobody has used, of the form
// of its own. Cases after it that carry the same share it.
func (e *Engine) fresh(c *contract.Case, reference string) string {
	key := [2]string{e.first(c, reference).Name, reference}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.references[key] == "" {
		e.references[key] = contract.Randomize(reference, chosen)
	}
	return e.references[key]
}

// first is the case that a case follows and that brought up a reference, or the
// case itself.
func (e *Engine) first(c *contract.Case, reference string) *contract.Case {
	first := c
	for before := c; before.After != ""; {
		before = e.Fixtures.Case(before.After)
		if before.Input != nil && slices.Contains(before.Input.References(), reference) {
			first = before
		}
	}
	return first
}

// chosen is one of n numbers by chance, so that no two runs share a reference.
func chosen(n int) int {
	i, err := crypto.Int(crypto.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0 // the system has no randomness: Go ends the program before this
	}
	return int(i.Int64())
}
