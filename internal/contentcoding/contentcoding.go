// Package contentcoding decodes the content codings gzip, deflate, br and zstd (RFC
// 9110 section 8.4.1, RFC 7932, RFC 8878). It bounds the decoded size and the memory
// for zstd windows. No error quotes a body.
package contentcoding

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The errors of Decode. Their texts quote nothing of a body.
var (
	ErrUnknown = errors.New("the Content-Encoding is not one of gzip, deflate, br, zstd")
	ErrDamaged = errors.New("the body cannot be decoded as its Content-Encoding says")
	ErrLarge   = errors.New("the decoded body is too large")
	ErrMany    = errors.New("the Content-Encoding lists more than 4 codings")
)

// Most is the largest number of codings of a body, identity included. Senders use one; each
// further one only multiplies the work.
const Most = 4

// Check returns ErrMany if a header lists more than Most codings.
func Check(header http.Header) error {
	if values, there := header["Content-Encoding"]; !there || len(values) == 1 && len(values[0]) <= Most {
		return nil
	}
	if len(Of(header)) > Most {
		return ErrMany
	}
	return nil
}

// Window is the largest zstd window in bytes, the limit of RFC 9659 for content
// codings.
const Window = 8 << 20

// Of lists the codings of Content-Encoding in lower case, in the order in which they
// were applied.
func Of(header http.Header) []string {
	return strings.FieldsFunc(strings.ToLower(strings.Join(header.Values("Content-Encoding"), ",")), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// applied returns the codings without identity, which changes nothing.
func applied(all []string) []string {
	return slices.DeleteFunc(all, func(coding string) bool { return coding == "identity" })
}

// Decode removes the codings that the header names. The error is ErrUnknown, ErrDamaged,
// ErrMany, or ErrLarge if the result of any step has more than most bytes.
func Decode(header http.Header, body []byte, most int) ([]byte, error) {
	all := Of(header)
	if len(body) == 0 {
		return body, nil
	}
	if len(all) > Most {
		return nil, ErrMany
	}
	all = applied(all)
	for i := len(all) - 1; i >= 0; i-- { // the last coding was applied last
		reader, err := NewReader(all[i], bytes.NewReader(body), Window)
		if errors.Is(err, ErrUnknown) {
			return nil, err
		}
		if err != nil {
			return nil, ErrDamaged
		}
		body, err = io.ReadAll(io.LimitReader(reader, int64(most)+1))
		_ = reader.Close() // it reads from memory
		switch {
		case err != nil:
			return nil, ErrDamaged
		case len(body) > most:
			return nil, ErrLarge
		}
	}
	return body, nil
}

// DecodeRecorded decodes the body of a recording if it is still coded: most recorders
// decode the body and keep the header. gzip and zstd are recognised by their first
// bytes. br and deflate have no such bytes: a body counts as coded if it is not text
// and can be decoded. coded says whether it was.
func DecodeRecorded(header http.Header, body []byte, most int) (plain []byte, coded bool, err error) {
	all := Of(header)
	if len(all) == 0 || len(body) == 0 {
		return body, false, nil
	}
	if len(all) > Most {
		return nil, false, ErrMany
	}
	if all = applied(all); len(all) == 0 {
		return body, false, nil
	}
	switch all[len(all)-1] {
	case "gzip", "x-gzip":
		coded = Gzip(body)
	case "zstd":
		coded = Zstd(body)
	case "br", "deflate":
		if text(body) {
			return body, false, nil
		}
		if plain, err = Decode(header, body, most); errors.Is(err, ErrDamaged) {
			return body, false, nil
		}
		return plain, true, err
	}
	if !coded {
		return body, false, nil
	}
	plain, err = Decode(header, body, most)
	return plain, true, err
}

// Gzip reports whether data begins like gzip, RFC 1952 section 2.3.1.
func Gzip(front []byte) bool { return bytes.HasPrefix(front, []byte{0x1f, 0x8b}) }

// Zstd reports whether data begins like zstd, with a frame or a skippable frame, RFC
// 8878 section 3.1.
func Zstd(front []byte) bool {
	return bytes.HasPrefix(front, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(front) >= 4 && front[0]&0xf0 == 0x50 && bytes.Equal(front[1:4], []byte{0x2a, 0x4d, 0x18})
}

// zlibFile reports whether a file begins like zlib, RFC 1950 section 2.2, as mitmproxy
// writes .zhar files. A level that could also begin a text does not count.
func zlibFile(front []byte) bool {
	return len(front) >= 2 && front[0] == 0x78 && (front[1] == 0x01 || front[1] == 0x9c || front[1] == 0xda)
}

// Unpack decodes a file that begins like gzip, zstd or zlib, and passes any other through.
// name is the coding, "" for none. window is the largest zstd window in bytes.
func Unpack(from io.Reader, window uint64) (plain io.ReadCloser, name string, err error) {
	b := bufio.NewReaderSize(from, 64<<10)
	magic, _ := b.Peek(4) // the next read returns the same error
	switch {
	case Gzip(magic):
		name = "gzip"
	case Zstd(magic):
		name = "zstd"
	case zlibFile(magic):
		name = "deflate"
	default:
		return io.NopCloser(b), "", nil
	}
	plain, err = NewReader(name, b, window)
	return plain, name, err
}

// text reports whether a body is readable text, which a coded body is not.
func text(body []byte) bool {
	return utf8.Valid(body) && !bytes.ContainsFunc(body, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' })
}

// NewReader decodes one coding. window is the largest zstd window in bytes. The error
// is ErrUnknown for a coding that is not supported.
func NewReader(coding string, from io.Reader, window uint64) (io.ReadCloser, error) {
	switch coding {
	case "identity":
		return io.NopCloser(from), nil
	case "gzip", "x-gzip":
		return gzip.NewReader(from)
	case "deflate":
		return inflate(from), nil
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

// inflate decodes deflate, with or without the zlib frame that some senders leave out.
// The first two bytes show which it is, RFC 1950 section 2.2.
func inflate(from io.Reader) io.ReadCloser {
	b := bufio.NewReader(from)
	if front, _ := b.Peek(2); len(front) == 2 && front[0]&0x0f == 8 && (int(front[0])<<8|int(front[1]))%31 == 0 {
		if framed, err := zlib.NewReader(b); err == nil {
			return framed
		}
	}
	return flate.NewReader(b)
}
