package openapi

import (
	"regexp"
	"slices"
	"strings"

	"assay/internal/contract"
)

var placeholder = regexp.MustCompile(`\\\{(field|path|value)\\\}`)

// codeMessages are the documented texts of a code: the text of the operation's example,
// then those of the table.
type codeMessages struct {
	texts    []string
	exact    []string // normalized texts without placeholders
	patterns []*regexp.Regexp
}

// collectMessages collects the documented texts of every code.
func (o *Operation) collectMessages() {
	o.messages = map[string]codeMessages{}
	for _, c := range o.Codes {
		name := c.Name()
		if _, twice := o.messages[name]; twice {
			continue // the first row counts
		}
		w := codeMessages{texts: c.Messages}
		if example, ok := o.Example(name); ok {
			if body, err := contract.Decode(example.Body); err == nil {
				if printed := o.resultCode(example.HTTP, decodedBody{body}); printed.Message != "" {
					w.texts = append([]string{printed.Message}, w.texts...)
				}
			}
		}
		for _, text := range w.texts {
			if quoted := regexp.QuoteMeta(text); !placeholder.MatchString(quoted) {
				w.exact = append(w.exact, normalizeQuotes(text))
				continue
			}
			pattern := placeholder.ReplaceAllString(regexp.QuoteMeta(normalizeQuotes(text)), "(?s:.*)")
			if compiled, err := regexp.Compile("^" + pattern + "$"); err == nil { // no error: the text is quoted
				w.patterns = append(w.patterns, compiled)
			}
		}
		o.messages[name] = w
	}
	for _, c := range o.Codes {
		c.documented = o.messages[c.Name()]
	}
}

// DocumentsMessage reports whether the message is a documented text of the row, or the row
// has none; see Operation.DocumentsMessage. There must be a row.
func (m *ResultCode) DocumentsMessage() bool { return m.Row.documented.include(m.Message) }

// DocumentsMessage reports whether a message is a documented text of the row with a
// name, or the row has none. A placeholder matches any text, and both kinds of apostrophe are
// equal.
func (o *Operation) DocumentsMessage(code, message string) bool {
	w := o.messages[code]
	return w.include(message)
}

// include reports whether a message is one of the texts, or there are none.
func (w *codeMessages) include(message string) bool {
	if len(w.texts) == 0 || slices.Contains(w.exact, message) {
		return true
	}
	message = normalizeQuotes(message)
	return slices.Contains(w.exact, message) ||
		slices.ContainsFunc(w.patterns, func(p *regexp.Regexp) bool { return p.MatchString(message) })
}

// Messages returns the documented texts of the row with a name.
func (o *Operation) Messages(code string) []string { return o.messages[code].texts }

func normalizeQuotes(s string) string { return strings.ReplaceAll(s, "’", "'") }
