package catalog

import (
	"path"
	"strings"

	"assay/internal/nearest"
)

// Nearest returns the name that is closest to text, or "" if none is close. See
// nearest.Name.
func Nearest(text string, names []string) string { return nearest.Name(text, names) }

// DidYouMean returns the end of a message about an unknown name: "; did you mean
// paytm?", or "" if no name is close to text.
func DidYouMean(text string, names []string) string { return nearest.DidYouMean(text, names) }

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
