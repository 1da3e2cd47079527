// Package impact finds out what a change in responses does to our adapters. It reads
// each known response through the adapter, removes or changes each member that the
// adapter asks for, and compares the outcomes. No adapter declares what it reads.
//
// Uses returns what an adapter does with the responses of one operation. Documented and
// Baseline return the shapes to compare with: those of the examples in the
// specifications, and those that were accepted. Drift compares two sets of shapes and
// rates every change by the adapter's uses.
//
// A result code that the adapter does not know breaks, although the adapter reads it as
// unknown: each such order needs an inquiry.
package impact

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/drift"
	"assay/internal/fixed"
	"assay/internal/openapi"
	"assay/internal/shape"
	"assay/internal/signature"
)

// Impact finds out what adapters do with responses. It is safe for concurrent use.
type Impact struct {
	catalog *catalog.Catalog
	mu      sync.Mutex
	uses    map[*openapi.Operation]func() *drift.Uses // computed once per operation
	crashes map[string]*crash.Error                   // by operation
}

// Crashed returns the panics of adapters and of comparisons so far, joined; nil if there is
// none. The changes of an operation whose adapter panicked are rated as without an adapter.
func (i *Impact) Crashed() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []error
	for _, name := range slices.Sorted(maps.Keys(i.crashes)) {
		all = append(all, i.crashes[name])
	}
	return errors.Join(all...)
}

// contain calls a function for an operation, and notes its panic.
func (i *Impact) contain(what string, o *openapi.Operation, f func()) {
	if crashed := crash.Contain(what+" for "+o.Name(), f); crashed != nil {
		i.mu.Lock()
		i.crashes[o.Name()] = crashed
		i.mu.Unlock()
	}
}

// New returns an Impact over the adapters, specifications and cassettes of a catalog.
func New(of *catalog.Catalog) *Impact {
	return &Impact{catalog: of, uses: map[*openapi.Operation]func() *drift.Uses{}, crashes: map[string]*crash.Error{}}
}

// Uses returns what our adapter does with the responses of an operation, or nil if the
// adapter panics. If no adapter has the operation, it returns the uses that the documents
// require: see drift.DocumentedUses. The adapter reads the documented response of every code and
// every recorded response. Each member that it asks for is removed, and replaced by a
// value of each type; the outcomes give the weight of the member. Changed responses are
// signed again, so that only the member differs. The result is computed once; callers
// must not change it. The cases of the provider must be loaded.
func (i *Impact) Uses(o *openapi.Operation) *drift.Uses {
	i.mu.Lock()
	known, ok := i.uses[o]
	if !ok {
		known = sync.OnceValue(func() *drift.Uses {
			met, digest := distinct(samples(i.catalog, i.catalog.Spec(o.Provider), o))
			if _, other := i.catalog.Options.Adapters[o.Provider]; other { // an adapter given in the options: do not share its uses
				return learnUses(i.catalog, o, met)
			}
			uses, _ := o.Memoize("uses "+digest, func() any { return learnUses(i.catalog, o, met) }).(*drift.Uses)
			return uses
		})
		i.uses[o] = known
	}
	i.mu.Unlock()
	var uses *drift.Uses
	i.contain("the adapter", o, func() { uses = known() })
	return uses
}

// learnUses finds out what our adapter does with the given responses of an operation.
func learnUses(c *catalog.Catalog, o *openapi.Operation, responses []contract.Response) *drift.Uses {
	s := c.Spec(o.Provider)
	credentials := s.TestCredentials()
	a := c.Adapter(o.Provider, contract.Setup{Credentials: credentials, Now: fixed.Clock, Random: fixed.Random(o.Name())})
	if !a.Speaks(o.ID) {
		return drift.DocumentedUses(o)
	}
	ours := a.Operation(o.ID)
	u := &drift.Uses{Codes: rows(o, ours.Codes)}
	for _, response := range responses {
		t := &probe{o: o, response: response, credentials: credentials, uses: u, read: func(response contract.Response) contract.Outcome {
			return ours.Read(contract.Exchange{Response: response})
		}}
		t.run()
	}
	return u
}

// rows returns the codes of our adapter, and the names of their rows if a code has
// variants: our adapter knows a code, not its variants.
func rows(o *openapi.Operation, codes []string) []string {
	all := codes
	for _, row := range o.Codes {
		if row.Variant != "" && slices.Contains(codes, row.Code) {
			all = append(slices.Clip(all), row.Name())
		}
	}
	return all
}

// samples returns the documented responses, and those of the cassettes without a
// deliberate fault.
func samples(c *catalog.Catalog, s *openapi.Spec, o *openapi.Operation) []contract.Response {
	var all []contract.Response
	for _, row := range o.Codes {
		if example, ok := o.RowExample(row); ok {
			all = append(all, contract.Response{Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}}, Body: example.Body})
		}
	}
	for _, one := range c.Fixtures.Cases {
		if one.Provider() != s.Provider || one.Operation() != o.ID || one.Fault != "" {
			continue
		}
		tape, err := c.Cassette(one)
		if err != nil {
			continue // the cassette rules report it
		}
		for _, ex := range tape.Exchanges() {
			all = append(all, ex.Response)
		}
	}
	return all
}

// distinct returns the responses without duplicates, and a digest of them.
func distinct(responses []contract.Response) (all []contract.Response, digest string) {
	seen, sum := map[string]bool{}, sha256.New()
	for _, a := range responses {
		form := fmt.Sprintf("%d %q %q\n", a.Status, a.Header, a.Body)
		if !seen[form] {
			seen[form] = true
			all = append(all, a)
			_, _ = io.WriteString(sum, form) // a hash never fails
		}
	}
	return all, string(sum.Sum(nil))
}

// probe finds out what an adapter reads in one response.
type probe struct {
	o           *openapi.Operation
	response    contract.Response
	credentials map[string]string
	uses        *drift.Uses
	read        func(contract.Response) contract.Outcome
}

func (t *probe) run() {
	t.response.Body = signature.Sign(t.o.Sign.Response, t.response.Body, t.credentials, signature.Zeros{})
	met, ok := t.o.ResultCode(t.response)
	if !ok {
		return
	}
	asked := map[contract.Pointer]bool{}
	t.response.Trace = func(pointer contract.Pointer) { asked[pointer] = true }
	as := t.read(t.response)
	t.response.Trace = nil
	for pointer := range asked {
		if t.weigh(met.Name(), pointer, as) != drift.Decides {
			continue
		}
		for format, text := range shape.Formats() {
			if t.refuses(pointer, text, as) {
				t.uses.Refuse(met.Name(), pointer, format)
			}
		}
	}
	for name := range t.response.Header {
		other := t.response
		other.Header = other.Header.Clone()
		other.Header.Del(name)
		if name = strings.ToLower(name); weight(as, t.read(other)) == drift.Decides && !slices.Contains(t.uses.Headers, name) {
			t.uses.Headers = append(t.uses.Headers, name)
		}
	}
	other := t.response
	other.Status = http.StatusAccepted
	t.uses.Status = t.uses.Status || weight(as, t.read(other)) == drift.Decides
}

// weigh compares the outcome with those for a response without the member, and with a
// value of each type in its place. It returns the largest weight.
func (t *probe) weigh(code string, pointer contract.Pointer, as contract.Outcome) drift.Weight {
	heaviest := drift.Read
	for how, value := range map[string]any{
		drift.Gone: remove, "null": nil, "string": "another", "integer": json.Number("7"), "number": json.Number("7.5"), "boolean": true,
		"object": map[string]any{}, "array": []any{},
	} {
		w := drift.Read
		if is, ok := t.with(pointer, value); ok {
			w = weight(as, is)
		}
		t.uses.Note(code, pointer, how, w)
		heaviest = max(heaviest, w)
	}
	return heaviest
}

// refuses reports whether the outcome has another state if the member is another text,
// or if an empty text has the same effect as no member.
func (t *probe) refuses(pointer contract.Pointer, text string, as contract.Outcome) bool {
	if raw, there := contract.Raw(t.response.Body, pointer); !there || raw[0] != '"' {
		return false
	}
	is, ok := t.with(pointer, text)
	if ok && text == "" && weight(as, is) == drift.Decides {
		if without, tried := t.with(pointer, remove); tried && weight(without, is) != drift.Decides {
			return true
		}
	}
	return ok && is.State != as.State
}

// with returns the outcome for the response with another value at a pointer.
func (t *probe) with(pointer contract.Pointer, value any) (contract.Outcome, bool) {
	body, ok := edit(t.response.Body, pointer, value)
	if !ok {
		return contract.Outcome{}, false
	}
	response := t.response
	response.Body = body
	if t.o.Sign.Response == nil || pointer != t.o.Sign.Response.At {
		response.Body = signature.Sign(t.o.Sign.Response, body, t.credentials, signature.Zeros{})
	}
	return t.read(response), true
}

func weight(a, b contract.Outcome) drift.Weight {
	a.Token, b.Token = sameToken(a.Token, b.Token)
	if a == b {
		return drift.Read
	}
	if a.Message = b.Message; a == b {
		return drift.Shows
	}
	return drift.Decides
}

// sameToken makes two equal tokens the same pointer, so that outcomes can be compared
// with ==.
func sameToken(a, b *contract.Token) (*contract.Token, *contract.Token) {
	if a != nil && b != nil && a.Value == b.Value && a.Expires.Equal(b.Expires) {
		return a, a
	}
	return a, b
}

// remove is the value that removes a member.
var remove = struct{ gone bool }{true}

// edit returns a body with another value at a pointer. It reports false if the parent
// is not an object.
func edit(body []byte, pointer contract.Pointer, value any) ([]byte, bool) {
	root, err := contract.Decode(body)
	if err != nil {
		return nil, false
	}
	if pointer == "" {
		return nil, false
	}
	above, _ := contract.Lookup(root, pointer.Parent())
	object, ok := above.(map[string]any)
	if !ok {
		return nil, false
	}
	last := pointer.LastToken()
	if value == remove {
		delete(object, last)
	} else {
		object[last] = value
	}
	raw, err := contract.Encode(root)
	return raw, err == nil
}
