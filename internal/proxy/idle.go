package proxy

import (
	"io"
	"net/http"
	"time"
)

// withIdleTimeout limits how long the client may take to send or receive each piece of
// a body. A limit on the whole body would cut off long ones; without any limit a client
// could hold a connection forever. Call extend when the handler ends, because the server
// then sends the bytes that it still buffers.
func (p *Proxy) withIdleTimeout(w http.ResponseWriter, body io.ReadCloser) (limited http.ResponseWriter, limitedBody io.ReadCloser, extend func()) {
	idle := p.options.IdleTimeout
	if idle == 0 {
		return w, body, func() {}
	}
	control := http.NewResponseController(w)
	limit := func() { _ = control.SetWriteDeadline(time.Now().Add(idle)) } // only writers of tests do not support deadlines
	if body != nil && body != http.NoBody {
		body = &timeoutBody{body, func() { _ = control.SetReadDeadline(time.Now().Add(idle)) }, false}
	}
	return &timeoutWriter{w, limit}, body, limit
}

type timeoutWriter struct {
	http.ResponseWriter
	limit func()
}

func (w *timeoutWriter) Write(b []byte) (int, error) {
	w.limit()
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the server's writer.
func (w *timeoutWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type timeoutBody struct {
	io.ReadCloser
	limit func()
	atEnd bool
}

// Read sets no deadline after the end of the body. The server then reads from the
// connection to notice that the client hangs up, and a deadline would look like that.
func (b *timeoutBody) Read(raw []byte) (int, error) {
	if !b.atEnd {
		b.limit()
	}
	n, err := b.ReadCloser.Read(raw)
	b.atEnd = b.atEnd || err != nil
	return n, err
}
