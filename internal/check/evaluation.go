package check

import (
	"bytes"
	"net/http"
	"slices"

	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/sift"
	"assay/internal/spec"
)

// evaluation is what is needed to ask expressions about an exchange.
type evaluation struct {
	q        *Quick
	ex       contract.Exchange
	w        *work
	answer   *side
	notes    *sift.Notes
	own      map[string]string
	merchant map[string]bool
	class    Class
	taken    spec.Taken
	// queriedBy is queried, made a value once.
	queriedBy func(string) (string, bool)
	glimpse   spec.Glimpse
	itself    *spec.Part // what a letter is about, of a side
	of        *spec.Side
	vars      map[string]any // nil: CEL was not asked yet
}

// look sets what is at hand.
func (e *evaluation) look() {
	e.glimpse = spec.Glimpse{
		Answer: spec.Side{Body: e.ex.Answer.Body, Spans: e.notes.Spans, Parts: e.answer.parts},
		Method: e.ex.Request.Method, Status: e.ex.Answer.Status, RequestHeader: e.ex.Request.Header, AnswerHeader: e.ex.Answer.Header,
		Query: e.queriedBy, Credentials: e.own, Merchant: e.merchant, Signature: e.class.Signature, Authentication: e.class.Authentication,
	}
	if e.q.request != nil {
		e.glimpse.Request = spec.Side{Body: e.ex.Request.Body, Spans: e.w.request.Spans, Parts: e.q.request.parts}
	}
}

func (e *evaluation) queried(name string) (string, bool) {
	for i := range e.q.query {
		if e.q.query[i].Name == name && e.w.there[i] {
			return e.w.values[i], true
		}
	}
	return "", false
}

// ask evaluates an expression, with CEL where a glance does not do.
func (e *evaluation) ask(x *spec.Expression) (holds, applies bool) {
	if holds, applies, sure := x.Glance(&e.glimpse); sure {
		return holds, applies
	}
	vars := e.variables()
	delete(vars, "self")
	if e.itself != nil {
		vars["self"] = e.itself.Value(e.of.Body, e.of.Spans)
	}
	return x.Holds(vars)
}

// holds asks for signatures, conditions and letters.
func (e *evaluation) holds() bool {
	var ok bool
	sign := e.q.o.Sign
	e.look()
	e.class.Signature, ok = e.signed(sign.Request, e.q.request, e.w.request, e.ex.Request.Body)
	e.glimpse.Signature = e.class.Signature
	if !ok || e.class.Signature == "missing" && e.demanded(sign.Request) {
		return false
	}
	e.class.Signed, ok = e.signed(sign.Answer, e.answer, e.notes, e.ex.Answer.Body)
	if !ok || e.class.Signed == "missing" && e.demanded(sign.Answer) {
		return false
	}
	for i := range e.q.said {
		one := &e.q.said[i]
		if !e.self(one) {
			continue
		}
		holds, applies := e.ask(one.e)
		if applies && !holds {
			return false
		}
		e.class.Request = e.class.Request || applies && one.on == "request"
		e.class.Answer = e.class.Answer || applies && one.on == "answer"
	}
	return true
}

// self sets what a letter is about. There is nothing to ask where that is absent
// and the letter names it.
func (e *evaluation) self(one *said) bool {
	e.itself, e.glimpse.Self = nil, nil
	if !one.self {
		return true
	}
	if e.of = &e.glimpse.Request; one.side == "answer" {
		e.of = &e.glimpse.Answer
	}
	at := e.of.Parts
	for _, token := range one.at {
		if at = at.Below(token); at == nil || !e.of.Spans[at.Span].Here() {
			return false
		}
	}
	e.itself, e.glimpse.Self = at, e.of.Spans[at.Span].Of(e.of.Body)
	return true
}

func (e *evaluation) demanded(s *spec.Signature) bool {
	if s.Required == nil {
		return true
	}
	holds, applies := e.ask(s.Required)
	return applies && holds
}

// signed tells how a body is signed, if there is nothing to find about that.
func (e *evaluation) signed(s *spec.Signature, of *side, notes *sift.Notes, body []byte) (state string, ok bool) {
	if s == nil {
		return "none", true
	}
	if of.sign < 0 || !notes.Spans[of.sign].Here() {
		return "missing", true
	}
	raw := notes.Spans[of.sign].Of(body)
	if _, known := e.own[s.Key]; !known && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		for _, text := range s.Instead {
			if string(raw[1:len(raw)-1]) == text {
				return "instead", true
			}
		}
		return "unverified", true
	}
	state = seal.State(s, body, e.own)
	return state, state != "invalid"
}

// variables gives expressions what they look at.
func (e *evaluation) variables() map[string]any {
	if e.vars != nil {
		return e.vars
	}
	sight := &e.q.sight
	request := map[string]any{"method": e.ex.Request.Method}
	answer := map[string]any{"status": int64(e.ex.Answer.Status), "body": e.answer.parts.Value(e.ex.Answer.Body, e.notes.Spans)}
	if len(sight.Query) > 0 {
		query := make(map[string]any, len(sight.Query))
		for i := range e.q.query {
			if e.w.there[i] && slices.Contains(sight.Query, e.q.query[i].Name) {
				query[e.q.query[i].Name] = e.w.values[i]
			}
		}
		request["query"] = query
	}
	if sight.Headers {
		request["headers"], answer["headers"] = spec.Headers(e.ex.Request.Header), spec.Headers(e.ex.Answer.Header)
	}
	if len(sight.RequestHeaders) > 0 && !sight.Headers {
		request["headers"] = named(e.ex.Request.Header, sight.RequestHeaders)
	}
	if e.q.request != nil {
		request["body"] = e.q.request.parts.Value(e.ex.Request.Body, e.w.request.Spans)
	}
	if len(sight.AnswerHeaders) > 0 && !sight.Headers {
		answer["headers"] = named(e.ex.Answer.Header, sight.AnswerHeaders)
	}
	e.vars = map[string]any{
		"request": request, "answer": answer, "credentials": e.own, "merchant": e.merchant,
		"signature": e.class.Signature, "authentication": e.class.Authentication,
	}
	return e.vars
}

func named(h http.Header, names []string) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		if values := h[http.CanonicalHeaderKey(name)]; len(values) > 0 {
			all[name] = values[0]
		}
	}
	return all
}
