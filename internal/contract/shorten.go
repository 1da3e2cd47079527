package contract

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Shorten shortens a text to about so many characters. Three quarters of them are from its
// beginning, and a mark between counts the others. It takes no memory for a long text.
func Shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	count := utf8.RuneCountInString(text)
	if count <= most {
		return text
	}
	start, end := 0, len(text)
	for range most * 3 / 4 {
		_, size := utf8.DecodeRuneInString(text[start:])
		start += size
	}
	for range most / 4 {
		_, size := utf8.DecodeLastRuneInString(text[:end])
		end -= size
	}
	return strings.Clone(text[:start]) + fmt.Sprintf("…(%d more)…", count-most*3/4-most/4) + text[end:]
}
