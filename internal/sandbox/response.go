package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/signature"
)

// valid is the lifetime of an issued token. Paytm's page says fifteen minutes.
const valid = 15 * time.Minute

// fill appends the response of a code: the documented example with references, ids,
// tokens, times and message of this request, signed.
func (s *Sandbox) fill(to []byte, t *template, q *question, v *openapi.RequestViolation) []byte {
	to = append(slices.Grow(to, 2*len(t.body)), t.body...)
	if t.recalls {
		q.sum = s.recall(q)
	}
	s.draw(to, t.random)
	t.repeat(to)
	over, at := t.over, t.at
	for _, h := range slices.Backward(t.holes) {
		var room [128]byte // longer texts are allocated
		value := h.value(room[:0], t, q, v)
		if len(value) == 0 {
			continue
		}
		to = slices.Replace(to, h.start, h.end, value...)
		over, at = over.moved(h.span, len(value)), at.moved(h.span, len(value))
	}
	if !t.signed {
		return to
	}
	itsSignature, err := signature.SignBytes(q.o.Sign.Response, to[over.start:over.end], q.o.credentials, signature.Zeros{})
	if err != nil {
		return to
	}
	return slices.Replace(to, at.start, at.end, itsSignature...)
}

// response returns the response with a body, given as JSON: in the media type of the
// template, and signed if the signature is in a header.
func (o *operation) response(q *question, t *template, body []byte) contract.Response {
	a := contract.Response{Status: t.status, Header: t.header, Body: body}
	if t.kind != media.JSON {
		if written, err := t.kind.FromJSON(body); err == nil {
			a.Body = written
		}
	}
	if s := o.Sign.Response; s != nil && (s.Outside != "" || len(s.Template) > 0) {
		a = signature.SignResponse(s, contract.Exchange{Request: q.Exchange.Request, Response: a}, o.credentials, q.wish.at, signature.Zeros{})
	}
	return a
}

// draw replaces each letter and digit by a random one of its kind.
func (s *Sandbox) draw(body []byte, random []int) {
	if len(random) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range random {
		body[at] = contract.RandomizeByte(body[at], s.pick)
	}
}

// moved returns the position of a span after a change of length before it or in it.
func (s span) moved(by span, length int) span {
	more := length - (by.end - by.start)
	switch {
	case by.end <= s.start:
		return span{s.start + more, s.end + more}
	case by.start >= s.start && by.end <= s.end:
		return span{s.start, s.end + more}
	}
	return s
}

// value appends the value of a hole, or nothing to keep the documented one.
func (h *hole) value(to []byte, t *template, q *question, v *openapi.RequestViolation) []byte {
	now := q.wish.at
	switch h.what {
	case "reference":
		if q.reference == "" {
			return nil
		}
		return quoted(to, q.reference)
	case "path":
		text, _ := q.PathParameter(h.name) // the request was routed by it
		return quoted(to, text)
	case "message":
		if v == nil {
			return nil
		}
		return quoted(to, strings.NewReplacer("{field}", v.Field(), "{path}", v.Path(), "{value}", v.Value).Replace(t.message))
	case "amount-minor", "amount-decimal":
		return h.amount(to, q)
	case "currency":
		text, _, ok := h.echo(q)
		if !ok {
			text = q.sum.currency
		}
		if text == "" {
			return nil
		}
		return quoted(to, text)
	case "provider-reference":
		text, _, ok := h.echo(q)
		if !ok {
			return nil
		}
		inner := quoted(to, text)
		return inner[1 : len(inner)-1]
	case "expiry":
		now = now.Add(valid)
	}
	if h.layout != "" {
		return quoted(to, now.In(h.zone).Format(h.layout))
	}
	if !h.quote {
		return strconv.AppendInt(to, epoch(now, h.unit), 10)
	}
	return append(strconv.AppendInt(append(to, '"'), epoch(now, h.unit), 10), '"')
}

// epoch returns a time since 1970 in a unit; without one, in milliseconds.
func epoch(t time.Time, unit string) int64 {
	switch unit {
	case "seconds":
		return t.Unix()
	case "microseconds":
		return t.UnixMicro()
	}
	return t.UnixMilli()
}

// quoted appends a text as JSON, written like contract.Encode.
func quoted(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			raw, _ := contract.Encode(text) // Encode accepts every text
			return append(to, raw...)
		}
	}
	return append(append(append(to, '"'), text...), '"')
}

// keep remembers an issued token.
func (s *Sandbox) keep(o *operation, body []byte, now time.Time) {
	for _, a := range o.issues {
		raw, _ := contract.Raw(body, a.Token)
		token, _ := contract.String(raw)
		s.tokens.Add(keyOf(o.of.Provider, token), rule.Expiry(a, body, o.unit(a.Expires), now))
	}
}
