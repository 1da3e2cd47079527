package report

import (
	"strconv"
	"strings"
	"unicode"

	"assay/internal/contract"
)

// line writes a message so that it is safe for a terminal: names in it can come from
// traffic.
func line(m contract.Message) string { return lines(Sentence(m)) }

// lines makes a text safe for a terminal. Further lines are indented.
func lines(text string) string {
	all := strings.Split(text, "\n")
	for i := range all {
		all[i] = Visible(all[i])
	}
	return strings.Join(all, "\n  ")
}

// Visible makes one line safe for a terminal: control characters, and characters that
// change the direction of writing, are escaped as in Go.
func Visible(text string) string {
	if !strings.ContainsFunc(text, invisible) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !invisible(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`))
	}
	return b.String()
}

func invisible(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }
