package contract

import (
	"regexp"
	"strconv"
	"strings"
)

// A place is where in an exchange something stands: "request#/pointer" and
// "answer#/pointer" into a body (RFC 6901), or "request.query.mid",
// "request.header.authorization", "request.method", "answer.status",
// "answer.header.content-type".

// RequestBody is the place of a JSON pointer in the request's body.
func RequestBody(pointer string) string { return "request#" + pointer }

// AnswerBody is the place of a JSON pointer in the answer's body.
func AnswerBody(pointer string) string { return "answer#" + pointer }

var index = regexp.MustCompile(`/\d+(/|$)`)

// General replaces array positions in a place or pointer by *, so that
// "/goodsInfo/3/price" and "/goodsInfo/7/price" are one member.
func General(place string) string {
	if !positioned(place) {
		return place
	}
	for index.MatchString(place) {
		place = index.ReplaceAllString(place, "/*$1")
	}
	return place
}

// positioned tells whether a digit stands behind a slash: a place without has no
// array position.
func positioned(place string) bool {
	for i := 1; i < len(place); i++ {
		if place[i-1] == '/' && place[i]-'0' <= 9 {
			return true
		}
	}
	return false
}

// RFC 6901, section 3.
var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// Tokens splits a JSON pointer into its unescaped reference tokens.
func Tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, p := range parts {
		if strings.Contains(p, "~") {
			parts[i] = unescape.Replace(p)
		}
	}
	return parts
}

// Pointer joins reference tokens into a JSON pointer.
func Pointer(tokens ...string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteByte('/')
		b.WriteString(escape.Replace(t))
	}
	return b.String()
}

// Lookup finds what a JSON pointer names in a decoded value.
func Lookup(value any, pointer string) (any, bool) {
	for _, token := range Tokens(pointer) {
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
