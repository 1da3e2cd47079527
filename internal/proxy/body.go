package proxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"

	"assay/internal/contentcoding"
	"assay/internal/contract"
)

// held reads a body of a length (-1: nobody knows) up to a limit, and gives a
// body that reads the same. One beyond the limit is TooLarge, and is read no
// further than to know that; one that breaks off does so again where it did.
func held(body io.ReadCloser, length, most int64) (raw []byte, again io.ReadCloser, err error) {
	if body == nil || body == http.NoBody {
		return nil, body, nil
	}
	if length > most {
		return nil, body, TooLarge
	}
	raw, err = io.ReadAll(io.LimitReader(body, most+1))
	switch {
	case err != nil:
		return raw, rest{io.MultiReader(bytes.NewReader(raw), broken{err}), body}, err
	case int64(len(raw)) > most:
		return nil, rest{io.MultiReader(bytes.NewReader(raw), body), body}, TooLarge
	}
	return raw, rest{bytes.NewReader(raw), body}, nil
}

// rest is a body of which something has been read already.
type rest struct {
	io.Reader
	io.Closer
}

// broken reads as a body does that breaks off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// decoded is an exchange whose bodies are without their Content-Encoding. What
// is not of an encoding that is known, or larger than the limit without it, is an
// error; what only says that it is encoded stays as it is, since a client could
// not read it either.
func decoded(ex contract.Exchange, most int64) (contract.Exchange, error) {
	var err error
	if ex.Request.Header, ex.Request.Body, err = plain(ex.Request.Header, ex.Request.Body, most); err != nil {
		return ex, err
	}
	ex.Response.Header, ex.Response.Body, err = plain(ex.Response.Header, ex.Response.Body, most)
	return ex, err
}

func plain(header http.Header, body []byte, most int64) (http.Header, []byte, error) {
	if len(contentcoding.Of(header)) == 0 || len(body) == 0 {
		return header, body, nil
	}
	read, err := contentcoding.Decode(header, body, int(most))
	switch {
	case errors.Is(err, contentcoding.ErrDamaged):
		return header, body, nil // judged as it is
	case err != nil:
		return header, body, Encoded
	}
	header = header.Clone()
	header.Del("Content-Encoding")
	header.Del("Content-Length")
	return header, read, nil
}

// buffers are what bodies are copied through: used again, since one is larger than
// most exchanges.
type buffers struct{ free sync.Pool }

func (b *buffers) Get() []byte {
	if one, ok := b.free.Get().(*[32 << 10]byte); ok {
		return one[:]
	}
	return make([]byte, 32<<10)
}

func (b *buffers) Put(one []byte) { b.free.Put((*[32 << 10]byte)(one)) }
