// Package coding takes content codings off: gzip, deflate, br and zstd, as RFC
// 9110 section 8.4.1, RFC 7932 and RFC 8878 have them.
package contentcoding

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The errors of Decode, whose texts hold nothing of a body.
var (
	ErrUnknown = errors.New("a Content-Encoding that is none of gzip, deflate, br, zstd")
	ErrDamaged = errors.New("the body is not what its Content-Encoding says")
	ErrLarge   = errors.New("the body is too large without its Content-Encoding")
)

// Window is the most of a zstd body that is looked back at, in bytes: what RFC
// 9659 lets a content coding have.
const Window = 8 << 20

// Of lists the codings of a body in the order in which they were applied.
func Of(header http.Header) []string {
	return strings.FieldsFunc(strings.ToLower(strings.Join(header.Values("Content-Encoding"), ",")), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// Decode gives a body without the codings that its header names; one of more
// than most bytes, on the way too, is ErrLarge.
func Decode(header http.Header, body []byte, most int) ([]byte, error) {
	all := Of(header)
	if len(body) == 0 {
		return body, nil
	}
	for i := len(all) - 1; i >= 0; i-- { // the last was applied last
		reader, err := NewReader(all[i], bytes.NewReader(body), Window)
		if errors.Is(err, ErrUnknown) {
			return nil, err
		}
		if err != nil {
			return nil, ErrDamaged
		}
		body, err = io.ReadAll(io.LimitReader(reader, int64(most)+1))
		_ = reader.Close() // of something in memory
		switch {
		case err != nil:
			return nil, ErrDamaged
		case len(body) > most:
			return nil, ErrLarge
		}
	}
	return body, nil
}

// Recorded gives a body that somebody recorded without its codings, and tells
// whether it still had them: most recorders take them off and keep the header.
// gzip and zstd are told by their first bytes; br and deflate have none, and are
// what is no text and comes apart.
func Recorded(header http.Header, body []byte, most int) (plain []byte, had bool, err error) {
	all := Of(header)
	if len(all) == 0 || len(body) == 0 {
		return body, false, nil
	}
	switch all[len(all)-1] {
	case "gzip", "x-gzip":
		had = Gzip(body)
	case "zstd":
		had = Zstd(body)
	case "br", "deflate":
		if text(body) {
			return body, false, nil
		}
		if plain, err = Decode(header, body, most); errors.Is(err, ErrDamaged) {
			return body, false, nil
		}
		return plain, true, err
	}
	if !had {
		return body, false, nil
	}
	plain, err = Decode(header, body, most)
	return plain, true, err
}

// Gzip tells gzip by its first bytes: RFC 1952 section 2.3.1.
func Gzip(front []byte) bool { return bytes.HasPrefix(front, []byte{0x1f, 0x8b}) }

// Zstd tells zstd by its first bytes, of a frame or of one to be skipped: RFC 8878
// section 3.1.
func Zstd(front []byte) bool {
	return bytes.HasPrefix(front, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(front) >= 4 && front[0]&0xf0 == 0x50 && bytes.Equal(front[1:4], []byte{0x2a, 0x4d, 0x18})
}

// Unpack takes gzip or zstd off a text, which its first bytes tell; name is "" where
// there is neither. window is NewReader's.
func Unpack(from io.Reader, window uint64) (plain io.ReadCloser, name string, err error) {
	b := bufio.NewReaderSize(from, 64<<10)
	magic, _ := b.Peek(4) // an error comes again where it is read
	switch {
	case Gzip(magic):
		name = "gzip"
	case Zstd(magic):
		name = "zstd"
	default:
		return io.NopCloser(b), "", nil
	}
	plain, err = NewReader(name, b, window)
	return plain, name, err
}

// text tells whether a body can be read: what is coded has bytes that cannot.
func text(body []byte) bool {
	return utf8.Valid(body) && !bytes.ContainsFunc(body, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' })
}

// NewReader reads what has a coding. window bounds what zstd looks back at, in
// bytes.
func NewReader(coding string, from io.Reader, window uint64) (io.ReadCloser, error) {
	switch coding {
	case "identity":
		return io.NopCloser(from), nil
	case "gzip", "x-gzip":
		return gzip.NewReader(from)
	case "deflate":
		return inflating(from), nil
	case "br":
		return io.NopCloser(brotli.NewReader(from)), nil
	case "zstd":
		z, err := zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return nil, ErrUnknown
}

// inflating reads deflate. Some leave zlib's frame out, which its first two bytes
// tell: RFC 1950 section 2.2.
func inflating(from io.Reader) io.ReadCloser {
	b := bufio.NewReader(from)
	if front, _ := b.Peek(2); len(front) == 2 && front[0]&0x0f == 8 && (int(front[0])<<8|int(front[1]))%31 == 0 {
		if framed, err := zlib.NewReader(b); err == nil {
			return framed
		}
	}
	return flate.NewReader(b)
}
