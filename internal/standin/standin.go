// Package standin stands in for a provider during one call of a client under test. It
// listens on a free port of the loopback interface, gives the responses that its options
// say, or fails in a chosen way, and keeps every request that arrives.
//
// It writes its responses itself, byte for byte: a server of net/http would correct what a
// client has to survive, such as a body with HTTP 204.
package standin

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"assay/internal/contract"
)

const (
	maxBody    = 10 << 20         // bytes of a request that are kept
	maxArrived = 1000             // requests that are kept
	headerTime = 10 * time.Second // for the header of a request
)

// Options say what a server does.
type Options struct {
	// Respond gives the response to a request, or what goes wrong in place of it. It is called
	// from several goroutines. The body of the request is empty if fails is true for it.
	Respond func(ctx context.Context, r contract.Request) contract.Response
	// Fails returns what goes wrong after the header of a request was read; nil: nothing does.
	Fails func(r contract.Request) contract.Failure
	// Certificate makes the server speak TLS; nil: it speaks plain HTTP.
	Certificate *tls.Certificate
}

// Server is a server for one call.
type Server struct {
	URL     string // the base URL, such as http://127.0.0.1:4711
	options Options
	ctx     context.Context
	cancel  context.CancelFunc
	serving sync.WaitGroup

	mu        sync.Mutex
	listeners []net.Listener
	conns     map[net.Conn]bool // nil: the server is closed
	elsewhere string            // the base URL of the other host, once it is needed
	arrived   []contract.Request
	followed  []contract.Request // what arrived at the other host
}

// Start starts a server. Stop it with Close.
func Start(o Options) (*Server, error) {
	s := &Server{options: o, conns: map[net.Conn]bool{}}
	l, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.URL = "http://" + l.Addr().String()
	if o.Certificate != nil {
		s.URL = "https://" + l.Addr().String()
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*o.Certificate}, MinVersion: tls.VersionTLS12})
	}
	s.listen(l, s.serve)
	return s, nil
}

func listen(address string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(context.Background(), "tcp", address)
}

// Close ends all connections and returns what arrived: at the server itself, and at the
// other host of a redirect. Both are in the order of arrival.
func (s *Server) Close() (arrived, elsewhere []contract.Request) {
	s.cancel()
	s.mu.Lock()
	for _, l := range s.listeners {
		_ = l.Close() // nothing can be done about it
	}
	for c := range s.conns {
		_ = c.Close()
	}
	s.conns = nil
	s.mu.Unlock()
	s.serving.Wait()
	return s.arrived, s.followed
}

// Arrived returns how many requests have arrived at the server itself.
func (s *Server) Arrived() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.arrived)
}

// listen accepts connections until the server is closed.
func (s *Server) listen(l net.Listener, serve func(net.Conn)) {
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	s.mu.Unlock()
	s.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if !s.hold(c) {
				return
			}
			s.serving.Go(func() {
				defer s.release(c)
				serve(c)
			})
		}
	})
}

// hold notes a connection, so that Close can end it. It reports false, and closes the
// connection, if the server is closed.
func (s *Server) hold(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		_ = c.Close()
		return false
	}
	s.conns[c] = true
	return true
}

func (s *Server) release(c net.Conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	_ = c.Close() // the client may have closed it
}

// serve reads one request of a connection and responds.
func (s *Server) serve(c net.Conn) {
	in := bufio.NewReader(c)
	head, err := readHeader(c, in)
	if err != nil {
		return
	}
	r := s.frozen(head, nil)
	failure := contract.NoFailure
	if s.options.Fails != nil {
		failure = s.options.Fails(r)
	}
	if failure != contract.ResetBefore {
		r.Body = readBody(c, head)
	}
	s.keep(&s.arrived, r)
	s.respond(c, r, failure)
}

// readHeader reads the header of a request.
func readHeader(c net.Conn, in *bufio.Reader) (*http.Request, error) {
	_ = c.SetReadDeadline(time.Now().Add(headerTime)) // an error comes again when it reads
	defer func() { _ = c.SetReadDeadline(time.Time{}) }()
	return http.ReadRequest(in)
}

// readBody reads the body of a request, as far as it comes.
func readBody(c net.Conn, head *http.Request) []byte {
	if strings.EqualFold(head.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil
		}
	}
	body, _ := io.ReadAll(io.LimitReader(head.Body, maxBody)) // what came is judged
	return body
}

// frozen returns a request as it arrived.
func (s *Server) frozen(head *http.Request, body []byte) contract.Request {
	u := *head.URL
	if base, err := url.Parse(s.URL); err == nil {
		u.Scheme, u.Host = base.Scheme, base.Host
	}
	return contract.Request{Method: head.Method, URL: &u, Header: head.Header, Body: body}
}

func (s *Server) keep(where *[]contract.Request, r contract.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(*where) < maxArrived {
		*where = append(*where, r)
	}
}
