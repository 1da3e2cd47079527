package traffic

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// headers collects headers under their canonical names, in few allocations.
type headers struct {
	all    http.Header
	values []string
}

// add adds a value behind those that the header has.
func (h *headers) add(name, value string) {
	if strings.HasPrefix(name, ":") {
		return // HTTP/2's pseudo-headers, RFC 9113 section 8.3, are none
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
		h.values = make([]string, 0, 16) // what has the old one keeps it
	}
	h.values = append(h.values, value)
	n := len(h.values)
	h.all[name] = h.values[n-1 : n : n]
}

// lines adds each line of a value: browsers join what was sent in several.
func (h *headers) lines(name, value string) {
	if !strings.Contains(value, "\n") {
		h.add(name, value)
		return
	}
	for line := range strings.SplitSeq(value, "\n") {
		h.add(name, strings.TrimSuffix(line, "\r"))
	}
}

// header gives them, and never nil.
func (h *headers) header() http.Header {
	if h.all == nil {
		return http.Header{}
	}
	return h.all
}

// unpacked drops the headers that speak of the bytes on the wire, where a
// body stands as it was before compression and chunking.
func unpacked(h http.Header) {
	for _, name := range []string{"Content-Encoding", "Content-Length", "Transfer-Encoding"} {
		delete(h, name)
	}
}

// sortedNames gives the names of headers in order.
func sortedNames(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }
