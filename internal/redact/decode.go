package redact

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"assay/internal/contract"
)

// substitute makes a view in which every match of an expression is replaced by what
// decode returns for it; matches for which it returns nil stay. It returns false for a
// view without a replacement.
func substitute(text []byte, form *regexp.Regexp, decode func(match []byte) []byte) (mapped, bool) {
	found := form.FindAllIndex(text, -1)
	if len(found) == 0 {
		return mapped{}, false
	}
	m := mapped{text: make([]byte, 0, len(text)), from: make([]int32, 0, len(text)+1)}
	done, changed := 0, false
	for _, span := range found {
		inner := decode(text[span[0]:span[1]])
		if inner == nil {
			continue
		}
		changed = true
		for ; done < span[0]; done++ {
			m.add(text[done], done)
		}
		for _, b := range inner {
			m.add(b, span[0])
		}
		done = span[1]
	}
	for ; done < len(text); done++ {
		m.add(text[done], done)
	}
	return m.end(len(text)), changed
}

var percentForm = regexp.MustCompile(`%u[0-9A-Fa-f]{4}(?:%u[0-9A-Fa-f]{4})?|%[0-9A-Fa-f]{2}|\+`)

func decodePercent(v view, e Encoding, visit func(view) bool) bool {
	if bytes.IndexByte(v.text, '%') < 0 && bytes.IndexByte(v.text, '+') < 0 {
		return true
	}
	m, ok := substitute(v.text, percentForm, func(match []byte) []byte {
		switch {
		case match[0] == '+':
			return []byte(" ")
		case match[1] == 'u':
			return units(strings.Split(string(match[2:]), "%u"))
		}
		b, _ := hex.DecodeString(string(match[1:])) // the expression matches only valid hex
		return b
	})
	return !ok || visit(v.within(m, e))
}

// percentEncode writes a text so that it can stand in a path and in a query.
func percentEncode(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// units decodes UTF-16 code units in hex.
func units(all []string) []byte {
	var read []uint16
	for _, one := range all {
		n, err := strconv.ParseUint(one, 16, 16)
		if err != nil {
			return nil
		}
		read = append(read, uint16(n))
	}
	return []byte(string(utf16.Decode(read)))
}

var escapeForm = regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4}){1,2}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}|(?:\\x[0-9A-Fa-f]{2})+|(?:\\[0-3][0-7]{2})+|\\["\\/'bfnrt]`)

func decodeEscapes(v view, e Encoding, visit func(view) bool) bool {
	if bytes.IndexByte(v.text, '\\') < 0 {
		return true
	}
	m, ok := substitute(v.text, escapeForm, func(match []byte) []byte {
		text := string(match)
		switch {
		case strings.HasPrefix(text, `\u{`):
			return point(text[3 : len(text)-1])
		case strings.HasPrefix(text, `\u`):
			return units(strings.Split(text[2:], `\u`))
		case strings.HasPrefix(text, `\U`):
			return point(text[2:])
		case strings.HasPrefix(text, `\x`):
			return latin(strings.Split(text[2:], `\x`), 16)
		case text[1] >= '0' && text[1] <= '3':
			return latin(strings.Split(text[1:], `\`), 8)
		}
		return []byte(strings.NewReplacer("b", "\b", "f", "\f", "n", "\n", "r", "\r", "t", "\t").Replace(text[1:]))
	})
	return !ok || visit(v.within(m, e))
}

func point(digits string) []byte {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > utf8.MaxRune {
		return nil
	}
	return []byte(string(rune(n)))
}

// latin decodes escapes of single bytes. They are UTF-8 in C, and Latin-1 in JavaScript.
func latin(digits []string, base int) []byte {
	var raw []byte
	var text []rune
	for _, one := range digits {
		n, err := strconv.ParseUint(one, base, 8)
		if err != nil {
			return nil
		}
		raw, text = append(raw, byte(n)), append(text, rune(n))
	}
	if utf8.Valid(raw) {
		return raw
	}
	return []byte(string(text))
}

// escaped writes a text as it stands in a JSON string.
func escaped(value string) string {
	raw, err := contract.Encode(value)
	if err != nil {
		return value
	}
	return string(raw[1 : len(raw)-1])
}

var entityForm = regexp.MustCompile(`&(?:#[0-9]{1,9}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?`)

func decodeEntities(v view, e Encoding, visit func(view) bool) bool {
	if bytes.IndexByte(v.text, '&') < 0 {
		return true
	}
	m, ok := substitute(v.text, entityForm, func(match []byte) []byte {
		if text := html.UnescapeString(string(match)); text != string(match) {
			return []byte(text)
		}
		return nil
	})
	return !ok || visit(v.within(m, e))
}

func entityEncode(text string) string { return html.EscapeString(text) }

var (
	hexForm  = regexp.MustCompile(`(?:0x)?[0-9A-Fa-f]{2}(?:[ :,-]{0,2}(?:0x)?[0-9A-Fa-f]{2}){2,}`)
	alphabet = strings.NewReplacer("\r", "", "\n", "", "=", "", "-", "+", "_", "/")
)

// The classes of bytes in an encoding.
const (
	inHex = 1 << iota
	inBase32
	inBase64
	inLines // between them
)

var classes = func() (all [256]byte) {
	for _, class := range []struct {
		bytes string
		is    byte
	}{
		{"0123456789abcdefABCDEF", inHex},
		{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ234567", inBase32},
		{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_", inBase64},
		{"\r\n", inLines},
	} {
		for i := range len(class.bytes) {
			all[class.bytes[i]] |= class.is
		}
	}
	return all
}()

// runs returns the spans of a text that consist of at least least bytes of a class, and
// the padding after them. base64 and base32 may be split into lines.
func runs(text []byte, class byte, least int) [][2]int {
	var all [][2]int
	for i := 0; i < len(text); i++ {
		if classes[text[i]]&class == 0 {
			continue
		}
		start, n, end := i, 0, i
		for ; i < len(text); i++ {
			if classes[text[i]]&class != 0 {
				n, end = n+1, i+1
			} else if class == inHex || classes[text[i]] != inLines {
				break
			}
		}
		if n < least {
			continue
		}
		for class != inHex && end < len(text) && text[end] == '=' {
			end++
		}
		all = append(all, [2]int{start, end})
	}
	return all
}

// decodeBase64 decodes every run of base64, whatever stands before it.
func decodeBase64(v view, e Encoding, visit func(view) bool) bool {
	for _, span := range runs(v.text, inBase64, 8) {
		run := alphabet.Replace(string(v.text[span[0]:span[1]]))
		for shift := 0; shift < 4 && shift < len(run); shift++ {
			whole := run[shift:]
			if len(whole)%4 == 1 {
				whole = whole[:len(whole)-1]
			}
			inner, err := base64.RawStdEncoding.DecodeString(whole)
			if err == nil && !visit(v.block(inner, span[0], span[1], e.Name)) {
				return false
			}
		}
	}
	return true
}

func decodeBase32(v view, e Encoding, visit func(view) bool) bool {
	for _, span := range runs(v.text, inBase32, 13) {
		run := strings.ToUpper(alphabet.Replace(string(v.text[span[0]:span[1]])))
		for shift := 0; shift < 8 && shift < len(run); shift++ {
			whole := run[shift:]
			for odd := len(whole) % 8; odd == 1 || odd == 3 || odd == 6; odd = len(whole) % 8 {
				whole = whole[:len(whole)-1]
			}
			inner, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(whole)
			if err == nil && !visit(v.block(inner, span[0], span[1], e.Name)) {
				return false
			}
		}
	}
	return true
}

func decodeHex(v view, e Encoding, visit func(view) bool) bool {
	for _, span := range runs(v.text, inHex, 6) {
		run := string(v.text[span[0]:span[1]])
		for shift := range 2 {
			whole := run[shift:]
			inner, err := hex.DecodeString(whole[:len(whole)/2*2])
			if err == nil && !visit(v.block(inner, span[0], span[1], e.Name)) {
				return false
			}
		}
	}
	if !bytes.ContainsAny(v.text, " :,-") && !bytes.Contains(v.text, []byte("0x")) {
		return true
	}
	for _, span := range hexForm.FindAllIndex(v.text, -1) {
		run := strings.NewReplacer("0x", "", " ", "", ":", "", ",", "", "-", "").Replace(string(v.text[span[0]:span[1]]))
		if len(run) == span[1]-span[0] {
			continue // read above
		}
		inner, err := hex.DecodeString(run)
		if err == nil && !visit(v.block(inner, span[0], span[1], e.Name)) {
			return false
		}
	}
	return true
}

func decodeGzip(v view, e Encoding, visit func(view) bool) bool {
	for at := 0; ; at++ {
		next := bytes.Index(v.text[at:], []byte{0x1f, 0x8b, 8})
		if next < 0 {
			return true
		}
		at += next
		z, err := gzip.NewReader(bytes.NewReader(v.text[at:]))
		if err == nil && !visit(v.block(inflate(z), at, len(v.text), e.Name)) {
			return false
		}
	}
}

// decodeUTF16 decodes UTF-16 of both byte orders, with and without a byte order mark.
func decodeUTF16(v view, e Encoding, visit func(view) bool) bool {
	if len(v.text) < 2*shortest || utf8.Valid(v.text) && bytes.IndexByte(v.text, 0) < 0 {
		return true
	}
	for shift := range 2 {
		for high := range 2 { // the byte of a pair that is the high one
			if plausible(v.text[shift:], high) && !visit(v.within(utf16Text(v.text, shift, high), Encoding{Name: e.Name, encode: utf16Encode(high)})) {
				return false
			}
		}
	}
	return true
}

// plausible reports whether bytes may be UTF-16: the characters of a text have only a
// few different high bytes.
func plausible(text []byte, high int) bool {
	var seen [256]bool
	pairs, different := len(text)/2, 0
	most := max(2, min(16, pairs/3))
	for i := 0; i < pairs && different <= most; i++ {
		if b := text[2*i+high]; !seen[b] {
			seen[b] = true
			different++
		}
	}
	return pairs >= shortest && different <= most
}

func utf16Text(text []byte, shift, high int) mapped {
	m := mapped{text: make([]byte, 0, len(text)), from: make([]int32, 0, len(text)+1)}
	for i := shift; i+1 < len(text); i += 2 {
		r := rune(text[i+high])<<8 | rune(text[i+1-high])
		if utf16.IsSurrogate(r) && i+3 < len(text) {
			if pair := utf16.DecodeRune(r, rune(text[i+2+high])<<8|rune(text[i+3-high])); pair != utf8.RuneError {
				m.addRune(pair, i)
				i += 2
				continue
			}
		}
		m.addRune(r, i)
	}
	return m.end(len(text))
}

func utf16Encode(high int) func(string) string {
	return func(text string) string {
		var raw []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			pair := [2]byte{}
			pair[high], pair[1-high] = byte(unit>>8), byte(unit)
			raw = append(raw, pair[:]...)
		}
		return string(raw)
	}
}
