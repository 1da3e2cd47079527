package contract

import (
	"strconv"
	"strings"
)

// Plural says how many things there are: "1 entry", "2 entries", "0 successes".
func Plural[N int | int64](n N, noun string) string {
	number := strconv.FormatInt(int64(n), 10)
	stem, consonant := strings.CutSuffix(noun, "y")
	switch {
	case n == 1:
		return "1 " + noun
	case consonant && stem != "" && !strings.ContainsAny(stem[len(stem)-1:], "aeiou"):
		return number + " " + stem + "ies"
	case strings.HasSuffix(noun, "s"):
		return number + " " + noun + "es"
	}
	return number + " " + noun + "s"
}
