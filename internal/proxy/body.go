package proxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"

	"assay/internal/budget"
	"assay/internal/contentcoding"
	"assay/internal/contract"
)

// readBody reads a body up to a limit, and returns a copy that reads the same. length
// is its Content-Length, or -1 if unknown. For a body above the limit the error is
// TooLarge; readBody then stops one byte behind the limit. If the share has no memory
// left, the error is MemoryFull. If reading fails, the copy fails at the same byte with
// the same error.
func readBody(share *budget.Share, body io.ReadCloser, length, limit int64) (raw []byte, unread io.ReadCloser, err error) {
	if body == nil || body == http.NoBody {
		return nil, body, nil
	}
	if length > limit {
		return nil, body, TooLarge
	}
	raw, err = share.ReadAll(io.LimitReader(body, limit+1), length)
	switch {
	case errors.Is(err, budget.ErrFull):
		return nil, prefixedBody{io.MultiReader(bytes.NewReader(raw), body), body}, MemoryFull
	case err != nil:
		return raw, prefixedBody{io.MultiReader(bytes.NewReader(raw), errorReader{err}), body}, err
	case int64(len(raw)) > limit:
		return nil, prefixedBody{io.MultiReader(bytes.NewReader(raw), body), body}, TooLarge
	}
	return raw, prefixedBody{bytes.NewReader(raw), body}, nil
}

// prefixedBody is a body with the bytes that readBody read put back in front.
type prefixedBody struct {
	io.Reader
	io.Closer
}

// errorReader fails every read.
type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// decodeBodies decodes the content coding of both bodies. The error is a Reason: it does not
// know the coding, there are too many, or a decoded body has more than limit bytes. A body that does not match its Content-Encoding stays as it is and is judged so,
// because a client could not decode it either.
func decodeBodies(ex contract.Exchange, limit int64) (contract.Exchange, error) {
	var err error
	ex.Request.Header, ex.Request.Body, err = decodeBody(ex.Request.Header, ex.Request.Body, limit)
	switch {
	case errors.Is(err, UnknownEncoding):
		return ex, RequestEncoding
	case err != nil:
		return ex, err
	}
	ex.Response.Header, ex.Response.Body, err = decodeBody(ex.Response.Header, ex.Response.Body, limit)
	return ex, err
}

// grown returns the number of bytes that decoding has added to an exchange.
func grown(raw, decoded contract.Exchange) int {
	n := 0
	for _, body := range [][2][]byte{{raw.Request.Body, decoded.Request.Body}, {raw.Response.Body, decoded.Response.Body}} {
		if len(body[1]) > 0 && &body[0][0] != &body[1][0] {
			n += cap(body[1])
		}
	}
	return n
}

func decodeBody(header http.Header, body []byte, limit int64) (http.Header, []byte, error) {
	if len(contentcoding.Of(header)) == 0 || len(body) == 0 {
		return header, body, nil
	}
	decoded, err := contentcoding.Decode(header, body, int(limit))
	switch {
	case errors.Is(err, contentcoding.ErrDamaged):
		return header, body, nil
	case errors.Is(err, contentcoding.ErrLarge):
		return header, body, TooLargeDecoded
	case errors.Is(err, contentcoding.ErrMany):
		return header, body, ManyEncodings
	case err != nil:
		return header, body, UnknownEncoding
	}
	header = header.Clone()
	header.Del("Content-Encoding")
	header.Del("Content-Length")
	return header, decoded, nil
}

// buffers reuses the buffers through which bodies are copied, because a buffer is
// larger than most exchanges.
type buffers struct{ free sync.Pool }

func (b *buffers) Get() []byte {
	if buffer, ok := b.free.Get().(*[32 << 10]byte); ok {
		return buffer[:]
	}
	return make([]byte, 32<<10)
}

func (b *buffers) Put(buffer []byte) { b.free.Put((*[32 << 10]byte)(buffer)) }
