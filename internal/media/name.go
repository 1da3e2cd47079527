package media

import (
	"strconv"
	"strings"
)

// deepest is the number of brackets in a name.
const deepest = 64

// split returns the parts of a name: a[b][] has a, b and "", which stands for the next
// item of a list. A name whose brackets do not close, or that begins with one, is one part.
// The parts of a name that is nested too deep are not all there.
func split(name string) []string {
	first, rest, nested := strings.Cut(name, "[")
	if !nested || first == "" {
		return []string{name}
	}
	parts := []string{first}
	for {
		part, after, closed := strings.Cut(rest, "]")
		if !closed || after != "" && after[0] != '[' {
			return []string{name}
		}
		if parts = append(parts, part); after == "" || len(parts) > deepest {
			return parts
		}
		rest = after[1:]
	}
}

// join returns the name for a place in JSON.
func join(tokens []string) string {
	var b strings.Builder
	for i, token := range tokens {
		if i == 0 {
			b.WriteString(escape(token))
			continue
		}
		b.WriteString("[" + escape(token) + "]")
	}
	return b.String()
}

// pointer writes tokens as a JSON pointer.
func pointer(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		if strings.ContainsAny(token, "~/") {
			token = pointerEscapes.Replace(token)
		}
		b.WriteString(token)
	}
	return b.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// position returns the number that a part is, as the place of an item.
func position(part string) (int, bool) {
	if part == "" || len(part) > 9 || len(part) > 1 && part[0] == '0' {
		return 0, false
	}
	n, err := strconv.Atoi(part)
	return n, err == nil && n >= 0 && part[0] != '+'
}
