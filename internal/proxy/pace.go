package proxy

import (
	"io"
	"net/http"
	"time"
)

// paced gives every piece of a body only so long to come from the client or to
// be taken by it: a limit on the whole would cut long bodies off, and none
// would let a client hold a connection for ever. settle is for the end of the
// handler, when the server sends what it still holds.
func (p *Proxy) paced(w http.ResponseWriter, body io.ReadCloser) (paced http.ResponseWriter, again io.ReadCloser, settle func()) {
	idle := p.options.Idle
	if idle == 0 {
		return w, body, func() {}
	}
	control := http.NewResponseController(w)
	limit := func() { _ = control.SetWriteDeadline(time.Now().Add(idle)) } // a writer that has none is a test's
	if body != nil && body != http.NoBody {
		body = &pacedBody{body, func() { _ = control.SetReadDeadline(time.Now().Add(idle)) }, false}
	}
	return &pacedWriter{w, limit}, body, limit
}

type pacedWriter struct {
	http.ResponseWriter
	limit func()
}

func (w *pacedWriter) Write(b []byte) (int, error) {
	w.limit()
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type pacedBody struct {
	io.ReadCloser
	limit func()
	ended bool
}

// Read sets no limit behind the end: from there on the server reads on its own
// to see whether the client hangs up, and a limit would look as if it had.
func (b *pacedBody) Read(raw []byte) (int, error) {
	if !b.ended {
		b.limit()
	}
	n, err := b.ReadCloser.Read(raw)
	b.ended = b.ended || err != nil
	return n, err
}
