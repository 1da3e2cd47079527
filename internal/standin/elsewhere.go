package standin

import (
	"errors"
	"net"
	"net/url"
	"syscall"
)

// attempts is how often a free port is looked for that is free over IPv6 too.
const attempts = 10

// startOther starts the other host, and returns its base URL. It has the same port over IPv4
// and, if there is one, IPv6: localhost can mean either.
func (s *Server) startOther() (base string, err error) {
	for range attempts {
		four, err := listen("127.0.0.1:0")
		if err != nil {
			return "", err
		}
		_, port, err := net.SplitHostPort(four.Addr().String())
		if err != nil {
			return "", err
		}
		six, err := listen("[::1]:" + port)
		if errors.Is(err, syscall.EADDRINUSE) {
			_ = four.Close() // whoever has the port over IPv6 would get the requests
			continue
		}
		s.listen(four, s.serveElsewhere)
		if err == nil {
			s.listen(six, s.serveElsewhere)
		}
		return "http://localhost:" + port, nil
	}
	return "", errors.New("standin: no port is free over IPv4 and IPv6")
}

// serveElsewhere keeps a request that followed a redirect, and gives it the response that
// it would have got here.
func (s *Server) serveElsewhere(c net.Conn) {
	q, err := readHeader(c)
	if err != nil {
		return
	}
	r := s.frozen(q.head, q.readBody(c))
	here := *r.URL
	if base, err := url.Parse("http://" + q.head.Host); err == nil {
		r.URL.Scheme, r.URL.Host = base.Scheme, base.Host
	}
	s.keep(&s.followed, r)
	asked := r
	asked.URL = &here
	write(c, r.Method, s.options.Respond(s.ctx, asked))
}
