package openapi

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// Idempotency says how a client may repeat a request without a second effect: it sends the
// same key again. The provider then gives the response of the first request again.
type Idempotency struct {
	At       contract.Place // of the key in the request: a header, a query parameter or a member of the body
	Hours    int            // how long a key counts; 0: the documents name no time
	Conflict string         // the name of the row for a known key with another request; "": the documents do not say
	Doc      string
	Line     int
}

// idempotency reads x-idempotency; nil: the operation has none.
func (r *reader) idempotency(n *yaml.Node) *Idempotency {
	if n == nil {
		return nil
	}
	i := &Idempotency{At: contract.Place(text(child(n, "at"))), Doc: text(child(n, "x-doc")), Line: line(n)}
	i.Hours, _ = strconv.Atoi(text(child(n, "hours"))) // the dialect's schema allows only integers
	if conflict := child(n, "conflict"); conflict != nil {
		i.Conflict = contract.CodeName(text(child(conflict, "code")), text(child(conflict, "variant")))
	}
	return i
}

// IdempotencyKey returns the key that makes a repeat of the request safe. It is empty if
// the request has none, or if the operation documents none.
func (x *View) IdempotencyKey() string {
	i := x.o.Idempotency
	if i == nil {
		return ""
	}
	if pointer, inBody := i.At.Pointer(); inBody {
		key, _ := x.RequestText(pointer)
		return key
	}
	kind, name := i.At.Named()
	if kind == "header" {
		return x.Exchange.Request.Header.Get(name)
	}
	key, _ := x.QueryParameter(name)
	return key
}

// idempotency finds a place that requests do not have, and a conflict that the table does
// not list or that accepts the request.
func (x *examiner) idempotency() {
	i := x.o.Idempotency
	if i == nil {
		return
	}
	if !x.o.documentsPlace(i.At) {
		x.report("x-idempotency", i.Line, idempotencyUnplaced, contract.ArgPlace("place", i.At))
	}
	if i.Conflict == "" {
		return
	}
	switch row := x.o.Code(i.Conflict); {
	case row == nil:
		x.report("x-idempotency", i.Line, conflictUnlisted, contract.ArgText("code", i.Conflict))
	case row.Accepted():
		x.report("x-idempotency", i.Line, conflictAccepted, contract.ArgText("code", i.Conflict))
	}
}

// NamesRequest reports whether a member or parameter tells the requests of a merchant apart:
// it is a reference or the idempotency key. Each run sends a new value there.
func (o *Operation) NamesRequest(m *Member) bool {
	if m.Means == "reference" || o.Idempotency == nil {
		return m.Means == "reference"
	}
	if pointer, inBody := o.Idempotency.At.Pointer(); inBody {
		return o.Request != nil && m == o.Request.Member(pointer)
	}
	return slices.ContainsFunc(o.Parameters, func(p *Parameter) bool { return &p.Member == m && p.Place() == o.Idempotency.At })
}

// RepeatedText appends what a request and its repeat have in common: path, query and body.
// The order of members and parameters, white space, the key and a signature do not count.
func (x *View) RepeatedText(to []byte) []byte {
	r := x.Exchange.Request
	sign := x.o.Sign.Request
	if r.URL != nil {
		query := r.URL.Query()
		for _, place := range x.o.repeatedAnew() {
			if kind, name := place.Named(); kind == "query" {
				query.Del(name)
			}
		}
		to = append(append(append(to, r.URL.EscapedPath()...), '?'), query.Encode()...)
	}
	to = append(to, 0)
	raw := r.Body
	if x.o.Request != nil {
		raw = x.o.Request.JSON(r.Header, raw)
	}
	body, err := contract.Decode(raw)
	if err != nil {
		return append(to, r.Body...) // every byte counts
	}
	if sign != nil && sign.Outside == "" {
		above, _ := contract.Lookup(body, sign.At.Parent())
		if object, ok := above.(map[string]any); ok {
			delete(object, sign.At.LastToken())
		}
	}
	canonical, err := contract.Encode(body)
	if err != nil {
		return append(to, r.Body...)
	}
	return append(to, canonical...)
}

// repeatedAnew returns the places outside of the body at which a repeat may have another
// value: of the key, and of a signature and its time.
func (o *Operation) repeatedAnew() []contract.Place {
	var all []contract.Place
	if o.Idempotency != nil {
		all = append(all, o.Idempotency.At)
	}
	if s := o.Sign.Request; s != nil {
		all = append(all, s.Outside, s.Time)
	}
	return all
}

// OrderAt returns the members of a response with this status that name the order: those
// with x-means: provider-reference. If requests have no idempotency key, a view does not
// read them.
func (o *Operation) OrderAt(status int) (all []contract.Pointer) {
	response := o.Responses[status]
	if response == nil {
		return nil
	}
	for _, m := range response.Members() {
		if m.Means == "provider-reference" && !contract.HasWildcard(m.Pointer) {
			all = append(all, m.Pointer)
		}
	}
	return all
}
