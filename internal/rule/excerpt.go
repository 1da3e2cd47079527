package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/redact"
	"assay/internal/report"
)

// How much an excerpt shows, and how much is read to make it.
const (
	maxExcerpts = 10       // findings of one rule in one exchange that get an excerpt
	maxMembers  = 8        // members or items of the value around the place
	maxText     = 80       // characters of one value
	maxSearched = 1000     // bytes of one value; a longer one is not shown
	maxSize     = 64 << 10 // bytes of the exchange
	maxHidden   = 300      // hidden values of an exchange
)

const (
	hiddenValue = "<hidden>"               // stands for a value that may not be shown
	tooLarge    = "<not shown: too large>" // stands for the values of a large exchange
)

// Excerpts adds to each finding that can fail a run what was sent and received at its
// place. All findings must be about the subject's exchange. This takes much longer than a
// rule: for traffic, call it only for findings that a report shows.
func (p *Subject) Excerpts(findings []contract.Finding) {
	if p.View == nil || p.Operation == nil {
		return
	}
	var e *excerpter
	shown := 0
	for i := range findings {
		f := &findings[i]
		if i > 0 && f.Rule != findings[i-1].Rule {
			shown = 0
		}
		if shown == maxExcerpts || f.Excerpt != nil || !f.GetsExcerpt() {
			continue
		}
		if e == nil {
			e = p.caseExcerpter()
		}
		f.Excerpt = e.excerpt(f.At)
		shown++
	}
}

// excerpter makes the excerpts of one exchange.
type excerpter struct {
	o        *openapi.Operation
	path     string // where the request went, as it may be shown
	exchange contract.Exchange
	redactor *redact.Redactor // has seen every hidden value of the exchange
	traffic  bool             // no case asked for the exchange: its data belongs to real people
	large    bool             // no values are shown
	bodies   map[contract.Direction]any
	searched map[string]bool // texts, and whether they are harmless
}

// caseExcerpter returns the excerpter of the exchange. The rules of a case share it: it
// searches the whole exchange. A judge uses one subject for many exchanges of traffic, and
// asks once for each of them.
func (p *Subject) caseExcerpter() *excerpter {
	if p.Case == nil {
		return p.excerpter()
	}
	if p.shown == nil || p.shownOf != p.View {
		p.shown, p.shownOf = p.excerpter(), p.View
	}
	return p.shown
}

// excerpter reads the hidden values of the exchange first: an echo of one of them at
// another place is hidden too.
func (p *Subject) excerpter() *excerpter {
	e := &excerpter{
		o: p.Operation, path: p.shownPath(), exchange: p.View.Exchange, redactor: CaseRedactor(p.Spec, p.Operation, p.Case), traffic: p.Case == nil,
		bodies: map[contract.Direction]any{}, searched: map[string]bool{},
	}
	for _, c := range p.Spec.Credentials {
		if value := p.View.Credentials[c.Name]; value != c.Test {
			e.redactor.Secret(value)
		}
	}
	if e.large = sizeOf(e.exchange) > maxSize; e.large || e.exchange.Request.URL == nil {
		return e
	}
	e.redactor.Learn(e.exchange)
	hidden := 0
	redact.Texts(e.o.Template(), e.exchange, func(place contract.Place, text string) {
		if e.o.Redacts(place) || !e.bounded(place, text) {
			hidden++
			e.learn(place, text)
		}
	})
	e.large = hidden > maxHidden
	return e
}

// shownPath returns where the request went, as it may be shown.
func (p *Subject) shownPath() string {
	if p.UnderTest != nil && p.DocumentedPath != "" && p.View.Exchange.Request.URL != nil {
		return ShownPath(p.Spec, p.View.Exchange.Request.URL.Path)
	}
	return p.Operation.Path
}

// sizeOf returns the size of an exchange: its bodies, headers and query.
func sizeOf(ex contract.Exchange) int {
	size := len(ex.Request.Body) + len(ex.Response.Body)
	if ex.Request.URL != nil {
		size += len(ex.Request.URL.RawQuery) + len(ex.Request.URL.Path)
	}
	for _, h := range []http.Header{ex.Request.Header, ex.Response.Header} {
		for name, values := range h {
			size += len(name)
			for _, v := range values {
				size += len(v)
			}
		}
	}
	return size
}

// minSecret is the length in bytes from which copies of an undocumented value or a free
// text are hidden.
const minSecret = 5

// learn hides copies of a value of traffic that is not shown at its own place, because it
// can be a secret. A header can hold several values, such as a scheme and a token.
func (e *excerpter) learn(place contract.Place, text string) {
	if !e.traffic || place == contract.RequestType || place == contract.ResponseType {
		return
	}
	if pointer, inBody := place.Pointer(); inBody {
		if pointer != "" && len(text) >= minSecret && len(text) <= maxSearched {
			e.redactor.Secret(text)
		}
		return
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;=", r) })
	if place == contract.RequestAuthorization {
		user, password, _ := contract.Basic(http.Header{"Authorization": {text}})
		parts = append(parts, user, password)
	}
	for _, part := range append(parts, text) {
		if len(part) >= minSecret && len(part) <= maxSearched {
			e.redactor.Secret(part)
		}
	}
}

// excerpt shows the exchange around a place. Of several places it shows the first.
func (e *excerpter) excerpt(at contract.Place) *contract.Excerpt {
	at = at.First()
	x := &contract.Excerpt{Sent: ShownMethod(e.exchange.Request.Method) + " " + e.path, Received: "no response"}
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
	pointer, inBody := at.Pointer()
	kind, name := at.Named()
	label := report.Foreign(name)
	switch {
	case !inBody && name == "":
		return ""
	case e.large:
		return tooLarge
	case inBody:
		return e.body(at.Direction(), pointer, body)
	case kind == "header" && strings.EqualFold(name, "Content-Type"):
		return label + ": " + e.mediaType(header)
	case kind == "header":
		return e.named(at, label+": ", header.Values(name))
	case kind == "query" && e.exchange.Request.URL != nil:
		return e.named(at, label+"=", e.exchange.Request.URL.Query()[name])
	}
	if value, ok := e.o.Template().Value(name, e.exchange.Request.URL); ok && kind == "path" {
		return e.named(at, label+"=", []string{value})
	}
	return ""
}

// mediaType shows the type without its parameters.
func (e *excerpter) mediaType(h http.Header) string {
	shown, there := shownMediaType(h)
	switch {
	case !there:
		return "<absent>"
	case shown == "", !e.harmless(shown):
		return hiddenValue
	}
	return shown
}

// named shows the values of a header or parameter.
func (e *excerpter) named(at contract.Place, label string, values []string) string {
	if len(values) == 0 {
		return label + "<absent>"
	}
	var lines []string
	for _, value := range values[:min(len(values), maxMembers)] {
		if value == "" { // no value is hidden in it
			value = "<empty>"
		} else if e.o.Redacts(at) || !e.bounded(at, value) || !e.harmless(value) {
			value = hiddenValue
		}
		lines = append(lines, label+report.Visible(shorten(value)))
	}
	return strings.Join(lines, "\n")
}

// harmless reports whether a text holds no hidden value of the exchange, in any encoding,
// and nothing that looks like a personal number or a credential. A long text counts as
// harmful.
func (e *excerpter) harmless(text string) bool {
	if len(text) > maxSearched {
		return false
	}
	harmless, known := e.searched[text]
	if !known {
		_, leaked := e.redactor.Leaked([]byte(text))
		harmless = !leaked && len(redact.Detect(text)) == 0
		e.searched[text] = harmless
	}
	return harmless
}

// bounded reports whether the specification says so much about a value that it is not
// about a person. In traffic, a free text can have a name or a telephone number in it.
// Only messages and codes of the documents are shown there.
func (e *excerpter) bounded(at contract.Place, text string) bool {
	if !e.traffic || e.o.Lists(text) || slices.ContainsFunc(e.o.Codes, func(c *openapi.Code) bool { return slices.Contains(c.Messages, text) }) {
		return true
	}
	pointer, inBody := at.Pointer()
	if inBody && at.Direction() == contract.InResponse && slices.Contains(slices.Concat(e.o.Result.Code, e.o.Result.Status), pointer) {
		return printable(text)
	}
	members := e.members(at)
	free := slices.ContainsFunc(members, func(m *openapi.Member) bool { return m.FreeText() })
	if free && inBody && pointer != "" { // a part of an amount
		free = !slices.ContainsFunc(e.members(at.Direction().Body(pointer.Parent())), func(m *openapi.Member) bool { return m.Means != "" })
	}
	if slices.ContainsFunc(members, func(m *openapi.Member) bool { return len(m.Enum) > 0 && !slices.Contains(m.Enum, text) }) {
		return len(text) <= maxWord && plainWord.MatchString(text)
	}
	return len(members) > 0 && !free && plainValue.MatchString(text)
}

// maxWord is the length of the longest value that an enumeration does not list and that is
// shown.
const maxWord = 24

// plainWord is a word as enumerations have it: a key in the wrong member is none.
var plainWord = regexp.MustCompile(`^(?:[A-Z]+|[A-Z]?[a-z]+)(?:[_.-](?:[A-Z]+|[A-Z]?[a-z]+))*$`)

// plainValue is a reference, an amount, a time or a word. It is no address or sentence.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_.:+/-]{1,64}$`)

// members returns the documented members or parameters at a place.
func (e *excerpter) members(at contract.Place) []*openapi.Member {
	var all []*openapi.Member
	pointer, inBody := at.Pointer()
	switch {
	case !inBody:
		for _, p := range e.o.Parameters {
			if p.Place() == at {
				all = append(all, &p.Member)
			}
		}
	case at.Direction() == contract.InRequest:
		all = append(all, e.o.Request.Member(pointer))
	default:
		for _, r := range e.o.Responses {
			all = append(all, r.Member(pointer))
		}
	}
	return slices.DeleteFunc(all, func(m *openapi.Member) bool { return m == nil })
}

// body shows the value that a pointer names among the values beside it. Where it is
// missing, the nearest value above it is shown.
func (e *excerpter) body(of contract.Direction, pointer contract.Pointer, raw []byte) string {
	if len(raw) == 0 {
		return "<no body>"
	}
	value, read := e.bodies[of]
	if !read {
		var err error
		if value, err = contract.Decode(raw); err != nil {
			return fmt.Sprintf("<not JSON, %d bytes>", len(raw))
		}
		e.bodies[of] = value
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
		where = "at " + report.Foreign(string(of.Body(around))) + "\n"
	}
	return where + e.container(of, around, pointer, outer)
}

// container writes an object or a list, a line for each value directly below it. The
// line of the value that the pointer names begins with >; it may be absent.
func (e *excerpter) container(of contract.Direction, around, pointer contract.Pointer, value any) string {
	var lines []string
	left := 0
	line := func(at contract.Pointer, label string, value any, here bool) {
		mark := "    "
		if here {
			mark = ">   "
		}
		lines = append(lines, mark+label+e.value(of, at, value))
	}
	own, inside := "", pointer != "" && pointer.Parent() == around
	if inside {
		own = pointer.LastToken()
	}
	open, end := "{", "}"
	switch v := value.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if _, present := v[own]; present && inside { // the place first: it is always shown
			shown := hiddenValue
			if e.harmless(own) {
				shown = quoted(shorten(redact.Name(own)))
			}
			line(pointer, shown+": ", v[own], true)
			names = slices.DeleteFunc(names, func(name string) bool { return name == own })
		}
		for _, name := range names {
			if at := around.AppendToken(name); len(lines) < maxMembers && e.documented(of, at) && e.harmless(name) {
				line(at, quoted(shorten(redact.Name(name)))+": ", v[name], false)
			} else {
				left++
			}
		}
	case []any:
		open, end = "[", "]"
		for i, item := range v {
			here := inside && own == strconv.Itoa(i)
			if here || len(lines) < maxMembers {
				line(around.AppendToken(strconv.Itoa(i)), "", item, here)
			} else {
				left++
			}
		}
	default:
		return "> " + e.value(of, around, value)
	}
	if object, ok := value.(map[string]any); ok && inside {
		if _, present := object[own]; !present && e.documented(of, pointer) && e.harmless(own) {
			lines = append([]string{">   " + quoted(shorten(own)) + ": <absent>"}, lines...)
		}
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("    … %d more", left))
	}
	return "  " + open + "\n" + strings.Join(append(lines, "  "+end), "\n")
}

// documented reports whether the specification has a member.
func (e *excerpter) documented(of contract.Direction, at contract.Pointer) bool {
	return len(e.members(of.Body(at))) > 0
}

// value writes one value on one line: an object or a list by its size alone.
func (e *excerpter) value(of contract.Direction, at contract.Pointer, value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "{…} " + contract.Plural(len(v), "member")
	case []any:
		return "[…] " + contract.Plural(len(v), "item")
	case nil:
		return "null"
	case string:
		if v == "" { // no value is hidden in it
			return `""`
		}
	}
	text, _ := contract.Text(value)
	_, isBool := value.(bool)
	switch {
	case len(text) > maxSearched:
		return fmt.Sprintf("<%s, %d bytes>", typeOf(value), len(text))
	case e.o.Redacts(of.Body(at)), !isBool && !e.bounded(of.Body(at), text), !e.harmless(text):
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
	count := 0
	for i := range text {
		if count == maxText {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
