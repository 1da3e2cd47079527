// Package outage is a test server on loopback that loses responses. It reads whole requests
// and then fails in the ways after which net/http would send a request again.
//
// The server uses connections and HTTP/2 frames, not net/http's server, so that it counts
// every request that a client sends, not only those that reach a handler.
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
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Fault is a way to lose a response.
type Fault string

// The faults that most tests name. Each needs its protocol; HTTP/2 is served over TLS.
const (
	Close  Fault = "HTTP/1.1, the connection closes"
	Drop   Fault = "HTTP/2, the connection closes"
	GoAway Fault = "HTTP/2, GOAWAY"                     // says that no stream was processed: RFC 9113, section 6.8
	Refuse Fault = "HTTP/2, REFUSED_STREAM"             // RFC 9113, section 8.7
	Reset  Fault = "HTTP/2, RST_STREAM, PROTOCOL_ERROR" // net/http tries again after it
)

// Faults lists all faults before the header of a response.
func Faults() []Fault {
	all := []Fault{Close, Drop, GoAway, Refuse, Reset}
	for _, l := range losses() {
		if !l.cut {
			all = append(all, l.fault)
		}
	}
	return all
}

// Cuts lists the faults that come after the header of a response.
func Cuts() []Fault {
	var all []Fault
	for _, l := range losses() {
		if l.cut {
			all = append(all, l.fault)
		}
	}
	return all
}

// Server is a server that loses responses.
type Server struct {
	URL string

	loss     loss
	lost     func(n int) bool
	listener net.Listener
	root     *x509.Certificate // nil with plain HTTP

	mu       sync.Mutex
	requests int
	open     map[net.Conn]bool
	done     sync.WaitGroup
}

// New starts a server that stops at the end of the test. It loses the response to the nth
// request, counted from 1, if lost(n) is true, and else responds with 200 and {}. It always
// responds to OPTIONS and never counts it: live runs use it to detect a sandbox.
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
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listening does not wait
	if err != nil {
		return nil, err
	}
	s := &Server{loss: lossOf(f), lost: lost, listener: listener, URL: "http://" + listener.Addr().String(), open: map[net.Conn]bool{}}
	serve := s.http1
	if !strings.HasPrefix(string(f), "HTTP/1.1,") {
		certified := httptest.NewTLSServer(nil) // only for its certificate
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

// Stop closes every connection and waits until all are closed.
func (s *Server) Stop() {
	_ = s.listener.Close() // it stops anyway
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close() // as above
	}
	s.open = nil
	s.mu.Unlock()
	s.done.Wait()
}

// Roots returns the certificates that verify the server, nil with plain HTTP.
func (s *Server) Roots() *x509.CertPool {
	if s.root == nil {
		return nil
	}
	roots := x509.NewCertPool()
	roots.AddCert(s.root)
	return roots
}

// PEM returns the server's certificate in PEM, nil with plain HTTP.
func (s *Server) PEM() []byte {
	if s.root == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.root.Raw})
}

// Requests returns the number of requests received, without OPTIONS.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// count counts a request and reports whether to lose its response.
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
	defer func() { _ = c.Close() }() // the connection has ended
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
		if lost && s.loss.early {
			s.loss.http1(c)
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		if lost {
			s.loss.http1(c)
			return
		}
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
			return
		}
	}
}

// http2 implements as much of RFC 9113 as net/http's client needs.
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
			if lost[got.StreamID] && s.loss.early && !ended {
				err = s.loss.http2(f, got.StreamID)
			}
		case *http2.DataFrame:
			ended = got.StreamEnded() && (!lost[got.StreamID] || !s.loss.early) // else it was lost before
		}
		if ended {
			err = s.end(f, frame.Header().StreamID, lost[frame.Header().StreamID])
		}
		if err != nil {
			return
		}
	}
}

// end responds to a complete request, or loses the response.
func (s *Server) end(f *http2.Framer, stream uint32, lost bool) error {
	if !lost {
		return response(f, stream)
	}
	return s.loss.http2(f, stream)
}

func response(f *http2.Framer, stream uint32) error {
	if err := header(f, stream); err != nil {
		return err
	}
	return f.WriteData(stream, true, []byte("{}"))
}

// header writes the header of a response.
func header(f *http2.Framer, stream uint32) error {
	var head bytes.Buffer
	e := hpack.NewEncoder(&head)
	for _, field := range []hpack.HeaderField{{Name: ":status", Value: "200"}, {Name: "content-type", Value: "application/json"}} {
		if err := e.WriteField(field); err != nil {
			return err
		}
	}
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: head.Bytes(), EndHeaders: true})
}
