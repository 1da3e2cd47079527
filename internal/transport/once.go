package transport

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Once changes a request, and its header, so that net/http sends it at most once.
// Without it net/http sends some requests again, below every RoundTripper. Over
// HTTP/1.1 it does so when a connection that was used before closes, if the request
// is safe or has an Idempotency-Key. Over HTTP/2 it does so after REFUSED_STREAM,
// PROTOCOL_ERROR and GOAWAY, whatever the request is, and after GOAWAY without end.
// It can only send a request again that has no body, or has GetBody. So Once gives
// every request a body, and takes GetBody away.
func Once(r *http.Request) {
	r.GetBody = nil
	if r.Body != nil && r.Body != http.NoBody {
		return
	}
	// net/http does not know how long this body is. Over HTTP/1.1 it would send it in
	// chunks; as identity it sends it without a length. The header has to give the
	// length then: net/http drops Content-Length from headers in that spelling only.
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader("")), -1
	r.TransferEncoding = []string{"identity"}
	if slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch}, r.Method) {
		r.Header["content-length"] = []string{"0"} // RFC 9110, section 8.6
	}
}

// plain takes net/http's advice to programmers out of an error: to set GetBody, so
// that it can send the request again.
func plain(err error) error {
	_, rest, ok := strings.Cut(err.Error(), "cannot retry err [")
	why, _, whole := strings.Cut(rest, "] after Request.Body was written")
	if !ok || !whole {
		return err
	}
	return errors.New(why)
}
