package openapi

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// Signatures are the signatures of request and response; nil: not signed.
type Signatures struct{ Request, Response *Signature }

// Signature says where a signature stands and what it covers.
type Signature struct {
	Of       contract.Direction // the message that is signed
	Scheme   string
	Encoding string           // how the signature is written: hex, base64, …; "": as the scheme does
	At, Over contract.Pointer // into the body
	Outside  contract.Place   // the header or the query parameter with the signature; "": it is at At
	// Template are the parts that the signature covers, joined; empty: what Over names.
	Template []SignedPart
	// Named is the name of the signatures in a header such as t=1,v1=ab,v1=cd; "": the
	// value is the signature. One valid signature of several is enough.
	Named     string
	Time      contract.Place // where the time of signing is, in seconds since 1970; "": nowhere
	TimeNamed string         // its name in the header with the signatures, in place of Time
	Tolerance time.Duration  // how far that time may be from now; 0: any
	Key       string         // the credential's name
	Required  *Expression    // nil: always
	Instead   []string       // texts accepted in place of a signature
}

// SignedPart is a part of what a signature covers: a text, or what a name stands for. Names
// are body, timestamp, method, path, query and places.
type SignedPart struct{ Text, Name string }

// Place returns where the signature is.
func (s *Signature) Place() contract.Place {
	if s.Outside != "" {
		return s.Outside
	}
	return s.Of.Body(s.At)
}

// Covers returns a text that says what the signature covers: a pointer, a template, or "the
// body".
func (s *Signature) Covers() string {
	if len(s.Template) == 0 {
		if s.Over == "" {
			return "the body"
		}
		return string(s.Over)
	}
	var b strings.Builder
	for _, part := range s.Template {
		if b.WriteString(part.Text); part.Name != "" {
			b.WriteString("{" + part.Name + "}")
		}
	}
	return b.String()
}

// RequiredIn reports whether the body of an exchange must be signed. If not, it may be
// sent without a signature. A body that makes the condition cost too much must be signed.
func (s *Signature) RequiredIn(x *View) bool {
	if s.Required == nil {
		return true
	}
	required, applies := x.Holds(s.Required)
	return applies && required || x.TooCostly(s.Required)
}

// pointers returns the members of the body that it names.
func (s *Signature) pointers() []contract.Pointer {
	var all []contract.Pointer
	if s.Outside == "" {
		all = append(all, s.At)
	}
	if len(s.Template) == 0 {
		all = append(all, s.Over)
	}
	for _, place := range s.places() {
		if pointer, inBody := place.Pointer(); inBody && place.Direction() == s.Of {
			all = append(all, pointer)
		}
	}
	return all
}

// places returns the places that its template and its time name.
func (s *Signature) places() []contract.Place {
	var all []contract.Place
	for _, part := range s.Template {
		if place, err := contract.ParsePlace(part.Name); err == nil {
			all = append(all, place)
		}
	}
	if s.Time != "" {
		all = append(all, s.Time)
	}
	return all
}

func (r *reader) signature(n *yaml.Node, of contract.Direction) *Signature {
	if n == nil {
		return nil
	}
	s := &Signature{
		Of: of, Scheme: text(child(n, "scheme")), Encoding: text(child(n, "encoding")), Named: text(child(n, "named")),
		Key: text(child(n, "key")), Required: r.expression(child(n, "required")), Instead: texts(child(n, "instead")),
	}
	seconds, _ := strconv.Atoi(text(child(n, "tolerance"))) // the dialect's schema allows only integers
	s.Tolerance = time.Duration(seconds) * time.Second
	if at := text(child(n, "at")); strings.HasPrefix(at, string(of)+".") {
		s.Outside = contract.Place(at)
	} else {
		s.At = contract.Pointer(at)
	}
	if over := text(child(n, "over")); over == "" || over[0] == '/' {
		s.Over = contract.Pointer(over)
	} else {
		s.Template = r.template(child(n, "over"))
	}
	switch at := text(child(n, "timestamp")); {
	case at == "":
	case strings.Contains(at, ".") || strings.Contains(at, "#"):
		s.Time = contract.Place(at)
	default:
		s.TimeNamed = at
	}
	return s
}

// template reads the parts of a text such as "{timestamp}.{body}".
func (r *reader) template(n *yaml.Node) []SignedPart {
	var all []SignedPart
	rest := n.Value
	for rest != "" {
		before, after, opened := strings.Cut(rest, "{")
		name, next, closed := strings.Cut(after, "}")
		if opened && !closed {
			r.errors = append(r.errors, lineError{n.Line, "over: a { without its }"})
			return nil
		}
		if _, err := contract.ParsePlace(name); opened && err != nil {
			switch name {
			case "body", "timestamp", "method", "path", "query":
			default:
				r.errors = append(r.errors, lineError{n.Line, "over: {" + name + "} is neither body, timestamp, method, path, query nor a place"})
			}
		}
		all = append(all, SignedPart{before, name})
		rest = next
	}
	return all
}
