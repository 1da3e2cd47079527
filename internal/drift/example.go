package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/shape"
)

// The limits of an example.
const (
	mostSiblings = 8 // members of one object
	mostAbove    = 8 // levels above the place
	mostBelow    = 2 // levels below it
)

// example returns JSON that shows a change: the members on the way to its place, those
// beside it, and what is below. It is built from the shape; no exchange is stored for
// it. Only documented values and result codes appear in it; everything else is
// described.
func (c *comparison) example(n news) json.RawMessage {
	if c.is == nil {
		return nil
	}
	var drawn any
	of := n.at.Direction()
	in, name := n.at.Named()
	pointer, inBody := n.at.Pointer()
	inBody = inBody && of == c.of
	switch {
	case inBody && c.is.Members[""].N() == 0:
		drawn = described("no JSON")
	case inBody:
		drawn = c.sketch(pointer, n).draw("", mostBelow)
	case of == contract.InRequest && n.now.Absent:
		drawn = map[string]any{in: map[string]any{}}
	case of == contract.InRequest:
		drawn = map[string]any{in: map[string]any{name: described(report.Words(sorted(c.is.Members[shape.Key(n.at)])))}}
	case in == "header":
		header := map[string]any{"content-type": only(c.is.Media, first(n.got.Media))}
		if n.now.Absent {
			name = "content-type"
		}
		if name != "content-type" {
			header[name] = described("")
		}
		drawn = map[string]any{"status": only(c.is.HTTP, ""), "header": header}
	default:
		got := ""
		if len(n.got.HTTP) > 0 {
			got = strconv.Itoa(n.got.HTTP[0])
		}
		drawn = map[string]any{"status": only(c.is.HTTP, got)}
	}
	raw, err := contract.Encode(drawn)
	if err != nil {
		return nil // it has maps and texts only
	}
	return raw
}

// described returns the description of a value.
func described(what string) string {
	if what == "" {
		what = "text"
	}
	return "<" + what + ">"
}

// first returns the first item of a list, or "" if it is empty.
func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// only returns the new name of a tally, or all names.
func only(t shape.Tally, got string) any {
	names := t.Names()
	if t[got] != nil {
		names = []string{got}
	}
	if len(names) == 1 && strings.Trim(names[0], "0123456789") == "" && names[0] != "" {
		return json.Number(names[0])
	}
	return strings.Join(names, " or ")
}

// sketch is an example under construction.
type sketch struct {
	*comparison
	ways  []contract.Pointer // the pointers to show, the place first
	news  news
	gone  bool // the member at the place is missing
	below map[contract.Pointer][]contract.Pointer
}

func (c *comparison) sketch(pointer contract.Pointer, n news) *sketch {
	s := &sketch{comparison: c, ways: []contract.Pointer{pointer}, news: n, gone: n.now.Absent, below: map[contract.Pointer][]contract.Pointer{}}
	if !c.inRequest() {
		s.ways = append(s.ways, c.o.Result.Code...)
	}
	for at := range c.is.Members {
		if at != "" && shape.IsBody(at) {
			s.below[at.Parent()] = append(s.below[at.Parent()], at)
		}
	}
	for _, all := range s.below {
		slices.Sort(all)
	}
	return s
}

// leads reports whether a member is on the way to the member that the example shows.
func (s *sketch) leads(pointer contract.Pointer) bool {
	return slices.ContainsFunc(s.ways, pointer.Contains)
}

// draw returns a member, with so many levels below it.
func (s *sketch) draw(pointer contract.Pointer, deep int) any {
	m, kind := s.is.Members[pointer], ""
	if pointer == s.ways[0] && (s.news.kind == contract.MemberRetyped || s.news.kind == contract.MemberNull) {
		kind = first(s.news.got.Types)
	}
	for _, container := range []string{"object", "array"} {
		if kind == "" && m.Types[container] != nil && len(s.below[pointer]) > 0 {
			kind = container
		}
	}
	switch {
	case kind == "null" || kind == "" && len(m.Types) == 1 && m.Types["null"] != nil:
		return nil
	case kind == "object" || kind == "array":
		return s.container(pointer, kind, deep)
	case kind != "":
		return described(kind)
	}
	return s.leaf(pointer, m)
}

// container returns an object or an array with the members to show.
func (s *sketch) container(pointer contract.Pointer, kind string, deep int) any {
	onWay := s.leads(pointer) && pointer != s.ways[0]
	if !onWay && deep == 0 || len(contract.TokensOf(pointer)) > mostAbove {
		return described(kind)
	}
	object, left, shown := map[string]any{}, 0, 0
	for _, at := range s.below[pointer] {
		lead := s.leads(at) && !s.missing(at)
		name := at.LastToken()
		item := name == contract.Every && s.is.Members[pointer].Types["array"] != nil
		if item != (kind == "array") || !lead && !s.usual(at) {
			continue
		}
		near := !onWay || s.ways[0].Parent() == pointer
		switch {
		case lead:
			object[name] = s.draw(at, mostBelow)
		case near && shown < mostSiblings:
			shown++
			object[name] = s.draw(at, max(deep-1, 0))
		default:
			left++
		}
	}
	if kind == "array" {
		all := []any{}
		if item, ok := object[contract.Every]; ok {
			all = append(all, item)
		}
		return all
	}
	if left > 0 {
		object[shape.Rest] = fmt.Sprintf("%d more", left)
	}
	return object
}

// missing reports whether the member is absent in the example.
func (s *sketch) missing(pointer contract.Pointer) bool { return s.gone && pointer == s.ways[0] }

// usual reports whether a member is present more often than not.
func (s *sketch) usual(pointer contract.Pointer) bool {
	return !s.missing(pointer) && 2*s.is.Members[pointer].N() > s.is.Possible(pointer)
}

// leaf returns a result code, a documented value, or a description.
func (s *sketch) leaf(pointer contract.Pointer, m *shape.Member) any {
	doc := shape.Documented(s.o, s.of, pointer)
	result := !s.inRequest() && slices.Contains(s.o.Result.Code, pointer)
	code := s.code
	if row := s.o.Code(code); row != nil {
		code = row.Code // without its variant
	}
	switch {
	case doc.Sensitive() || s.o.Redacts(s.of.Body(pointer)):
	case result && shape.IsCode(s.code) && m.Types["string"] == nil:
		return json.Number(code)
	case result && shape.IsCode(s.code):
		return code
	case !s.inRequest() && slices.Contains(s.o.Result.Status, pointer):
		row := s.o.Code(s.code)
		switch {
		case row == nil || len(s.is.Statuses) != 1 || s.is.Statuses[row.Status] == nil:
		case m.Types["string"] == nil && m.Types["boolean"] != nil:
			return row.Status == "true"
		case m.Types["string"] != nil:
			return row.Status
		}
	default:
		if value, ok := listed(doc, m); ok {
			return value
		}
	}
	return described(report.Words(sorted(m)))
}

// listed returns an observed value that the documents list.
func listed(doc *openapi.Member, m *shape.Member) (string, bool) {
	if doc == nil || m.Types["string"] == nil {
		return "", false
	}
	for _, value := range m.Values.Names() {
		if slices.Contains(doc.Enum, value) {
			return value, true
		}
	}
	return "", false
}
