package overlay

import (
	"fmt"
	"math/big"
	"mime"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// tabled is a row of a table of codes, and where it stands.
type tabled struct {
	*openapi.Code
	at path
}

// row finds the row of a change's code.
func (d *draft) row(o *openapi.Operation, c contract.Change) (tabled, bool) {
	table := d.resolve(operationPath(o).to("x-result", "codes"))
	code := o.Code(c.Code)
	for i, n := range children(table.node(d.root)) {
		if code != nil && child(n, "code") != nil && child(n, "code").Value == c.Code {
			return tabled{code, table.to(strconv.Itoa(i))}, true
		}
	}
	return tabled{}, false
}

func operationPath(o *openapi.Operation) path {
	return path{"paths", o.Path, strings.ToLower(o.Method)}
}

// sharing lists the operations whose table of codes is that of another.
func (d *draft) sharing(o *openapi.Operation) (all []*openapi.Operation) {
	table := d.resolve(operationPath(o).to("x-result", "codes"))
	for _, other := range d.spec.Operations {
		if slices.Equal(d.resolve(operationPath(other).to("x-result", "codes")), table) {
			all = append(all, other)
		}
	}
	return all
}

// also names the other operations that a change to the table is about.
func (d *draft) also(o *openapi.Operation) string {
	var others []string
	for _, one := range d.sharing(o) {
		if one != o {
			others = append(others, one.ID)
		}
	}
	if others == nil {
		return ""
	}
	return " The table is that of " + strings.Join(others, ", ") + " as well."
}

// Why a row cannot say that something came beside what it has.
const both = "a row of the table has one, and both came"

// stated proposes another status of a code, in its row, in its examples and in
// the enumeration of statuses.
func (d *draft) stated(o *openapi.Operation, c contract.Change) string {
	row, ok := d.row(o, c)
	got := first(c.Got.Statuses)
	switch {
	case !ok:
		return "the table has no such code"
	case got == "" || strings.Contains(got, contract.Hole):
		return "its words show no status"
	case text(row.at.to("status").node(d.root)) == got:
		return "the table has it"
	case row.Status == "":
		return "the table names no status of the code"
	case c.Is.N < c.Is.Of:
		return both
	}
	said := "The status that was " + met(c) + ". What the code means for money stays as it is until somebody has looked." + d.also(o)
	d.put(row.at, mapping("status", quoted(got)), said)
	for _, sharing := range d.sharing(o) {
		for _, pointer := range sharing.Result.Status {
			for _, example := range d.examples(sharing, row.HTTP, c.Code) {
				at := d.resolve(example).to("value").to(contract.TokensOf(pointer)...)
				if at.node(d.root) != nil && text(at.node(d.root)) != got {
					d.put(at[:len(at)-1], mapping(at[len(at)-1], quoted(got)), said)
				}
			}
			one := c
			one.At, one.Got = contract.ResponseBody(pointer), contract.Value{Values: []string{got}}
			d.widened(sharing, one)
		}
	}
	return ""
}

// examples finds what is printed for a code under an HTTP status.
func (d *draft) examples(o *openapi.Operation, status int, code string) (all []path) {
	content := operationPath(o).to("responses", strconv.Itoa(status), "content")
	for _, media := range names(content.node(d.root)) {
		if at := content.to(media, "examples", code); at.node(d.root) != nil {
			all = append(all, at)
		}
	}
	return all
}

// worded proposes a message more of a code: what of it was a value is a hole.
func (d *draft) worded(o *openapi.Operation, c contract.Change) string {
	row, ok := d.row(o, c)
	var form contract.MessagePattern
	if len(c.Got.Messages) > 0 {
		form = c.Got.Messages[0]
	}
	message := form.Fill(value)
	if form.Cut() {
		message += value // more may follow
	}
	had := row.at.to("message")
	switch n := had.node(d.root); {
	case !ok:
		return "the table has no such code"
	case !strings.ContainsFunc(form.Fill(""), isLetter):
		return "its words show no text"
	case n == nil:
		d.put(row.at, mapping("message", quoted(message)), "The message that was "+met(c)+".")
	case n.Value == message || slices.Contains(texts(n), message):
		return "the table has it"
	case n.Kind == yaml.SequenceNode:
		d.put(row.at, mapping("message", list(quoted(message))), "A message that was "+met(c)+".")
	default:
		d.replace(had, list(clone(n), quoted(message)), "A message that was "+met(c)+", beside the one of the page.")
	}
	return ""
}

// value is the hole of a message in a specification.
const value = "{value}"

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// responded proposes another HTTP status of a code: its row, a response of that
// status, and the example that stands there from now on.
func (d *draft) responded(o *openapi.Operation, c contract.Change) string {
	row, ok := d.row(o, c)
	status := 0
	if len(c.Got.HTTP) > 0 {
		status = c.Got.HTTP[0]
	}
	switch {
	case !ok:
		return "the table has no such code"
	case status < 100 || status > 599:
		return "its words show no HTTP status"
	case row.HTTP == status:
		return "the table has it"
	case c.Is.N < c.Is.Of:
		return both
	}
	sharing := d.sharing(o)
	for _, one := range sharing {
		from := operationPath(one).to("responses", strconv.Itoa(row.HTTP), "content")
		to := operationPath(one).to("responses", strconv.Itoa(status), "content")
		for _, media := range names(from.node(d.root)) {
			had := to.to(media, "schema")
			if to.node(d.root) != nil && !slices.Equal(d.resolve(had), d.resolve(from.to(media, "schema"))) {
				return fmt.Sprintf("the response of HTTP status %d has another body: a person has to decide", status)
			}
		}
	}
	said := "The HTTP status that was " + met(c) + "." + d.also(o)
	d.put(row.at, mapping("http", number(strconv.Itoa(status))), said)
	for _, one := range sharing {
		d.moved(operationPath(one).to("responses"), row.HTTP, status, c, said)
	}
	return ""
}

// moved takes the example of a code from the response of one HTTP status to that
// of another, which is made if it is not there.
func (d *draft) moved(responses path, was, is int, c contract.Change, said string) {
	from, now := responses.to(strconv.Itoa(was), "content"), strconv.Itoa(is)
	for _, media := range names(from.node(d.root)) {
		printed := from.to(media, "examples", c.Code)
		if printed.node(d.root) == nil {
			continue
		}
		example := mapping2(quoted(c.Code), clone(printed.node(d.root)))
		schema := clone(from.to(media, "schema").node(d.root))
		d.remove(printed, said)
		if responses.to(now).node(d.root) == nil {
			response := mapping("description", scalar("A response that was "+met(c)+"; nobody has read about it."), "content", mapping())
			d.put(responses, mapping2(quoted(now), response), said)
		}
		to := responses.to(now, "content")
		if to.to(media).node(d.root) == nil {
			d.put(to, mapping(media, mapping("schema", schema)), said)
		}
		d.put(to.to(media), mapping("examples", example), said)
	}
}

// media proposes a content type more, with the body of those that are there.
func (d *draft) media(o *openapi.Operation, c contract.Change) string {
	came := first(c.Got.Media)
	if got, _, err := mime.ParseMediaType(came); err != nil || got != came || !strings.Contains(got, "/") {
		return "its words show no content type"
	}
	done := false
	for _, status := range o.Statuses() {
		if row := o.Code(c.Code); row != nil && row.HTTP != status {
			continue
		}
		content := operationPath(o).to("responses", strconv.Itoa(status), "content")
		all := names(content.node(d.root))
		if len(all) == 0 || slices.Contains(all, came) {
			continue
		}
		schema := content.to(all[0], "schema").node(d.root)
		d.put(content, mapping(came, mapping("schema", clone(schema))), "A content type that was "+met(c)+".")
		done = true
	}
	if !done {
		return "the document has it"
	}
	return ""
}

// formatted proposes to demand no format: what the page prints may have the old
// one, and what was met has another.
func (d *draft) formatted(o *openapi.Operation, c contract.Change) string {
	places, why := d.documented(o, c)
	got, done := first(c.Got.Formats), false
	for _, place := range places {
		for _, part := range d.parts(d.resolve(place)) {
			at := part.to("format")
			if had := text(at.node(d.root)); had != "" && had != strings.TrimPrefix(got, "https-") {
				d.remove(at, "Another format, "+got+", was "+met(c)+".")
				done = true
			} else if child(part.node(d.root), "pattern") != nil {
				why = "whether its pattern accepts it is for a person to see"
			}
		}
	}
	switch {
	case done:
		return ""
	case why == "":
		return "the schema accepts it"
	}
	return why
}

// lengthened proposes wider bounds of a length, of how many items there are, or of a
// number.
func (d *draft) lengthened(o *openapi.Operation, c contract.Change) string {
	came, lower, upper, said := c.Now.Length, "minLength", "maxLength", "A length"
	switch c.Kind {
	case contract.NumberChanged:
		came, lower, upper, said = c.Now.Number, "minimum", "maximum", "A number"
	case contract.SizeChanged:
		came, lower, upper = c.Now.Items, "minItems", "maxItems"
	}
	if came == nil {
		return "its words show no length"
	}
	least, most := came.Min, came.Max
	places, why := d.documented(o, c)
	done := false
	for _, place := range places {
		for _, part := range d.parts(d.resolve(place)) {
			low, high := child(part.node(d.root), lower), child(part.node(d.root), upper)
			if low != nil && below(least, low.Value) {
				d.put(part, mapping(lower, number(least)), said+" that was "+met(c)+".")
				done = true
			}
			if high != nil && below(high.Value, most) {
				d.put(part, mapping(upper, number(most)), said+" that was "+met(c)+".")
				done = true
			}
		}
	}
	if why == "" && !done {
		return "the schema accepts it"
	}
	return why
}

// below tells whether a number is smaller than another, both as decimal text.
func below(a, b string) bool {
	x, xOK := new(big.Rat).SetString(a)
	y, yOK := new(big.Rat).SetString(b)
	return xOK && yOK && x.Cmp(y) < 0
}

// number is the scalar of a decimal text.
func number(n string) *yaml.Node {
	if strings.Contains(n, ".") {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: n}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: n}
}

// text is that of a scalar, "" where there is none.
func text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}
