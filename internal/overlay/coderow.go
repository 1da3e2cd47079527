package overlay

import (
	"math/big"
	"mime"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// tableRow is a row of a table of codes and its path.
type tableRow struct {
	*openapi.Code
	at path
}

// row finds the row of the code of a change.
func (d *draft) row(o *openapi.Operation, c contract.Change) (tableRow, bool) {
	table := d.resolve(operationPath(o).to("x-result", "codes"))
	code := o.Code(c.Code)
	for i, n := range children(table.node(d.root)) {
		if code != nil && text(child(n, "code")) == code.Code && text(child(n, "variant")) == code.Variant {
			return tableRow{code, table.to(strconv.Itoa(i))}, true
		}
	}
	return tableRow{}, false
}

func operationPath(o *openapi.Operation) path {
	return path{"paths", o.Path, strings.ToLower(o.Method)}
}

// sharing returns the operations that use the same table of codes, o included.
func (d *draft) sharing(o *openapi.Operation) (all []*openapi.Operation) {
	table := d.resolve(operationPath(o).to("x-result", "codes"))
	for _, other := range d.spec.Operations {
		if slices.Equal(d.resolve(operationPath(other).to("x-result", "codes")), table) {
			all = append(all, other)
		}
	}
	return all
}

// otherOperations names the other operations that use the table.
func (d *draft) otherOperations(o *openapi.Operation) string {
	var others []string
	for _, one := range d.sharing(o) {
		if one != o {
			others = append(others, one.ID)
		}
	}
	if others == nil {
		return ""
	}
	return " The table is also used by " + strings.Join(others, ", ") + "."
}

// statusChanged proposes another status for a code: in its row, in its examples and in
// the enumeration of statuses.
func (d *draft) statusChanged(o *openapi.Operation, c contract.Change) *contract.Message {
	row, ok := d.row(o, c)
	got := firstOf(c.Got.Statuses)
	switch {
	case !ok:
		return codeNotInTable
	case got == "" || strings.Contains(got, contract.Hole):
		return statusUnnamed
	case text(row.at.to("status").node(d.root)) == got:
		return tableHasIt
	case row.Status == "":
		return rowWithoutStatus
	case c.Is.N < c.Is.Of:
		return ambiguousRow
	}
	description := "The status that was " + seenTimes(c) + ". The outcome of the code stays as it is until it was reviewed." + d.otherOperations(o)
	d.put(row.at, mapping("status", quoted(got)), description)
	for _, sharing := range d.sharing(o) {
		for _, pointer := range sharing.Result.Status {
			for _, example := range d.examples(sharing, row.HTTP, c.Code) {
				at := d.resolve(example).to("value").to(contract.TokensOf(pointer)...)
				if at.node(d.root) != nil && text(at.node(d.root)) != got {
					d.put(at[:len(at)-1], mapping(at[len(at)-1], quoted(got)), description)
				}
			}
			one := c
			one.At, one.Got = contract.ResponseBody(pointer), contract.Value{Values: []string{got}}
			d.enumWidened(sharing, one)
		}
	}
	return nil
}

// examples finds the examples of a code under an HTTP status.
func (d *draft) examples(o *openapi.Operation, status int, code string) (all []path) {
	content := operationPath(o).to("responses", strconv.Itoa(status), "content")
	for _, media := range names(content.node(d.root)) {
		if at := content.to(media, "examples", code); at.node(d.root) != nil {
			all = append(all, at)
		}
	}
	return all
}

// messageChanged proposes another message for a code, with {value} in place of each
// hole.
func (d *draft) messageChanged(o *openapi.Operation, c contract.Change) *contract.Message {
	row, ok := d.row(o, c)
	var form contract.MessagePattern
	if len(c.Got.Messages) > 0 {
		form = c.Got.Messages[0]
	}
	message := form.Fill(value)
	if form.Cut() {
		message += value // the form may be cut off
	}
	had := row.at.to("message")
	switch n := had.node(d.root); {
	case !ok:
		return codeNotInTable
	case !strings.ContainsFunc(form.Fill(""), alphabetic):
		return messageUnnamed
	case n == nil:
		d.put(row.at, mapping("message", quoted(message)), "The message that was "+seenTimes(c)+".")
	case n.Value == message || slices.Contains(texts(n), message):
		return tableHasIt
	case n.Kind == yaml.SequenceNode:
		d.put(row.at, mapping("message", list(quoted(message))), "A message that was "+seenTimes(c)+".")
	default:
		d.replace(had, list(clone(n), quoted(message)), "A message that was "+seenTimes(c)+", beside the one on the page.")
	}
	return nil
}

// value stands for a hole of a message in a specification.
const value = "{value}"

func alphabetic(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// httpChanged proposes another HTTP status for a code: in its row, as a response with
// that status, and with the example there.
func (d *draft) httpChanged(o *openapi.Operation, c contract.Change) *contract.Message {
	row, ok := d.row(o, c)
	status := 0
	if len(c.Got.HTTP) > 0 {
		status = c.Got.HTTP[0]
	}
	switch {
	case !ok:
		return codeNotInTable
	case status < 100 || status > 599:
		return httpUnnamed
	case row.HTTP == status:
		return tableHasIt
	case c.Is.N < c.Is.Of:
		return ambiguousRow
	}
	sharing := d.sharing(o)
	for _, one := range sharing {
		from := operationPath(one).to("responses", strconv.Itoa(row.HTTP), "content")
		to := operationPath(one).to("responses", strconv.Itoa(status), "content")
		for _, media := range names(from.node(d.root)) {
			had := to.to(media, "schema")
			if to.node(d.root) != nil && !slices.Equal(d.resolve(had), d.resolve(from.to(media, "schema"))) {
				return withStatus(otherBody, status)
			}
		}
	}
	description := "The HTTP status that was " + seenTimes(c) + "." + d.otherOperations(o)
	d.put(row.at, mapping("http", number(strconv.Itoa(status))), description)
	for _, one := range sharing {
		d.moveExample(operationPath(one).to("responses"), row.HTTP, status, c, description)
	}
	return nil
}

// moveExample moves the example of a code from the response with one HTTP status to
// that with another, which it adds if it does not exist.
func (d *draft) moveExample(responses path, was, is int, c contract.Change, description string) {
	from, now := responses.to(strconv.Itoa(was), "content"), strconv.Itoa(is)
	for _, media := range names(from.node(d.root)) {
		printed := from.to(media, "examples", c.Code)
		if printed.node(d.root) == nil {
			continue
		}
		example := mapping2(quoted(c.Code), clone(printed.node(d.root)))
		schema := clone(from.to(media, "schema").node(d.root))
		d.remove(printed, description)
		if responses.to(now).node(d.root) == nil {
			response := mapping("description", scalar("A response that was "+seenTimes(c)+"; not checked against the provider's page."), "content", mapping())
			d.put(responses, mapping2(quoted(now), response), description)
		}
		to := responses.to(now, "content")
		if to.to(media).node(d.root) == nil {
			d.put(to, mapping(media, mapping("schema", schema)), description)
		}
		d.put(to.to(media), mapping("examples", example), description)
	}
}

// mediaChanged proposes another media type, with the schema of the first one there.
func (d *draft) mediaChanged(o *openapi.Operation, c contract.Change) *contract.Message {
	came := firstOf(c.Got.Media)
	if got, _, err := mime.ParseMediaType(came); err != nil || got != came || !strings.Contains(got, "/") {
		return mediaUnnamed
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
		d.put(content, mapping(came, mapping("schema", clone(schema))), "A media type that was "+seenTimes(c)+".")
		done = true
	}
	if !done {
		return documentHasIt
	}
	return nil
}

// formatChanged proposes to remove the format, because documented values may have the
// old one.
func (d *draft) formatChanged(o *openapi.Operation, c contract.Change) *contract.Message {
	places, why := d.schemasOf(o, c)
	got, done := firstOf(c.Got.Formats), false
	for _, place := range places {
		for _, part := range d.parts(d.resolve(place)) {
			at := part.to("format")
			if had := text(at.node(d.root)); had != "" && had != strings.TrimPrefix(got, "https-") {
				d.remove(at, "Another format, "+got+", was "+seenTimes(c)+".")
				done = true
			} else if child(part.node(d.root), "pattern") != nil {
				why = patternInWay
			}
		}
	}
	switch {
	case done:
		return nil
	case why == nil:
		return schemaAccepts
	}
	return why
}

// boundsChanged proposes wider bounds for a length, a number of items or a number.
func (d *draft) boundsChanged(o *openapi.Operation, c contract.Change) *contract.Message {
	came, lower, upper, description := c.Now.Length, "minLength", "maxLength", "A length"
	switch c.Kind {
	case contract.NumberChanged:
		came, lower, upper, description = c.Now.Number, "minimum", "maximum", "A number"
	case contract.SizeChanged:
		came, lower, upper = c.Now.Items, "minItems", "maxItems"
	}
	if came == nil {
		return lengthUnnamed
	}
	least, most := came.Min, came.Max
	places, why := d.schemasOf(o, c)
	done := false
	for _, place := range places {
		for _, part := range d.parts(d.resolve(place)) {
			low, high := child(part.node(d.root), lower), child(part.node(d.root), upper)
			if low != nil && below(least, low.Value) {
				d.put(part, mapping(lower, number(least)), description+" that was "+seenTimes(c)+".")
				done = true
			}
			if high != nil && below(high.Value, most) {
				d.put(part, mapping(upper, number(most)), description+" that was "+seenTimes(c)+".")
				done = true
			}
		}
	}
	if why == nil && !done {
		return schemaAccepts
	}
	return why
}

// below reports whether a is less than b, both as decimal text.
func below(a, b string) bool {
	x, xOK := new(big.Rat).SetString(a)
	y, yOK := new(big.Rat).SetString(b)
	return xOK && yOK && x.Cmp(y) < 0
}

// number returns the scalar of a decimal text.
func number(n string) *yaml.Node {
	if strings.Contains(n, ".") {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: n}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: n}
}

// text returns the text of a scalar, or "" if n is nil.
func text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}
