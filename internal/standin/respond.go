package standin

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"assay/internal/contract"
)

// closeTime is how long a client may take to close the connection after a response.
const closeTime = 50 * time.Millisecond

// pause is the time between two parts of an endless response.
const pause = 50 * time.Millisecond

// respond writes the response to a request, or fails in place of it.
func (s *Server) respond(c net.Conn, r contract.Request, failure contract.Failure) {
	if s.options.Waits != nil && (failure == contract.TimeOut || failure == contract.Endless) {
		s.options.Waits()
	}
	switch failure {
	case contract.ResetBefore, contract.ResetAfter:
		reset(c)
	case contract.TimeOut:
		<-s.ctx.Done() // a client that closes its side only may still wait
	case contract.Endless:
		s.respondEndlessly(c)
	case contract.CutResponse:
		_, _ = c.Write(half(r.Method, s.options.Respond(s.ctx, r))) // the client may have gone
	case contract.Status500, contract.Status502, contract.Status503, contract.Status429:
		write(c, r.Method, page(failure))
	case contract.Redirect301, contract.Redirect302, contract.Redirect307, contract.Redirect308:
		s.redirect(c, r, failure)
	default:
		write(c, r.Method, s.options.Respond(s.ctx, r))
	}
}

// write writes a whole response to a request with this method, and gives the client time to
// close the connection. The client may have gone.
//
// Whoever closes first keeps the port for a minute, unless a reset follows. With thousands of
// ports in this state, the system looks for a free one longer than all the rest of a call
// takes. So the client goes first, unless it waits for the end of the connection.
func write(c net.Conn, method string, a contract.Response) {
	if _, err := c.Write(append(head(a, len(a.Bytes())), body(method, a)...)); err != nil {
		return
	}
	_ = c.SetReadDeadline(time.Now().Add(closeTime))  // an error comes again when it reads
	if _, err := io.Copy(io.Discard, c); err == nil { // the client has closed it
		reset(c)
	}
}

// body returns the body of a response. A response to HEAD has none.
func body(method string, a contract.Response) []byte {
	if method == http.MethodHead {
		return nil
	}
	return a.Bytes()
}

// bodyless reports whether HTTP knows no body with a status, and so no length of one: RFC 9110,
// section 8.6.
func bodyless(status int) bool {
	return status < http.StatusOK || status == http.StatusNoContent || status == http.StatusNotModified
}

// half returns the first half of a response: the header and half of the body. Of a response
// without one it returns half of the status line: a client that has the whole line may know
// all that there is to know.
func half(method string, a contract.Response) []byte {
	h, b := head(a, len(a.Bytes())), body(method, a)
	if len(b) == 0 {
		return h[:len("HTTP/1.1 2")]
	}
	return append(h, b[:len(b)/2]...)
}

// head returns the status line and the header of a response. Its length is that of the body
// that follows; the codings and the connection are those of this server.
func head(a contract.Response, length int) []byte {
	h := a.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	for _, name := range []string{"Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Trailer", "Upgrade"} {
		h.Del(name)
	}
	if length > 0 || !bodyless(a.Status) {
		h.Set("Content-Length", strconv.Itoa(length))
	}
	h.Set("Connection", "close")
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	_ = h.Write(&b) // a buffer has no errors
	b.WriteString("\r\n")
	return b.Bytes()
}

// page is what a gateway in front of a provider responds.
func page(f contract.Failure) contract.Response {
	status, _ := strconv.Atoi(strings.TrimPrefix(string(f), "status-"))
	h := http.Header{"Content-Type": {"text/html"}}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	return contract.Response{Status: status, Header: h, Body: []byte("<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n")}
}

// reset closes a connection with a TCP reset.
func reset(c net.Conn) {
	if under, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = under.NetConn()
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it, closing is no reset; there is nothing else to try
	}
	_ = c.Close()
}

// respondEndlessly writes a response whose body never ends.
func (s *Server) respondEndlessly(c net.Conn) {
	_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{ \r\n")
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for err == nil {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
			_, err = io.WriteString(c, "1\r\n \r\n")
		}
	}
}

// redirect sends the client to another host: to localhost, where a second server listens.
func (s *Server) redirect(c net.Conn, r contract.Request, failure contract.Failure) {
	base, err := s.other()
	if err != nil {
		return
	}
	status, _ := strconv.Atoi(strings.TrimPrefix(string(failure), "redirect-"))
	write(c, r.Method, contract.Response{Status: status, Header: http.Header{"Location": {base + r.URL.RequestURI()}}})
}
