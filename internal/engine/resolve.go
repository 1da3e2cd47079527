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

// Resolved is a case with everything needed to make its request and read its response.
type Resolved struct {
	Case      *contract.Case
	Spec      *openapi.Spec
	Operation *openapi.Operation
	Terms
	Input           contract.Input     // of the request, with the references of this run
	CallCredentials map[string]string  // the merchant's credentials, replaced by those that the case sets
	Merchant        map[string]bool    // the provider's settings for the merchant
	Sender          contract.Operation // makes the request, with CallCredentials
	Reader          contract.Operation // reads the response, with the merchant's credentials; its Read is nil if no client speaks the operation
	Derived         bool               // the case is a negative, derived from the specification
	Negative        negative.Negative  // how it was derived; the zero value if it was not
}

// Resolve looks up everything that a case names.
func (e *Engine) Resolve(c *contract.Case) *Resolved {
	s := e.Spec(c.Provider())
	o := s.Operation(c.Operation())
	r := &Resolved{Case: c, Spec: s, Operation: o, Terms: e.source.Terms(s), Input: c.Input}
	r.CallCredentials = maps.Clone(r.Credentials)
	maps.Copy(r.CallCredentials, c.Credentials)
	r.Merchant = maps.Clone(s.Merchant)
	maps.Copy(r.Merchant, c.Merchant)
	r.Negative, r.Derived = e.Negatives()[c.Name]
	if !r.Recorded && c.Input != nil {
		r.Input = c.Input.Renamed(func(reference string) string { return e.newReference(c, reference, r.Pick) })
	}
	r.Sender, r.Reader = e.Sender(c, e.setup(r, r.CallCredentials)), e.Reader(c, e.setup(r, r.Credentials))
	return r
}

// setup configures the client of a case with these credentials.
func (e *Engine) setup(r *Resolved, credentials map[string]string) contract.Setup {
	return contract.Setup{BaseURL: r.Base, Credentials: credentials, Now: r.Now, Random: r.random()}
}

// Now is the time at which the case is played: the machine's for a real provider, else the
// fixed time of replays.
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

// View returns an exchange of the case as expressions see it.
func (r *Resolved) View(ex contract.Exchange) *openapi.View {
	return openapi.NewView(r.Operation, ex, r.Credentials, r.Merchant)
}

// newReference returns a new random reference of the same form. Cases that follow each
// other and share a reference share the new one.
func (e *Engine) newReference(c *contract.Case, reference string, seeded func(name string) func(n int) int) string {
	key := [2]string{e.firstUse(c, reference).Name, reference}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.references[key] == "" {
		pick := randomIndex
		if seeded != nil {
			pick = seeded(key[0] + " " + reference)
		}
		e.references[key] = contract.Randomize(reference, pick)
	}
	return e.references[key]
}

// firstUse returns the earliest case, among a case and those it follows, that uses a
// reference.
func (e *Engine) firstUse(c *contract.Case, reference string) *contract.Case {
	first := c
	for before := c; before.After != ""; {
		before = e.Fixtures.Case(before.After)
		if before.Input != nil && slices.Contains(before.Input.References(), reference) {
			first = before
		}
	}
	return first
}

// randomIndex returns a random number below n, so that no two runs share a reference.
func randomIndex(n int) int {
	i, err := crypto.Int(crypto.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0 // not reached: Go ends the program if the system has no randomness
	}
	return int(i.Int64())
}
