package spec

import (
	"regexp"
	"slices"
	"strings"

	"assay/internal/contract"
)

var hole = regexp.MustCompile(`\\\{(field|path|value)\\\}`)

// wordings are the documented texts of a code: the operation's own example before
// the table.
type wordings struct {
	texts    []string
	patterns []*regexp.Regexp
}

// word collects the documented texts of every code.
func (o *Operation) word() {
	o.wordings = map[string]wordings{}
	for _, c := range o.Codes {
		if _, twice := o.wordings[c.Code]; twice {
			continue // the first row counts
		}
		w := wordings{texts: c.Messages}
		if example, ok := o.Example(c.Code); ok {
			if printed, ok := o.Met(contract.Answer{Status: example.HTTP, Body: example.Body}); ok && printed.Message != "" {
				w.texts = append([]string{printed.Message}, w.texts...)
			}
		}
		for _, text := range w.texts {
			pattern := hole.ReplaceAllString(regexp.QuoteMeta(straight(text)), "(?s:.*)")
			if compiled, err := regexp.Compile("^" + pattern + "$"); err == nil { // made of quoted text
				w.patterns = append(w.patterns, compiled)
			}
		}
		o.wordings[c.Code] = w
	}
}

// Worded tells whether a message is one of the documented texts of a code, or
// whether none is documented; holes match anything, and apostrophes of either
// kind are one.
func (o *Operation) Worded(code, message string) bool {
	w := o.wordings[code]
	if slices.Contains(w.texts, message) {
		return true
	}
	for _, pattern := range w.patterns {
		if pattern.MatchString(straight(message)) {
			return true
		}
	}
	return len(w.texts) == 0
}

// Wordings gives the documented texts of a code.
func (o *Operation) Wordings(code string) []string { return o.wordings[code].texts }

func straight(s string) string { return strings.ReplaceAll(s, "’", "'") }
