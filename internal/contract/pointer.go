package contract

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Pointer is a JSON pointer (RFC 6901). In documents and in general pointers, the token
// Every stands for any position of an array.
type Pointer = jsontext.Pointer

// Every is the token for any position of an array.
const Every = "*"

// PointerTo joins reference tokens into a JSON pointer.
func PointerTo(tokens ...string) Pointer {
	var p Pointer
	for _, token := range tokens {
		p = p.AppendToken(token)
	}
	return p
}

// HasWildcard reports whether a pointer has the token Every.
func HasWildcard(p Pointer) bool {
	for token := range p.Tokens() {
		if token == Every {
			return true
		}
	}
	return false
}

// GeneralPointer replaces array positions in a pointer by Every, so that
// "/goodsInfo/3/price" and "/goodsInfo/7/price" are the same.
func GeneralPointer(p Pointer) Pointer { return Pointer(generalize(string(p))) }

func generalize(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '/' {
			continue
		}
		end := i + 1
		for end < len(text) && text[end]-'0' <= 9 {
			end++
		}
		if end > i+1 && (end == len(text) || text[end] == '/') {
			b.WriteString(text[done:i])
			b.WriteString("/" + Every)
			done, i = end, end-1
		}
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// Lookup returns the value at a JSON pointer in a decoded value.
func Lookup(value any, pointer Pointer) (any, bool) {
	for token := range pointer.Tokens() {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[token]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// TokensOf lists the reference tokens of a pointer; nil for the pointer to the whole
// value.
func TokensOf(p Pointer) []string { return slices.Collect(p.Tokens()) }

// ComparePointers orders pointers token by token: a pointer comes directly before the
// pointers below it.
func ComparePointers(a, b Pointer) int {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == b[i]:
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		default:
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(a), len(b))
}
