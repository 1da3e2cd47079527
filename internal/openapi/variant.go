package openapi

import (
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/view"
)

// Name identifies the row among the rows of its operation: the code, or CODE/variant if
// the row has a variant.
func (c *Code) Name() string { return contract.CodeName(c.Code, c.Variant) }

// named is c.Name() == name.
func (c *Code) named(name string) bool {
	if c.Variant == "" {
		return c.Code == name
	}
	rest, is := strings.CutPrefix(name, c.Code)
	return is && len(rest) > 0 && rest[0] == '/' && rest[1:] == c.Variant
}

// Rows returns the rows of a code, in order: more than one if the code has variants.
func (o *Operation) Rows(code string) []*Code {
	var all []*Code
	for _, c := range o.Codes {
		if c.Code == code {
			all = append(all, c)
		}
	}
	return all
}

// RowNames returns the names of the rows of a code, in order. They are what a person can
// write if the code alone names no row.
func (o *Operation) RowNames(code string) []string {
	var names []string
	for _, c := range o.Rows(code) {
		names = append(names, c.Name())
	}
	return names
}

// Lists reports whether the documents list a code, with whatever variants.
func (o *Operation) Lists(code string) bool { return o.first(code) != nil }

// first returns the first row of a code, nil if the documents do not list it.
func (o *Operation) first(code string) *Code {
	for _, c := range o.Codes {
		if c.Code == code {
			return c
		}
	}
	return nil
}

// varies reports whether the code alone does not identify the row.
func (c *Code) varies() bool { return c != nil && (c.If != nil || c.Variant != "") }

// choose sets the row of a code that has several, or one with an if: the first whose if
// is true or absent. An if that does not apply is not true. x shows the exchange.
func (m *ResultCode) choose(x *View) {
	for _, row := range x.o.Codes {
		if row.Code != m.Code {
			continue
		}
		if row.If == nil {
			m.Row = row
			return
		}
		holds, applies := x.Holds(row.If)
		switch {
		case holds && applies:
			m.Row = row
			return
		case x.TooCostly(row.If):
			m.Row, m.Undecided = nil, row
			return
		}
	}
	m.Row, m.Unfit = nil, true
}

// Name is the name of the row: CODE, or CODE/variant. If the response has no documented
// row, it is the code, in quotes if it would read like the name of a row.
func (m *ResultCode) Name() string {
	switch {
	case m.Row != nil && m.Row.Variant == "":
		return m.Code
	case m.Row != nil:
		return m.Row.Name()
	case m.reads:
		return strconv.Quote(m.Code)
	}
	return m.Code
}

// readsLikeRow reports whether an undocumented code reads like the name of a row, such as
// a code FAILED/duplicate where there is a row FAILED with the variant duplicate.
func (o *Operation) readsLikeRow(code string) bool {
	return strings.Contains(code, "/") && o.Code(code) != nil
}

// variants finds rows of one code that cannot be distinguished, and rows that no response
// can have.
func (x *examiner) variants() {
	names := map[string]bool{}
	for i, c := range x.o.Codes {
		rows := x.o.Rows(c.Code)
		switch {
		case len(rows) > 1 && c.Variant == "" && slices.ContainsFunc(rows, (*Code).varies):
			x.report("x-result", c.Line, variantAbsent, contract.ArgText("code", c.Code), contract.ArgInt("rows", int64(len(rows))))
		case names[c.Name()]:
			x.report("x-result", c.Line, codeTwice, contract.ArgText("code", c.Name()))
		}
		names[c.Name()] = true
		if above := hides(x.o.Codes[:i], c); above != nil {
			x.report("x-result", c.Line, rowUnreachable, contract.ArgText("code", c.Name()), contract.ArgText("above", above.Name()), contract.ArgInt("line", int64(above.Line)))
		}
		x.ifVariables(c)
	}
}

// hides returns the row above that takes every response that c could have: one of the
// same code without an if, or with the same if.
func hides(above []*Code, c *Code) *Code {
	for _, row := range above {
		if row.Code == c.Code && row.Name() != c.Name() && (row.If == nil || c.If != nil && row.If.String() == c.If.String()) {
			return row
		}
	}
	return nil
}

// ifVariables finds an if that names something other than the exchange: which variant a
// response is must not depend on who looks at it.
func (x *examiner) ifVariables(c *Code) {
	if c.If == nil {
		return
	}
	for _, chain := range c.If.Chains() {
		if name := ifExcludes[chain[0]]; name != "" {
			x.report("expression", c.If.Line, ifVariable, contract.ArgText("code", c.Name()), contract.ArgText("name", name))
		}
	}
}

// ifExcludes are the variables that an if must not name, each as a person writes it.
var ifExcludes = map[string]string{
	"credentials": "credentials", "merchant": "merchant", "signature": "signature", "signatureForm": "signatureForm",
	"authentication": "authentication", "violation": "violation", "self": "self", view.References: "known()",
}
