package redact

import (
	"bytes"
	"compress/gzip"
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
	m := newMapped(text)
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

// decodePercent decodes %41, %u0041 and +.
func decodePercent(s *search, v *view, e *Encoding) bool {
	text := v.text
	m := newMapped(text)
	changed := false
	for i := 0; i < len(text); {
		switch {
		case text[i] == '+':
			m.add(' ', i)
			i++
		case text[i] == '%' && hexDigits(text[i+1:], 2):
			m.add(hexValues[text[i+1]]<<4|hexValues[text[i+2]], i)
			i += 3
		case text[i] == '%' && i+1 < len(text) && text[i+1] == 'u' && hexDigits(text[i+2:], 4):
			units := []uint16{unit(text[i+2:])}
			end := i + 6
			if utf16.IsSurrogate(rune(units[0])) && bytes.HasPrefix(text[end:], []byte("%u")) && hexDigits(text[end+2:], 4) { // the other half of the character
				units, end = append(units, unit(text[end+2:])), end+6
			}
			for _, r := range utf16.Decode(units) {
				m.addRune(r, i)
			}
			i = end
		default:
			m.add(text[i], i)
			i++
			continue
		}
		changed = true
	}
	return !changed || s.within(v, e, m.end(len(text)), e.encode)
}

// hexDigits reports whether a text begins with n digits in hex.
func hexDigits(text []byte, n int) bool {
	if len(text) < n {
		return false
	}
	for _, b := range text[:n] {
		if classes[b]&inHex == 0 {
			return false
		}
	}
	return true
}

// unit returns the UTF-16 code unit in the four digits at the beginning of a text.
func unit(text []byte) uint16 {
	return uint16(hexValues[text[0]])<<12 | uint16(hexValues[text[1]])<<8 | uint16(hexValues[text[2]])<<4 | uint16(hexValues[text[3]])
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

var escapeForm = regexp.MustCompile(`\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}|(?:\\x[0-9A-Fa-f]{2})+|(?:\\[0-3][0-7]{2})+|\\["\\/'bfnrt]`)

// controlEscapes decodes what stands after a backslash.
var controlEscapes = strings.NewReplacer("b", "\b", "f", "\f", "n", "\n", "r", "\r", "t", "\t")

func decodeEscapes(s *search, v *view, e *Encoding) bool {
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
		return []byte(controlEscapes.Replace(text[1:]))
	})
	return !ok || s.within(v, e, m, e.encode)
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

func decodeEntities(s *search, v *view, e *Encoding) bool {
	m, ok := substitute(v.text, entityForm, func(match []byte) []byte {
		if text := html.UnescapeString(string(match)); text != string(match) {
			return []byte(text)
		}
		return nil
	})
	return !ok || s.within(v, e, m, e.encode)
}

func entityEncode(text string) string { return html.EscapeString(text) }

// decodeBase64 decodes every run of base64, whatever stands before it.
func decodeBase64(s *search, v *view, e *Encoding) bool {
	for start, end, found := nextRun(v.text, 0, inBase64, 8); found; start, end, found = nextRun(v.text, end, inBase64, 8) {
		if !s.packed(v, e, start, end, digits{inBase64, &base64Values, 6, 4}) || !s.deflatedParts(v, e, start, end) {
			return false
		}
	}
	return true
}

// maxParts is how many parts of a run of base64 are tried: a longer run is one text.
const maxParts = 8

// deflatedParts searches what may be deflated in base64 behind a character between the words
// of a path or name: these characters are digits of base64 too, and deflated data has to be
// read from its beginning.
func (s *search) deflatedParts(v *view, e *Encoding, start, end int) bool {
	parts := 0
	for at := start; at+8 < end && parts < maxParts; at++ {
		if b := v.text[at]; b != '/' && b != '-' && b != '_' {
			continue
		}
		parts++
		var head [16]byte
		n := 0
		for i := at + 1; i < end && n < len(head); i++ {
			if classes[v.text[i]]&inBase64 != 0 {
				head[n] = base64Values[v.text[i]]
				n++
			}
		}
		var raw [12]byte
		if beginsBlock(pack(raw[:0], head[:n], 6)) && !s.packed(v, e, at+1, end, digits{inBase64, &base64Values, 6, 1}) {
			return false
		}
	}
	return true
}

func decodeBase32(s *search, v *view, e *Encoding) bool {
	for start, end, found := nextRun(v.text, 0, inBase32, 13); found; start, end, found = nextRun(v.text, end, inBase32, 13) {
		if !s.packed(v, e, start, end, digits{inBase32, &base32Values, 5, 8}) {
			return false
		}
	}
	return true
}

func decodeHex(s *search, v *view, e *Encoding) bool {
	for start, end, found := nextRun(v.text, 0, inHex, 6); found; start, end, found = nextRun(v.text, end, inHex, 6) {
		if !s.packed(v, e, start, end, digits{inHex, &hexValues, 4, 2}) {
			return false
		}
	}
	for from := 0; from < len(v.text); from++ {
		if classes[v.text[from]]&inHex == 0 {
			continue
		}
		size, split := hexPairs(v.text[from:])
		if size == 0 {
			continue
		}
		end := from + size
		if split && !s.packed(v, e, from, end, digits{inHex, &hexValues, 4, 1}) { // else read above
			return false
		}
		from = end - 1
	}
	return true
}

// hexPairs returns the length of the pairs of hex digits that a text begins with, and
// whether anything stands between them: 0x before a pair, and up to two separators after
// it. It returns 0 for fewer than three pairs.
func hexPairs(text []byte) (size int, split bool) {
	pairs := 0
	for at := 0; ; at = size {
		for pairs > 0 && at < size+2 && at < len(text) && (text[at] == ' ' || text[at] == ':' || text[at] == ',' || text[at] == '-') {
			at++
		}
		if bytes.HasPrefix(text[at:], []byte("0x")) {
			at += 2
		}
		if !hexDigits(text[at:], 2) {
			break
		}
		split = split || at > size
		pairs, size = pairs+1, at+2
	}
	if pairs < 3 {
		return 0, false
	}
	return size, split
}

const gzipStart = "\x1f\x8b\x08"

func decodeGzip(s *search, v *view, e *Encoding) bool {
	for at := 0; ; at++ {
		next := bytes.Index(v.text[at:], []byte(gzipStart))
		if next < 0 {
			return true
		}
		at += next
		z, err := gzip.NewReader(bytes.NewReader(v.text[at:]))
		if err == nil && !s.inflated(v, e, z, at) {
			return false
		}
	}
}

// decodeUTF16 decodes UTF-16 of both byte orders, with and without a byte order mark.
func decodeUTF16(s *search, v *view, e *Encoding) bool {
	if len(v.text) < 2*shortest || utf8.Valid(v.text) && bytes.IndexByte(v.text, 0) < 0 {
		return true
	}
	for shift := range 2 {
		for high := range 2 { // the byte of a pair that is the high one
			if plausible(v.text[shift:], high) && !s.within(v, e, utf16Text(v.text, shift, high), utf16Encode(high)) {
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
	m := newMapped(text)
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
