package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/spec"
)

// sent is a request as a case's JSON Patch sees it.
type sent struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Query   map[string]string `json:"query"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// changed applies the patch of a case. Where it leaves the body alone the bytes
// stay as they are; a body that becomes a string is sent as those bytes. A
// signature that still stands is computed again, unless the case says not to.
func (e *Engine) changed(s *spec.Spec, o *spec.Operation, c *contract.Case, r contract.Request) (contract.Request, error) {
	before, err := contract.Encode(laid(r))
	if err != nil {
		return r, fmt.Errorf("%s: send: %w", c.File, err)
	}
	after, err := fixture.Patch(c.Send, before)
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.File, err)
	}
	var now sent
	if err := json.Unmarshal(after, &now); err != nil {
		return r, fmt.Errorf("%s: send: what it makes is no request: %w", c.File, err)
	}
	u := *r.URL
	u.Path, u.RawQuery = now.Path, encoded(now.Query)
	changed := contract.Request{Method: now.Method, URL: &u, Header: http.Header{}, Body: r.Body}
	for name, value := range now.Headers {
		changed.Header.Set(name, value)
	}
	if touches(c.Send, "/body") {
		changed.Body = bytesOf(now.Body)
		if c.Resign {
			values := e.setup(s, c, true).Credentials
			changed.Body = check.Resign(o.Sign.Request, changed.Body, values, chance(c.Name+" again"))
		}
	}
	return changed, nil
}

func laid(r contract.Request) sent {
	query, headers := map[string]string{}, map[string]string{}
	for name, values := range r.URL.Query() {
		query[name] = values[0]
	}
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	body := json.RawMessage(r.Body)
	if !json.Valid(r.Body) {
		body, _ = json.Marshal(string(r.Body))
	}
	return sent{r.Method, r.URL.Path, query, headers, body}
}

func encoded(query map[string]string) string {
	values := url.Values{}
	for name, value := range query {
		values.Set(name, value)
	}
	return values.Encode()
}

func bytesOf(body json.RawMessage) []byte {
	var text string
	if json.Unmarshal(body, &text) == nil && strings.HasPrefix(string(body), `"`) {
		return []byte(text)
	}
	return body
}

func touches(send json.RawMessage, member string) bool {
	var ops []struct {
		Path string `json:"path"`
		From string `json:"from"`
	}
	if json.Unmarshal(send, &ops) != nil {
		return true
	}
	for _, op := range ops {
		for _, path := range []string{op.Path, op.From} {
			if path == member || strings.HasPrefix(path, member+"/") {
				return true
			}
		}
	}
	return false
}
