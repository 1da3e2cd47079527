package proxy

import (
	"context"
	"io"
	"net/http"
	"time"
)

// withIdleTimeout limits how long the client may take to send or receive each piece of
// a body. A limit on the whole body would cut off long ones; without any limit a client
// could hold a connection forever. Call extend when the handler ends, because the server
// then sends the bytes that it still buffers.
//
// If the proxy stops, reading a body ends at once.
func (p *Proxy) withIdleTimeout(w http.ResponseWriter, body io.ReadCloser) (limited http.ResponseWriter, limitedBody io.ReadCloser, extend func()) {
	idle := p.options.IdleTimeout
	control := http.NewResponseController(w)
	stopReading := func() { _ = control.SetReadDeadline(time.Unix(1, 0)) } // only writers of tests do not support deadlines
	ended := func() bool { return true }
	if body != nil && body != http.NoBody {
		body = &timeoutBody{body, func() {
			if idle > 0 {
				_ = control.SetReadDeadline(time.Now().Add(idle)) // as above
			}
			if p.ctx.Err() != nil {
				stopReading()
			}
		}, false}
		ended = context.AfterFunc(p.ctx, stopReading)
	}
	if idle == 0 {
		return w, body, func() { ended() }
	}
	limit := func() { _ = control.SetWriteDeadline(time.Now().Add(idle)) } // as above
	return &timeoutWriter{w, limit}, body, func() {
		ended()
		limit()
	}
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
