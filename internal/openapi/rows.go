package openapi

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/nearest"
	"assay/internal/view"
)

// The faults of a table of codes that make a row useless.
var (
	whenUnreachable  = fault("when-unreachable", "the when of code {code} never decides: whenever it holds, the when of code {earlier} (line {line}) holds too, and its row comes first")
	rowNever         = fault("row-never", "the when of code {code} can never hold: {left} and {right} exclude each other")
	rowFalse         = fault("row-false", "the when of code {code} can never hold: it is false")
	comparesNothing  = fault("compares-nothing", "{where} compares {name} with {value}, which it never is; it is {documented|or}")
	comparesTypo     = fault("compares-typo", "{where} compares {name} with {value}, which it never is; did you mean {close}?")
	rowTemplates     = []*contract.Template{whenUnreachable, rowNever, rowFalse, comparesNothing, comparesTypo}
	violationKeyword = []string{
		"syntax", "type", "null", "required", "enum", "pattern", "format", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
		"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "properties", "additionalProperties", "not", "anyOf", "oneOf", "allOf", view.Repeated, MediaTypeFault, ConditionFault,
	}
)

// rows finds rows of the table of codes that nothing can choose.
func (x *examiner) rows() {
	var before []alternative
	for i, c := range x.o.Codes {
		if c.When == nil {
			continue
		}
		code := contract.ArgText("code", c.Name())
		own := whenAlternatives(c)
		possible := slices.DeleteFunc(slices.Clone(own), func(a alternative) bool { _, _, never := a.contradiction(); return never })
		switch {
		case len(own) == 0: // it does not compile, which names reports
		case len(possible) == 0:
			left, right, _ := own[0].contradiction()
			if left == "false" || right == "" {
				x.report("x-result "+c.Name(), c.When.Line, rowFalse, code)
			} else {
				x.report("x-result "+c.Name(), c.When.Line, rowNever, code, contract.ArgText("left", left), contract.ArgText("right", right))
			}
		default:
			if first := covering(possible, before); first != nil && first.Name() != c.Name() && hides(x.o.Codes[:i], c) != first { // variants reports these
				x.report("x-result "+c.Name(), c.When.Line, whenUnreachable, code, contract.ArgText("earlier", first.Name()), contract.ArgInt("line", int64(first.When.Line)))
			}
		}
		before = append(before, possible...)
	}
}

// alternative is one of the alternatives, joined with ||, of the when of a row.
type alternative struct {
	row   *Code
	terms []view.Term
}

func whenAlternatives(c *Code) []alternative {
	var all []alternative
	for _, terms := range c.When.Terms() {
		all = append(all, alternative{c, terms})
	}
	return all
}

// contradiction returns two terms that exclude each other, or the term false.
func (a alternative) contradiction() (left, right string, found bool) {
	for i, one := range a.terms {
		if one.Text == "false" {
			return one.Text, "", true
		}
		for _, other := range a.terms[:i] {
			if one.Excludes(other) {
				return other.Text, one.Text, true
			}
		}
	}
	return "", "", false
}

// covering returns the row of an earlier alternative if every alternative of a row
// implies an earlier one. The row can then never be the first that holds.
func covering(own, before []alternative) *Code {
	var row *Code
	for _, a := range own {
		i := slices.IndexFunc(before, func(earlier alternative) bool { return a.implies(earlier) })
		if i < 0 {
			return nil
		}
		row = before[i].row
	}
	return row
}

func (a alternative) implies(earlier alternative) bool {
	for _, needed := range earlier.terms {
		if !slices.ContainsFunc(a.terms, func(t view.Term) bool { return t.Implies(needed) }) {
			return false
		}
	}
	return true
}

// comparisons finds comparisons with a text that a variable never is.
func (x *examiner) comparisons(e *Expression, where contract.Message) {
	if e == nil {
		return
	}
	for _, c := range e.Comparisons() {
		name := strings.Join(c.Chain, ".")
		values := x.valuesOf(name)
		if len(values) == 0 || c.Value == "" || slices.Contains(values, c.Value) {
			continue
		}
		args := []contract.Arg{contract.ArgMessage("where", where), contract.ArgText("name", name), contract.ArgText("value", c.Value)}
		if close := nearest.Name(c.Value, values); close != "" || len(values) > 8 {
			x.report("expression", e.Line, comparesTypo, append(args, contract.ArgText("close", close))...)
		} else {
			x.report("expression", e.Line, comparesNothing, append(args, contract.ArgList("documented", values))...)
		}
	}
}

// valuesOf returns what a variable can be; empty: any text.
func (x *examiner) valuesOf(variable string) []string {
	switch variable {
	case "violation.keyword":
		return violationKeyword
	case "signature":
		return texted(contract.SignatureNone, contract.SignatureValid, contract.SignatureInvalid, contract.SignatureMissing, contract.SignatureInstead, contract.SignatureUnverified, contract.SignatureExpired)
	case "authentication":
		return texted(contract.AuthenticationNone, contract.AuthenticationValid, contract.AuthenticationInvalid, contract.AuthenticationMissing, contract.AuthenticationExpired, contract.AuthenticationUnverified)
	case string(contract.RequestMethod):
		return []string{x.o.Method}
	}
	return nil
}

func texted[T ~string](states ...T) []string {
	var all []string
	for _, one := range states {
		all = append(all, string(one))
	}
	return all
}
