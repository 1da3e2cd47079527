// Package outage is for tests: it serves HTTP on loopback, reads whole requests,
// and loses responses in the ways after which net/http would send a request again.
// It works below net/http on the server's side, so that it counts every request
// that left, and not only those that a handler would be given.
package outage

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Fault is how a response is lost.
type Fault string

// The faults. Each fixes the protocol: what is HTTP/2 goes over TLS.
const (
	Close  Fault = "HTTP/1.1, the connection closes"
	Drop   Fault = "HTTP/2, the connection closes"
	GoAway Fault = "HTTP/2, GOAWAY"                     // that no stream was processed: RFC 9113, section 6.8
	Refuse Fault = "HTTP/2, REFUSED_STREAM"             // RFC 9113, section 8.7
	Reset  Fault = "HTTP/2, RST_STREAM, PROTOCOL_ERROR" // taken by net/http for a reason to try again
)

// Faults lists them.
func Faults() []Fault { return []Fault{Close, Drop, GoAway, Refuse, Reset} }

// Server loses responses.
type Server struct {
	URL string

	fault    Fault
	lost     func(n int) bool
	listener net.Listener
	root     *x509.Certificate // nil: plain HTTP

	mu       sync.Mutex
	requests int
	open     map[net.Conn]bool
	done     sync.WaitGroup
}

// New serves until the test is over. It loses the responses to the requests for
// which lost is true, counted from 1, and responses others with 200 and {}. OPTIONS
// is always responded and never counted: live runs ask with it who serves on
// loopback.
func New(t testing.TB, f Fault, lost func(n int) bool) *Server {
	t.Helper()
	s, err := Start(f, lost)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Start is New without a test; Stop ends it.
func Start(f Fault, lost func(n int) bool) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is there at once
	if err != nil {
		return nil, err
	}
	s := &Server{fault: f, lost: lost, listener: listener, URL: "http://" + listener.Addr().String(), open: map[net.Conn]bool{}}
	serve := s.http1
	if f != Close {
		certified := httptest.NewTLSServer(nil) // for its certificate
		certified.Close()
		s.root, s.URL, serve = certified.Certificate(), "https://"+listener.Addr().String(), s.http2
		s.listener = tls.NewListener(listener, &tls.Config{Certificates: certified.TLS.Certificates, NextProtos: []string{http2.NextProtoTLS}, MinVersion: tls.VersionTLS12})
	}
	s.done.Go(func() {
		for {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.done.Go(func() { s.connection(c, serve) })
		}
	})
	return s, nil
}

// Stop ends every connection.
func (s *Server) Stop() {
	_ = s.listener.Close() // it only stops
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close() // as above
	}
	s.open = nil
	s.mu.Unlock()
	s.done.Wait()
}

// Roots verify the server; nil where it speaks plain HTTP.
func (s *Server) Roots() *x509.CertPool {
	if s.root == nil {
		return nil
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.root)
	return roots
}

// PEM is the certificate of Roots, for a file.
func (s *Server) PEM() []byte {
	if s.root == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.root.Raw})
}

// Reached is how many requests came, without OPTIONS.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// count takes a request down, and tells whether its response is to be lost.
func (s *Server) count(method string) (lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method == http.MethodOptions {
		return false
	}
	s.requests++
	return s.lost(s.requests)
}

func (s *Server) connection(c net.Conn, serve func(net.Conn)) {
	defer func() { _ = c.Close() }() // it is over
	s.mu.Lock()
	stopped := s.open == nil
	if !stopped {
		s.open[c] = true
	}
	s.mu.Unlock()
	if !stopped {
		serve(c)
	}
}

func (s *Server) http1(c net.Conn) {
	for from := bufio.NewReader(c); ; {
		r, err := http.ReadRequest(from)
		if err != nil {
			return
		}
		lost := s.count(r.Method)
		if _, err := io.Copy(io.Discard, r.Body); err != nil || lost {
			return
		}
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
			return
		}
	}
}

// http2 speaks as much of RFC 9113 as the client of net/http needs.
func (s *Server) http2(c net.Conn) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c, preface); err != nil {
		return
	}
	f := http2.NewFramer(c, c)
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if f.WriteSettings() != nil {
		return
	}
	lost := map[uint32]bool{} // by stream
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		ended := false
		switch got := frame.(type) {
		case *http2.SettingsFrame:
			if !got.IsAck() {
				err = f.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !got.IsAck() {
				err = f.WritePing(true, got.Data)
			}
		case *http2.MetaHeadersFrame:
			lost[got.StreamID], ended = s.count(got.PseudoValue("method")), got.StreamEnded()
		case *http2.DataFrame:
			ended = got.StreamEnded()
		}
		if ended {
			err = s.end(f, frame.Header().StreamID, lost[frame.Header().StreamID])
		}
		if err != nil {
			return
		}
	}
}

// end responses a stream whose request is whole, or loses the response.
func (s *Server) end(f *http2.Framer, stream uint32, lost bool) error {
	switch {
	case !lost:
		return response(f, stream)
	case s.fault == GoAway:
		return f.WriteGoAway(0, http2.ErrCodeNo, nil)
	case s.fault == Refuse:
		return f.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
	case s.fault == Reset:
		return f.WriteRSTStream(stream, http2.ErrCodeProtocol)
	}
	return io.EOF
}

func response(f *http2.Framer, stream uint32) error {
	var head bytes.Buffer
	e := hpack.NewEncoder(&head)
	for _, field := range []hpack.HeaderField{{Name: ":status", Value: "200"}, {Name: "content-type", Value: "application/json"}} {
		if err := e.WriteField(field); err != nil {
			return err
		}
	}
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: head.Bytes(), EndHeaders: true}); err != nil {
		return err
	}
	return f.WriteData(stream, true, []byte("{}"))
}
