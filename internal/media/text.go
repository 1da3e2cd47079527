package media

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// short are the escapes of two characters in JSON.
const short = "\"\\\b\f\n\r\t"

// appendText appends a text as JSON. It takes the memory of the result, once: a body can be
// one text of many megabytes.
func appendText(to []byte, text string) []byte {
	size := len(`""`)
	for i, r := range text {
		size += len(escaped(r, text[i:]))
	}
	to = append(slices.Grow(to, size), '"')
	for i, r := range text {
		to = append(to, escaped(r, text[i:])...)
	}
	return append(to, '"')
}

// escaped returns a character as it stands in a JSON text. rest begins with it.
func escaped(r rune, rest string) string {
	const hexadecimal = "0123456789abcdef"
	switch i := strings.IndexRune(short, r); {
	case r == utf8.RuneError:
		return string(utf8.RuneError) // a byte that is not UTF-8 is one, too
	case i >= 0:
		return `\"\\\b\f\n\r\t`[2*i : 2*i+2]
	case r < ' ':
		return `\u00` + hexadecimal[r>>4:][:1] + hexadecimal[r&15:][:1]
	case r == '\u2028':
		return `\u2028`
	case r == '\u2029':
		return `\u2029`
	}
	return rest[:utf8.RuneLen(r)]
}
