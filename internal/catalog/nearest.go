package catalog

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// Nearest returns the name with the smallest edit distance to text, without regard
// to case. It returns "" if no name is close: more than a third of the longer of
// the two would have to change, or, of a short name, more than one character.
func Nearest(text string, names []string) string {
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
	return suggestion(Nearest(text, names))
}

func suggestion(name string) string {
	if name == "" {
		return ""
	}
	return "; did you mean " + name + "?"
}

// fewNames is the most names that Choices lists.
const fewNames = 12

// Choices returns a hint for a name that is not known: the names that exist if they
// are few, otherwise the command that lists them. It returns "" if one of the names
// is close to text, because the message suggests that one.
func Choices(text string, names []string, command string) string {
	switch {
	case Nearest(text, names) != "":
		return ""
	case len(names) > 0 && len(names) <= fewNames:
		return "choose from " + strings.Join(names, ", ")
	}
	return "`" + command + "` lists the names"
}

// covers reports whether pattern selects the case name. A pattern is a case name or
// its beginning up to a slash; * matches any characters except a slash.
func matches(pattern, name string) bool {
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
