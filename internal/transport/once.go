package transport

import (
	"io"
	"net/http"
	"slices"
	"strings"
)

// Once changes a request and its header so that net/http sends it at most once.
//
// net/http retries some requests below every RoundTripper. Over HTTP/1.1 it retries
// when a reused connection closes, if the method is safe or the request has an
// Idempotency-Key. Over HTTP/2 it retries any request after REFUSED_STREAM,
// PROTOCOL_ERROR and GOAWAY, after GOAWAY without limit. It can only retry a request
// that has no body or has GetBody. So Once gives every request a body and removes
// GetBody.
func Once(r *http.Request) {
	r.GetBody = nil
	if r.Body != nil && r.Body != http.NoBody {
		return
	}
	// net/http does not know the length of this body. Over HTTP/1.1 it would send
	// chunks; with identity it sends no length. The header then has to carry the
	// length, in lower case: net/http removes Content-Length in its usual spelling.
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader("")), -1
	r.TransferEncoding = []string{"identity"}
	if slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch}, r.Method) {
		r.Header["content-length"] = []string{"0"} // RFC 9110, section 8.6
	}
}
