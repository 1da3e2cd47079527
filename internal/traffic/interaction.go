package traffic

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// interaction is an item of a cassette.
type interaction struct {
	line   int    // on which its text begins
	by     string // the recorder, if the form of the file names it; "": of go-vcr or VCR.py
	before int    // the values of anchors before it in the text
}

// The recorders whose cassettes have a form of their own.
const (
	byRuby = "Ruby VCR"
	byPHP  = "PHP-VCR"
)

func (i interaction) parse(raw []byte, _ *Scratch) (contract.Exchange, error) {
	var all []yaml.Node
	if err := yaml.Unmarshal(raw, &all); err != nil {
		return contract.Exchange{}, i.notYAML(err)
	}
	if len(all) != i.before+1 || all[i.before].ShortTag() == "!!null" {
		return contract.Exchange{}, errors.New("expected one interaction here")
	}
	var r recorded
	if err := all[i.before].Decode(&r); err != nil {
		return contract.Exchange{}, i.notYAML(err)
	}
	return i.exchange(&r)
}

// exchange returns the item as an exchange.
func (i interaction) exchange(r *recorded) (contract.Exchange, error) {
	by := i.by
	switch {
	case by == byRuby: // it writes methods as symbols, in lower case
		r.Request.Method = strings.ToUpper(strings.TrimPrefix(r.Request.Method, ":"))
	case by == byPHP:
		if err := r.php(); err != nil {
			return contract.Exchange{}, err
		}
	case r.Request.URI != "":
		by = "VCR.py"
	default:
		by = "go-vcr"
	}
	if r.Request.URL == "" {
		r.Request.URL = r.Request.URI
	}
	return r.exchange(recorderNamed(by))
}

var yamlLine = regexp.MustCompile(`line (\d+):`)

// notYAML reports the line of a YAML error.
func (i interaction) notYAML(err error) error {
	if strings.Contains(err.Error(), "unknown anchor") {
		return errAnchor
	}
	at := ""
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			at = fmt.Sprintf(", see line %d", i.line+n-1)
		}
	}
	return i.notRead(err, at)
}

// notRead describes an error of the YAML library. Its text is dropped because it could quote
// a value.
func (i interaction) notRead(err error, at string) error {
	for _, known := range []error{errBase64, errBodyForm, errBodyFile} {
		if errors.Is(err, known) {
			return known
		}
	}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		return fmt.Errorf("a member has another type than in cassettes%s", at)
	}
	return fmt.Errorf("this is not YAML%s", at)
}

func (r *recorded) exchange(k *knownRecorder) (contract.Exchange, error) {
	switch {
	case r.Request.Method == "":
		return contract.Exchange{}, errors.New("request.method is missing or empty")
	case r.Request.URL == "":
		return contract.Exchange{}, errors.New("request.url is missing or empty")
	}
	u, err := address(r.Request.URL)
	if err != nil {
		return contract.Exchange{}, err
	}
	asked := contract.Request{Method: r.Request.Method, URL: u, Header: canonical(http.Header(r.Request.Headers)), Body: some(r.Request.Body)}
	if asked.Body == nil && strings.HasPrefix(asked.Header.Get("Content-Type"), urlencoded) {
		asked.Body = some([]byte(posted(r.Request.Form, u.Query()).Encode()))
	}
	codedRequest := coded(asked.Header)
	body, decoded, err := uncoded("request", asked.Header, asked.Body)
	if err != nil {
		return contract.Exchange{}, err
	}
	if decoded {
		asked.Body = body
		unpacked(asked.Header)
	}
	ex := contract.Exchange{Request: asked, Started: started(r.Recorded.Value)}
	if r.encrypted {
		return ex, withoutResponse("there is no body in the response: it is encrypted; record it without encryption")
	}
	code := r.code()
	if code == 0 {
		return ex, withoutResponse("there is no response: response.code is missing; record it again")
	}
	if code < 100 || code > 999 {
		return contract.Exchange{}, errors.New("response.code is not from 100 to 999")
	}
	header := canonical(http.Header(r.Response.Headers))
	if r.Response.Body == nil {
		r.Response.Body = r.Response.Content
	}
	codedResponse := coded(header)
	response, decoded, err := uncoded("response", header, r.Response.Body)
	if err != nil {
		return contract.Exchange{}, err
	}
	if decoded {
		unpacked(header)
	}
	ex.Response = contract.Response{Status: code, Header: header, Body: some(response), Duration: duration(r.Response.Duration)}
	askedBody, responseBody := carried(&ex)
	askedBody.unknown = r.unknownBody
	r.Request.Length.add(&askedBody, codedRequest)
	if hasBody(asked.Method, code) {
		r.Response.Length.add(&responseBody, codedResponse)
	}
	if err := k.complete(&ex, askedBody, responseBody); err != nil && !errors.Is(err, ErrNoResponse) {
		return contract.Exchange{}, err
	} else if err != nil {
		return ex, err
	}
	return ex, nil
}

// posted returns the values of a form without those of the query, which go-vcr 4
// appends.
func posted(form, query url.Values) url.Values {
	own := url.Values{}
	for name, values := range form {
		n := len(values) - len(query[name])
		if n < 0 || !slices.Equal(values[n:], query[name]) {
			n = len(values) // the query is not part of the form
		}
		if n > 0 {
			own[name] = values[:n]
		}
	}
	return own
}

// code returns the status. The oldest cassettes have it only as "200 OK".
func (r *recorded) code() int {
	switch {
	case r.Response.Code != 0:
		return r.Response.Code
	case r.Response.StatusCode != 0:
		return r.Response.StatusCode
	case r.Response.Status.code != 0:
		return r.Response.Status.code
	case len(r.Response.Status.text) >= 3:
		code, _ := strconv.Atoi(r.Response.Status.text[:3]) // 0 if it is not a number
		return code
	}
	return 0
}

func duration(text string) time.Duration {
	if d, err := time.ParseDuration(text); err == nil {
		return max(d, 0)
	}
	n, _ := strconv.ParseInt(text, 10, 64) // 0, which means unknown, if it is not a number
	return max(time.Duration(n), 0)
}

// canonical returns headers under their canonical names, without pseudo-headers.
func canonical(recorded http.Header) http.Header {
	var h headers
	for _, name := range sortedNames(recorded) {
		for _, value := range recorded[name] {
			h.add(name, value)
		}
	}
	return h.header()
}
