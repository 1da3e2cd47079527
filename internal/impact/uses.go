// Package impact finds out what a change of responses does to us: it knows the
// shapes that responses are compared with, those that the documents print and those
// that were accepted, and watches what our adapters do with responses.
package impact

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/fixed"
	"assay/internal/openapi"
	"assay/internal/shape"
	"assay/internal/signature"
)

// Impact knows what our adapters do with responses.
type Impact struct {
	catalog *catalog.Catalog
	mu      sync.Mutex
	uses    map[*openapi.Operation]func() *drift.Uses // by what our adapter reads of it
}

// New makes one of the adapters, specifications and cassettes of a catalog.
func New(of *catalog.Catalog) *Impact {
	return &Impact{catalog: of, uses: map[*openapi.Operation]func() *drift.Uses{}}
}

// Uses tells what our adapter does with the responses of an operation. It has the
// adapter read the documented response of every code and every recorded one, asks
// which members it looked at, and takes each of them away, puts something else
// in its place, and puts it there where it was not: what the outcome then is
// tells how much the member weighs. Responses are signed again, so that it is the
// member that is judged. It is found out once, and whoever asks must not change it.
// The cases of the provider have to be loaded. Of a provider without an adapter
// nothing is known: nil.
func (i *Impact) Uses(o *openapi.Operation) *drift.Uses {
	i.mu.Lock()
	known, ok := i.uses[o]
	if !ok {
		known = sync.OnceValue(func() *drift.Uses {
			met, digest := distinct(responses(i.catalog, i.catalog.Spec(o.Provider), o))
			if _, other := i.catalog.Options.Adapters[o.Provider]; other { // not the one that others ask about
				return finds(i.catalog, o, met)
			}
			uses, _ := o.Remember("uses "+digest, func() any { return finds(i.catalog, o, met) }).(*drift.Uses)
			return uses
		})
		i.uses[o] = known
	}
	i.mu.Unlock()
	return known()
}

// finds finds out what our adapter does with responses of an operation.
func finds(c *catalog.Catalog, o *openapi.Operation, responses []contract.Response) *drift.Uses {
	s := c.Spec(o.Provider)
	credentials := s.TestCredentials()
	a := c.Adapter(o.Provider, contract.Setup{Credentials: credentials, Now: fixed.Clock, Random: fixed.Random(o.Name())})
	if a == nil {
		return nil
	}
	ours := a.Operation(o.ID)
	u := &drift.Uses{Codes: ours.Codes}
	for _, response := range responses {
		t := &trial{o: o, response: response, credentials: credentials, uses: u, read: func(response contract.Response) contract.Outcome {
			return ours.Read(contract.Exchange{Response: response})
		}}
		t.run()
	}
	return u
}

// responses are those that the documents print, and those of the cassettes that
// nobody spoilt.
func responses(c *catalog.Catalog, s *openapi.Spec, o *openapi.Operation) []contract.Response {
	var all []contract.Response
	for _, row := range o.Codes {
		if example, ok := o.Example(row.Code); ok {
			all = append(all, contract.Response{Status: example.HTTP, Header: http.Header{"Content-Type": {"application/json"}}, Body: example.Body})
		}
	}
	for _, one := range c.Fixtures.Cases {
		if one.Provider() != s.Provider || one.Operation() != o.ID || one.Fault != "" {
			continue
		}
		tape, err := c.Cassette(one)
		if err != nil {
			continue // the cassette rules say so
		}
		for _, ex := range tape.Exchanges() {
			all = append(all, ex.Response)
		}
	}
	return all
}

// distinct leaves out responses that are the same as one before, which show the same,
// and gives a digest of the others.
func distinct(responses []contract.Response) (all []contract.Response, digest string) {
	seen, sum := map[string]bool{}, sha256.New()
	for _, a := range responses {
		form := fmt.Sprintf("%d %q %q\n", a.Status, a.Header, a.Body)
		if !seen[form] {
			seen[form] = true
			all = append(all, a)
			_, _ = io.WriteString(sum, form) // never fails
		}
	}
	return all, string(sum.Sum(nil))
}

// trial is what one response shows of an adapter.
type trial struct {
	o           *openapi.Operation
	response    contract.Response
	credentials map[string]string
	uses        *drift.Uses
	read        func(contract.Response) contract.Outcome
}

func (t *trial) run() {
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
		if t.weigh(met.Code, pointer, as) != drift.Decides {
			continue
		}
		for format, text := range shape.Formats() {
			if t.refuses(pointer, text, as) {
				t.uses.Refuse(met.Code, pointer, format)
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

// weigh tries what becomes of the outcome without a member, and with something of each
// type in its place. It gives the heaviest.
func (t *trial) weigh(code string, pointer contract.Pointer, as contract.Outcome) drift.Weight {
	heaviest := drift.Read
	for how, value := range map[string]any{
		drift.Gone: gone, "null": nil, "string": "another", "integer": json.Number("7"), "number": json.Number("7.5"), "boolean": true,
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

// refuses tries whether a text in the place of a member's text makes another state
// of the outcome, or is as good as none.
func (t *trial) refuses(pointer contract.Pointer, text string, as contract.Outcome) bool {
	if raw, there := contract.Raw(t.response.Body, pointer); !there || raw[0] != '"' {
		return false
	}
	is, ok := t.with(pointer, text)
	if ok && text == "" && weight(as, is) == drift.Decides {
		if without, tried := t.with(pointer, gone); tried && weight(without, is) != drift.Decides {
			return true
		}
	}
	return ok && is.State != as.State
}

// with is the outcome of the response with another value at a pointer.
func (t *trial) with(pointer contract.Pointer, value any) (contract.Outcome, bool) {
	body, ok := edited(t.response.Body, pointer, value)
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
	a.Token, b.Token = plain(a.Token, b.Token)
	if a == b {
		return drift.Read
	}
	if a.Message = b.Message; a == b {
		return drift.Shows
	}
	return drift.Decides
}

// plain makes equal tokens the same, so that outcomes compare.
func plain(a, b *contract.Token) (*contract.Token, *contract.Token) {
	if a != nil && b != nil && a.Value == b.Value && a.Expires.Equal(b.Expires) {
		return a, a
	}
	return a, b
}

// gone takes a member away.
var gone = struct{ gone bool }{true}

// edited is a body with another value at a pointer, whose parents are there.
func edited(body []byte, pointer contract.Pointer, value any) ([]byte, bool) {
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
	if value == gone {
		delete(object, last)
	} else {
		object[last] = value
	}
	raw, err := contract.Encode(root)
	return raw, err == nil
}
