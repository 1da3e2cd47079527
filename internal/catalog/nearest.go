package catalog

import (
	"path"
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest gives the name that is most like a text, "" where there is none.
func Nearest(text string, names []string) string {
	best, nearest := -1, ""
	for _, name := range names {
		if d := levenshtein.Distance(strings.ToLower(text), strings.ToLower(name), nil); best < 0 || d < best {
			best, nearest = d, name
		}
	}
	return nearest
}

// covers tells whether a pattern selects a case: it is the case's name or the
// beginning of it up to a slash, and * stands for any run without a slash.
func covers(pattern, name string) bool {
	parts := strings.Split(name, "/")
	wanted := strings.Split(strings.TrimSuffix(pattern, "/"), "/")
	if len(wanted) > len(parts) {
		return false
	}
	for i, w := range wanted {
		if ok, err := path.Match(w, parts[i]); err != nil || !ok {
			return false
		}
	}
	return true
}
