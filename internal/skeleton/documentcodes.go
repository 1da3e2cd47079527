package skeleton

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"assay/internal/contract"
)

// codes lists the result codes of a document: the values of the enumeration of a member
// whose name is that of a code, in the responses that have one, and the HTTP status of the
// others. The document does not say what they mean.
func (d *document) codes(o *Operation) {
	type found struct {
		values []string
		status int
		doc    string
	}
	var all []found
	statuses := map[string][]int{}
	for _, r := range o.Responses {
		if r.Schema == nil {
			continue
		}
		at, values := d.codeMember(r.Schema, "", 0)
		if len(values) == 0 {
			values = []string{strconv.Itoa(r.Status)}
		} else if !slices.Contains(o.CodeAt, at) {
			o.CodeAt = append(o.CodeAt, at)
		}
		all = append(all, found{values, r.Status, fmt.Sprintf("responses / %d", r.Status)})
		for _, v := range values {
			statuses[v] = append(statuses[v], r.Status)
		}
	}
	for _, f := range all {
		for _, v := range f.values {
			row := &Code{Code: v, HTTP: f.status, Doc: d.p.Source + ": " + f.doc}
			if len(statuses[v]) > 1 {
				row.Variant = "http-" + strconv.Itoa(f.status)
			}
			o.Codes = append(o.Codes, row)
		}
	}
	o.CodeWhy = "no response has a member that lists codes, so the HTTP status is the code"
	if len(o.CodeAt) > 0 {
		o.CodeWhy = "a member that lists its values: " + strings.Join(texts(o.CodeAt), ", ") + "; without it the HTTP status is the code"
	}
	if len(o.Codes) == 0 {
		o.Codes = []*Code{{Code: strconv.Itoa(o.Responses[0].Status), HTTP: o.Responses[0].Status, Doc: d.p.Source + ": no response has a schema"}}
	}
}

// codeMember finds the member with an enumeration whose name is most that of a code.
func (d *document) codeMember(s *yaml.Node, at contract.Pointer, level int) (best contract.Pointer, values []string) {
	rank := 3 // state counts, type does not
	var walk func(s *yaml.Node, at contract.Pointer, level int)
	walk = func(s *yaml.Node, at contract.Pointer, level int) {
		if s == nil || level > 6 {
			return
		}
		if ref := textAt(s, "$ref"); ref != "" {
			walk(d.at(ref), at, level+1)
			return
		}
		for _, part := range []string{"allOf", "anyOf", "oneOf"} {
			for _, form := range itemsOf(valueAt(s, part)) {
				walk(form, at, level+1)
			}
		}
		each(valueAt(s, "properties"), func(name string, m *yaml.Node) {
			below := at.AppendToken(name)
			listed := d.enum(m)
			if by := codeNames[snake(name)]; len(listed) > 0 && len(listed) <= mostCodes && by > rank {
				rank, best, values = by, below, listed
			}
			walk(m, below, level+1)
		})
	}
	walk(s, at, level)
	return best, values
}

// enum returns the texts of an enumeration, or of a reference to one.
func (d *document) enum(s *yaml.Node) (all []string) {
	for range 4 {
		if ref := textAt(s, "$ref"); ref != "" {
			s = d.at(ref)
			continue
		}
		if one := itemsOf(valueAt(s, "allOf")); len(one) == 1 {
			s = one[0]
			continue
		}
		break
	}
	list := itemsOf(valueAt(s, "enum"))
	if c := valueAt(s, "const"); c != nil {
		list = []*yaml.Node{c}
	}
	for _, item := range list {
		if codeForm().MatchString(item.Value) && item.Tag != "!!null" {
			all = append(all, item.Value)
		}
	}
	return all
}
