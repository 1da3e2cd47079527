package contract

import (
	"unicode"
	"unicode/utf8"
)

// Invisible reports whether a reader could not see a character: control characters, spaces but
// the one of ASCII, and what Unicode says to ignore, such as variation selectors, fillers and
// joiners.
func Invisible(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return !unicode.IsPrint(r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r) || r == 0x2800 // an empty Braille cell
}
