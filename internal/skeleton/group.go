package skeleton

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// group is the exchanges of one operation.
type group struct {
	provider     *Provider
	method, path string
	all          []Recorded

	asked   *value // the bodies of requests
	bodies  []body
	replies map[int]*value // the bodies of responses, by HTTP status
	of      []int          // for each of bodies: its exchange
	empty   map[int][]int  // the exchanges whose response has no body, by HTTP status
	params  map[string]*value
}

// operation learns the operation.
func (g *group) operation() *Operation {
	o := &Operation{Method: g.method, Path: g.path, Seen: len(g.all), Assumed: true, ID: operationID(g.method, g.path)}
	o.Summary = g.method + " " + g.path
	if name := g.all[0].Name; name != "" && !personal(name) {
		o.Summary, o.ID = name, camel(name)
	}
	o.Page = g.provider.page()
	g.learnParameters(o)
	g.learnRequest(o)
	g.learnResponses(o)
	o.CodeAt, o.CodeWhy = findCode(g.bodies)
	o.MessageAt = findMessage(g.bodies, o.CodeAt)
	g.rows(o)
	return o
}

// page is the address of the documents, which only a person knows.
func (p *Provider) page() string { return "https://docs." + p.Name + ".example/" }

func (g *group) learnRequest(o *Operation) {
	with := 0
	for _, r := range g.all {
		v, media, ok := decode(r.Exchange.Request.Header, r.Exchange.Request.Body)
		if len(r.Exchange.Request.Body) > 0 {
			with++
		}
		if !ok {
			continue
		}
		if g.asked == nil {
			g.asked = newValue("")
			o.RequestType = media
		}
		g.asked.see(v, 0)
	}
	if g.asked == nil {
		return
	}
	o.RequestRequired = with == len(g.all)
	if o.RequestType == formType {
		g.asked.plainTexts()
	}
	o.Request = g.asked.schema("")
	meanings(o.Request)
}

// plainTexts makes texts of what is a text in one form and a number in another.
func (v *value) plainTexts() {
	if v.types["string"] > 0 && v.types["integer"]+v.types["boolean"] > 0 {
		v.types["string"] += v.types["integer"] + v.types["boolean"]
		delete(v.types, "integer")
		delete(v.types, "boolean")
		v.formats = map[string]int{}
	}
	for _, m := range v.members {
		m.plainTexts()
	}
	if v.item != nil {
		v.item.plainTexts()
	}
}

func (g *group) learnResponses(o *Operation) {
	g.replies, g.empty = map[int]*value{}, map[int][]int{}
	media := map[int]string{}
	var statuses []int
	for i, r := range g.all {
		if r.Absent {
			continue
		}
		status := r.Exchange.Response.Status
		if !slices.Contains(statuses, status) {
			statuses = append(statuses, status)
		}
		if len(r.Exchange.Response.Body) == 0 {
			g.empty[status] = append(g.empty[status], i)
			continue // whatever its media type is
		}
		v, of, ok := decode(r.Exchange.Response.Header, r.Exchange.Response.Body)
		if !ok {
			if media[status] == "" {
				media[status] = mediaType(r.Exchange.Response.Header)
			}
			continue
		}
		if g.replies[status] == nil {
			g.replies[status], media[status] = newValue(""), of
		}
		g.replies[status].see(v, 0)
		g.bodies, g.of = append(g.bodies, body{status, v}), append(g.of, i)
	}
	slices.Sort(statuses)
	for _, status := range statuses {
		n := 0
		for _, r := range g.all {
			if !r.Absent && r.Exchange.Response.Status == status {
				n++
			}
		}
		a := &Response{Status: status, About: fmt.Sprintf("Seen %d of %d times.", n, len(g.all)), Type: media[status]}
		if v := g.replies[status]; v != nil {
			a.Schema = v.schema("")
		} else if a.Type != "" {
			a.Schema = flow().Node
		}
		o.Responses = append(o.Responses, a)
	}
	if len(statuses) == 0 { // a request of a collection without a saved response
		o.Responses = []*Response{{Status: 200, About: "Assumed: no response was seen.", Type: jsonType, Schema: flow().put("type", "object").put("additionalProperties", true).Node}}
	}
}

// rows makes the table of codes, an example for each row, and the cases.
func (g *group) rows(o *Operation) {
	seen := map[string]map[int]int{}
	best := map[string]map[int]int{} // the body that shows most
	for i, b := range g.bodies {
		code, _ := codeOf(b, o.CodeAt)
		if seen[code] == nil {
			seen[code], best[code] = map[int]int{}, map[int]int{}
		}
		if have, is := best[code][b.status]; !is || size(b.value) > size(g.bodies[have].value) {
			best[code][b.status] = i
		}
		seen[code][b.status]++
	}
	for _, code := range sortedNames(seen) {
		for status, n := range seen[code] {
			row := &Code{Code: code, HTTP: status, Seen: n, Doc: g.rowDoc(n)}
			o.Codes = append(o.Codes, row)
		}
	}
	for status, all := range g.empty {
		if a := o.response(status); a.Schema == nil {
			o.Codes = append(o.Codes, &Code{Code: strconv.Itoa(status), HTTP: status, Seen: len(all), Doc: g.rowDoc(len(all))})
		}
	}
	for _, row := range o.Codes {
		if slices.ContainsFunc(o.Codes, func(other *Code) bool { return other != row && other.Code == row.Code }) {
			row.Variant = "http-" + strconv.Itoa(row.HTTP)
		}
	}
	slices.SortFunc(o.Codes, func(a, b *Code) int {
		return cmp.Or(cmp.Compare(b.Seen, a.Seen), cmp.Compare(a.Code, b.Code), cmp.Compare(a.HTTP, b.HTTP))
	})
	fixed := map[string]any{}
	for _, at := range o.CodeAt {
		fixed[string(at)] = nil
	}
	for _, at := range o.MessageAt {
		fixed[string(at)] = "text"
	}
	if len(o.Codes) == 0 {
		why := ": no response was seen"
		if slices.ContainsFunc(g.all, func(r Recorded) bool { return !r.Absent }) {
			why = ": no response in JSON was seen"
		}
		o.Codes = []*Code{{Code: strconv.Itoa(o.Responses[0].Status), HTTP: o.Responses[0].Status, Doc: g.provider.Source + why}}
		if a := o.Responses[0]; a.Type == jsonType {
			a.Examples = append(a.Examples, Example{o.Codes[0].Code, map[string]any{}})
		}
	}
	for i, row := range o.Codes {
		of := 0
		switch a := o.response(row.HTTP); {
		case row.Seen == 0:
		case a.Schema == nil:
			of = g.empty[row.HTTP][0]
		default:
			k := best[row.Code][row.HTTP]
			of = g.of[k]
			a.Examples = append(a.Examples, Example{row.Name(), g.replies[row.HTTP].surrogate(g.bodies[k].value, "", fixed)})
		}
		if i == 0 {
			o.Cases = append(o.Cases, g.sample("sample", "the first request that was seen with the most frequent code", row, o, of))
		}
		o.Cases = append(o.Cases, g.sample(o.caseName(row), "a request that got "+row.Name(), row, o, of))
	}
}

// rowDoc says how many responses have a code.
func (g *group) rowDoc(n int) string {
	of := len(g.bodies)
	for status, all := range g.empty {
		if g.replies[status] == nil {
			of += len(all)
		}
	}
	return fmt.Sprintf("%s: %d of %s", g.provider.Source, n, contract.Plural(of, "response"))
}

func (o *Operation) response(status int) *Response {
	for _, a := range o.Responses {
		if a.Status == status {
			return a
		}
	}
	return nil
}

// caseName is a name for the case of a row.
func (o *Operation) caseName(row *Code) string {
	name := "code-" + cmp.Or(kebab(row.Name()), "other")
	for n := 2; slices.ContainsFunc(o.Cases, func(c *Case) bool { return c.Name == name }); n++ {
		name = "code-" + kebab(row.Name()) + "-" + strconv.Itoa(n)
	}
	return name
}

// size counts the members of a value.
func size(v any) int {
	n := 0
	contract.Visit(v, "", func(contract.Pointer, any) { n++ })
	return n
}

// sample makes a case from an exchange.
func (g *group) sample(name, about string, row *Code, o *Operation, i int) *Case {
	r := g.all[i].Exchange.Request
	c := &Case{Name: name, About: about, Source: row.Doc, Path: map[string]any{}, Query: map[string]any{}, Headers: map[string]any{}, Code: row.Code, Variant: row.Variant}
	for _, p := range o.Parameters {
		v := g.params[p.In+" "+p.Name]
		texts := g.values(p.In, p.Name, g.all[i])
		if len(texts) == 0 {
			continue
		}
		by := v.surrogate(texts[0], "", nil)
		switch p.In {
		case "path":
			c.Path[p.Name] = by
		case "query":
			c.Query[p.Name] = by
		case "header":
			c.Headers[p.Name] = by
		}
	}
	if body, _, ok := decode(r.Header, r.Body); ok && g.asked != nil {
		c.Body = g.asked.surrogate(body, "", nil)
	}
	return c
}

// values returns the values of a parameter in a request.
func (g *group) values(in, name string, r Recorded) []any {
	var all []any
	switch in {
	case "query":
		for _, text := range r.Exchange.Request.URL.Query()[name] {
			all = append(all, formValue(text))
		}
	case "header":
		for _, text := range r.Exchange.Request.Header.Values(name) {
			all = append(all, text)
		}
	case "path":
		segments := newRequest("", r.Exchange.Request.URL).segments
		for k, s := range strings.Split(strings.Trim(g.path, "/"), "/") {
			if s == "{"+name+"}" && k < len(segments) {
				all = append(all, segments[k])
			}
		}
	}
	return all
}
