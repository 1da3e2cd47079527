package openapi

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
	whole    []string // of the texts, straight, those without holes
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
			if printed, ok := o.ResultCode(contract.Response{Status: example.HTTP, Body: example.Body}); ok && printed.Message != "" {
				w.texts = append([]string{printed.Message}, w.texts...)
			}
		}
		for _, text := range w.texts {
			if quoted := regexp.QuoteMeta(text); !hole.MatchString(quoted) {
				w.whole = append(w.whole, straight(text))
				continue
			}
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
	if len(w.texts) == 0 || slices.Contains(w.whole, message) {
		return true
	}
	message = straight(message)
	return slices.Contains(w.whole, message) ||
		slices.ContainsFunc(w.patterns, func(p *regexp.Regexp) bool { return p.MatchString(message) })
}

// Wordings gives the documented texts of a code.
func (o *Operation) Wordings(code string) []string { return o.wordings[code].texts }

func straight(s string) string { return strings.ReplaceAll(s, "’", "'") }
