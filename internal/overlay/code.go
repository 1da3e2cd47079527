package overlay

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// codeNew proposes a row for a result code, and what a row needs: an example, and an
// ambiguity that says that the code was seen and is not documented. Its outcome is
// unknown.
func (d *draft) codeNew(o *openapi.Operation, c contract.Change) *contract.Message {
	switch {
	case c.Code == "" || c.At == contract.ResponseRoot: // no code at all
		return codeless
	case c.Code == "other":
		return codeHidden
	case o.Code(c.Code) != nil:
		return tableHasIt
	case o.Lists(c.Code):
		return noVariantFits
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
			return statusInvalid
		}
		status = n
	}
	if o.Responses[status] == nil {
		return withStatus(statusUndocumented, status)
	}
	body, ok := d.example(o, c, status)
	if !ok {
		return exampleAbsent
	}
	table := d.resolve(operationPath(o).to("x-result", "codes"))
	often := c
	often.Code = ""
	description := "A code that was " + seenTimes(often) + " by " + o.ID + ". Its meaning was not checked against the provider's page."
	id := d.freeID()
	if child(table.node(d.root), "0") == nil || d.hasCode(table, c.Code) {
		return tableHasIt
	}
	row := mapping("code", quoted(c.Code), "outcome", scalar(string(contract.Unknown)), "retry", scalar(string(contract.AfterInquiry)), "seen", scalar(id), "x-doc", scalar(Unverified))
	if status != http.StatusOK {
		row.Content = append(row.Content, scalar("http"), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(status)})
	}
	above, last := table[:len(table)-1], table[len(table)-1]
	d.put(above, mapping(last, list(row)), description)
	for _, sharing := range d.sharing(o) {
		at := operationPath(sharing)
		if made, ok := d.example(sharing, c, status); ok {
			body = made
		}
		d.put(at, mapping("x-ambiguities", list(ambiguity(id, sharing, c.Code, seenTimes(often)+" by "+o.ID))), description)
		for _, media := range names(at.to("responses", strconv.Itoa(status), "content").node(d.root)) {
			d.put(at.to("responses", strconv.Itoa(status), "content", media), mapping("examples", mapping2(quoted(c.Code), mapping("value", clone(body)))), "An example of such a response, derived from another one and not copied from the page.")
		}
		d.widenEnums(sharing, c, body)
	}
	return nil
}

func mapping2(name, value *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{name, value}}
}

// widenEnums adds the code and status of an example to the enumerations of codes and
// statuses.
func (d *draft) widenEnums(o *openapi.Operation, c contract.Change, example *yaml.Node) {
	for _, pointer := range slices.Concat(o.Result.Code, o.Result.Status) {
		if n := path(contract.TokensOf(pointer)).node(example); n != nil && n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
			c.At, c.Got = contract.ResponseBody(pointer), contract.Value{Values: []string{n.Value}}
			d.enumWidened(o, c)
		}
	}
}

func (d *draft) hasCode(table path, code string) bool {
	for _, row := range table.node(d.root).Content {
		if n := child(row, "code"); n != nil && n.Value == code {
			return true
		}
	}
	return false
}

// ambiguity returns the ambiguity of a code that was seen in responses.
func ambiguity(id string, o *openapi.Operation, code, often string) *yaml.Node {
	n := mapping("id", scalar(id))
	if len(o.Result.Code) > 0 {
		n.Content = append(n.Content, scalar("at"), scalar(string(contract.ResponseBody(o.Result.Code[0]))))
	}
	n.Content = append(n.Content, mapping(
		"sources", list(
			mapping("source", scalar("the page's table of codes"), "text", scalar("no "+code)),
			mapping("source", scalar("responses"), "text", scalar(code+", "+often))),
		"chosen", scalar("responses"),
		"why", scalar("responses have it; its meaning is unknown until the page is checked"),
		"held", list(scalar("unknown-never-succeeds"))).Content...)
	return n
}

// freeID returns an id that no ambiguity of the document has.
func (d *draft) freeID() string {
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

// model returns the row whose example the new example is made from: preferably one with
// an outcome that leaves open what happened to the money, otherwise any that did not
// succeed.
func (d *draft) model(o *openapi.Operation) *openapi.Code {
	for _, state := range []contract.State{contract.Unknown, contract.Pending, contract.Unavailable, contract.Rejected, contract.Invalid, contract.Unauthorized} {
		for _, row := range o.Codes {
			if row.State == state && row.HTTP == http.StatusOK && printsCode(o, row) {
				return row
			}
		}
	}
	for _, row := range o.Codes {
		if row.State != contract.Succeeded && printsCode(o, row) {
			return row
		}
	}
	return nil
}

// printsCode reports whether a code has an example with a code in it, if responses have one.
func printsCode(o *openapi.Operation, row *openapi.Code) bool {
	printed, ok := o.Example(row.Name())
	if !ok || len(o.Result.Code) == 0 {
		return ok
	}
	value, err := contract.Decode(printed.Body)
	return err == nil && slices.ContainsFunc(o.Result.Code, func(at contract.Pointer) bool {
		_, there := contract.Lookup(value, at)
		return there
	})
}

// example makes a response with the new code from the response of another code.
func (d *draft) example(o *openapi.Operation, c contract.Change, status int) (*yaml.Node, bool) {
	code := c.Code
	like := d.model(o)
	if like == nil || like.HTTP != status {
		for _, row := range o.Codes {
			if row.HTTP == status && printsCode(o, row) {
				like = row
			}
		}
	}
	if like == nil || like.HTTP != status {
		return nil, false
	}
	printed, _ := o.Example(like.Name())
	var document yaml.Node
	if err := yaml.Unmarshal(printed.Body, &document); err != nil || len(document.Content) == 0 {
		return nil, false
	}
	body := document.Content[0]
	block(body)
	hasCode := len(o.Result.Code) == 0
	for _, pointer := range o.Result.Code {
		n := path(contract.TokensOf(pointer)).node(body)
		if n == nil {
			continue
		}
		if _, err := strconv.Atoi(code); n.Tag != "!!int" || err != nil {
			*n = *quoted(code)
		}
		n.Value, hasCode = code, true
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
			*n = *quoted(cmp.Or(firstOf(c.Now.Statuses), n.Value))
			break
		}
	}
	return body, hasCode
}

// message returns the message that came with the code, or a placeholder.
func message(c contract.Change) string {
	if len(c.Now.Messages) == 0 || c.Now.Messages[0] == "" {
		return "not documented"
	}
	return string(c.Now.Messages[0])
}

// firstOf returns the first item of a list, or "" if it is empty.
func firstOf(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// block turns off the flow style of JSON, so that a node looks like the rest of the
// document.
func block(n *yaml.Node) {
	n.Style &^= yaml.FlowStyle
	for _, below := range n.Content {
		block(below)
	}
}
