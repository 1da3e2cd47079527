package redact

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"assay/internal/contract"
)

// ReplacedAt reports whether the value at a pointer in a body, or one above it, was
// replaced in a recording.
func ReplacedAt(body any, pointer contract.Pointer) bool {
	tokens := contract.TokensOf(pointer)
	for n := len(tokens); n >= 0; n-- {
		if value, ok := contract.Lookup(body, contract.PointerTo(tokens[:n]...)); ok {
			text, is := value.(string)
			return is && Replaced(text)
		}
	}
	return false
}

// ReplacedBody reports whether a body consists of a replacement. A name in angle brackets is
// one only if no page of HTML can begin so.
func ReplacedBody(body []byte) bool {
	if len(body) == 0 || len(body) > longestReplacement {
		return false
	}
	text := strings.Trim(string(body), "\" \r\n")
	if body[0] != '"' && json.Valid(body) {
		return false // a value inside may be replaced
	}
	return Replaced(text) && (text[0] != '<' || strings.Contains(text, "_") || redactedWord(text))
}

// Marked reports whether a text is a mark that this package puts in place of a value.
func Marked(text string) bool { return marked(text) }

// Hints reports whether a text may contain a replacement.
func Hints(text []byte) bool {
	return bytes.ContainsAny(text, "*•●█∗＊<$%#") || bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte(`\u`)) || bytes.Contains(bytes.ToLower(text), []byte("xxx")) || slices.ContainsFunc(replacementWords(), func(word string) bool {
		return bytes.Contains(bytes.ToLower(text), []byte(word))
	})
}

// hinted reports whether a text may be a replacement. It takes one pass, because most texts
// are none: all of replacementWords have a d after an e, a d or an l.
func hinted(text string) bool {
	before := byte(0)
	for i := range len(text) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		switch {
		case c >= 0x80, strings.IndexByte("*<{$%#x", c) >= 0, c == 'd' && (before == 'e' || before == 'd' || before == 'l'):
			return true
		}
		before = c
	}
	return false
}

const longestReplacement = 64 // bytes of a text that stands for a value

// Replaced reports whether a text stands for a value that was taken out of a recording, as
// tools that redact write it: ***, 98****10, xxxx, [REDACTED], <redacted>, FILTERED,
// <API_KEY>, {{token}}. A header may begin with the scheme of its credentials.
func Replaced(text string) bool {
	if !hinted(text) {
		return false
	}
	if len(text) > longestReplacement {
		return masked(text)
	}
	for _, scheme := range []string{"basic ", "bearer "} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			text = text[len(scheme):]
		}
	}
	if plain, err := url.QueryUnescape(text); err == nil && strings.Contains(text, "%") {
		text = plain
	}
	return masked(text) || placeholder(text) || redactedWord(text)
}

// masked reports whether a text has a row of three or more mask characters, or is made of
// x alone.
func masked(text string) bool {
	row := 0
	for _, r := range text {
		if !strings.ContainsRune("*•●█∗＊", r) {
			row = 0
			continue
		}
		if row++; row == 3 {
			return true
		}
	}
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -._/+", r) {
			return -1
		}
		return r
	}, text)
	return len(plain) >= 3 && len(text) <= longestReplacement && (strings.Trim(plain, "xX") == "" || strings.Trim(plain, "#") == "")
}

// placeholder reports whether a text is a name in brackets: <API_KEY>, {{token}}, ${KEY},
// %{key}.
func placeholder(text string) bool {
	for _, b := range [...][2]string{{"<", ">"}, {"{{", "}}"}, {"${", "}"}, {"%{", "}"}} {
		inner, opened := strings.CutPrefix(text, b[0])
		inner, closed := strings.CutSuffix(inner, b[1])
		if opened && closed && inner != "" && !strings.ContainsFunc(inner, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" _-.", r)
		}) {
			return true
		}
	}
	return false
}

// replacementWords are the words that tools write in place of a value.
func replacementWords() []string {
	return []string{
		"redacted", "filtered", "masked", "hidden", "removed", "sanitized", "sanitised", "censored",
		"omitted", "stripped", "obfuscated", "anonymized", "anonymised", "suppressed", "withheld",
	}
}

// redactedWord reports whether a text is such a word, alone or between brackets, stars or
// other words that say what was replaced: [REDACTED], __REDACTED__, REDACTED_TOKEN,
// [email redacted], <removed by tool>.
func redactedWord(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 || len(words) > 5 {
		return false
	}
	bracketed := strings.ContainsAny(text[:1], "[<({*_%#-")
	for _, word := range words {
		if slices.Contains(replacementWords(), strings.ToLower(word)) {
			return bracketed || len(words) == 1 || strings.ToUpper(text) == text || len(words) <= 2 && strings.Contains(text, "_")
		}
	}
	return false
}
