// Package redact removes secrets and personal data from exchanges, so that they can be
// kept. It is given the places of the values in an exchange, and the secrets
// themselves.
//
// A secret becomes a fixed mark. Personal data becomes a surrogate of the same shape
// from a range that belongs to no person: PAN ZZZPZ0000Z and similar, mobile numbers of
// leading zeros, e-mail addresses at example.com, names that consist of z. Equal values
// get equal surrogates. Values in that range stay, so redacting twice changes nothing
// more.
//
// A value found at its place is replaced everywhere else in the exchange, because a
// provider's message often repeats it: in any text, in any of Encodings. Values shorter
// than eight characters are replaced only as whole words, values shorter than three not
// at all.
//
// With Documents, the redactor also removes what the documents of an operation do not
// describe, and searches for it in the same way. See Documents.
//
// The result is then searched again: Leaked looks for the same values and Detect for
// anything that looks like one.
package redact

import (
	"assay/internal/contract"
	"assay/internal/route"
)

// Place is a place in a request or response whose value must not be kept.
type Place struct {
	At       contract.Place // * matches any array index; everything below counts as well
	Personal string         // the kind in x-personal; "" for a secret
}

// FreeText is the Personal of a place at which a client can write anything. Its value gets
// a surrogate like personal data. An address keeps scheme, host and path.
const FreeText = "text"

// Redactor redacts one exchange, the request before the response. It remembers the
// values that it finds.
type Redactor struct {
	places  map[contract.Place]string // the kind by place; "" is a secret
	headers []string
	docs    Documents
	path    route.Template  // of the operation
	shown   map[string]bool // the values of described places, folded
	kept    map[string]bool
	exact   map[contract.Place]bool // places at which short values count
	learned map[string]stand
	parts   Words             // the words of these values
	alike   map[string]stand  // surrogates by the folded values
	names   map[string]string // replacements of whole names
	used    map[string]bool
	next    map[string]int // by form of a value: the next counter to try
	touched places
	doubts  places  // places that could not be searched
	index   *index  // of the learned values; nil: not made yet
	limit   *budget // of the pass over the exchange
	last    *budget // of the search in the result
}

// stand is the replacement of a value, as text and as number.
type stand struct {
	text, number string
	weak         bool // the value comes from a place whose content is not known
	only         bool // it is replaced at its own place only
	alike        bool // the replacement is of the same form, so it conforms where the value did
}

// New returns a redactor for these places. headers names the headers to keep; all
// others are removed.
func New(places []Place, headers ...string) *Redactor {
	s := &Redactor{
		places: map[contract.Place]string{}, headers: headers, kept: map[string]bool{}, exact: map[contract.Place]bool{},
		learned: map[string]stand{}, names: map[string]string{}, alike: map[string]stand{}, shown: map[string]bool{}, parts: Words{}, used: map[string]bool{}, next: map[string]int{}, limit: newBudget(), last: newBudget(),
	}
	for _, p := range places {
		s.places[p.At] = p.Personal
	}
	return s
}

// Path sets the path of the operation, whose parameters are places too. Of a path that does
// not end so, each segment is redacted that the documents do not print: it can be the value
// of a parameter.
func (s *Redactor) Path(t route.Template) { s.path = t }

// Keep allows values where a secret is expected, such as published test credentials.
func (s *Redactor) Keep(values ...string) {
	for _, v := range values {
		s.kept[v] = true
	}
}

// Replace replaces a value by another of the same form everywhere, as a text and as a
// number; at the given places even a value of one character. A value of these places that
// is a word of the documents, such as a result code, is replaced at these places only.
func (s *Redactor) Replace(value, by string, at ...contract.Place) {
	for _, place := range at {
		s.exact[place] = true
	}
	if value != "" && value != by {
		s.remember(value, stand{text: by, number: numeral(by), alike: true, only: len(at) > 0 && s.docs.Words[folded(value)]})
	}
	s.Keep(by)
}

// Secret replaces a value by the mark everywhere.
func (s *Redactor) Secret(value string) { s.learn("", value) }

// Personal replaces a value by a surrogate everywhere.
func (s *Redactor) Personal(kind, value string) { s.learn(kind, value) }

func (s *Redactor) remember(value string, by stand) {
	s.learned[value], s.index = by, nil
}

// Touched lists the places at which something was redacted, in order of discovery.
func (s *Redactor) Touched() []contract.Place { return s.touched.list }

func (s *Redactor) touch(place contract.Place, changed bool) {
	if changed {
		s.touched.add(place)
	}
}

// Doubts lists the places whose text could not be searched: it is no text, or decoding
// it exceeds the limits of bytes and time. What stands there must not be kept.
func (s *Redactor) Doubts() []contract.Place { return s.doubts.list }

func (s *Redactor) doubt(place contract.Place) { s.doubts.add(place) }

// places are different places in order of discovery. A peer can send many, so that a
// search in the list would take the square of their number.
type places struct {
	list []contract.Place
	has  map[contract.Place]bool
}

func (p *places) add(place contract.Place) {
	if p.has[place] {
		return
	}
	if p.has == nil {
		p.has = map[contract.Place]bool{}
	}
	p.has[place] = true
	p.list = append(p.list, place)
}

// cut keeps the first n places.
func (p *places) cut(n int) {
	for _, place := range p.list[n:] {
		delete(p.has, place)
	}
	p.list = p.list[:n]
}

// learn remembers a value of a kind, unless the value may be kept.
func (s *Redactor) learn(kind, value string) {
	if have, known := s.learned[value]; known && !have.weak || value == "" {
		return
	}
	switch {
	case kind == "" && !s.kept[value] && !marked(value):
		s.remember(value, mark(value))
	case kind != "" && Reserved(kind, value):
		s.used[value] = true
	case kind != "":
		by, known := s.alike[folded(value)]
		if !known {
			by = s.surrogate(kind, value)
			s.alike[folded(value)] = by
		}
		s.remember(value, by)
	}
}

// suspect remembers a value of unknown content. kind is as in Place.
func (s *Redactor) suspect(kind, value string) {
	if _, known := s.learned[value]; known || value == "" || s.kept[value] {
		return
	}
	if Reserved(FreeText, value) {
		s.used[value] = true
		return
	}
	s.learn(kind, value)
	if by, ok := s.learned[value]; ok {
		by.weak, by.only = true, s.common(value)
		s.remember(value, by)
	}
}

// Learn remembers the values at the places of an exchange, for Leaked.
func (s *Redactor) Learn(ex contract.Exchange) {
	s.limit = newBudget()
	s.public(ex)
	s.find(contract.InRequest, ex.Request.Header, ex.Request.Body)
	s.query(ex.Request.URL)
	s.find(contract.InResponse, ex.Response.Header, ex.Response.Body)
}

// Exchange redacts request and response.
func (s *Redactor) Exchange(ex contract.Exchange) contract.Exchange {
	s.Learn(ex)
	s.limit = s.limit.again()
	ex.Request = s.request(ex.Request)
	header := ex.Response.Header
	ex.Response.Header = s.header(contract.InResponse, header)
	ex.Response.Body = s.body(contract.InResponse, header, ex.Response.Body)
	s.last = s.limit.again()
	return ex
}

// Request redacts a request alone, as a player does to find it in a redacted cassette.
func (s *Redactor) Request(r contract.Request) contract.Request {
	s.limit = newBudget()
	s.public(contract.Exchange{Request: r})
	s.find(contract.InRequest, r.Header, r.Body)
	s.query(r.URL)
	return s.request(r)
}

// kind returns the kind of the value at a place, which may be part of a listed place.
func (s *Redactor) kind(place contract.Place) (string, bool) {
	for at, within := place.General(), true; within; at, within = at.Above() {
		if kind, ok := s.places[at]; ok && (kind != FreeText || at == place.General()) {
			return kind, true
		}
	}
	return "", false
}
