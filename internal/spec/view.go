package spec

import (
	"encoding/json"
	"maps"
	"net/url"
	"strings"

	"assay/internal/contract"
)

// View is an exchange as expressions and readings see it.
type View struct {
	Exchange       contract.Exchange
	Credentials    map[string]string
	Merchant       map[string]bool
	Signature      string // of the request: valid, invalid, missing, instead, unverified or none
	Authentication string // valid, invalid, missing, expired, unverified or none
	// Known are references that whoever answers has seen before; nil where
	// nobody remembers, and known() then does not apply.
	Known []string

	memo *memo
}

// memo keeps what several rules ask for. A view is used by one goroutine at a
// time.
type memo struct {
	sent, got       decoding
	glance          bool // bodies are looked at before they are validated
	taken           Taken
	letters         *Letters
	query           url.Values
	glimpse         Glimpse
	glimpsed        bool
	asked, answered map[string]any
	request, answer *looked
	met             met   // of the operation that was asked for last
	keepsAsked      *bool // every letter, as far as is known
	keepsAnswered   *bool
}

type met struct {
	Met
	of *Operation
	ok bool
}

// looked is what a body was found to be.
type looked struct {
	body         *Body
	violations   []Violation
	undocumented []string
}

// NewView decodes the bodies of an exchange.
func NewView(ex contract.Exchange, credentials map[string]string, merchant map[string]bool) View {
	x := View{Exchange: ex, Credentials: credentials, Merchant: merchant, Signature: "none", Authentication: "none"}
	x.memo = &memo{sent: decoding{raw: ex.Request.Body}, got: decoding{raw: ex.Answer.Body}}
	return x
}

// decoding is a body that is decoded once somebody asks.
type decoding struct {
	raw   []byte
	value any
	err   error // it is not JSON
	done  bool
}

func (d *decoding) decoded() (any, error) {
	if !d.done {
		d.value, d.err = contract.Decode(d.raw)
		d.done = true
	}
	return d.value, d.err
}

// RequestBody is the decoded body of the request, nil where it is not JSON.
func (x View) RequestBody() any {
	if x.memo == nil {
		return nil
	}
	value, _ := x.memo.sent.decoded()
	return value
}

// AnswerBody is RequestBody of the answer.
func (x View) AnswerBody() any {
	if x.memo == nil {
		return nil
	}
	value, _ := x.memo.got.decoded()
	return value
}

// Taken says of which parts of an exchange it is known that nothing about them
// departs from schemas, nor from the schemas of letters, and that there is nothing
// undocumented in them.
type Taken struct {
	Parameters bool // of the request; their letters may not be kept
	Request    bool // its method, parameters, media type and body
	Answer     bool // its media type and body
}

// Glance has bodies looked at before they are validated, expressions before CEL is
// asked, and letters all at once before each of them is. That pays where many
// exchanges of an operation are seen, whose letters these are.
func (x View) Glance(l *Letters, taken Taken) {
	x.memo.glance, x.memo.letters, x.memo.taken = true, l, taken
}

// Taken says what is known of the exchange already.
func (x View) Taken() Taken {
	if x.memo == nil {
		return Taken{}
	}
	return x.memo.taken
}

// Query is the query of the request.
func (x View) Query() url.Values {
	if x.memo == nil {
		return x.Exchange.Request.URL.Query()
	}
	return x.memo.queried(x.Exchange.Request.URL)
}

func (m *memo) queried(u *url.URL) url.Values {
	if m.query == nil {
		m.query = u.Query()
	}
	return m.query
}

// Holds evaluates an expression: see Expression.Holds.
func (x View) Holds(e *Expression) (holds, applies bool) { return x.holds(e, nil) }

// holds evaluates an expression that may name self.
func (x View) holds(e *Expression, self any) (holds, applies bool) {
	if g := x.glimpsed(); g != nil {
		g.self = self
		if holds, applies, sure := e.Glance(g); sure {
			return holds, applies
		}
	}
	vars := x.Vars()
	vars["self"] = native(self)
	return e.Holds(vars)
}

// glimpsed is the exchange for expressions to glance at, nil where they must not.
func (x View) glimpsed() *Glimpse {
	m := x.memo
	if m == nil || !m.glance {
		return nil
	}
	g := &m.glimpse
	if !m.glimpsed {
		m.glimpsed, g.exact = true, true
		g.Request.decoding, g.Answer.decoding = &m.sent, &m.got
		g.Method, g.Status, g.RequestHeader, g.AnswerHeader = x.Exchange.Request.Method, x.Exchange.Answer.Status, x.Exchange.Request.Header, x.Exchange.Answer.Header
		g.Credentials, g.Merchant = x.Credentials, x.Merchant
		asked := x.Exchange.Request.URL
		g.Query = func(name string) (string, bool) {
			values := m.queried(asked)[name]
			if len(values) == 0 {
				return "", false
			}
			return values[0], true
		}
	}
	g.Signature, g.Authentication = x.Signature, x.Authentication
	return g
}

// Asked tells every way in which the request's body departs from its schema, and
// which members of it nobody documents: Violations and Undocumented of Body.
func (x View) Asked(b *Body) (violations []Violation, undocumented []string) {
	if x.memo.taken.Request {
		return nil, nil
	}
	return x.look(&x.memo.request, b, &x.memo.sent)
}

// Answered is Asked of the answer.
func (x View) Answered(b *Body) (violations []Violation, undocumented []string) {
	if x.memo.taken.Answer {
		return nil, nil
	}
	return x.look(&x.memo.answer, b, &x.memo.got)
}

func (x View) look(at **looked, b *Body, body *decoding) ([]Violation, []string) {
	if *at == nil || (*at).body != b {
		*at = &looked{body: b}
		value, err := body.decoded()
		explained := b.violations
		if x.memo.glance {
			explained = b.narrowly
		}
		(*at).violations, (*at).undocumented = explained(body.raw, value, err), b.undocumented(value, err)
	}
	return (*at).violations, (*at).undocumented
}

// Met is Operation.Met of the answer.
func (x View) Met(o *Operation) (Met, bool) {
	m := &x.memo.met
	if m.of != o {
		*m = met{of: o}
		if body, err := x.memo.got.decoded(); err == nil {
			m.Met, m.ok = o.met(x.Exchange.Answer.Status, body), true
		}
	}
	return m.Met, m.ok
}

// Vars gives the variables of the dialect's expressions. A body that is absent
// is a name that is absent, so an expression on it does not apply.
func (x View) Vars() map[string]any {
	request, answer := x.halves()
	vars := map[string]any{
		"request": request, "answer": answer,
		"credentials": maps.Clone(x.Credentials), "merchant": maps.Clone(x.Merchant),
		"signature": x.Signature, "authentication": x.Authentication,
	}
	if x.Known != nil {
		vars[references] = x.Known
	}
	return vars
}

// halves are request and answer as expressions see them, made once.
func (x View) halves() (request, answer map[string]any) {
	if m := x.memo; m != nil && m.asked != nil {
		return m.asked, m.answered
	}
	query := map[string]any{}
	for name, values := range x.Query() {
		query[name] = values[0]
	}
	request = map[string]any{
		"method": x.Exchange.Request.Method, "query": query, "headers": Headers(x.Exchange.Request.Header),
	}
	if body := x.RequestBody(); body != nil {
		request["body"] = native(body)
	}
	answer = map[string]any{"status": int64(x.Exchange.Answer.Status), "headers": Headers(x.Exchange.Answer.Header)}
	if body := x.AnswerBody(); body != nil {
		answer["body"] = native(body)
	}
	if x.memo != nil {
		x.memo.asked, x.memo.answered = request, answer
	}
	return request, answer
}

// Headers gives headers as expressions see them: names in lower case, the first
// value of each.
func Headers(h map[string][]string) map[string]any {
	lower := map[string]any{}
	for name, values := range h {
		if len(values) > 0 {
			lower[strings.ToLower(name)] = values[0]
		}
	}
	return lower
}

// native turns decoded JSON into what CEL calculates with.
func native(value any) any {
	switch v := value.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = native(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, item := range v {
			object[name] = native(item)
		}
		return object
	}
	return value
}

// plain reads a place that is not in a body.
func (x View) plain(place string) (string, bool) {
	parts := strings.SplitN(place, ".", 3)
	request := x.Exchange.Request
	switch {
	case place == "request.method":
		return request.Method, true
	case len(parts) < 3:
		return "", false
	case parts[0] == "request" && parts[1] == "query":
		values, ok := x.Query()[parts[2]]
		return strings.Join(values, ","), ok
	}
	header := request.Header
	if parts[0] == "answer" {
		header = x.Exchange.Answer.Header
	}
	values := header.Values(parts[2])
	return strings.Join(values, ","), len(values) > 0
}
