// Package nearest finds the known name that a mistyped one most likely means, for
// messages about unknown names.
package nearest

import (
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Name returns the name with the smallest edit distance to text, without regard to
// case. It returns "" if no name is close: more than a third of the longer of the two
// would have to change, or, of a short name, more than one character.
func Name(text string, names []string) string {
	best, nearest := -1, ""
	for _, name := range names {
		d := levenshtein.Distance(strings.ToLower(text), strings.ToLower(name), nil)
		limit := max(1, max(utf8.RuneCountInString(text), utf8.RuneCountInString(name))/3)
		if d <= limit && (best < 0 || d < best) {
			best, nearest = d, name
		}
	}
	return nearest
}

// DidYouMean returns the end of a message about an unknown name: "; did you mean
// paytm?", or "" if no name is close to text.
func DidYouMean(text string, names []string) string {
	if name := Name(text, names); name != "" {
		return "; did you mean " + name + "?"
	}
	return ""
}
