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
// provider's message often repeats it: in any text, as it is, URL-encoded or escaped.
// Values shorter than eight characters are replaced only as whole words, values shorter
// than three not at all.
//
// The result is then searched again: Leaked looks for the same values and Detect for
// anything that looks like one, in any encoding of Decodings.
package redact

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
)

// Place is a place in a request or response whose value must not be kept.
type Place struct {
	At       contract.Place // * matches any array index; everything below counts as well
	Personal string         // the kind in x-personal; "" for a secret
}

// Redactor redacts one exchange, the request before the response. It remembers the
// values that it finds.
type Redactor struct {
	places  map[contract.Place]string // the kind by place; "" is a secret
	headers []string
	kept    map[string]bool
	exact   map[contract.Place]bool // places at which short values count
	learned map[string]stand
	used    map[string]bool
	touched []contract.Place
	spelt   []needle // the spellings of all learned values; nil: not made yet
}

// stand is the replacement of a value, as text and as number.
type stand struct{ text, number string }

// New returns a redactor for these places. headers names the headers to keep; all
// others are removed.
func New(places []Place, headers ...string) *Redactor {
	s := &Redactor{places: map[contract.Place]string{}, headers: headers, kept: map[string]bool{}, exact: map[contract.Place]bool{}, learned: map[string]stand{}, used: map[string]bool{}}
	for _, p := range places {
		s.places[p.At] = p.Personal
	}
	return s
}

// Keep allows values where a secret is expected, such as published test credentials.
func (s *Redactor) Keep(values ...string) {
	for _, v := range values {
		s.kept[v] = true
	}
}

// Replace replaces a value by another everywhere; at the given places even a value of
// one character.
func (s *Redactor) Replace(value, by string, at ...contract.Place) {
	for _, place := range at {
		s.exact[place] = true
	}
	if value != "" && value != by {
		s.remember(value, stand{by, by})
	}
	s.Keep(by)
}

// Secret replaces a value by the mark everywhere.
func (s *Redactor) Secret(value string) { s.learn("", value) }

// Personal replaces a value by a surrogate everywhere.
func (s *Redactor) Personal(kind, value string) { s.learn(kind, value) }

func (s *Redactor) remember(value string, by stand) {
	s.learned[value], s.spelt = by, nil
}

// Touched lists the places at which something was redacted, in order of discovery.
func (s *Redactor) Touched() []contract.Place { return s.touched }

func (s *Redactor) touch(place contract.Place, changed bool) {
	if changed && !slices.Contains(s.touched, place) {
		s.touched = append(s.touched, place)
	}
}

// learn remembers a value of a kind, unless the value may be kept.
func (s *Redactor) learn(kind, value string) {
	if _, known := s.learned[value]; known || value == "" {
		return
	}
	switch {
	case kind == "" && !s.kept[value] && !marked(value):
		s.remember(value, mark(value))
	case kind != "" && Reserved(kind, value):
		s.used[value] = true
	case kind != "":
		s.remember(value, s.surrogate(kind, value))
	}
}

// Learn remembers the values at the places of an exchange, for Leaked.
func (s *Redactor) Learn(ex contract.Exchange) {
	s.find(contract.InRequest, ex.Request.Header, ex.Request.Body)
	s.query(ex.Request.URL)
	s.find(contract.InResponse, ex.Response.Header, ex.Response.Body)
}

// Exchange redacts request and response.
func (s *Redactor) Exchange(ex contract.Exchange) contract.Exchange {
	s.Learn(ex)
	ex.Request = s.request(ex.Request)
	ex.Response.Header = s.header(contract.InResponse, ex.Response.Header)
	ex.Response.Body = s.body(contract.InResponse, ex.Response.Body)
	return ex
}

// Request redacts a request alone, as a player does to find it in a redacted cassette.
func (s *Redactor) Request(r contract.Request) contract.Request {
	s.find(contract.InRequest, r.Header, r.Body)
	s.query(r.URL)
	return s.request(r)
}

// find learns the values at the places of one side.
func (s *Redactor) find(of contract.Direction, header http.Header, body []byte) {
	for name, values := range header {
		for _, v := range values {
			s.at(of.Header(name), v)
		}
	}
	_, _ = rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		switch v := value.(type) {
		case string:
			s.at(of.Body(pointer), v)
		case json.Number:
			if kind, ok := s.kind(of.Body(pointer)); ok && (kind == "" || !reservedNumber(kind, v.String())) {
				s.learn(kind, v.String())
			}
		}
		return nil, false
	}, nil) // a body that is not JSON has no places
}

func (s *Redactor) query(u *url.URL) {
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, v := range query[name] {
			s.at(contract.Query(name), v)
		}
	}
}

func (s *Redactor) at(place contract.Place, value string) {
	if kind, ok := s.kind(place); ok {
		s.learn(kind, value)
	}
}

// kind returns the kind of the value at a place, which may be part of a listed place.
func (s *Redactor) kind(place contract.Place) (string, bool) {
	for at, within := place.General(), true; within; at, within = at.Above() {
		if kind, ok := s.places[at]; ok {
			return kind, true
		}
	}
	return "", false
}

func (s *Redactor) request(r contract.Request) contract.Request {
	u := *r.URL
	query := u.Query()
	for name, values := range query {
		for i, v := range values {
			values[i] = s.value(contract.Query(name), v)
		}
	}
	if clean := query.Encode(); clean != u.Query().Encode() {
		u.RawQuery = clean
	}
	path := s.text(u.Path)
	s.touch(contract.RequestPath, path != u.Path || u.User != nil || u.Fragment != "")
	u.Path, u.RawPath, u.User, u.Fragment = path, "", nil, ""
	r.URL = &u
	r.Header = s.header(contract.InRequest, r.Header)
	r.Body = s.body(contract.InRequest, r.Body)
	return r
}

func (s *Redactor) header(of contract.Direction, header http.Header) http.Header {
	clean := http.Header{}
	for name, values := range header {
		if !slices.ContainsFunc(s.headers, func(h string) bool { return strings.EqualFold(h, name) }) {
			s.touch(of.Header(name), true)
			continue
		}
		for _, v := range values {
			place := of.Header(name)
			if strings.EqualFold(name, "Authorization") {
				safe := s.authorization(v)
				s.touch(place, safe != v)
				clean.Add(name, safe)
				continue
			}
			clean.Add(name, s.value(place, v))
		}
	}
	return clean
}

// authorization redacts the credentials of an Authorization header, RFC 9110 section
// 11.4. Published credentials stay. A wrong value becomes a mark that differs from the
// mark of the right one.
func (s *Redactor) authorization(header string) string {
	scheme, credentials, two := strings.Cut(header, " ")
	if !two {
		return s.credential(header)
	}
	user, password, ok := contract.Basic(http.Header{"Authorization": {header}})
	if !ok {
		return scheme + " " + s.credential(credentials)
	}
	safe := http.Request{Header: http.Header{}}
	safe.SetBasicAuth(s.credential(user), s.credential(password))
	return scheme + strings.TrimPrefix(safe.Header.Get("Authorization"), "Basic") // keeps the scheme as it is written
}

func (s *Redactor) credential(value string) string {
	by, known := s.learned[value]
	switch {
	case known:
		return by.text
	case value == "" || s.kept[value] || marked(value):
		return value
	}
	return markOther
}

func (s *Redactor) body(of contract.Direction, body []byte) []byte {
	clean, err := rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		switch v := value.(type) {
		case string:
			text := s.value(of.Body(pointer), v)
			raw, err := contract.Encode(text)
			return raw, err == nil && text != v
		case json.Number:
			by, known := s.learned[v.String()]
			_, here := s.kind(of.Body(pointer))
			changed := known && (here || len(v) >= long) && json.Valid([]byte(by.number))
			s.touch(of.Body(pointer), changed)
			return json.RawMessage(by.number), changed
		}
		return nil, false
	}, s.named)
	if err != nil {
		return []byte(s.value(of.Body(""), string(body)))
	}
	return clean
}

// named redacts a member name. It leaves out short values: a person called Value must
// not rename the member value.
func (s *Redactor) named(name string) string {
	for _, n := range s.needles() {
		if utf8.RuneCountInString(n.value) >= long && len(spans(name, n.value)) > 0 {
			return s.text(name)
		}
	}
	return name
}

// value redacts a text at a place.
func (s *Redactor) value(place contract.Place, text string) string {
	clean := s.safe(place, text)
	s.touch(place, clean != text)
	return clean
}

func (s *Redactor) safe(place contract.Place, text string) string {
	by, known := s.learned[text]
	switch _, here := s.kind(place); {
	case known && s.exact[place.General()]:
		return by.text
	case known && (here || utf8.RuneCountInString(text) >= shortest):
		return by.text
	case here: // the value may be kept
		return text
	}
	return s.text(text)
}
