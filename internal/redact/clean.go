package redact

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/media"
)

func (s *Redactor) request(r contract.Request) contract.Request {
	u := *r.URL
	query := u.Query()
	clean := url.Values{}
	for name, values := range query {
		place, safe := contract.Query(name), s.named(name)
		_, here := s.kind(place)
		for _, v := range values {
			if !here && s.undocumented(place) {
				s.touch(place, v != markText)
				v = markText
			}
			clean.Add(safe, s.value(place, v))
		}
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil || clean.Encode() != query.Encode() {
		u.RawQuery = clean.Encode()
	}
	s.cleanPath(&u)
	s.touch(contract.RequestPath, u.User != nil || u.Fragment != "")
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	r.URL = &u
	header := r.Header
	r.Header = s.header(contract.InRequest, header)
	r.Body = s.body(contract.InRequest, header, r.Body)
	return r
}

func (s *Redactor) keepsHeader(name string) bool {
	return slices.ContainsFunc(s.headers, func(h string) bool { return strings.EqualFold(h, name) })
}

func (s *Redactor) header(of contract.Direction, header http.Header) http.Header {
	clean := http.Header{}
	for name, values := range header {
		place := of.Header(name)
		if !s.keepsHeader(name) {
			s.touch(place, true)
			continue
		}
		for _, v := range values {
			var safe string
			if strings.EqualFold(name, "Authorization") {
				safe = s.authorization(v)
			} else {
				safe = s.safe(place, s.standard(name, v))
			}
			s.touch(place, safe != v)
			clean.Add(name, safe)
		}
	}
	return clean
}

var (
	mediaForm = regexp.MustCompile(`^[a-z]+/[a-z][a-z.+-]*[a-z0-9]?$`)
	retryForm = regexp.MustCompile(`^(?:[0-9]{1,6}|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT)$`)
	setForm   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{1,15}$`)
)

// standard returns what may be kept of the value of a header that every exchange can
// have. A peer can write anything there.
func (s *Redactor) standard(name, value string) string {
	if s.docs.Described == nil {
		return value
	}
	switch http.CanonicalHeaderKey(name) {
	case "Content-Type":
		media, parameters, err := contract.MediaType(value)
		if err != nil || !mediaForm.MatchString(media) {
			return markText
		}
		set := parameters["charset"]
		switch {
		case len(parameters) == 0, len(parameters) == 1 && setForm.MatchString(set):
			return value
		case setForm.MatchString(set):
			return media + "; charset=" + set
		}
		return media
	case "Retry-After":
		if !retryForm.MatchString(value) {
			return markText
		}
	}
	return value
}

// body redacts a body. A form or a text is redacted as JSON, and written as it was.
func (s *Redactor) body(of contract.Direction, header http.Header, body []byte) []byte {
	types := s.types(of, header, body)
	return media.Edit(header, body, types, func(raw []byte) []byte { return s.jsonBody(of, raw) })
}

// types returns the types with which a form can be read: the documented ones, or none.
func (s *Redactor) types(of contract.Direction, header http.Header, body []byte) *media.Types {
	if of == contract.InResponse || s.docs.Form == nil {
		return nil
	}
	if k, _ := media.Read(header, body, s.docs.Form); k == media.JSON {
		return nil
	}
	return s.docs.Form
}

// json returns a body as JSON, if it is a form or a text.
func (s *Redactor) json(of contract.Direction, header http.Header, body []byte) []byte {
	_, raw := media.Read(header, body, s.types(of, header, body))
	return raw
}

func (s *Redactor) jsonBody(of contract.Direction, body []byte) []byte {
	touched := len(s.touched.list)
	clean, err := contract.Rewrite(body, func(pointer contract.Pointer, value any) (json.RawMessage, bool) {
		place := of.Body(pointer)
		_, here := s.kind(place)
		blank := !here && s.undocumented(place)
		switch v := value.(type) {
		case string:
			text := markText
			if !blank {
				text = s.safe(place, v)
			}
			s.touch(place, text != v)
			raw, err := contract.Encode(text)
			return raw, err == nil && text != v
		case json.Number:
			raw, changed := json.RawMessage("0"), v != "0"
			if !blank {
				raw, changed = s.number(place, v, here)
			}
			s.touch(place, changed)
			return raw, changed
		}
		return nil, false
	}, s.named)
	if err == nil {
		return clean
	}
	s.touched.keep(touched) // places of a part that parsed
	switch {
	case len(body) == 0:
		return body
	case s.docs.Described != nil:
		return []byte(s.page(of.Body(""), string(body)))
	}
	return []byte(s.value(of.Body(""), string(body)))
}

func (s *Redactor) number(place contract.Place, v json.Number, here bool) (json.RawMessage, bool) {
	value := contract.PlainNumber(v.String())
	by, known := s.learned[value]
	switch {
	case !known || !json.Valid([]byte(by.number)):
		return nil, false
	case here && !by.only, s.exact[place.General()]:
		return json.RawMessage(by.number), true
	case by.only || len(value) < shortest || len(value) < long && !by.alike:
		return nil, false
	case !s.accepts(place)(needle{runes: len(value), marked: true, by: by}):
		return nil, false
	}
	return json.RawMessage(by.number), true
}

// value redacts a text at a place.
func (s *Redactor) value(place contract.Place, text string) string {
	clean := s.safe(place, text)
	s.touch(place, clean != text)
	return clean
}

func (s *Redactor) safe(place contract.Place, text string) string {
	by, known := s.learned[text]
	kind, here := s.kind(place)
	switch {
	case here && kind == FreeText && isAddress(text):
	case known && (here || s.exact[place.General()]):
		return by.text
	case known && !by.weak && !by.only && utf8.RuneCountInString(text) >= shortest:
		return by.text
	case here: // the value may be kept
		return text
	}
	if s.docs.Described != nil && !s.keeps(place) {
		text = addresses(text, s.parameter)
	}
	return s.text(place, text)
}

// parameter redacts a value in an address.
func (s *Redactor) parameter(value string) string {
	by, known := s.learned[value]
	switch {
	case known && !by.weak:
		return by.text
	case value == "" || s.kept[value] || marked(value) || s.used[value] || s.knows(folded(value)):
		return value
	}
	return mark(value).text
}

// isAddress reports whether a text is an address with a host.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && !strings.ContainsAny(text, " \t\n")
}
