package sandbox

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
)

// template is the documented response of a code, with the parts that differ in each
// response. It is made once and filled for each request.
type template struct {
	status  int
	header  http.Header // never changes
	body    []byte
	random  []int // letters and digits of ids and secrets, in the order in which random ones replace them
	kind    media.Kind
	holes   []hole // parts that change in length, in the order of the body
	message string // the message of the code, if it has placeholders
	signed  bool
	over    span // the bytes that the signature covers
	at      span // the signature itself
}

// span is a range of bytes in a body.
type span struct{ start, end int }

// hole is a part that each response replaces.
type hole struct {
	span
	what  string // "timestamp", "expiry", "reference", "path" or "message"
	quote bool   // a time is written as a string
	unit  string // of a time; "": milliseconds
	name  string // of a parameter in the path
}

// newTemplate returns the template of a row, or nil if the documents print no response
// and none can be built that is of the row.
func newTemplate(o *operation, row *openapi.Code) *template {
	example, ok := o.RowExample(row)
	if !ok {
		return nil
	}
	t := &template{status: example.HTTP, header: isJSON, body: example.Body}
	if documented := o.Responses[example.HTTP]; documented != nil && len(documented.Types) > 0 && !slices.Contains(documented.Types, "application/json") {
		t.header = http.Header{"Content-Type": {documented.Types[0]}}
	}
	t.kind = media.Of(t.header)
	members := o.Responses[example.HTTP].Members()
	for _, m := range members {
		if text, ok := t.id(m); ok && echoed(o, m) == nil {
			t.body = contract.Replace(t.body, m.Pointer, quoted(nil, text))
		}
	}
	for _, m := range members {
		t.differs(o, m) // now every byte is at its final position
	}
	t.message = hollow(row.Messages)
	if t.message != "" {
		for _, pointer := range o.Result.Message {
			t.hole(pointer, "message", true, "")
		}
	}
	slices.SortStableFunc(t.holes, func(a, b hole) int { return cmp.Compare(a.start, b.start) })
	if s := o.Sign.Response; s != nil && s.Outside == "" && len(s.Template) == 0 {
		var covered, there bool
		t.over, covered = t.find(s.Over)
		t.at, there = t.find(s.At)
		t.signed = covered && there
	}
	return t
}

// echoed returns the parameter in the path that a member of the response repeats: it has
// the same name, and both are the merchant's or the provider's reference.
func echoed(o *operation, m *openapi.Member) *openapi.Parameter {
	if m.Means != merchants && m.Means != providers {
		return nil
	}
	return pathOf(o.Operation, m.Means, m.Pointer.LastToken())
}

// hollow returns the first message that has placeholders.
func hollow(messages []string) string {
	for _, message := range messages {
		if strings.Contains(message, "{") {
			return message
		}
	}
	return ""
}

func (t *template) find(pointer contract.Pointer) (span, bool) {
	start, end, there := contract.Span(t.body, pointer)
	return span{start, end}, there
}

func (t *template) hole(pointer contract.Pointer, what string, quote bool, unit string) {
	if at, there := t.find(pointer); there {
		t.holes = append(t.holes, hole{span: at, what: what, quote: quote, unit: unit})
	}
}

// differs records where a member differs in each response.
func (t *template) differs(o *operation, m *openapi.Member) {
	if p := echoed(o, m); p != nil {
		if at, there := t.find(m.Pointer); there && t.body[at.start] == '"' {
			t.holes = append(t.holes, hole{span: at, what: "path", name: p.Name})
		}
		return
	}
	if id, ok := t.id(m); ok {
		t.draw(m.Pointer, id)
		return
	}
	raw, _ := contract.Raw(t.body, m.Pointer)
	isText := json.Unmarshal(raw, new(string)) == nil
	switch {
	case m.Means == "timestamp" && o.expires(m.Pointer):
		t.hole(m.Pointer, "expiry", isText, m.Unit)
	case m.Means == "timestamp", m.Means == "reference":
		t.hole(m.Pointer, m.Means, isText, m.Unit)
	}
}

// id returns the documented text of a member that is the provider's reference or a
// secret.
func (t *template) id(m *openapi.Member) (text string, ok bool) {
	raw, there := contract.Raw(t.body, m.Pointer)
	if !there || m.Means == "timestamp" || m.Means == "reference" || m.Means != "provider-reference" && !m.Secret {
		return "", false
	}
	return text, json.Unmarshal(raw, &text) == nil && text != ""
}

// draw records the variable characters of an id. A first word, such as order_, stays; of
// a URL only the last segment changes. A URL in base64 stays: with other characters it would
// be none.
func (t *template) draw(pointer contract.Pointer, id string) {
	if inner, err := base64.StdEncoding.DecodeString(id); err == nil && contract.AbsoluteURL(string(inner)) {
		return
	}
	at, _ := t.find(pointer)
	word := strings.IndexByte(id, '_') + 1
	if u, err := url.Parse(id); err == nil && u.Host != "" {
		word = strings.LastIndexByte(id, '/') + 1
	}
	for i := word; i < len(id); i++ {
		contract.RandomizeByte(id[i], func(int) int {
			before := len(quoted(nil, id[:i])) - len(`"`) // counts the escapes before it
			t.random = append(t.random, at.start+before)
			return 0
		})
	}
}
