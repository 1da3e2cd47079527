package redact

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"assay/internal/contract"
)

// mapped is a text that was made from another one. from[i] is the offset in the other
// text of the character that byte i belongs to; its last element is the end.
type mapped struct {
	text []byte
	from []int32
	bare bool // from is not wanted
}

// newMapped returns room for a text that is made from another one.
func newMapped(other []byte) mapped {
	return mapped{text: make([]byte, 0, len(other)), from: make([]int32, 0, len(other)+1)}
}

// reset makes room for a text that is made from another one, without offsets.
func (m *mapped) reset(other []byte) {
	if m.bare = true; cap(m.text) > maxReused && len(other) <= maxReused {
		m.text = nil
	}
	m.text = m.text[:0]
}

func (m *mapped) add(b byte, from int) {
	m.text = append(m.text, b)
	if !m.bare {
		m.from = append(m.from, int32(from))
	}
}

func (m *mapped) addRune(r rune, from int) {
	var raw [utf8.UTFMax]byte
	for _, b := range raw[:utf8.EncodeRune(raw[:], r)] {
		m.add(b, from)
	}
}

func (m *mapped) end(at int) mapped {
	m.from = append(m.from, int32(at))
	return *m
}

// origin returns the span of the other text that a span of this one was made from.
func (m mapped) origin(start, end int) (int, int) {
	for end > start && end < len(m.text) && m.from[end] == m.from[end-1] {
		end++ // the rest of the same character
	}
	return int(m.from[start]), int(m.from[end])
}

// fold returns a text without the differences that do not matter when a value is
// searched: case, the form of characters (NFC, NFD, full width, no-break spaces, digits
// of other scripts), invisible characters, and the number of spaces.
func fold(text []byte) mapped {
	m := newMapped(text)
	m.fold(text)
	return m.end(len(text))
}

// folded is fold without the offsets.
func folded(text string) string {
	if isFolded(text) {
		return text
	}
	m := mapped{text: make([]byte, 0, len(text)), bare: true}
	m.fold([]byte(text))
	return string(m.text)
}

// isFolded reports whether a text is ASCII that folding does not change.
func isFolded(text string) bool {
	for i := range len(text) {
		switch b := text[i]; {
		case b >= utf8.RuneSelf || foldedASCII[b] != b, b == ' ' && i > 0 && text[i-1] == ' ':
			return false
		}
	}
	return true
}

// foldedASCII has the folded forms of the characters of ASCII.
var foldedASCII = func() (all [utf8.RuneSelf]byte) {
	for b := range all {
		if all[b] = lower(byte(b)); unicode.IsSpace(rune(b)) {
			all[b] = ' '
		}
	}
	return all
}()

func (m *mapped) fold(text []byte) {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && (i+1 == len(text) || text[i+1] < utf8.RuneSelf) {
			m.foldASCII(text[i], i)
			i++
			continue
		}
		end := i + 1 // up to the next two bytes of ASCII: the second cannot be changed by a mark
		for end < len(text) && (text[end] >= utf8.RuneSelf || text[end-1] >= utf8.RuneSelf || end+1 < len(text) && text[end+1] >= utf8.RuneSelf) {
			end++
		}
		if characters(text[i:end]) {
			m.foldCharacters(text[i:end], i)
		} else {
			m.foldBytes(text[i:end], i)
		}
		i = end
	}
}

// foldBytes folds ASCII, and bytes that are no text.
func (m *mapped) foldBytes(text []byte, from int) {
	for i, b := range text {
		if b < utf8.RuneSelf {
			m.foldASCII(b, from+i)
		} else {
			m.add(b, from+i)
		}
	}
}

func (m *mapped) foldCharacters(text []byte, from int) {
	if m.bare && norm.NFKC.IsNormal(text) {
		for len(text) > 0 {
			text = text[m.foldCharacter(text, from):]
		}
		return
	}
	var it norm.Iter
	it.Init(norm.NFKC, text)
	for !it.Done() {
		at := from + it.Pos()
		for part := it.Next(); len(part) > 0; {
			part = part[m.foldCharacter(part, at):]
		}
	}
}

// foldCharacter folds the first character of a text, and returns its length.
func (m *mapped) foldCharacter(text []byte, at int) int {
	r, size := utf8.DecodeRune(text)
	if r == utf8.RuneError && size <= 1 {
		m.add(text[0], at) // no text: bytes stay as they are
	} else {
		m.foldRune(r, at)
	}
	return size
}

// characters reports whether a text has characters that are no ASCII.
func characters(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			if _, size := utf8.DecodeRune(text[i:]); size > 1 {
				return true
			}
		}
	}
	return false
}

func (m *mapped) foldASCII(b byte, at int) {
	b = foldedASCII[b]
	if n := len(m.text); b != ' ' || n == 0 || m.text[n-1] != ' ' {
		m.add(b, at)
	}
}

func (m *mapped) foldRune(r rune, at int) {
	switch {
	case r < utf8.RuneSelf:
		m.foldASCII(byte(r), at)
	case unicode.IsSpace(r):
		m.foldASCII(' ', at)
	case contract.Invisible(r), unicode.Is(unicode.Me, r): // and the frame of a digit on a key
	case unicode.Is(unicode.Pd, r):
		m.add('-', at)
	case unicode.IsDigit(r):
		m.add('0'+decimal(r), at)
	default:
		m.addRune(unicode.ToLower(r), at)
	}
}

// decimal returns the value of a digit of any script. Unicode has them in runs of ten.
func decimal(r rune) byte {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10)
		}
	}
	for _, run := range unicode.Nd.R32 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return byte((r - rune(run.Lo)) % 10)
		}
	}
	return 0
}

// squeeze returns the letters and digits of a folded text.
func squeeze(text []byte) mapped {
	m := newMapped(text)
	m.squeeze(text)
	return m.end(len(text))
}

func (m *mapped) squeeze(text []byte) {
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			if digit(b) || b >= 'a' && b <= 'z' {
				m.add(b, i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r != utf8.RuneError && (word(r) || unicode.IsMark(r)) {
			m.addRune(r, i)
		}
		i += size
	}
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func word(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
