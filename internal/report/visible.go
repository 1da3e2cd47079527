package report

import (
	"strconv"
	"strings"
	"unicode"

	"assay/internal/contract"
)

// line is a message in words, as a terminal may show it: names in it can be somebody
// else's.
func line(m contract.Message) string { return lines(Sentence(m)) }

// lines is a text as a terminal may show it; what is more than a line is set in.
func lines(text string) string {
	all := strings.Split(text, "\n")
	for i := range all {
		all[i] = Visible(all[i])
	}
	return strings.Join(all, "\n  ")
}

// Visible is a text of one line, in which control characters, and those that turn the
// direction of writing, are written as in Go.
func Visible(text string) string {
	if !strings.ContainsFunc(text, unseeable) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !unseeable(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`))
	}
	return b.String()
}

func unseeable(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
