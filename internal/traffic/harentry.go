package traffic

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"assay/internal/coding"
	"assay/internal/contract"
)

// harEntry is what matters of an item of log.entries.
// http://www.softwareishard.com/blog/har-12-spec/
type harEntry struct {
	asked    bool // there is a request
	method   string
	url      string
	sent     headers
	post     harBody
	answered bool // there is a response
	status   int
	came     headers
	content  harBody
	took     time.Duration
}

// harBody is postData or content.
type harBody struct {
	text     []byte
	there    bool // text is a string, be it empty
	encoding string
	mime     string
	params   []param
	sized    bool // its size is above zero
	beside   bool // it stands in another file, as Playwright attaches them
}

// param is a field of a form. What stands in a file has no value here.
type param struct{ name, value string }

// parseHAR reads an item of log.entries: quickly where nothing in it is unusual.
func parseHAR(raw string, _ *Scratch) (contract.Exchange, error) {
	if !utf8.ValidString(raw) {
		return contract.Exchange{}, errors.New("this is not UTF-8")
	}
	e := harEntry{}
	if !e.quick(raw) {
		e = harEntry{}
		if err := e.slow([]byte(raw)); err != nil {
			return contract.Exchange{}, err
		}
	}
	return e.exchange()
}

// exchange makes an exchange of what was read.
func (e *harEntry) exchange() (contract.Exchange, error) {
	asked, err := e.request()
	if err != nil {
		return contract.Exchange{}, err
	}
	ex := contract.Exchange{Request: asked}
	if ex.Answer, err = e.answer(); errors.Is(err, ErrNoAnswer) {
		return ex, err
	}
	if err != nil {
		return contract.Exchange{}, err
	}
	return ex, nil
}

func (e *harEntry) request() (contract.Request, error) {
	switch {
	case !e.asked:
		return contract.Request{}, errors.New("request is missing")
	case e.method == "":
		return contract.Request{}, errors.New("request.method is missing or empty")
	case e.url == "":
		return contract.Request{}, errors.New("request.url is missing or empty")
	}
	u, err := address(e.url, nil)
	if err != nil {
		return contract.Request{}, err
	}
	body, err := e.post.posted()
	if err != nil {
		return contract.Request{}, err
	}
	header := e.sent.header()
	if len(body) == 0 && positive(header.Get("Content-Length")) {
		return contract.Request{}, errors.New("the request had a body, as its Content-Length says, and postData has none; record with it")
	}
	e.post.name(header, body)
	return contract.Request{Method: e.method, URL: u, Header: header, Body: some(body)}, nil
}

func (e *harEntry) answer() (contract.Answer, error) {
	switch {
	case !e.answered:
		return contract.Answer{}, unanswered("there is no answer: response is missing")
	case e.status <= 0:
		return contract.Answer{}, unanswered("there is no answer: the request was blocked, cancelled or failed, and the status is 0")
	case e.status < 100 || e.status > 999:
		return contract.Answer{}, errors.New("response.status is not from 100 to 999")
	case e.content.beside && len(e.content.text) == 0:
		return contract.Answer{}, unanswered("there is no body in the answer: it stands in another file; record with content: 'embed'")
	case !e.content.there && e.content.sized && e.hasBody():
		return contract.Answer{}, unanswered("there is no body in the answer, and it had one; save the HAR with content")
	}
	header := e.came.header()
	body, err := e.content.decoded("response.content")
	if err == nil && e.content.encoding != "" {
		body, _, err = uncoded("answer", header, body)
	}
	if err != nil {
		return contract.Answer{}, err
	}
	unpacked(header)
	e.content.name(header, body)
	return contract.Answer{Status: e.status, Header: header, Body: some(body), Duration: max(e.took, 0)}, nil
}

// hasBody tells whether an answer of its kind carries its body; RFC 9110
// section 6.4.1.
func (e *harEntry) hasBody() bool {
	return e.method != http.MethodHead && e.status != http.StatusNoContent && e.status != http.StatusNotModified
}

// name gives a body its type where the recorder kept no headers at all.
func (b *harBody) name(header http.Header, body []byte) {
	if len(header) == 0 && len(body) > 0 && b.mime != "" && b.mime != "x-unknown" {
		header.Set("Content-Type", b.mime)
	}
}

const urlencoded = "application/x-www-form-urlencoded"

// decoded gives the text as bytes.
func (b *harBody) decoded(at string) ([]byte, error) {
	switch strings.ToLower(b.encoding) {
	case "":
		return b.text, nil
	case "base64":
		body, err := base64.StdEncoding.AppendDecode(nil, b.text)
		if err != nil { // some leave out the padding
			body, err = base64.RawStdEncoding.AppendDecode(nil, b.text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s.text is not base64", at)
		}
		return body, nil
	}
	return nil, fmt.Errorf("%s.encoding is none that is known; expected base64", at)
}

// posted gives a request's body: its text, or the form that params hold.
func (b *harBody) posted() ([]byte, error) {
	switch form, _, _ := strings.Cut(b.mime, ";"); {
	case len(b.text) > 0:
		return b.decoded("request.postData")
	case b.beside:
		return nil, errors.New("the request's body stands in another file; record with content: 'embed'")
	case len(b.params) == 0:
		return nil, nil
	case b.mime != "" && !strings.EqualFold(strings.TrimSpace(form), urlencoded):
		return nil, errors.New("request.postData has params only, and only a urlencoded form can be made of them; record with text")
	}
	var body []byte
	for i, p := range b.params {
		if i > 0 {
			body = append(body, '&')
		}
		body = append(body, url.QueryEscape(p.name)...)
		body = append(body, '=')
		body = append(body, url.QueryEscape(p.value)...)
	}
	return body, nil
}

// uncoded takes codings off a body that was kept as it came, and tells
// whether it was; one that unpacks to more than Largest is an error.
func uncoded(side string, header http.Header, body []byte) ([]byte, bool, error) {
	plain, had, err := coding.Recorded(header, body, Largest)
	switch {
	case errors.Is(err, coding.ErrLarge):
		return nil, had, fmt.Errorf("the %s's body unpacks to more than %d bytes", side, Largest)
	case errors.Is(err, coding.ErrDamaged):
		return nil, had, fmt.Errorf("the %s's body is not what its Content-Encoding says", side)
	case err != nil: // one of the codings below
		return nil, had, fmt.Errorf("the %s has %w", side, err)
	}
	return plain, had, nil
}
