package spec

import (
	"net/http"

	"assay/internal/sift"
)

// Glimpse is what is at hand of an exchange to ask expressions about.
type Glimpse struct {
	Request, Answer           Side
	Method                    string
	Status                    int
	Query                     func(name string) (string, bool)
	RequestHeader             http.Header
	AnswerHeader              http.Header
	Credentials               map[string]string
	Merchant                  map[string]bool
	Signature, Authentication string
	Self                      []byte // raw JSON; nil: there is none
	self                      any    // decoded, where there is no raw one
	exact                     bool   // headers may be written in any way
}

// Side is a body, and where in it the parts stand that expressions look at.
type Side struct {
	Body     []byte
	Spans    []sift.Span
	Parts    *Part     // nil: there is no body
	decoding *decoding // in the place of all these; nil: it was only read
}

func (g *Glimpse) side(answer bool) *Side {
	if answer {
		return &g.Answer
	}
	return &g.Request
}

// here tells whether there is a body that is more than null.
func (s *Side) here() bool {
	if s.decoding != nil {
		value, _ := s.decoding.decoded()
		return value != nil
	}
	return s.Parts != nil && s.Spans[0].Here() && s.Body[s.Spans[0].Start] != 'n'
}

// member finds a member, as raw JSON or decoded.
func (s *Side) member(path []string) (raw []byte, value any, there bool) {
	if !s.here() {
		return nil, nil, false
	}
	if s.decoding != nil {
		value, there = within(s.decoding.value, path)
		return nil, value, there
	}
	at := s.Parts
	for _, name := range path {
		if at = at.Below(name); at == nil || !s.Spans[at.Span].Here() {
			return nil, nil, false
		}
	}
	return s.Spans[at.Span].Of(s.Body), nil, true
}

// within finds a member of what was decoded.
func within(value any, path []string) (any, bool) {
	for _, name := range path {
		object, _ := value.(map[string]any)
		next, there := object[name]
		if !there {
			return nil, false
		}
		value = next
	}
	return value, true
}

// header finds a header. It is not sure where names are not written as net/http
// writes them, if that matters.
func (g *Glimpse) header(side, key string) (text string, there, sure bool) {
	h := g.RequestHeader
	if side == "answer" {
		h = g.AnswerHeader
	}
	if g.exact && !canonical(h) {
		return "", false, false
	}
	if values := h[key]; len(values) > 0 {
		return values[0], true, true
	}
	return "", false, true
}

// canonical tells whether names of headers are written as net/http writes them.
func canonical(h http.Header) bool {
	for name := range h {
		if http.CanonicalHeaderKey(name) != name {
			return false
		}
	}
	return true
}
