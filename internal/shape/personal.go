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

// said is what a request said, as far as it may be somebody's. What the documents
// list, currencies and amounts say nothing of anybody.
type said struct {
	whole  []string        // values as they are, the longest first
	equal  map[string]bool // values, in lower case
	inside []string        // in lower case, what tells whose it is wherever it stands
	parts  map[string]bool // words that do so only as a word, in lower case
	texts  *texts
}

// How many characters tell whose it is: of a word as a word, of one inside another,
// and of an identifier with a digit.
const (
	shortWord   = 3
	shortInside = 4
	longInside  = 6 // of one inside the name of a header
	shortNumber = 5
)

// has tells whether a text that nobody documents has something of what the request
// said, as it is or encoded: then it may be a person's.
func (s *said) has(text string) bool {
	t := s.texts.of(text)
	return s.within(strings.ToLower(text)) || slices.ContainsFunc(t.parts, func(part string) bool { return s.parts[part] }) || slices.ContainsFunc(t.ambiguities, s.within)
}

// within tells whether a text in lower case has something of it.
func (s *said) within(text string) bool {
	return s.equal[text] || slices.ContainsFunc(s.inside, func(value string) bool { return strings.Contains(text, value) })
}

// worded tells whether a word in lower case may be somebody's.
func (s *said) worded(word string) bool {
	return s.within(word) || slices.ContainsFunc(words(word), func(part string) bool { return s.parts[part] })
}

// named tells whether a part of a name of a header or a media type is one of the
// words or values, or has a long one in it: those are made of common words.
func (s *said) named(name string) bool {
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

// texts remembers what names are made of, and what they say once their encodings are
// taken off: those that a provider uses come again and again.
type texts struct{ known map[string]spelled }

type spelled struct{ parts, ambiguities []string } // in lower case

// mostTexts is how many are remembered.
const mostTexts = 4096

func (t *texts) of(name string) spelled {
	one, known := t.known[name]
	if known {
		return one
	}
	if t.known == nil || len(t.known) >= mostTexts {
		t.known = map[string]spelled{}
	}
	one.parts = words(name)
	for _, hump := range humps.FindAllString(name, -1) {
		one.parts = append(one.parts, strings.ToLower(hump))
	}
	for _, reading := range redact.Decodings(name) {
		one.ambiguities = append(one.ambiguities, strings.ToLower(reading))
	}
	t.known[name] = one
	return one
}

// echo gives what a request said. It is looked at once, and only if somebody asks.
func (t *texts) echo(ex contract.Exchange, o *openapi.Operation) func() *said {
	return sync.OnceValue(func() *said { return t.sent(ex, o) })
}

// sent reads what a request said.
func (t *texts) sent(ex contract.Exchange, o *openapi.Operation) *said {
	s := &said{equal: map[string]bool{}, parts: map[string]bool{}, texts: t}
	if ex.Request.URL != nil {
		for name, values := range ex.Request.URL.Query() {
			for _, value := range values {
				s.add(value, whose(o, contract.Query(name)))
			}
		}
	}
	for name, values := range ex.Request.Header {
		for _, value := range values {
			s.carried(o, strings.ToLower(name), value)
		}
	}
	value, err := contract.Decode(ex.Request.Body)
	known := map[contract.Pointer]asked{}
	leaves(value, func(pointer contract.Pointer, text string) {
		is, met := known[pointer]
		if !met {
			is = whose(o, contract.RequestBody(pointer))
			known[pointer] = is
		}
		s.add(text, is)
	})
	if err != nil { // whatever it was, a provider that refuses it may quote it
		s.spoken(string(ex.Request.Body))
		if text, err := url.QueryUnescape(string(ex.Request.Body)); err == nil {
			s.spoken(text)
		}
	}
	if response, err := contract.Decode(ex.Response.Body); err == nil {
		leaves(response, func(pointer contract.Pointer, text string) {
			if m := Documented(o, contract.InResponse, pointer); m != nil && m.Personal != "" {
				s.add(text, asked{person: true, member: m})
			}
		})
	}
	slices.SortFunc(s.whole, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	s.whole = slices.Compact(s.whole)
	slices.Sort(s.inside)
	s.inside = slices.Compact(s.inside)
	return s
}

// asked is what is known of a place of a request.
type asked struct {
	person bool // what stands there is personal, or nobody documents it
	secret bool // it is a credential, whose words say nothing
	free   bool // anything may stand there
	amount bool // it is one, or part of one
	member *openapi.Member
}

func whose(o *openapi.Operation, place contract.Place) asked {
	is := asked{person: o.Hides(place), member: Documented(o, contract.InRequest, Key(place))}
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

// public tells whether the documents themselves say the value, or it is an amount.
func (a asked) public(value string) bool {
	switch {
	case a.person || a.secret || a.member == nil:
		return false
	case slices.Contains(a.member.Enum, value):
		return true
	case a.amount:
		return amountForm.MatchString(value) || currencyForm.MatchString(value)
	}
	return a.member.Means == "currency" && currencyForm.MatchString(value)
}

func (s *said) add(value string, is asked) {
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
	if !is.person && (!is.free || identifier || uriForm.MatchString(value)) {
		return // of a credential, an identifier and an address only the whole says whose it is
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

// carried adds what a header of a request says of whoever sent it.
func (s *said) carried(o *openapi.Operation, name, value string) {
	secret := asked{secret: true}
	switch name {
	case "authorization":
		scheme, credentials, _ := strings.Cut(value, " ")
		s.add(credentials, secret)
		if user, password, ok := contract.Basic(http.Header{"Authorization": {value}}); ok {
			s.add(user, secret)
			s.add(password, secret)
		} else if raw, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "basic") {
			s.add(string(raw), secret) // no pair, and secret all the same
		}
	case "cookie":
		s.add(value, asked{person: true})
	default:
		if place := contract.RequestHeader(name); Documented(o, contract.InRequest, Key(place)) != nil && o.Hides(place) {
			s.add(value, secret)
		}
	}
}

// spoken adds the words of a text of which nobody knows what it says.
func (s *said) spoken(text string) {
	for _, word := range words(text) {
		s.add(word, asked{person: true})
	}
}

// leaves visits the texts and numbers of a value; true and false are nobody's.
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
