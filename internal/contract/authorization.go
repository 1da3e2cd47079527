package contract

import "net/http"

// Basic reads user and password of the first Authorization header, which has the
// scheme Basic, RFC 7617 section 2. It is read as net/http does. ok is false where the
// header holds no such pair.
func Basic(h http.Header) (user, password string, ok bool) {
	r := http.Request{Header: h}
	return r.BasicAuth()
}
