package wire

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Once changes a request, its header too, so that net/http sends it at most
// once. Below every RoundTripper it sends a request again: over HTTP/1.1 if a
// connection that was used before closes and the request is safe or has an
// Idempotency-Key, over HTTP/2 whatever the request is, after GOAWAY even without
// end. It does so only with a request that has no body, or whose GetBody gives
// the body anew. After Once a request has a body, and no GetBody.
func Once(r *http.Request) {
	r.GetBody = nil
	if r.Body != nil && r.Body != http.NoBody {
		return
	}
	// net/http does not know how long this body is. Over HTTP/1.1 it would send it
	// in chunks. As it is it sends no length either, and drops Content-Length from
	// the header, but looks for it in that spelling only.
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader("")), -1
	r.TransferEncoding = []string{"identity"}
	if slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch}, r.Method) {
		r.Header["content-length"] = []string{"0"} // RFC 9110, section 8.6
	}
}

// plain takes net/http's advice to programmers, to let it send the body again,
// out of an error.
func plain(err error) error {
	_, rest, ok := strings.Cut(err.Error(), "cannot retry err [")
	why, _, whole := strings.Cut(rest, "] after Request.Body was written")
	if !ok || !whole {
		return err
	}
	return errors.New(why)
}
