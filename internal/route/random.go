package route

import "strings"

// consonantsInRow are the consonants that a word does not have in a row.
const consonantsInRow = 6

// Random reports whether a text without digits looks like a token, not like a word: it has many
// consonants in a row, many changes of case, or only hexadecimal digits.
func Random(word string) bool {
	row, changes, hex := 0, 0, 0
	for i := range len(word) {
		c := word[i]
		if row++; strings.IndexByte("aeiouyAEIOUY", c) >= 0 {
			row = 0
		}
		if row > consonantsInRow {
			return true
		}
		if i > 0 && c < 'a' && word[i-1] >= 'a' {
			changes++
		}
		if c|0x20 <= 'f' {
			hex++
		}
	}
	return changes > 1+len(word)/4 || hex == len(word) && len(word) >= 8
}
