package traffic

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// asUTF8 returns a text as UTF-8. Text in UTF-16 is known by its byte order mark, or by the
// zero byte beside its first character: PowerShell and editors on Windows write it.
func asUTF8(from io.Reader) io.Reader {
	head, n := make([]byte, 4), 0
	var err error
	for tries := 0; n < len(head) && err == nil; tries++ {
		var more int
		if more, err = from.Read(head[n:]); tries == 100 && more == 0 {
			err = io.ErrNoProgress
		}
		n += more
	}
	if head = head[:n]; err != nil {
		from = failed{err} // a reader need not repeat its error
	}
	whole := io.MultiReader(bytes.NewReader(head), from)
	switch {
	case n < 2:
	case head[0] == 0xff && head[1] == 0xfe && (n < 4 || head[2] != 0 || head[3] != 0): // else it is UTF-32
		return &utf16Reader{from: whole, order: binary.LittleEndian}
	case head[0] == 0xfe && head[1] == 0xff:
		return &utf16Reader{from: whole, order: binary.BigEndian}
	case n == 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return &utf16Reader{from: whole, order: binary.LittleEndian}
	case n == 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return &utf16Reader{from: whole, order: binary.BigEndian}
	}
	return whole
}

// failed is a reader that fails.
type failed struct{ err error }

// Read returns the error.
func (f failed) Read([]byte) (int, error) { return 0, f.err }

// utf16Reader decodes UTF-16. Half of a pair becomes U+FFFD, as in package utf16.
type utf16Reader struct {
	from  io.Reader
	order binary.ByteOrder
	raw   [8 << 10]byte
	kept  int    // bytes of raw that are not decoded: half a character
	text  []byte // decoded, not yet read
	err   error  // of from
}

// Read reads decoded text.
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.text) == 0 && u.err == nil {
		var n int
		n, u.err = u.from.Read(u.raw[u.kept:])
		if u.decode(u.kept + n); n == 0 && u.err == nil {
			return 0, nil
		}
	}
	if len(u.text) == 0 {
		return 0, u.err
	}
	n := copy(p, u.text)
	u.text = u.text[n:]
	return n, nil
}

// decode decodes the first n bytes of raw and keeps the rest of a character.
func (u *utf16Reader) decode(n int) {
	i := 0
	for u.text = u.text[:0]; i+1 < n; i += 2 {
		r := rune(u.order.Uint16(u.raw[i:]))
		if utf16.IsSurrogate(r) {
			if i+3 >= n && u.err == nil {
				break // the other half has not come yet
			}
			if i+3 < n {
				if pair := utf16.DecodeRune(r, rune(u.order.Uint16(u.raw[i+2:]))); pair != utf8.RuneError {
					r, i = pair, i+2
				}
			}
		}
		u.text = utf8.AppendRune(u.text, r)
	}
	u.kept = copy(u.raw[:], u.raw[i:n])
	if u.kept > 0 && errors.Is(u.err, io.EOF) {
		u.err = errHalf
	}
}

var errHalf = errors.New("the text in UTF-16 ends in the middle of a character")
