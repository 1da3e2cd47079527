package redact

import (
	"cmp"

	"assay/internal/contract"
)

// plain is the encoding of a value that is not encoded.
const plain = "as it is"

// Leaked reports whether a text still contains a learned value, and in which encoding:
// "as it is", "in base64", or several nested ones. It never says which value.
func (s *Redactor) Leaked(text []byte) (encoding string, leaked bool) {
	return s.leaked(text, newBudget(), func(needle) bool { return true })
}

// LeakedAt is Leaked for a text at a place of the exchange. All calls together have the
// limits of one search; after that each text counts as leaked.
func (s *Redactor) LeakedAt(place contract.Place, text []byte) (encoding string, leaked bool) {
	return s.leaked(text, s.last, s.accepts(place))
}

func (s *Redactor) leaked(text []byte, limit *budget, accept func(n needle) bool) (encoding string, leaked bool) {
	look(text, limit, func(v *view) bool {
		if leaked = len(s.indexed().find(v, limit, accept)) > 0; leaked {
			encoding = cmp.Or(v.as(), plain)
		}
		return !leaked
	})
	if !leaked && limit.spent {
		return "which cannot be excluded: decoding the text exceeds the limits of the search", true
	}
	return encoding, leaked
}

// Distinct reports whether a file still contains a learned value that is unlikely by
// chance: a long one, or one with digits.
func (s *Redactor) Distinct(file []byte) bool {
	return len(s.indexed().find(&view{text: file}, newBudget(), func(n needle) bool { return n.runes >= long && !n.by.weak })) > 0
}
