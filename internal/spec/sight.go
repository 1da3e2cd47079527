package spec

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/sift"
)

// Sight is what of an exchange a set of expressions looks at: an expression that
// is given only that gives what it would give of the whole.
type Sight struct {
	Request, Answer               []string // JSON pointers of members whose value is looked at
	Query                         []string
	RequestHeaders, AnswerHeaders []string // in lower case
	Headers                       bool     // all headers of both are looked at
	Elsewhere                     bool     // it looks at what cannot be said like this
}

// See adds what an expression looks at.
func (s *Sight) See(e *Expression) {
	add := func(all *[]string, one string) {
		if !slices.Contains(*all, one) {
			*all = append(*all, one)
		}
	}
	for _, chain := range e.names {
		switch {
		case !slices.Contains([]string{"request", "answer"}, chain[0]), len(chain) == 2 && (chain[1] == "status" || chain[1] == "method"):
		case len(chain) == 2 && chain[1] == "headers":
			s.Headers = true
		case len(chain) < 3 && (len(chain) != 2 || chain[1] != "body"):
			s.Elsewhere = true
		case chain[1] == "body":
			path := chain[2:]
			if i := slices.Index(path, "*"); i >= 0 {
				path = path[:i]
			}
			if chain[0] == "request" {
				add(&s.Request, contract.Pointer(path...))
			} else {
				add(&s.Answer, contract.Pointer(path...))
			}
		case chain[1] == "query":
			add(&s.Query, chain[2])
		case chain[1] == "headers" && chain[0] == "request":
			add(&s.RequestHeaders, chain[2])
		case chain[1] == "headers":
			add(&s.AnswerHeaders, chain[2])
		default:
			s.Elsewhere = true
		}
	}
}

// Part is a place in a body that expressions look at.
type Part struct {
	Name  string
	Span  int // of the notes of a check
	whole bool
	below []*Part
}

// Parts gives the places that pointers lead over, as a tree, and the pointers
// that a check has to be asked for, each at the index of its span. Those that
// the body has not are left out; it is not ok where nobody knows whether it has.
func (b *Body) Parts(pointers []string) (root *Part, asked []string, ok bool) {
	root = &Part{}
	asked = []string{""}
	for _, pointer := range pointers {
		at, tokens := root, contract.Tokens(pointer)
		for i, token := range tokens {
			here := contract.Pointer(tokens[:i+1]...)
			m, free := b.Root.find(contract.Tokens(here))
			if m == nil && free {
				return nil, nil, false
			}
			if m == nil {
				at = nil
				break
			}
			next := slices.IndexFunc(at.below, func(p *Part) bool { return p.Name == token })
			if next < 0 {
				next = len(at.below)
				at.below = append(at.below, &Part{Name: token, Span: len(asked)})
				asked = append(asked, here)
			}
			at = at.below[next]
		}
		if at != nil {
			at.whole = true
		}
	}
	return root, asked, true
}

// Value gives what stands at the part, and of objects only what is looked at, as
// expressions calculate with it.
func (p *Part) Value(body []byte, spans []sift.Span) any {
	raw := spans[p.Span].Of(body)
	if p.whole || raw[0] != '{' {
		return nativeOf(raw)
	}
	object := make(map[string]any, len(p.below))
	for _, part := range p.below {
		if spans[part.Span].Here() {
			object[part.Name] = part.Value(body, spans)
		}
	}
	return object
}

// nativeOf decodes raw JSON into what CEL calculates with.
func nativeOf(raw []byte) any {
	if text, ok := PlainText(raw); ok {
		return text
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return nil
	}
	return native(value)
}

// PlainText gives a text that is written without escapes.
func PlainText(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	text := string(raw[1 : len(raw)-1])
	return text, !strings.Contains(text, `\`)
}

// TextOf gives a text, a number or a truth value as contract.Text does, and ""
// for anything else.
func TextOf(raw []byte) string {
	if text, ok := PlainText(raw); ok {
		return text
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return ""
	}
	text, _ := contract.Text(value)
	return text
}

// Below gives the part of a name, nil if nobody looks at it.
func (p *Part) Below(name string) *Part {
	for _, part := range p.below {
		if part.Name == name {
			return part
		}
	}
	return nil
}
