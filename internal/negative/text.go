package negative

import (
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// texts returns variants of a valid text that violate its length, pattern or format.
// Variants that change the least come first. For a format, the first variants remove
// the characters that an address needs.
func texts(good any, c openapi.Constraint) []any {
	text, ok := contract.Text(good) // a number may be sent as text
	if !ok {
		return nil
	}
	var all []string
	limit, _ := strconv.Atoi(c.Limit)
	switch c.Keyword {
	case "minLength":
		all = []string{shortened(text, limit-1)}
	case "maxLength":
		all = []string{lengthened(text, limit+1), strings.Repeat("1", limit+1)}
	case "format":
		all = append([]string{strings.ReplaceAll(text, "@", "."), strings.ReplaceAll(text, ":", "."), "none"}, altered(text)...)
	default:
		all = append(altered(text), "x")
	}
	var made []any
	for _, one := range all {
		made = append(made, one)
	}
	return made
}

func shortened(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n])
	}
	return text
}

// lengthened repeats the last character, which rarely violates a pattern.
func lengthened(text string, n int) string {
	runes := []rune(text)
	if len(runes) == 0 {
		runes = []rune("a")
	}
	for len(runes) < n {
		runes = append(runes, runes[len(runes)-1])
	}
	return string(runes)
}

// spoilt replaces the last or the first character by one that few patterns allow, which
// keeps the length. It also appends the character.
func altered(text string) []string {
	var all []string
	runes := []rune(text)
	for _, mark := range []string{"#", " ", "x", "7", "é"} {
		if n := len(runes); n > 0 {
			all = append(all, string(runes[:n-1])+mark, mark+string(runes[1:]))
		}
		all = append(all, text+mark)
	}
	return all
}
