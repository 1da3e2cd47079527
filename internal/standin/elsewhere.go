package standin

import (
	"bufio"
	"net"
	"net/url"
)

// serveElsewhere keeps a request that followed a redirect, and gives it the response that
// it would have got here.
func (s *Server) serveElsewhere(c net.Conn) {
	head, err := readHeader(c, bufio.NewReader(c))
	if err != nil {
		return
	}
	r := s.frozen(head, readBody(c, head))
	here := *r.URL
	if base, err := url.Parse("http://" + head.Host); err == nil {
		r.URL.Scheme, r.URL.Host = base.Scheme, base.Host
	}
	s.keep(&s.followed, r)
	asked := r
	asked.URL = &here
	write(c, s.options.Respond(s.ctx, asked))
}
