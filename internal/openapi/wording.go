package openapi

import (
	"regexp"
	"slices"
	"strings"

	"assay/internal/contract"
)

var placeholder = regexp.MustCompile(`\\\{(field|path|value)\\\}`)

// wordings are the documented texts of a code: the operation's own example before
// the table.
type codeMessages struct {
	texts    []string
	exact    []string // of the texts, straight, those without holes
	patterns []*regexp.Regexp
}

// word collects the documented texts of every code.
func (o *Operation) collectMessages() {
	o.messages = map[string]codeMessages{}
	for _, c := range o.Codes {
		if _, twice := o.messages[c.Code]; twice {
			continue // the first row counts
		}
		w := codeMessages{texts: c.Messages}
		if example, ok := o.Example(c.Code); ok {
			if printed, ok := o.ResultCode(contract.Response{Status: example.HTTP, Body: example.Body}); ok && printed.Message != "" {
				w.texts = append([]string{printed.Message}, w.texts...)
			}
		}
		for _, text := range w.texts {
			if quoted := regexp.QuoteMeta(text); !placeholder.MatchString(quoted) {
				w.exact = append(w.exact, normalizeQuotes(text))
				continue
			}
			pattern := placeholder.ReplaceAllString(regexp.QuoteMeta(normalizeQuotes(text)), "(?s:.*)")
			if compiled, err := regexp.Compile("^" + pattern + "$"); err == nil { // made of quoted text
				w.patterns = append(w.patterns, compiled)
			}
		}
		o.messages[c.Code] = w
	}
}

// Worded tells whether a message is one of the documented texts of a code, or
// whether none is documented; holes match anything, and apostrophes of either
// kind are one.
func (o *Operation) DocumentsMessage(code, message string) bool {
	w := o.messages[code]
	if len(w.texts) == 0 || slices.Contains(w.exact, message) {
		return true
	}
	message = normalizeQuotes(message)
	return slices.Contains(w.exact, message) ||
		slices.ContainsFunc(w.patterns, func(p *regexp.Regexp) bool { return p.MatchString(message) })
}

// Wordings gives the documented texts of a code.
func (o *Operation) Messages(code string) []string { return o.messages[code].texts }

func normalizeQuotes(s string) string { return strings.ReplaceAll(s, "’", "'") }
