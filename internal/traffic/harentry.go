package traffic

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/internal/contentcoding"
	"assay/internal/contract"
)

// harEntry holds the members of an item of log.entries that are used.
// http://www.softwareishard.com/blog/har-12-spec/
type harEntry struct {
	Request  given[harRequest]     `json:"request"`
	Response given[harResponse]    `json:"response"`
	Time     given[milliseconds]   `json:"time"`
	Started  given[jsontext.Value] `json:"startedDateTime"`
}

type harRequest struct {
	Method   given[string]         `json:"method"`
	URL      given[string]         `json:"url"`
	Query    given[harQuery]       `json:"queryString"`
	Headers  given[harHeaders]     `json:"headers"`
	PostData given[harBody]        `json:"postData"`
	BodySize given[jsontext.Value] `json:"bodySize"`
}

type harResponse struct {
	Status   given[whole]          `json:"status"`
	Headers  given[harHeaders]     `json:"headers"`
	Content  given[harBody]        `json:"content"`
	BodySize given[jsontext.Value] `json:"bodySize"`
}

// harBody is postData or content.
type harBody struct {
	Text     given[octets]         `json:"text"`
	Encoding given[string]         `json:"encoding"`
	MimeType given[string]         `json:"mimeType"`
	Params   given[[]harPair]      `json:"params"` // the fields of a form; the content of an uploaded file has no value here
	Size     given[jsontext.Value] `json:"size"`
	File     given[jsontext.Value] `json:"_file"` // the name of the file that holds the body, as Playwright writes it
}

// parseHAR reads an item of log.entries.
func (k *knownRecorder) parseHAR(raw []byte, _ *Scratch) (contract.Exchange, error) {
	if !utf8.Valid(raw) {
		return contract.Exchange{}, errors.New("this is not UTF-8")
	}
	e, err := decode[harEntry](raw)
	if err != nil {
		return contract.Exchange{}, err
	}
	return e.exchange(k)
}

// exchange returns the entry as an exchange.
func (e *harEntry) exchange(k *knownRecorder) (contract.Exchange, error) {
	if !e.Request.there {
		return contract.Exchange{}, errors.New("request is missing")
	}
	asked, err := e.Request.value.request(k)
	if err != nil {
		return contract.Exchange{}, err
	}
	ex := contract.Exchange{Request: asked}
	if !e.Response.there {
		return ex, withoutResponse("there is no response: response is missing; record it again")
	}
	if ex.Response, err = e.Response.value.response(); err != nil && !errors.Is(err, ErrNoResponse) {
		return contract.Exchange{}, err
	}
	if err != nil {
		return ex, err
	}
	ex.Response.Duration, ex.Started = max(time.Duration(e.Time.value), 0), startedJSON(e.Started.value)
	err = k.complete(&ex, e.Request.value.recorded(&ex), e.Response.value.recorded(&ex))
	if err != nil && !errors.Is(err, ErrNoResponse) {
		return contract.Exchange{}, err
	}
	return ex, err
}

// recorded returns what the recording says about the body of the request.
func (r *harRequest) recorded(ex *contract.Exchange) recordedBody {
	b, _ := carried(ex)
	size, there := number(r.BodySize.value)
	if ex.Request.Method != http.MethodGet && ex.Request.Method != http.MethodHead && ex.Request.Method != http.MethodOptions {
		b.sizes = append(b.sizes, size)
		post := &r.PostData
		b.unknown = size < 0 || !there && !post.value.Text.there || post.there && !post.value.Text.there && len(post.value.Params.value) == 0
	}
	if post, there := number(r.PostData.value.Size.value); there {
		b.sizes = append(b.sizes, post)
	}
	return b
}

// recorded returns what the recording says about the body of the response. response.bodySize
// counts coded bytes, so it counts only if content.size is not known.
func (r *harResponse) recorded(ex *contract.Exchange) recordedBody {
	_, b := carried(ex)
	if !hasBody(ex.Request.Method, ex.Response.Status) {
		return b
	}
	size, there := number(r.Content.value.Size.value)
	b.sizes = append(b.sizes, size)
	if (!there || size < 0) && len(b.body) == 0 {
		sent, noted := number(r.BodySize.value)
		b.sizes, b.unknown = append(b.sizes, sent), !noted || sent < 0
	}
	return b
}

// number returns the value of a JSON number, -1 if it is none.
func number(raw jsontext.Value) (n int64, ok bool) {
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f != f {
		return -1, false
	}
	return int64(min(f, 1<<50)), true
}

func (r *harRequest) request(k *knownRecorder) (contract.Request, error) {
	switch {
	case r.Method.value == "":
		return contract.Request{}, errors.New("request.method is missing or empty")
	case r.URL.value == "":
		return contract.Request{}, errors.New("request.url is missing or empty")
	}
	u, err := address(r.URL.value)
	if err == nil {
		err = r.parameters(u, k)
	}
	if err != nil {
		return contract.Request{}, err
	}
	post := &r.PostData.value
	body, err := post.posted()
	if err != nil {
		return contract.Request{}, err
	}
	if k.latin {
		body = bytesOf(body)
	}
	header := r.Headers.value.header()
	if len(body) > 0 && post.Encoding.value != "" {
		plain, had, err := uncoded("request", header, body)
		if err != nil {
			return contract.Request{}, err
		}
		if had {
			body = plain
			unpacked(header)
		}
	}
	post.name(header, body)
	return contract.Request{Method: r.Method.value, URL: u, Header: header, Body: some(body)}, nil
}

// response returns the response.
func (r *harResponse) response() (contract.Response, error) {
	status, content := int(r.Status.value), &r.Content.value
	switch {
	case status <= 0:
		return contract.Response{}, withoutResponse("there is no response: the request was blocked, cancelled or failed, and the status is 0; record it again")
	case status < 100 || status > 999:
		return contract.Response{}, errors.New("response.status is not from 100 to 999")
	case content.File.met && len(content.Text.value) == 0:
		return contract.Response{}, withoutResponse("there is no body in the response: it stands in another file; record with content: 'embed'")
	}
	header := r.Headers.value.header()
	if err := contentcoding.Check(header); err != nil {
		return contract.Response{}, fmt.Errorf("the response cannot be decoded: %w", err)
	}
	body, err := content.decoded("response.content")
	if err == nil && content.Encoding.value != "" {
		body, _, err = uncoded("response", header, body)
	}
	if err != nil {
		return contract.Response{}, err
	}
	unpacked(header)
	content.name(header, body)
	return contract.Response{Status: status, Header: header, Body: some(body)}, nil
}

// hasBody reports whether such a response has a body, RFC 9110 section 6.4.1.
func hasBody(method string, status int) bool {
	return method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified
}

// harPair is a header or a field of a form. Names may repeat.
type harPair struct {
	Name  given[string]   `json:"name"`
	Value given[harValue] `json:"value"`
}

// UnmarshalJSONFrom reads the pair.
func (p *harPair) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	err := members(d, func(name string) error {
		switch name {
		case "name":
			return p.Name.UnmarshalJSONFrom(d)
		case "value":
			return p.Value.UnmarshalJSONFrom(d)
		}
		return d.SkipValue()
	})
	if err == nil && !p.Name.there {
		return memberError(" has no name")
	}
	return err
}

// harValue is a string, or the text of a number or a boolean.
type harValue string

// UnmarshalJSONFrom reads the value.
func (s *harValue) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	switch d.PeekKind() {
	case '{':
		return memberError(": expected a string")
	case '[': // some recorders list the values of a repeated header
		var all []string
		err := items(d, func() error {
			if d.PeekKind() != '"' {
				return memberError(": expected a string")
			}
			token, err := d.ReadToken()
			all = append(all, token.String())
			return err
		})
		*s = harValue(strings.Join(all, "\n"))
		return err
	}
	token, err := d.ReadToken()
	if err == nil {
		*s = harValue(token.String())
	}
	return err
}

// harHeaders is a list of headers. A few recorders write an object with names and values.
type harHeaders struct{ headers }

// UnmarshalJSONFrom reads the headers.
func (h *harHeaders) UnmarshalJSONFrom(d *jsontext.Decoder) error { return harPairs(d, h.lines) }

// harPairs reads names and values, from a list or from an object.
func harPairs(d *jsontext.Decoder, add func(name, value string)) error {
	if d.PeekKind() == '{' {
		return members(d, func(name string) error {
			var value given[harValue]
			err := value.UnmarshalJSONFrom(d)
			if err == nil && value.there {
				add(name, string(value.value))
			}
			return err
		})
	}
	var p harPair
	return items(d, func() error {
		p = harPair{}
		err := json.UnmarshalDecode(d, &p)
		if err == nil {
			add(p.Name.value, string(p.Value.value))
		}
		return err
	})
}

// name sets the media type of a body if the recorder kept no headers.
func (b *harBody) name(header http.Header, body []byte) {
	if mime := b.MimeType.value; len(header) == 0 && len(body) > 0 && mime != "" && mime != "x-unknown" {
		header.Set("Content-Type", mime)
	}
}

const urlencoded = "application/x-www-form-urlencoded"

// decoded returns the text as bytes.
func (b *harBody) decoded(at string) ([]byte, error) {
	switch strings.ToLower(b.Encoding.value) {
	case "":
		return b.Text.value, nil
	case "base64":
		var body []byte
		for _, piece := range pieces(b.Text.value) {
			var err error
			if body, err = appendBase64(body, piece); err != nil {
				return nil, fmt.Errorf("%s.text is not base64", at)
			}
		}
		return body, nil
	}
	return nil, fmt.Errorf("%s.encoding is not supported; expected base64", at)
}

// pieces returns the pieces of a text in base64. Polly.JS writes the pieces in which the
// body came as a JSON array.
func pieces(text []byte) [][]byte {
	if len(text) == 0 || text[0] != '[' {
		return [][]byte{text}
	}
	var all []string
	if json.Unmarshal(text, &all) != nil {
		return [][]byte{text}
	}
	var raw [][]byte
	for _, piece := range all {
		raw = append(raw, []byte(piece))
	}
	return raw
}

// appendBase64 decodes base64 in any of its forms: padded or not, in lines, for URLs.
func appendBase64(to, text []byte) ([]byte, error) {
	all, err := base64.StdEncoding.AppendDecode(to, text)
	if err == nil {
		return all, nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "", " ", "").Replace(string(text))
	return base64.RawStdEncoding.AppendDecode(to, []byte(strings.TrimRight(plain, "=")))
}

// posted returns the body of a request: its text, or the form in params.
func (b *harBody) posted() ([]byte, error) {
	switch form, _, _ := strings.Cut(b.MimeType.value, ";"); {
	case len(b.Text.value) > 0:
		return b.decoded("request.postData")
	case b.File.met:
		return nil, errors.New("the request's body is in another file; record with content: 'embed'")
	case len(b.Params.value) == 0:
		return nil, nil
	case b.MimeType.value != "" && !strings.EqualFold(strings.TrimSpace(form), urlencoded):
		return nil, errors.New("request.postData has only params, which is enough only for an urlencoded form; record with text")
	}
	var body []byte
	for i, p := range b.Params.value {
		if i > 0 {
			body = append(body, '&')
		}
		body = append(body, url.QueryEscape(p.Name.value)...)
		body = append(body, '=')
		body = append(body, url.QueryEscape(string(p.Value.value))...)
	}
	return body, nil
}

// bytesOf returns the bytes that a recorder wrote as characters from U+0000 to U+00FF. Any
// other text, and bytes that are not UTF-8, stay.
func bytesOf(text []byte) []byte {
	raw := make([]byte, 0, len(text))
	for _, c := range string(text) {
		if c > 0xff {
			return text
		}
		raw = append(raw, byte(c))
	}
	if !utf8.Valid(raw) {
		return text
	}
	return raw
}

// uncoded decodes a body that the recorder kept coded, and reports whether it was. A
// body larger than Largest after decoding is an error.
func uncoded(side string, header http.Header, body []byte) ([]byte, bool, error) {
	plain, had, err := contentcoding.DecodeRecorded(header, body, Largest)
	switch {
	case errors.Is(err, contentcoding.ErrLarge):
		return nil, had, fmt.Errorf("the %s's decoded body has more than %d bytes", side, Largest)
	case errors.Is(err, contentcoding.ErrDamaged):
		return nil, had, fmt.Errorf("the %s's body cannot be decoded as its Content-Encoding says", side)
	case errors.Is(err, contentcoding.ErrMany):
		return nil, had, fmt.Errorf("the %s cannot be decoded: %w", side, err)
	case err != nil: // an unsupported coding
		return nil, had, fmt.Errorf("the %s has %w", side, err)
	}
	return plain, had, nil
}
