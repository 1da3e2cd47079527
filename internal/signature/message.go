package signature

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
)

// message is the signed side of an exchange, and where its signature stands.
type message struct {
	*openapi.Signature
	ex *contract.Exchange
	// member returns the bytes of a member of the signed body; nil: it is searched.
	member func(pointer contract.Pointer) (raw []byte, present, isJSON bool)
}

// mostCandidates is the number of signatures in one header that are verified.
const mostCandidates = 16

func (m *message) body() []byte {
	if m.Of == contract.InResponse {
		return m.ex.Response.Body
	}
	return m.ex.Request.Body
}

// bytes returns the body as it was sent.
func (m *message) bytes() []byte {
	if m.Of == contract.InResponse {
		return m.ex.Response.Bytes()
	}
	return m.ex.Request.Bytes()
}

// values returns what stands in a header or the query under a name.
func values(ex *contract.Exchange, place contract.Place) []string {
	switch kind, name := place.Named(); {
	case kind == "query" && ex.Request.URL != nil:
		return ex.Request.URL.Query()[name]
	case kind == "header" && place.Direction() == contract.InResponse:
		return ex.Response.Header.Values(name)
	case kind == "header":
		return ex.Request.Header.Values(name)
	}
	return nil
}

// candidates returns the signatures outside of the body. present reports whether there is
// anything; a header or parameter that is there twice has no candidates, because it is
// unknown which of them the receiver reads.
func (m *message) candidates() (all []string, present bool) {
	found := values(m.ex, m.Outside)
	switch {
	case len(found) == 0, len(found) == 1 && found[0] == "":
		return nil, false
	case len(found) > 1:
		return nil, true
	case m.Named == "":
		return found, true
	}
	for name, value := range named(found[0]) {
		if name == m.Named && len(all) < mostCandidates {
			all = append(all, value)
		}
	}
	return all, true
}

// named visits the parts of a header such as t=1,v1=ab.
func named(text string) func(func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for part := range strings.SplitSeq(text, ",") {
			name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
			if ok && !yield(name, value) {
				return
			}
		}
	}
}

// timestamp returns the text of the time of signing.
func (m *message) timestamp() (string, bool) {
	if m.TimeNamed != "" {
		found := values(m.ex, m.Outside)
		if len(found) != 1 {
			return "", false
		}
		text, count := "", 0
		for name, value := range named(found[0]) {
			if name == m.TimeNamed {
				text, count = value, count+1
			}
		}
		return text, count == 1
	}
	if m.Time == "" {
		return "", false
	}
	return m.text(m.Time)
}

// text returns the single value at a place.
func (m *message) text(place contract.Place) (string, bool) {
	pointer, inBody := place.Pointer()
	if !inBody {
		if place == contract.RequestPath && m.ex.Request.URL != nil {
			return m.ex.Request.URL.EscapedPath(), true
		}
		found := values(m.ex, place)
		if len(found) != 1 {
			return "", false
		}
		return found[0], true
	}
	raw, there := contract.Raw(m.json(place.Direction()), pointer)
	if !there {
		return "", false
	}
	if text, is := contract.String(raw); is {
		return text, true
	}
	return string(raw), true
}

// json returns the body of a side as JSON.
func (m *message) json(of contract.Direction) []byte {
	header, body := m.ex.Request.Header, m.ex.Request.Body
	if of == contract.InResponse {
		header, body = m.ex.Response.Header, m.ex.Response.Body
	}
	_, raw := media.Read(header, body, nil)
	return raw
}

// covers returns the bytes that the signature covers. ok is false if a part is missing.
func (m *message) covers() (bytes []byte, ok bool) {
	if len(m.Template) > 0 {
		return m.filled()
	}
	if m.Over == "" && m.Outside != "" {
		return m.bytes(), true
	}
	if m.member != nil {
		if raw, present, isJSON := m.member(m.Over); isJSON {
			return m.plain(raw), present
		}
	}
	raw, present := contract.Raw(m.json(m.Of), m.Over)
	return m.plain(raw), present
}

// plain returns the text of a member of a form. JSON is covered as it is written.
func (m *message) plain(raw []byte) []byte {
	header := m.ex.Request.Header
	if m.Of == contract.InResponse {
		header = m.ex.Response.Header
	}
	if media.Of(header) == media.JSON || m.Over == "" {
		return raw
	}
	if text, is := contract.String(raw); is {
		return []byte(text)
	}
	return raw
}

// filled returns the template with its parts.
func (m *message) filled() ([]byte, bool) {
	var all []byte
	for _, part := range m.Template {
		all = append(all, part.Text...)
		text, ok := "", true
		switch part.Name {
		case "":
		case "body":
			all = append(all, m.bytes()...)
		case "timestamp":
			text, ok = m.timestamp()
		case "method":
			text = m.ex.Request.Method
		case "path":
			text, ok = m.text(contract.RequestPath)
		case "query":
			if m.ex.Request.URL != nil {
				text = m.ex.Request.URL.RawQuery
			}
		default:
			text, ok = m.text(contract.Place(part.Name))
		}
		if !ok {
			return nil, false
		}
		all = append(all, text...)
	}
	return all, true
}

// stale reports whether the time of signing is further from now than the documents allow.
// A zero now is not known, so nothing is stale.
func (m *message) stale(now time.Time) bool {
	if m.Tolerance == 0 || now.IsZero() {
		return false
	}
	text, there := m.timestamp()
	seconds, err := strconv.ParseInt(text, 10, 64)
	if !there || err != nil {
		return true
	}
	apart := now.Sub(time.Unix(seconds, 0))
	return apart > m.Tolerance || apart < -m.Tolerance
}

// put returns the exchange with a value at a place outside of the bodies. It copies what it
// changes. An empty value removes what is there.
func put(ex contract.Exchange, place contract.Place, value string) contract.Exchange {
	set := func(h http.Header, name string) http.Header {
		h = h.Clone()
		if h == nil {
			h = http.Header{}
		}
		if h.Del(name); value != "" {
			h.Set(name, value)
		}
		return h
	}
	switch kind, name := place.Named(); {
	case kind == "header" && place.Direction() == contract.InResponse:
		ex.Response.Header = set(ex.Response.Header, name)
	case kind == "header":
		ex.Request.Header = set(ex.Request.Header, name)
	case kind == "query" && ex.Request.URL != nil:
		u := *ex.Request.URL
		query := withoutParameter(u.RawQuery, name)
		if value != "" {
			query = strings.TrimPrefix(query+"&"+url.QueryEscape(name)+"="+url.QueryEscape(value), "&")
		}
		u.RawQuery, ex.Request.URL = query, &u
	}
	return ex
}

// withoutParameter removes a parameter from a query and leaves the rest as it is written.
func withoutParameter(query, name string) string {
	var kept []string
	for one := range strings.SplitSeq(query, "&") {
		raw, _, _ := strings.Cut(one, "=")
		if plain, err := url.QueryUnescape(raw); one != "" && (err != nil || plain != name) {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, "&")
}
