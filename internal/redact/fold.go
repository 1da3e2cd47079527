package redact

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mapped is a text that was made from another one. from[i] is the offset in the other
// text of the character that byte i belongs to; its last element is the end.
type mapped struct {
	text []byte
	from []int32
}

func (m *mapped) add(b byte, from int) {
	m.text, m.from = append(m.text, b), append(m.from, int32(from))
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
	m := mapped{text: make([]byte, 0, len(text)), from: make([]int32, 0, len(text)+1)}
	var it norm.Iter
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && (i+1 == len(text) || text[i+1] < utf8.RuneSelf) {
			m.fold(rune(text[i]), i)
			i++
			continue
		}
		end := i + 1 // up to the next two bytes of ASCII: the second cannot be changed by a mark
		for end < len(text) && (text[end] >= utf8.RuneSelf || text[end-1] >= utf8.RuneSelf || end+1 < len(text) && text[end+1] >= utf8.RuneSelf) {
			end++
		}
		it.Init(norm.NFKC, text[i:end])
		for !it.Done() {
			at := i + it.Pos()
			for part := it.Next(); len(part) > 0; {
				r, size := utf8.DecodeRune(part)
				if r == utf8.RuneError && size <= 1 {
					m.add(part[0], at) // no text: bytes stay as they are
				} else {
					m.fold(r, at)
				}
				part = part[size:]
			}
		}
		i = end
	}
	return m.end(len(text))
}

func (m *mapped) fold(r rune, at int) {
	switch {
	case unicode.IsSpace(r):
		if n := len(m.text); n == 0 || m.text[n-1] != ' ' {
			m.add(' ', at)
		}
	case r < utf8.RuneSelf:
		m.add(lower(byte(r)), at)
	case unicode.Is(unicode.Cf, r): // zero-width characters, direction marks, soft hyphens
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
	m := mapped{text: make([]byte, 0, len(text)), from: make([]int32, 0, len(text)+1)}
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
	return m.end(len(text))
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func word(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
