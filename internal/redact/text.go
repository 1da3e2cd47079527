package redact

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
)

const (
	shortest = 3 // the shortest value that is searched outside its place
	long     = 8 // from this length on a value need not be a word of its own
)

// needle is a spelling of a value and the same spelling of its replacement.
type needle struct{ value, by string }

// needles returns the spellings of all learned values, the longest first, so that no
// part is replaced before the whole.
func (s *Redactor) needles() []needle {
	if s.spelt != nil {
		return s.spelt
	}
	for value, by := range s.learned {
		if utf8.RuneCountInString(value) < shortest {
			continue
		}
		for _, spell := range spellings() {
			if n := (needle{spell(value), spell(by.text)}); !slices.ContainsFunc(s.spelt, func(have needle) bool { return have.value == n.value }) {
				s.spelt = append(s.spelt, n)
			}
		}
	}
	slices.SortFunc(s.spelt, func(a, b needle) int {
		if len(a.value) != len(b.value) {
			return len(b.value) - len(a.value)
		}
		return strings.Compare(a.value, b.value)
	})
	return s.spelt
}

// spellings returns the ways to write a value in a text: as it is, in a query, in a
// path, and in a JSON string.
func spellings() []func(string) string {
	return []func(string) string{func(v string) string { return v }, url.QueryEscape, url.PathEscape, escaped}
}

func escaped(value string) string {
	raw, err := contract.Encode(value)
	if err != nil {
		return value
	}
	return string(raw[1 : len(raw)-1])
}

// text replaces every learned value in a text, also inside base64.
func (s *Redactor) text(text string) string {
	if len(s.learned) == 0 || text == "" {
		return text
	}
	if clean := s.replaced(text); clean != text {
		return clean
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		inner, err := encoding.DecodeString(text)
		if err != nil || !utf8.Valid(inner) {
			continue
		}
		if clean := s.replaced(string(inner)); clean != string(inner) {
			return encoding.EncodeToString([]byte(clean))
		}
	}
	return text
}

func (s *Redactor) replaced(text string) string {
	for _, n := range s.needles() {
		var b strings.Builder
		done := 0
		for _, span := range spans(text, n.value) {
			b.WriteString(text[done:span[0]])
			b.WriteString(n.by)
			done = span[1]
		}
		if done > 0 {
			b.WriteString(text[done:])
			text = b.String()
		}
	}
	return text
}

// spans returns the positions of a value in a text, in upper or lower case and with
// spaces or hyphens between digits. A short value must be a word of its own. A value in
// a domain that is reserved for examples does not count.
func spans(text, value string) [][2]int {
	var all [][2]int
	for start := 0; start < len(text); start++ {
		end, ok := matched(text, start, value)
		if !ok || utf8.RuneCountInString(value) < long && !alone(text, start, end) || exemplary(text, start, end) {
			continue
		}
		all = append(all, [2]int{start, end})
		start = end - 1
	}
	return all
}

// matched returns the end of a value that begins at start.
func matched(text string, start int, value string) (end int, ok bool) {
	end = start
	for i := range len(value) {
		if i > 0 && digit(value[i]) && digit(value[i-1]) && end < len(text)-1 && (text[end] == ' ' || text[end] == '-') {
			end++
		}
		if end >= len(text) || lower(text[end]) != lower(value[i]) {
			return 0, false
		}
		end++
	}
	return end, true
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// alone reports whether no letter or digit touches a span.
func alone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !word(before) && !word(after)
}

func word(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// exemplary reports whether a span lies in example.com or another domain of RFC 2606.
func exemplary(text string, start, end int) bool {
	for _, domain := range []string{"example.com", "example.org", "example.net"} {
		for at := max(0, end-len(domain)); at <= start && at+len(domain) <= len(text); at++ {
			if strings.EqualFold(text[at:at+len(domain)], domain) {
				return true
			}
		}
	}
	return false
}
