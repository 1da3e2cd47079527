package redact

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
)

// public remembers the values of described places, which are no secrets elsewhere.
func (s *Redactor) public(ex contract.Exchange) {
	if s.docs.Described == nil {
		return
	}
	visit := func(place contract.Place, value any) {
		text, _ := contract.Text(value)
		if _, hidden := s.kind(place); !hidden && s.docs.Described(place.General()) {
			s.shown[folded(text)] = true
			s.parts.add(text)
		}
	}
	if ex.Request.URL != nil {
		for name, values := range ex.Request.URL.Query() {
			for _, v := range values {
				visit(contract.Query(name), v)
			}
		}
		pathValues(s.path, ex.Request.URL, func(place contract.Place, value string) { visit(place, value) })
	}
	for of, body := range map[contract.Direction][]byte{contract.InRequest: s.json(contract.InRequest, ex.Request.Header, ex.Request.Body), contract.InResponse: s.json(contract.InResponse, ex.Response.Header, ex.Response.Body)} {
		_, _ = contract.Rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) { // reads what parses
			visit(of.Body(pointer), value)
			return nil, false
		}, nil)
	}
}

// find learns the values of one side.
func (s *Redactor) find(of contract.Direction, header http.Header, body []byte) {
	for name, values := range header {
		for _, v := range values {
			if place := of.Header(name); !strings.EqualFold(name, "Authorization") && s.keepsHeader(name) {
				s.read(place, v)
			} else {
				s.at(place, v)
			}
		}
	}
	_, err := contract.Rewrite(s.json(of, header, body), func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		switch v := value.(type) {
		case string:
			s.read(of.Body(pointer), v)
		case json.Number:
			s.readNumber(of.Body(pointer), contract.PlainNumber(v.String()))
		}
		return nil, false
	}, func(name string) string {
		s.readName(name)
		return name
	})
	if err == nil || len(body) == 0 {
		return
	}
	for place, value := range formPlaces(of, header, body) {
		s.read(place, value)
	}
	s.open(of.Body(""), string(body)) // any other body has no places
}

func (s *Redactor) query(u *url.URL) {
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		s.readName(name)
		for _, v := range query[name] {
			s.read(contract.Query(name), v)
		}
	}
	s.readPath(u)
}

func (s *Redactor) at(place contract.Place, value string) {
	if kind, ok := s.kind(place); ok {
		s.learn(kind, value)
	}
}

// read learns from a text at a place.
func (s *Redactor) read(place contract.Place, text string) {
	kind, here := s.kind(place)
	switch {
	case here && kind != FreeText:
		s.learn(kind, text)
		s.partly(kind, text)
		return
	case here && !isAddress(text):
		s.suspect(FreeText, text)
		s.readParts(text)
	case !here && s.undocumented(place):
		s.suspect("", text)
		s.readParts(text)
	}
	s.open(place, text)
}

// The characters of a part of a name, and of a telephone number without its country code,
// from which the part is searched: a shorter one is often a common word or number.
const (
	partOfName  = 4
	localNumber = 8
)

// partly learns the parts of a value under which a provider also knows a person: the words of
// a name or an address, and a telephone number without its country code.
func (s *Redactor) partly(kind, value string) {
	if kind == "" || s.docs.Described == nil || Reserved(kind, value) {
		return
	}
	if parts := strings.FieldsFunc(value, func(r rune) bool { return !partOfWord(r) }); (kind == "name" || kind == "address") && len(parts) > 1 {
		for _, part := range parts {
			if utf8.RuneCountInString(part) >= partOfName {
				s.suspect(kind, part)
			}
		}
	}
	number := string(squeeze(fold([]byte(value)).text).text)
	code, abroad := strings.CutPrefix(number, "00")
	if kind != "mobile" || !abroad && !strings.HasPrefix(strings.TrimSpace(value), "+") || strings.Trim(code, "0123456789") != "" {
		return
	}
	for digits := 1; digits <= 3 && len(code)-digits >= localNumber; digits++ { // of a country code
		s.suspect(kind, code[digits:])
	}
}

func (s *Redactor) readNumber(place contract.Place, number string) {
	kind, here := s.kind(place)
	switch {
	case here && (kind == "" || !reservedNumber(kind, number)):
		s.learn(kind, number)
	case !here && s.undocumented(place):
		s.suspect("", number)
	case !here:
		s.open(place, number)
	}
}

// readParts learns the parts of a text of unknown content that are no words of a
// language: long numbers, addresses, keys.
func (s *Redactor) readParts(text string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`,;"'<>()[]{}=&?|`, r) }) {
		part = strings.Trim(part, ".:!/-_")
		digits, others := 0, 0
		for _, r := range part {
			if unicode.IsDigit(r) {
				digits++
			} else {
				others++
			}
		}
		if digits >= digitsSure || others > 0 && strings.Contains(part, "@") || digits > 0 && others > 0 && digits+others >= long {
			s.suspect("", part)
		}
	}
}

// open learns from a text that may contain anything: what stands in addresses, and what
// looks like a secret or personal data, as it is and decoded.
func (s *Redactor) open(place contract.Place, text string) {
	if s.docs.Described == nil || len(text) <= shortest {
		return
	}
	kept, described := s.keeps(place), s.docs.Described(place.General())
	if kept && described {
		return
	}
	look([]byte(text), s.limit, func(v *view) bool {
		if !kept && utf8.Valid(v.text) {
			addresses(string(v.text), func(value string) string {
				s.suspect("", value)
				return value
			})
		}
		if !described && (v.nested == 0 || !noise(v.text)) {
			s.detect(v.text)
		}
		return true
	})
	if s.limit.spent {
		s.doubt(place)
	}
}

// detect learns what looks like a secret or personal data, unless the documents print it.
func (s *Redactor) detect(text []byte) {
	detect(text, true, func(d detector, span [2]int) {
		if piece := string(text[span[0]:span[1]]); !s.common(piece) && !s.kept[piece] {
			s.learn(d.kind, piece)
		}
	})
}

// common reports whether a value consists of words of the documents, or is too short to
// be searched. Searching it would damage what everybody may know.
func (s *Redactor) common(value string) bool {
	small := folded(value)
	if utf8.RuneCountInString(small) < shortest || s.knows(small) {
		return true
	}
	words := strings.FieldsFunc(small, func(r rune) bool { return !word(r) })
	return !slices.ContainsFunc(words, func(one string) bool { return !s.knows(one) })
}

func (s *Redactor) undocumented(place contract.Place) bool {
	return s.docs.Undocumented != nil && s.docs.Undocumented(place)
}

func (s *Redactor) keeps(place contract.Place) bool {
	return s.docs.Keeps != nil && s.docs.Keeps(place.General())
}
