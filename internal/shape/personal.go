package shape

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// requestText holds the texts of a request that may be personal, and those of a response that
// are personal or secret. Documented values, currencies and amounts are not personal.
type requestText struct {
	whole  []string        // values, the longest first
	equal  map[string]bool // values, in lower case
	inside []string        // in lower case: personal wherever they occur
	parts  map[string]bool // in lower case: personal as whole words only
	texts  *texts
}

// From how many characters a text is personal.
const (
	shortWord   = 3
	shortInside = 4
	longInside  = 6 // inside the name of a header
	shortNumber = 5
)

// contains reports whether an undocumented text contains a text of the request, as it
// is or encoded, and so may be personal.
func (s *requestText) contains(text string) bool {
	t := s.texts.of(text)
	return s.within(strings.ToLower(text)) || slices.ContainsFunc(t.parts, func(part string) bool { return s.parts[part] }) || slices.ContainsFunc(t.decodings, s.within)
}

// within reports whether a text in lower case contains a text of the request.
func (s *requestText) within(text string) bool {
	return s.equal[text] || slices.ContainsFunc(s.inside, func(value string) bool { return strings.Contains(text, value) })
}

// hasWord reports whether a word in lower case may be personal.
func (s *requestText) hasWord(word string) bool {
	return s.within(word) || slices.ContainsFunc(words(word), func(part string) bool { return s.parts[part] })
}

// inName reports whether a part of the name of a header or of a media type is a text of
// the request, or contains a long one. Shorter ones are ignored, because such names
// consist of common words.
func (s *requestText) inName(name string) bool {
	return slices.ContainsFunc(words(name), func(part string) bool {
		return s.equal[part] || s.parts[part] || slices.ContainsFunc(s.inside, func(value string) bool {
			return part == value || len(value) >= longInside && strings.Contains(part, value)
		})
	})
}

// words splits a text into words of letters and digits, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// texts caches the words of names, and their decodings, because a provider uses the
// same names again and again.
type texts struct{ known map[string]spellings }

type spellings struct{ parts, decodings []string } // in lower case

// mostTexts is the size of the cache.
const mostTexts = 4096

func (t *texts) of(name string) spellings {
	one, known := t.known[name]
	if known {
		return one
	}
	if t.known == nil || len(t.known) >= mostTexts {
		t.known = map[string]spellings{}
	}
	one.parts = words(name)
	for _, hump := range humps().FindAllString(name, -1) {
		one.parts = append(one.parts, strings.ToLower(hump))
	}
	for _, decoding := range redact.Decodings(name) {
		one.decodings = append(one.decodings, strings.ToLower(decoding))
	}
	t.known[name] = one
	return one
}

// request returns a function that computes the texts of the request on its first call.
func (t *texts) request(ex contract.Exchange, o *openapi.Operation) func() *requestText {
	return sync.OnceValue(func() *requestText { return t.read(ex, o) })
}

// read collects the texts of a request.
func (t *texts) read(ex contract.Exchange, o *openapi.Operation) *requestText {
	s := &requestText{equal: map[string]bool{}, parts: map[string]bool{}, texts: t}
	if ex.Request.URL != nil {
		for name, values := range ex.Request.URL.Query() {
			for _, value := range values {
				s.add(value, placeOf(o, contract.Query(name)))
			}
		}
		values, _ := o.Template().Values(nil, ex.Request.URL)
		for i, value := range values {
			at := contract.PathParameter(o.Template().Names()[i])
			s.add(value, placeOf(o, at))
		}
	}
	for name, values := range ex.Request.Header {
		for _, value := range values {
			s.addHeader(o, strings.ToLower(name), value)
		}
	}
	value, err := contract.Decode(ex.Request.Body)
	known := map[contract.Pointer]requestPlace{}
	leaves(value, func(pointer contract.Pointer, text string) {
		is, met := known[pointer]
		if !met {
			is = placeOf(o, contract.RequestBody(pointer))
			known[pointer] = is
		}
		s.add(text, is)
	})
	if err != nil { // a provider that refuses the body may quote it
		s.addWords(string(ex.Request.Body))
		if text, err := url.QueryUnescape(string(ex.Request.Body)); err == nil {
			s.addWords(text)
		}
	}
	if response, err := contract.Decode(ex.Response.Body); err == nil {
		leaves(response, func(pointer contract.Pointer, text string) {
			switch m := Documented(o, contract.InResponse, pointer); {
			case m == nil:
			case m.Personal != "":
				s.add(text, requestPlace{person: true, member: m})
			case m.Secret:
				s.add(text, requestPlace{secret: true, member: m})
			}
		})
	}
	slices.SortFunc(s.whole, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	s.whole = slices.Compact(s.whole)
	slices.Sort(s.inside)
	s.inside = slices.Compact(s.inside)
	return s
}

// requestPlace is what is known about a place of a request.
type requestPlace struct {
	person bool // its values are personal, or it is undocumented
	secret bool // a credential: its words are not personal
	free   bool // any text is valid
	amount bool // an amount, or part of one
	member *openapi.Member
}

func placeOf(o *openapi.Operation, place contract.Place) requestPlace {
	is := requestPlace{person: o.Redacts(place), member: Documented(o, contract.InRequest, Key(place))}
	if is.member != nil && is.member.Secret {
		is.person, is.secret = false, true
	}
	is.free = is.member != nil && is.member.FreeText()
	for pointer, inBody := place.Pointer(); inBody && pointer != ""; pointer = pointer.Parent() {
		above := Documented(o, contract.InRequest, pointer)
		is.amount = is.amount || above != nil && strings.HasPrefix(above.Means, "amount")
	}
	return is
}

// public reports whether a value is documented, or an amount or a currency.
func (a requestPlace) public(value string) bool {
	switch {
	case a.person || a.secret || a.member == nil:
		return false
	case slices.Contains(a.member.Enum, value):
		return true
	case a.amount:
		return amountForm().MatchString(value) || currencyForm().MatchString(value)
	}
	return a.member.Means == "currency" && currencyForm().MatchString(value)
}

func (s *requestText) add(value string, is requestPlace) {
	length := utf8.RuneCountInString(value)
	if length < shortWord || is.public(value) {
		return
	}
	small := strings.ToLower(value)
	s.whole = append(s.whole, value)
	s.equal[small] = true
	if (is.person || is.secret) && length >= shortInside || length >= shortNumber && strings.ContainsAny(value, "0123456789") {
		s.inside = append(s.inside, small)
	}
	identifier := strings.ContainsAny(value, "0123456789") && !strings.ContainsAny(value, " ")
	if !is.person && (!is.free || identifier || uriForm().MatchString(value)) {
		return // a credential, an identifier or an address is personal only as a whole
	}
	for _, word := range words(value) {
		switch n := utf8.RuneCountInString(word); {
		case n < shortWord:
		case is.person && n >= shortInside:
			s.inside = append(s.inside, word)
		default:
			s.parts[word] = true
		}
	}
}

// addHeader adds the values of a request header that identify the sender.
func (s *requestText) addHeader(o *openapi.Operation, name, value string) {
	secret := requestPlace{secret: true}
	switch name {
	case "authorization":
		scheme, credentials, _ := strings.Cut(value, " ")
		s.add(credentials, secret)
		if user, password, ok := contract.Basic(http.Header{"Authorization": {value}}); ok {
			s.add(user, secret)
			s.add(password, secret)
		} else if raw, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "basic") {
			s.add(string(raw), secret) // not a pair of name and password, but secret
		}
	case "cookie":
		s.add(value, requestPlace{person: true})
	default:
		if place := contract.RequestHeader(name); Documented(o, contract.InRequest, Key(place)) != nil && o.Redacts(place) {
			s.add(value, secret)
		}
	}
}

// addWords adds the words of a text of unknown content.
func (s *requestText) addWords(text string) {
	for _, word := range words(text) {
		s.add(word, requestPlace{person: true})
	}
}

// leaves visits the texts and numbers of a value. true and false are not personal.
func leaves(value any, visit func(pointer contract.Pointer, text string)) {
	contract.Visit(value, "", func(pointer contract.Pointer, v any) {
		if _, truth := v.(bool); truth {
			return
		}
		if text, ok := contract.Text(v); ok {
			visit(pointer, text)
		}
	})
}
