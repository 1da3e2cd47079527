package redact

// class is a set of classes of bytes.
type class uint16

// The classes of bytes in an encoding.
const (
	inHex class = 1 << iota
	inBase32
	inBase64
	inLines // between them
	inPercent
	inEscapes
	inEntities
	inGzip
	inOther // no ASCII
	inNull
)

// classes has the classes of each byte.
var classes = func() (all [256]class) {
	for _, of := range []struct {
		bytes string
		is    class
	}{
		{"0123456789abcdefABCDEF", inHex},
		{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ234567", inBase32},
		{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_", inBase64},
		{"\r\n", inLines},
		{"%+", inPercent},
		{`\`, inEscapes},
		{"&", inEntities},
		{gzipStart[:1], inGzip},
		{"\x00", inNull},
	} {
		for i := range len(of.bytes) {
			all[of.bytes[i]] |= of.is
		}
	}
	for b := 0x80; b < len(all); b++ {
		all[b] |= inOther
	}
	return all
}()

// classesOf returns the classes of all bytes of a text.
func classesOf(text []byte) (all class) {
	for _, b := range text {
		all |= classes[b]
	}
	return all
}

// values has what each digit of an encoding stands for.
type values [256]byte

func valuesOf(alphabets ...string) (all values) {
	for _, alphabet := range alphabets {
		for i := range len(alphabet) {
			all[alphabet[i]] = byte(i)
		}
	}
	return all
}

var (
	hexValues    = valuesOf("0123456789abcdef", "0123456789ABCDEF")
	base32Values = valuesOf("abcdefghijklmnopqrstuvwxyz234567", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
	base64Values = valuesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
)

// nextRun returns the next span of a text, at or after a position, that consists of at least
// least bytes of a class, and the padding after them. base64 and base32 may be split into
// lines.
func nextRun(text []byte, from int, of class, least int) (start, end int, found bool) {
	for i := from; i < len(text); i++ {
		if classes[text[i]]&of == 0 {
			continue
		}
		start, n, end := i, 0, i
		for ; i < len(text); i++ {
			if classes[text[i]]&of != 0 {
				n, end = n+1, i+1
			} else if of == inHex || classes[text[i]]&inLines == 0 {
				break
			}
		}
		if n < least {
			continue
		}
		for of != inHex && end < len(text) && text[end] == '=' {
			end++
		}
		return start, end, true
	}
	return 0, 0, false
}

// pack appends the bytes that digits of some bits each stand for; incomplete bytes at the end
// are left out.
func pack(to, digits []byte, bits uint) []byte {
	var have, n uint
	for _, d := range digits {
		have, n = have<<bits|uint(d), n+bits
		if n >= 8 {
			n -= 8
			to = append(to, byte(have>>n))
		}
	}
	return to
}
