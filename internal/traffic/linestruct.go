package traffic

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonLine is a line as described by exchange.schema.json.
type jsonLine struct {
	Schema   strict[octets]       `json:"schema"`
	Request  strict[jsonRequest]  `json:"request"`
	Response strict[jsonResponse] `json:"response"`
	Others   others               `json:",embed"`
}

type jsonRequest struct {
	Method strict[octets] `json:"method"`
	URL    strict[octets] `json:"url"`
	jsonMessage
}

type jsonResponse struct {
	Status     strict[whole]        `json:"status"`
	DurationMS strict[milliseconds] `json:"durationMs"`
	jsonMessage
}

// jsonMessage holds the members that request and response share.
type jsonMessage struct {
	Headers    strict[jsonHeaders] `json:"headers"`
	Body       strict[octets]      `json:"body"`
	BodyBase64 strict[octets]      `json:"bodyBase64"`
	Others     others              `json:",embed"`
}

// decode reads a line with the JSON library and describes what is wrong with it.
func (l *line) decode(raw []byte) error {
	j, err := decode[jsonLine](raw)
	if err != nil {
		return err
	}
	asked, response := &j.Request.value, &j.Response.value
	if err := cmp.Or(
		j.Others.misspelt("", "schema", "request", "response"),
		asked.Others.misspelt("request.", "method", "url", "headers", "body", "bodyBase64"),
		response.Others.misspelt("response.", "status", "headers", "body", "bodyBase64", "durationMs"),
	); err != nil {
		return err
	}
	l.method, l.url, l.status, l.took = asked.Method.value, asked.URL.value, int(response.Status.value), time.Duration(response.DurationMS.value)
	switch {
	case j.Schema.there && string(j.Schema.value) != Version:
		return errSchema
	case !j.Request.there:
		return errors.New("request is missing")
	case !j.Response.there:
		return errors.New("response is missing")
	case len(l.method) == 0:
		return errors.New("request.method is missing or empty")
	case len(l.url) == 0:
		return errors.New("request.url is missing or empty")
	case l.status < 100 || l.status > 999:
		return errors.New("response.status is missing, or not from 100 to 999")
	case l.took < 0:
		return errors.New("response.durationMs: expected a number of milliseconds, not below 0")
	}
	return cmp.Or(asked.message(&l.asked, "request"), response.message(&l.response, "response"))
}

// message returns the headers and body of the request or response.
func (j *jsonMessage) message(m *message, at string) (err error) {
	switch {
	case !j.Headers.there:
		return fmt.Errorf("%s.headers is missing; expected {} where there are none", at)
	case j.Headers.value.fault != "":
		return fmt.Errorf("%s.headers: %s", at, j.Headers.value.fault)
	case j.Body.there && j.BodyBase64.there:
		return fmt.Errorf("%s has body and bodyBase64; expected one of them", at)
	}
	m.header, m.body = j.Headers.value.header(), j.Body.value
	if m.bytes = len(j.BodyBase64.value) > 0; m.bytes {
		if m.body, err = base64.StdEncoding.AppendDecode(nil, j.BodyBase64.value); err != nil {
			return fmt.Errorf("%s.bodyBase64 is not base64", at)
		}
	}
	return nil
}

// jsonHeaders is {name: string or [string]}. An error does not quote the name, which
// may come from anywhere.
type jsonHeaders struct {
	headers
	fault string
}

// UnmarshalJSONFrom reads the headers.
func (h *jsonHeaders) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	met := map[string]bool{}
	return members(d, func(name string) error {
		if met[name] {
			h.fault = "a name stands twice"
		}
		met[name] = true
		if d.PeekKind() == '[' {
			return items(d, func() error { return h.value(d, name) })
		}
		return h.value(d, name)
	})
}

func (h *jsonHeaders) value(d *jsontext.Decoder, name string) error {
	if d.PeekKind() != '"' {
		h.fault = "a value: expected a string"
		return d.SkipValue()
	}
	token, err := d.ReadToken()
	if err == nil {
		h.add(name, token.String())
	}
	return err
}
