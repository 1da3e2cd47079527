package drift

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/scrub"
	"assay/internal/spec"
)

// said is what a request said: its values, and the words of those that may be a
// person's.
type said struct {
	whole []string // the longest first
	small []string // the same in lower case
	words []string // in lower case
	read  *readings
}

// readings remembers what texts say once their encodings are taken off: the names
// that a provider uses come again and again.
type readings struct{ known map[string][]string }

// mostReadings is how many texts are remembered.
const mostReadings = 4096

func (r *readings) of(text string) []string {
	all, known := r.known[text]
	if known {
		return all
	}
	if r.known == nil || len(r.known) >= mostReadings {
		r.known = map[string][]string{}
	}
	for _, one := range scrub.Readings(text) {
		all = append(all, strings.ToLower(one))
	}
	r.known[text] = all
	return all
}

// How long it must be to tell whose it is.
const (
	shortValue = 3
	shortWord  = 4
)

// has tells whether a text that nobody documents has something of what the
// request said, as it is or encoded: then it may be a person's.
func (s *said) has(text string) bool {
	return s.within(strings.ToLower(text)) || slices.ContainsFunc(s.read.of(text), s.within)
}

// within tells whether a text in lower case has something of it.
func (s *said) within(text string) bool {
	return slices.ContainsFunc(s.small, func(value string) bool { return strings.Contains(text, value) }) || s.worded(text)
}

// worded tells whether a text in lower case has one of the words.
func (s *said) worded(text string) bool {
	return slices.ContainsFunc(s.words, func(word string) bool { return strings.Contains(text, word) })
}

// named tells whether a part of a name of a header or a media type is one of the
// words or values: those are made of common words.
func (s *said) named(name string) bool {
	return slices.ContainsFunc(words(name), func(part string) bool {
		return slices.Contains(s.small, part) || slices.Contains(s.words, part)
	})
}

// words splits a text into words of letters and digits, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// echo gives what a request said. It is looked at once, and only if somebody asks.
func (r *readings) echo(ex contract.Exchange, o *spec.Operation) func() *said {
	return sync.OnceValue(func() *said { return r.sent(ex, o) })
}

// sent reads what a request said.
func (r *readings) sent(ex contract.Exchange, o *spec.Operation) *said {
	s := &said{read: r}
	add := func(text string, person bool) {
		if utf8.RuneCountInString(text) >= shortValue {
			s.whole = append(s.whole, text)
		}
		if !person {
			return
		}
		for _, word := range words(text) {
			if utf8.RuneCountInString(word) >= shortWord {
				s.words = append(s.words, word)
			}
		}
	}
	if ex.Request.URL != nil {
		for name, values := range ex.Request.URL.Query() {
			for _, text := range values {
				add(text, somebodys(o, "request.query."+name, name))
			}
		}
	}
	if value, err := contract.Decode(ex.Request.Body); err == nil {
		person := map[string]bool{}
		leaves(value, "", func(pointer, text string) {
			is, asked := person[pointer]
			if !asked {
				is = somebodys(o, contract.RequestBody(pointer), pointer)
				person[pointer] = is
			}
			add(text, is)
		})
	}
	slices.SortFunc(s.whole, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	s.whole = slices.Compact(s.whole)
	for _, text := range s.whole {
		s.small = append(s.small, strings.ToLower(text))
	}
	slices.Sort(s.words)
	s.words = slices.Compact(s.words)
	return s
}

// somebodys tells whether what a request says at a place may be a person's: it is
// secret or personal, or nobody knows what it means.
func somebodys(o *spec.Operation, place, pointer string) bool {
	if o.Hides(place) {
		return true
	}
	known := documented(o, "request#", pointer)
	return known != nil && known.FreeText()
}

// leaves visits the texts and numbers of a value.
func leaves(value any, pointer string, visit func(pointer, text string)) {
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			leaves(below, pointer+contract.Pointer(name), visit)
		}
	case []any:
		for _, below := range v {
			leaves(below, pointer+"/*", visit)
		}
	default:
		if text, ok := contract.Text(v); ok {
			visit(pointer, text)
		}
	}
}
