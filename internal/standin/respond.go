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

// pause is the time between two parts of an endless response.
const pause = 50 * time.Millisecond

// respond writes the response to a request, or fails in place of it.
func (s *Server) respond(c net.Conn, r contract.Request, failure contract.Failure) {
	switch failure {
	case contract.ResetBefore, contract.ResetAfter:
		reset(c)
	case contract.TimeOut:
		s.waitForEnd(c)
	case contract.Endless:
		s.respondEndlessly(c)
	case contract.CutResponse:
		a := s.options.Respond(s.ctx, r)
		raw := head(a, len(a.Bytes()))
		_, _ = c.Write(append(raw, a.Bytes()[:len(a.Bytes())/2]...)) // the client may have gone
		reset(c)
	case contract.Status500, contract.Status502, contract.Status503, contract.Status429:
		write(c, page(failure))
	case contract.Redirect301, contract.Redirect302, contract.Redirect307, contract.Redirect308:
		s.redirect(c, r, failure)
	default:
		write(c, s.options.Respond(s.ctx, r))
	}
}

// write writes a whole response. The client may have gone.
func write(c net.Conn, a contract.Response) {
	_, _ = c.Write(append(head(a, len(a.Bytes())), a.Bytes()...))
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
	h.Set("Content-Length", strconv.Itoa(length))
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

// waitForEnd waits until the client goes or the server is closed.
func (s *Server) waitForEnd(c net.Conn) {
	_, _ = io.Copy(io.Discard, c) // ends with the connection
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
	write(c, contract.Response{Status: status, Header: http.Header{"Location": {base + r.URL.EscapedPath()}}})
}

// other returns the base URL of the other host, and starts its server on the first call. It
// has the same port over IPv4 and, if there is one, IPv6.
func (s *Server) other() (string, error) {
	s.mu.Lock()
	base := s.elsewhere
	s.mu.Unlock()
	if base != "" {
		return base, nil
	}
	four, err := listen("127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(four.Addr().String())
	if err != nil {
		return "", err
	}
	base = "http://localhost:" + port
	s.mu.Lock()
	s.elsewhere = base
	s.mu.Unlock()
	s.listen(four, s.serveElsewhere)
	if six, err := listen("[::1]:" + port); err == nil {
		s.listen(six, s.serveElsewhere)
	}
	return base, nil
}
