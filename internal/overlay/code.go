package overlay

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// code proposes a row for a result code, and what a row needs: an example, and
// a reading that says it was seen and not documented. It never counts as
// documented until somebody has read about it, and means nothing for money.
func (d *draft) code(o *openapi.Operation, c contract.Change) string {
	switch {
	case c.Code == "" || c.At == contract.ResponseRoot: // no code at all
		return "it does not say which code"
	case c.Code == "other":
		return "its code is not kept, as it may be somebody's: a person has to look at the responses"
	case o.Code(c.Code) != nil:
		return "the table has it"
	}
	status := http.StatusOK
	if like := d.model(o); like != nil {
		status = like.HTTP
	}
	if len(c.Now.HTTP) == 1 {
		status = c.Now.HTTP[0]
	}
	if len(o.Result.Code) == 0 || c.At == contract.ResponseStatus { // the HTTP status is the code
		n, err := strconv.Atoi(c.Code)
		if err != nil || n < 100 || n > 599 {
			return "the code is an HTTP status, and this is none"
		}
		status = n
	}
	if o.Responses[status] == nil {
		return fmt.Sprintf("the document has no response of HTTP status %d", status)
	}
	body, ok := d.example(o, c, status)
	if !ok {
		return "the document has no response that an example could be made of"
	}
	table := d.resolve(operationPath(o).to("x-result", "codes"))
	often := c
	often.Code = ""
	said := "A code that was " + met(often) + ", by " + o.ID + ". Nobody has read what it means."
	id := d.reading()
	if child(table.node(d.root), "0") == nil || d.has(table, c.Code) {
		return "the table has it"
	}
	row := mapping("code", quoted(c.Code), "outcome", scalar(string(contract.Unknown)), "retry", scalar(string(contract.AfterInquiry)), "seen", scalar(id), "x-doc", scalar(Unread))
	if status != http.StatusOK {
		row.Content = append(row.Content, scalar("http"), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(status)})
	}
	above, last := table[:len(table)-1], table[len(table)-1]
	d.put(above, mapping(last, list(row)), said)
	for _, sharing := range d.sharing(o) {
		at := operationPath(sharing)
		if made, ok := d.example(sharing, c, status); ok {
			body = made
		}
		d.put(at, mapping("x-ambiguities", list(seen(id, sharing, c.Code, met(often)+" by "+o.ID))), said)
		for _, media := range names(at.to("responses", strconv.Itoa(status), "content").node(d.root)) {
			d.put(at.to("responses", strconv.Itoa(status), "content", media), mapping("examples", mapping2(quoted(c.Code), mapping("value", clone(body)))), "What such a response may look like: made, not printed by the provider.")
		}
		d.enumerated(sharing, c, body)
	}
	return ""
}

func mapping2(name, value *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{name, value}}
}

// enumerated widens the enumerations of codes and statuses, where there are any, to
// those of an example.
func (d *draft) enumerated(o *openapi.Operation, c contract.Change, example *yaml.Node) {
	for _, pointer := range slices.Concat(o.Result.Code, o.Result.Status) {
		if n := path(contract.TokensOf(pointer)).node(example); n != nil && n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
			c.At, c.Got = contract.ResponseBody(pointer), contract.Value{Values: []string{n.Value}}
			d.widened(o, c)
		}
	}
}

func (d *draft) has(table path, code string) bool {
	for _, row := range table.node(d.root).Content {
		if n := child(row, "code"); n != nil && n.Value == code {
			return true
		}
	}
	return false
}

// seen is the reading of a code that was met in the wild.
func seen(id string, o *openapi.Operation, code, often string) *yaml.Node {
	n := mapping("id", scalar(id))
	if len(o.Result.Code) > 0 {
		n.Content = append(n.Content, scalar("at"), scalar(string(contract.ResponseBody(o.Result.Code[0]))))
	}
	n.Content = append(n.Content, mapping(
		"sources", list(
			mapping("source", scalar("the page's table of codes"), "text", scalar("no "+code)),
			mapping("source", scalar("responses"), "text", scalar(code+", "+often))),
		"chosen", scalar("responses"),
		"why", scalar("it was met; what it means is unknown until it is read"),
		"held", list(scalar("unknown-never-succeeds"))).Content...)
	return n
}

// reading is an id that no reading of the document has.
func (d *draft) reading() string {
	highest := 0
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		for _, ambiguity := range children(child(n, "x-ambiguities")) {
			if id := child(ambiguity, "id"); id != nil {
				number, _ := strconv.Atoi(strings.TrimPrefix(id.Value, "C"))
				highest = max(highest, number)
			}
		}
		for _, below := range children(n) {
			visit(below)
		}
	}
	visit(d.root)
	return "C" + strconv.Itoa(highest+1)
}

func children(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

// model is the row whose example an example is made of: one that leaves open
// what has become of the money, else any that did not succeed.
func (d *draft) model(o *openapi.Operation) *openapi.Code {
	for _, state := range []contract.State{contract.Unknown, contract.Pending, contract.Unavailable, contract.Rejected, contract.Invalid, contract.Unauthorized} {
		for _, row := range o.Codes {
			if _, ok := o.Example(row.Code); ok && row.State == state && row.HTTP == http.StatusOK {
				return row
			}
		}
	}
	for _, row := range o.Codes {
		if _, ok := o.Example(row.Code); ok && row.State != contract.Succeeded {
			return row
		}
	}
	return nil
}

// example makes a response with a code out of another's.
func (d *draft) example(o *openapi.Operation, c contract.Change, status int) (*yaml.Node, bool) {
	code := c.Code
	like := d.model(o)
	if like == nil || like.HTTP != status {
		for _, row := range o.Codes {
			if _, ok := o.Example(row.Code); ok && row.HTTP == status {
				like = row
			}
		}
	}
	if like == nil || like.HTTP != status {
		return nil, false
	}
	printed, _ := o.Example(like.Code)
	var document yaml.Node
	if err := yaml.Unmarshal(printed.Body, &document); err != nil || len(document.Content) == 0 {
		return nil, false
	}
	body := document.Content[0]
	block(body)
	carried := len(o.Result.Code) == 0
	for _, pointer := range o.Result.Code {
		n := path(contract.TokensOf(pointer)).node(body)
		if n == nil {
			continue
		}
		if _, err := strconv.Atoi(code); n.Tag != "!!int" || err != nil {
			*n = *quoted(code)
		}
		n.Value, carried = code, true
		break
	}
	for _, pointer := range o.Result.Message {
		if n := path(contract.TokensOf(pointer)).node(body); n != nil && n.Tag == "!!str" {
			*n = *quoted(message(c))
			break
		}
	}
	for _, pointer := range o.Result.Status {
		if n := path(contract.TokensOf(pointer)).node(body); n != nil && n.Tag == "!!str" {
			*n = *quoted(cmp.Or(first(c.Now.Statuses), n.Value))
			break
		}
	}
	return body, carried
}

// message is the one that a code comes with, or another text where it shows none.
func message(c contract.Change) string {
	if len(c.Now.Messages) == 0 || c.Now.Messages[0] == "" {
		return "not documented"
	}
	return string(c.Now.Messages[0])
}

// first is the first of a list, "" where there is none.
func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// block writes a node as the rest of the document is written: what was JSON has
// its braces.
func block(n *yaml.Node) {
	n.Style &^= yaml.FlowStyle
	for _, below := range n.Content {
		block(below)
	}
}
