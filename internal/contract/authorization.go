package contract

import "net/http"

// Basic returns user and password from the first Authorization header if its scheme is
// Basic (RFC 7617 section 2). ok is false if it is not. The header is parsed as
// net/http does.
func Basic(h http.Header) (user, password string, ok bool) {
	if len(h["Authorization"]) == 0 {
		return "", "", false
	}
	r := http.Request{Header: h}
	return r.BasicAuth()
}
