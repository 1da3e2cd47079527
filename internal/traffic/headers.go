package traffic

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// headers collects headers under their canonical names with few allocations.
type headers struct {
	all    http.Header
	values []string
}

// add adds a value to a header.
func (h *headers) add(name, value string) {
	if strings.HasPrefix(name, ":") {
		return // skips the pseudo-headers of HTTP/2, RFC 9113 section 8.3
	}
	if h.all == nil {
		h.all = make(http.Header, 8)
	}
	name = http.CanonicalHeaderKey(name)
	if before, there := h.all[name]; there {
		h.all[name] = append(before, value)
		return
	}
	if len(h.values) == cap(h.values) {
		h.values = make([]string, 0, 16) // headers that use the old slice keep it
	}
	h.values = append(h.values, value)
	n := len(h.values)
	h.all[name] = h.values[n-1 : n : n]
}

// lines adds each line of a value: browsers join repeated headers with newlines.
func (h *headers) lines(name, value string) {
	if !strings.Contains(value, "\n") {
		h.add(name, value)
		return
	}
	for line := range strings.SplitSeq(value, "\n") {
		h.add(name, strings.TrimSuffix(line, "\r"))
	}
}

// header returns the headers, never nil.
func (h *headers) header() http.Header {
	if h.all == nil {
		return http.Header{}
	}
	return h.all
}

// unpacked removes the headers that describe the transfer if the body has been decoded.
func unpacked(h http.Header) {
	for _, name := range []string{"Content-Encoding", "Content-Length", "Transfer-Encoding"} {
		delete(h, name)
	}
}

// sortedNames returns the names of headers in alphabetical order.
func sortedNames(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }
