package redact

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/contract"
)

func (s *Redactor) indexed() *index {
	if s.index == nil {
		values := map[string]stand{}
		for value, by := range s.learned {
			if !by.only {
				values[value] = by
			}
		}
		s.index = newIndex(values)
	}
	return s.index
}

// accepts returns a function that reports whether a value is replaced at a place. A
// value of unknown content is replaced at a described place only if it is long and has a
// digit: otherwise it may be there by chance.
func (s *Redactor) accepts(place contract.Place) func(n needle) bool {
	described := s.docs.Described != nil && s.docs.Described(place.General())
	return func(n needle) bool {
		return !n.by.weak || !described || n.runes >= long && n.marked
	}
}

// Text replaces every learned value in a text that belongs to no exchange, such as what a
// program printed. It does so line by line. Nothing of the text is left if a value may still
// be in it, for example on two lines.
func (s *Redactor) Text(text string) string {
	lines := strings.Split(PrivateKeys(text), "\n")
	for i, line := range lines {
		s.limit = newBudget()
		lines[i] = s.text("", line)
	}
	text = strings.Join(lines, "\n")
	for _, whole := range []string{text, strings.Join(strings.Fields(text), "")} {
		if _, leaked := s.Leaked([]byte(whole)); leaked {
			return markText
		}
	}
	return text
}

// text replaces every learned value in a text, in any encoding.
func (s *Redactor) text(place contract.Place, text string) string {
	if len(s.learned) == 0 || text == "" {
		return text
	}
	accept := s.accepts(place)
	if clean := s.replaced(text, accept); clean != text {
		text = clean
	} else if again, ok := s.based(text, accept); ok {
		return again
	}
	for range maxNested {
		hits := s.encoded(text, accept)
		if !s.limit.spent && len(hits) == 0 {
			return text
		}
		if s.limit.spent {
			break
		}
		text = replaceHits(text, hits)
	}
	if s.limit.spent {
		s.doubt(place)
	}
	return markText
}

// encoded returns the spans of a text that contain a value in an encoding.
func (s *Redactor) encoded(text string, accept func(n needle) bool) []hit {
	var hits []hit
	look([]byte(text), s.limit, func(v *view) bool {
		if v.nested == 0 {
			return true
		}
		for _, h := range s.indexed().find(v, s.limit, accept) {
			h.start, h.end = v.origin(h.start, h.end)
			switch {
			case v.whole:
				h.by.text = markText
			default:
				h.by.text = v.spell(h.by.text)
			}
			hits = append(hits, h)
		}
		return true
	})
	return disjoint(hits)
}

// replaced replaces the values in a text as it is.
func (s *Redactor) replaced(text string, accept func(n needle) bool) string {
	return replaceHits(text, s.indexed().find(&view{text: []byte(text)}, s.limit, accept))
}

func replaceHits(text string, hits []hit) string {
	if len(hits) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for _, h := range hits {
		b.WriteString(text[done:h.start])
		b.WriteString(h.by.text)
		done = h.end
	}
	b.WriteString(text[done:])
	return b.String()
}

// based replaces the values in a text that is base64 as a whole, and keeps the encoding.
func (s *Redactor) based(text string, accept func(n needle) bool) (string, bool) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		inner, err := encoding.DecodeString(text)
		if err != nil || !utf8.Valid(inner) {
			continue
		}
		if clean := s.replaced(string(inner), accept); clean != string(inner) {
			return encoding.EncodeToString([]byte(clean)), true
		}
	}
	return "", false
}

// page redacts a text without places. It keeps the words of the documents; all other
// letters and digits become z and 0.
func (s *Redactor) page(place contract.Place, text string) string {
	if !readable(text) {
		s.doubt(place)
		s.touch(place, text != markText)
		return markText
	}
	own := Words{}
	for by := range s.used {
		own.add(by)
	}
	var b strings.Builder
	for rest := s.text(place, text); rest != ""; {
		end := strings.IndexFunc(rest, func(r rune) bool { return !partOfWord(r) })
		if end < 0 {
			end = len(rest)
		}
		if one := rest[:end]; s.knows(folded(one)) || own[folded(one)] || s.parts[folded(one)] || ownForm.MatchString(one) || utf8.RuneCountInString(one) >= shortest && Reserved(FreeText, one) {
			b.WriteString(one)
		} else {
			b.WriteString(shaped(one, 0))
		}
		r, size := utf8.DecodeRuneInString(rest[end:])
		if !contract.Invisible(r) || unicode.IsSpace(r) || r == '\ufeff' {
			b.WriteString(rest[end : end+size])
		}
		rest = rest[end+size:]
	}
	s.touch(place, b.String() != text)
	return b.String()
}

// ownForm matches a word of a surrogate that is more than z and 0.
var ownForm = regexp.MustCompile(`^(?:person[0-9]{1,4}|example|com|ZZZPZ[0-9]{4}Z)$`)

func partOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// maxInvalid is the number of bytes that need not be UTF-8 in a text.
const maxInvalid = 3

// readable reports whether a text is text: UTF-8 without control characters.
func readable(text string) bool {
	invalid := 0
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				invalid++
			}
		}
		if invalid > maxInvalid || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}
