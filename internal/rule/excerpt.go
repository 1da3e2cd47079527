package rule

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
)

// How much an excerpt shows.
const (
	maxExcerpts = 10 // findings of one rule in one exchange that get an excerpt
	maxMembers  = 8  // members or items of the value around the place
	maxText     = 80 // characters of one value
)

// hiddenValue stands for a value that may not be shown.
const hiddenValue = "<hidden>"

// excerpt adds to each finding that can fail a run what was sent and received at its
// place. Traffic that no case asked for gets none: there a finding is counted, and its
// place names the exchange.
func (p *Subject) excerpt(findings []contract.Finding) {
	if p.Case == nil || p.View == nil || p.Operation == nil {
		return
	}
	var e *excerpter
	for i, shown := 0, 0; i < len(findings) && shown < maxExcerpts; i++ {
		f := &findings[i]
		if !f.Counts() || f.Severity == contract.Info || f.At.Direction() == "" {
			continue
		}
		if e == nil {
			e = p.excerpter()
		}
		f.Excerpt = e.excerpt(f.At)
		shown++
	}
}

// excerpter makes the excerpts of one exchange.
type excerpter struct {
	o        *openapi.Operation
	exchange contract.Exchange
	redactor *redact.Redactor // has seen every hidden value of the exchange
}

// excerpter reads the hidden values of the exchange first: an echo of one of them at
// another place is hidden too.
func (p *Subject) excerpter() *excerpter {
	e := &excerpter{o: p.Operation, exchange: p.View.Exchange, redactor: CaseRedactor(p.Spec, p.Operation, p.Case)}
	for _, c := range p.Spec.Credentials {
		if value := p.View.Credentials[c.Name]; value != c.Test {
			e.redactor.Secret(value)
		}
	}
	if e.exchange.Request.URL != nil {
		e.redactor.Exchange(e.exchange)
	}
	return e
}

// excerpt shows the exchange around a place. Of several places it shows the first.
func (e *excerpter) excerpt(at contract.Place) *contract.Excerpt {
	at = at.First()
	x := &contract.Excerpt{Sent: e.exchange.Request.Method + " " + e.o.Path, Received: "no response"}
	if status := e.exchange.Response.Status; status != 0 {
		x.Received = "HTTP " + strconv.Itoa(status)
	}
	if detail := e.detail(at); detail != "" && at.Direction() == contract.InRequest {
		x.Sent += "\n" + detail
	} else if detail != "" {
		x.Received += "\n" + detail
	}
	return x
}

// detail shows the value at a place, with what stands around it in a body.
func (e *excerpter) detail(at contract.Place) string {
	header, body := e.exchange.Response.Header, e.exchange.Response.Body
	if at.Direction() == contract.InRequest {
		header, body = e.exchange.Request.Header, e.exchange.Request.Body
	}
	if pointer, ok := at.Pointer(); ok {
		return e.body(at.Direction(), pointer, body)
	}
	kind, name := at.Named()
	switch {
	case name == "":
		return ""
	case kind == "header" && strings.EqualFold(name, "Content-Type"):
		return name + ": " + e.mediaType(header)
	case kind == "header":
		return e.named(at, name+": ", header.Values(name))
	case kind == "query" && e.exchange.Request.URL != nil:
		return e.named(at, name+"=", e.exchange.Request.URL.Query()[name])
	}
	return ""
}

// mediaType shows the type without its parameters.
func (e *excerpter) mediaType(h http.Header) string {
	value := h.Get("Content-Type")
	if value == "" {
		return "<absent>"
	}
	media, _, err := mime.ParseMediaType(value)
	if err != nil || !e.harmless(value) || !e.harmless(media) {
		return hiddenValue
	}
	return shorten(media)
}

// named shows the values of a header or parameter.
func (e *excerpter) named(at contract.Place, label string, values []string) string {
	if len(values) == 0 {
		return label + "<absent>"
	}
	var lines []string
	for _, value := range values[:min(len(values), maxMembers)] {
		if e.o.Redacts(at) || !e.harmless(value) {
			value = hiddenValue
		}
		lines = append(lines, label+shorten(value))
	}
	return strings.Join(lines, "\n")
}

// harmless tells whether a text holds no hidden value of the exchange, in any encoding,
// and nothing that looks like a personal number or a credential.
func (e *excerpter) harmless(text string) bool {
	_, leaked := e.redactor.Leaked([]byte(text))
	return !leaked && len(redact.Detect(text)) == 0
}

// body shows the value that a pointer names among the values beside it. Where it is
// missing, the nearest value above it is shown.
func (e *excerpter) body(of contract.Direction, pointer contract.Pointer, raw []byte) string {
	if len(raw) == 0 {
		return "<no body>"
	}
	value, err := contract.Decode(raw)
	if err != nil {
		return fmt.Sprintf("<not JSON, %d bytes>", len(raw))
	}
	around := pointer
	if around != "" {
		around = around.Parent()
	}
	for around != "" {
		if _, ok := contract.Lookup(value, around); ok {
			break
		}
		around = around.Parent()
	}
	outer, _ := contract.Lookup(value, around)
	where := ""
	if around != "" {
		where = "at " + string(of.Body(around)) + "\n"
	}
	return where + e.container(of, around, pointer, outer)
}

// container writes an object or a list, a line for each value directly below it. The
// line of the value that the pointer names begins with >; it may be absent.
func (e *excerpter) container(of contract.Direction, around, pointer contract.Pointer, value any) string {
	var lines []string
	left := 0
	line := func(at contract.Pointer, label string, value any, shown bool) {
		here := at == pointer
		if !here && (!shown || len(lines) >= maxMembers) {
			left++
			return
		}
		mark := "    "
		if here {
			mark = ">   "
		}
		lines = append(lines, mark+label+e.value(of, at, value))
	}
	open, end := "{", "}"
	switch v := value.(type) {
	case map[string]any:
		names := slices.SortedFunc(maps.Keys(v), func(a, b string) int { // the place first: it is always shown
			if is, other := around.AppendToken(a) == pointer, around.AppendToken(b) == pointer; is != other {
				if is {
					return -1
				}
				return 1
			}
			return cmp.Compare(a, b)
		})
		for _, name := range names {
			at := around.AppendToken(name)
			line(at, quoted(shorten(name))+": ", v[name], e.documented(of, at) && e.harmless(name))
		}
	case []any:
		open, end = "[", "]"
		for i, item := range v {
			line(around.AppendToken(strconv.Itoa(i)), "", item, true)
		}
	default:
		return "> " + e.value(of, around, value)
	}
	if object, ok := value.(map[string]any); ok && pointer != "" && pointer.Parent() == around {
		name := pointer.LastToken()
		if _, present := object[name]; !present && e.documented(of, pointer) && e.harmless(name) {
			lines = append([]string{">   " + quoted(shorten(name)) + ": <absent>"}, lines...)
		}
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("    … %d more", left))
	}
	return "  " + open + "\n" + strings.Join(append(lines, "  "+end), "\n")
}

// documented tells whether the specification has a member.
func (e *excerpter) documented(of contract.Direction, at contract.Pointer) bool {
	if of == contract.InRequest {
		return e.o.Request.Member(at) != nil
	}
	for _, r := range e.o.Responses {
		if r.Member(at) != nil {
			return true
		}
	}
	return false
}

// value writes one value on one line: an object or a list by its size alone.
func (e *excerpter) value(of contract.Direction, at contract.Pointer, value any) string {
	switch v := value.(type) {
	case map[string]any:
		return fmt.Sprintf("{…} %d members", len(v))
	case []any:
		return fmt.Sprintf("[…] %d items", len(v))
	case nil:
		return "null"
	}
	text, _ := contract.Text(value)
	if e.o.Redacts(of.Body(at)) || !e.harmless(text) {
		return fmt.Sprintf("<%s, hidden>", typeOf(value))
	}
	if _, ok := value.(string); ok {
		return quoted(shorten(text))
	}
	return shorten(text)
}

func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	}
	return "number"
}

// quoted writes a text as JSON.
func quoted(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text always has a form in JSON
	return strings.TrimSuffix(b.String(), "\n")
}

// shorten cuts a long text.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	return string([]rune(text)[:maxText]) + "…"
}
