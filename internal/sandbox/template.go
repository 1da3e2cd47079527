package sandbox

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

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
	copies  []copied
	holes   []hole // parts that change in length, in the order of the body
	message string // the message of the code, if it has placeholders
	recalls bool   // it repeats the sum of an order
	signed  bool
	over    span // the bytes that the signature covers
	at      span // the signature itself

	encodings []encoded
	ids       []*id
	spans     []contract.ValueSpan // of the example
}

// span is a range of bytes in a body.
type span struct{ start, end int }

// hole is a part that each response replaces.
type hole struct {
	span
	what  string // "timestamp", "expiry", "reference", "path", "message", or a meaning that is repeated
	quote bool   // a time or an amount is written as a string
	unit  string // of a time; "": milliseconds

	layout string         // of a time that is a date; "": it counts from 1970
	zone   *time.Location // of a date

	name     string  // of a parameter in the path
	from     []asked // the places of the request that it repeats
	decimals int     // of an amount in the example
	whole    bool    // an amount must be an integer
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
	if o.Responses[example.HTTP].Empty() {
		t.header, t.body = http.Header{}, nil // and nothing in it differs
		return t
	}
	t.kind = media.Of(t.header)
	members := o.Responses[example.HTTP].Members()
	for _, m := range members {
		raw, _ := contract.Raw(t.body, m.Pointer)
		if text, ok := idIn(m, raw); ok {
			t.body = contract.Replace(t.body, m.Pointer, quoted(nil, text))
		}
	}
	t.spans = contract.Spans(t.body) // now every byte is at its final position
	for _, m := range members {
		for _, at := range t.spans {
			if at.Pointer == m.Pointer || contract.GeneralPointer(at.Pointer) == m.Pointer {
				t.differs(o, m, at)
			}
		}
	}
	t.connect(o)
	t.message = hollow(row.Messages)
	if t.message != "" {
		for _, pointer := range o.Result.Message {
			if at, there := t.find(pointer); there {
				t.holes = append(t.holes, hole{span: at, what: "message", quote: true})
			}
		}
	}
	t.arrange()
	if s := o.Sign.Response; s != nil && s.Outside == "" && len(s.Template) == 0 {
		var covered, there bool
		t.over, covered = t.find(s.Over)
		t.at, there = t.find(s.At)
		t.signed = covered && there
	}
	return t
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

// arrange puts the holes in the order of the body. Of holes that overlap, the outer one
// stays.
func (t *template) arrange() {
	slices.SortStableFunc(t.holes, func(a, b hole) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	end := 0
	t.holes = slices.DeleteFunc(t.holes, func(h hole) bool {
		inside := h.start < end
		end = max(end, h.end)
		return inside
	})
}

// differs records where a member differs in each response.
func (t *template) differs(o *operation, m *openapi.Member, at contract.ValueSpan) {
	raw := t.body[at.Start:at.End]
	if text, ok := idIn(m, raw); ok {
		t.identify(m, text, at)
		return
	}
	h := hole{span: span{at.Start, at.End}, what: m.Means, quote: json.Unmarshal(raw, new(string)) == nil, unit: m.Unit}
	switch {
	case m.Means == "timestamp" && o.expires(m.Pointer):
		h.what = "expiry"
		t.holes = append(t.holes, h)
	case m.Means == "timestamp":
		if h.readTime(raw) {
			t.holes = append(t.holes, h)
		}
	case m.Means == merchants && pathOf(o.Operation, merchants, m.Pointer.LastToken()) != nil:
		if h.quote { // a number would become a text
			h.what, h.name = "path", m.Pointer.LastToken()
			t.holes = append(t.holes, h)
		}
	case m.Means == merchants:
		t.holes = append(t.holes, h)
	default:
		t.echoes(o, m, at)
	}
}

// readTime finds out how an example writes a time: as a date, or as a number, whose unit
// follows from its digits if the documents name none. It is not ok if the example is
// neither.
func (h *hole) readTime(raw []byte) (ok bool) {
	text := strings.Trim(string(raw), `"`)
	if text == "" || strings.Trim(text, "0123456789") == "" {
		if unit := map[int]string{10: "seconds", 13: "milliseconds", 16: "microseconds"}[len(text)]; h.unit == "" {
			h.unit = unit
		}
		return true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly, http.TimeFormat} {
		if at, err := time.Parse(layout, text); err == nil {
			h.layout, h.zone = layout, at.Location()
			return true
		}
	}
	return false
}

// idIn returns the documented text of a member that is the provider's reference or a
// secret.
func idIn(m *openapi.Member, raw []byte) (text string, ok bool) {
	if len(raw) == 0 || m.Means == "timestamp" || m.Means == "reference" || m.Means != "provider-reference" && !m.Secret {
		return "", false
	}
	return text, json.Unmarshal(raw, &text) == nil && text != ""
}

// draw records the variable characters of an id. A first word, such as order_, stays; of
// a URL only the last segment changes. A URL in base64 stays: with other characters it would
// be none. start is where its quote is.
func (t *template) draw(start int, id string) {
	if inner, err := base64.StdEncoding.DecodeString(id); err == nil && contract.AbsoluteURL(string(inner)) {
		return
	}
	word := strings.IndexByte(id, '_') + 1
	if u, err := url.Parse(id); err == nil && u.Host != "" {
		word = strings.LastIndexByte(id, '/') + 1
	}
	for i := word; i < len(id); i++ {
		contract.RandomizeByte(id[i], func(int) int {
			before := len(quoted(nil, id[:i])) - len(`"`) // counts the escapes before it
			t.random = append(t.random, start+before)
			return 0
		})
	}
}
