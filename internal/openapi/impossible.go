package openapi

import (
	"math/big"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// The faults of a schema that no value satisfies.
var (
	neverAllowed   = fault("never-allowed", "{place} is required, but its schema excludes every value (not, with an empty schema), so no {side} conforms")
	neverTypes     = fault("never-types", "no value can conform at {place}: the types {left|or} and {right|or} exclude each other")
	neverEnum      = fault("never-enum", "no value can conform at {place}: no value of the enum satisfies the other keywords")
	neverLimits    = fault("never-limits", "no value can conform at {place}: {lower} is {least}, but {upper} is {most}")
	neverInteger   = fault("never-integer", "no value can conform at {place}: there is no integer from {least} to {most}")
	neverMultiple  = fault("never-multiple", "no value can conform at {place}: there is no multiple of {step} from {least} to {most}")
	neverPattern   = fault("never-pattern", "no value can conform at {place}: texts that match {pattern} have {shortest} to {longest} characters, but {keyword} is {limit}")
	neverPatternUp = fault("never-pattern-long", "no value can conform at {place}: texts that match {pattern} have at least {shortest} characters, but {keyword} is {limit}")
	neverMembers   = fault("never-members", "no value can conform at {place}: {count} members are required, but maxProperties is {most}")
	neverTemplates = []*contract.Template{neverAllowed, neverTypes, neverEnum, neverLimits, neverInteger, neverMultiple, neverPattern, neverPatternUp, neverMembers}
)

// mostSchemas limits how many places impossible looks at in one operation, because
// schemas can refer to themselves.
const mostSchemas = 5000

// impossible finds members and parameters for which no value conforms.
func (x *examiner) impossible() {
	p := &possibility{examiner: x, left: mostSchemas, seen: map[string]bool{}}
	x.bodies(func(of contract.Direction, b *Body) {
		p.side = string(of)
		p.visit([]*openapi3.Schema{b.schema}, of.Body(""), false, 0)
	})
	p.side = string(contract.InRequest)
	for _, one := range x.o.Parameters {
		p.visit([]*openapi3.Schema{one.schema}, one.Place(), one.Required, 0)
	}
}

type possibility struct {
	*examiner
	side string
	left int             // places that may still be looked at
	seen map[string]bool // faults that were reported, by place and template
}

func (p *possibility) fault(at contract.Place, t *contract.Template, args ...contract.Arg) {
	if key := string(at) + " " + t.ID; !p.seen[key] {
		p.seen[key] = true
		p.report("schema", p.o.LineOf(at, 0), t, append([]contract.Arg{contract.ArgPlace("place", at)}, args...)...)
	}
}

// visit checks the schemas that all apply to the value at a place, then those of its
// members and items.
func (p *possibility) visit(schemas []*openapi3.Schema, at contract.Place, required bool, depth int) {
	if p.left--; p.left < 0 || depth > maxNesting {
		return
	}
	all := allOf(schemas)
	p.check(all, at, required)
	for _, s := range all {
		for _, one := range slices.Concat(s.AnyOf, s.OneOf) {
			p.visit(append(slices.Clone(withoutForms(all)), one.Value), at, false, depth+1)
		}
	}
	members, items := map[string][]*openapi3.Schema{}, []*openapi3.Schema(nil)
	var names, demanded []string
	for _, s := range all {
		for name, one := range s.Properties {
			members[name] = append(members[name], one.Value)
			names = append(names, name)
		}
		demanded = append(demanded, s.Required...)
		if s.Items != nil {
			items = append(items, s.Items.Value)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		p.visit(members[name], at.Member(name), slices.Contains(demanded, name), depth+1)
	}
	if items != nil {
		p.visit(items, at.Items(), false, depth+1)
	}
}

// allOf returns the schemas with those of their allOf.
func allOf(schemas []*openapi3.Schema) []*openapi3.Schema {
	var all []*openapi3.Schema
	var add func(s *openapi3.Schema)
	add = func(s *openapi3.Schema) {
		if s == nil || slices.Contains(all, s) {
			return
		}
		all = append(all, s)
		for _, one := range s.AllOf {
			add(one.Value)
		}
	}
	for _, s := range schemas {
		add(s)
	}
	return all
}

// withoutForms returns the schemas that have no alternatives.
func withoutForms(all []*openapi3.Schema) []*openapi3.Schema {
	return slices.DeleteFunc(slices.Clone(all), func(s *openapi3.Schema) bool { return len(s.AnyOf)+len(s.OneOf)+len(s.AllOf) > 0 })
}

// check reports the first contradiction between the schemas of one value.
func (p *possibility) check(all []*openapi3.Schema, at contract.Place, required bool) {
	if slices.ContainsFunc(all, forbids) {
		if required {
			p.fault(at, neverAllowed, contract.ArgText("side", p.side))
		}
		return
	}
	types, left, right := commonTypes(all)
	switch {
	case left != nil:
		p.fault(at, neverTypes, contract.ArgList("left", left), contract.ArgList("right", right))
	case p.enum(all, at):
	default:
		p.numbers(all, at, types)
		p.counts(all, at, types)
	}
}

// forbids reports whether a schema is not: {}.
func forbids(s *openapi3.Schema) bool {
	return s.Not != nil && s.Not.Value != nil && len(constraints(s.Not.Value)) == 0 &&
		len(s.Not.Value.AllOf)+len(s.Not.Value.AnyOf)+len(s.Not.Value.OneOf)+len(s.Not.Value.Properties)+len(s.Not.Value.Required) == 0 && s.Not.Value.Not == nil && s.Not.Value.Items == nil
}

// commonTypes returns the types that all schemas allow; none: any. If no type is left and
// null is not allowed, it returns the types that exclude each other.
func commonTypes(all []*openapi3.Schema) (types, left, right []string) {
	var typed []*openapi3.Schema
	for _, s := range all {
		if s.Type != nil && len(s.Type.Slice()) > 0 {
			typed = append(typed, s)
		}
	}
	null := !slices.ContainsFunc(typed, func(s *openapi3.Schema) bool { return !s.Nullable })
	for i, s := range typed {
		own := s.Type.Slice()
		if i == 0 {
			types = own
			continue
		}
		common := intersection(types, own)
		if len(common) == 0 && !null {
			return nil, types, own
		}
		types = common
	}
	return types, nil, nil
}

// intersection returns the types that both lists allow. An integer is a number.
func intersection(a, b []string) []string {
	var common []string
	for _, one := range a {
		switch {
		case slices.Contains(b, one), one == "integer" && slices.Contains(b, "number"):
			common = append(common, one)
		case one == "number" && slices.Contains(b, "integer"):
			common = append(common, "integer")
		}
	}
	return common
}

// enum reports an enum of which no value satisfies every schema.
func (p *possibility) enum(all []*openapi3.Schema, at contract.Place) (found bool) {
	i := slices.IndexFunc(all, func(s *openapi3.Schema) bool { return len(s.Enum) > 0 })
	if i < 0 {
		return false
	}
	fits := func(value any) bool {
		return !slices.ContainsFunc(all, func(s *openapi3.Schema) bool { return len(violations(s, value)) > 0 })
	}
	if !slices.ContainsFunc(all[i].Enum, fits) {
		p.fault(at, neverEnum)
	}
	return true
}

// only reports whether the types are all among some; without types, any value is meant.
func only(types []string, some ...string) bool {
	return !slices.ContainsFunc(types, func(one string) bool { return !slices.Contains(some, one) })
}

// numbers reports limits that no number satisfies.
func (p *possibility) numbers(all []*openapi3.Schema, at contract.Place, types []string) {
	if !only(types, "integer", "number") {
		return
	}
	low, high, step := bound{}, bound{}, (*big.Rat)(nil)
	for _, s := range all {
		low.tighten(exactLimit(s, "minimum").String(), "minimum", s.ExclusiveMin.IsTrue(), 1)
		high.tighten(exactLimit(s, "maximum").String(), "maximum", s.ExclusiveMax.IsTrue(), -1)
		if of, ok := rational(exactLimit(s, "multipleOf").String()); ok && of.Sign() > 0 {
			step = of
		}
	}
	if low.at == nil || high.at == nil {
		return
	}
	if order := low.at.Cmp(high.at); order > 0 || order == 0 && (low.exclusive || high.exclusive) {
		p.fault(at, neverLimits, contract.ArgText("lower", low.keyword), contract.ArgDecimal("least", low.text), contract.ArgText("upper", high.keyword), contract.ArgDecimal("most", high.text))
		return
	}
	integers := len(types) == 1 && types[0] == "integer"
	limits := []contract.Arg{contract.ArgDecimal("least", low.text), contract.ArgDecimal("most", high.text)}
	switch {
	case integers && !low.reaches(high, big.NewRat(1, 1)):
		p.fault(at, neverInteger, limits...)
	case step != nil && !low.reaches(high, step):
		p.fault(at, neverMultiple, append(limits, contract.ArgText("step", step.RatString()))...)
	}
}

// bound is a limit of numbers; at is nil if there is none.
type bound struct {
	at            *big.Rat
	keyword, text string
	exclusive     bool
}

// tighten takes a limit that is closer. sign is 1 for a lower and -1 for an upper bound.
func (b *bound) tighten(text, keyword string, exclusive bool, sign int) {
	at, ok := rational(text)
	if !ok {
		return
	}
	if exclusive {
		keyword = "exclusive " + keyword
	}
	if b.at == nil || at.Cmp(b.at)*sign > 0 || at.Cmp(b.at) == 0 && exclusive {
		*b = bound{at, keyword, text, exclusive}
	}
}

// reaches reports whether there is a multiple of step from b to high.
func (b *bound) reaches(high bound, step *big.Rat) bool {
	ratio := new(big.Rat).Quo(b.at, step)
	n := new(big.Int).Div(ratio.Num(), ratio.Denom()) // rounded down
	first := new(big.Rat).SetInt(n)
	if order := first.Cmp(ratio); order < 0 || b.exclusive {
		first.Add(first, big.NewRat(1, 1))
	}
	first.Mul(first, step)
	order := first.Cmp(high.at)
	return order < 0 || order == 0 && !high.exclusive
}

// rational reads a number of a schema. An exponent with many digits is left out: it would
// take too much memory.
func rational(text string) (*big.Rat, bool) {
	if text == "" || len(text) > 300 || tooFar.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// counts reports lengths and counts that exclude each other.
func (p *possibility) counts(all []*openapi3.Schema, at contract.Place, types []string) {
	for _, pair := range [][3]string{{"string", "minLength", "maxLength"}, {"array", "minItems", "maxItems"}, {"object", "minProperties", "maxProperties"}} {
		if !only(types, pair[0]) {
			continue
		}
		low, high := bound{}, bound{}
		var required []string
		for _, s := range all {
			for _, c := range constraints(s) {
				switch c.Keyword {
				case pair[1]:
					low.tighten(c.Limit, c.Keyword, false, 1)
				case pair[2]:
					high.tighten(c.Limit, c.Keyword, false, -1)
				}
			}
			required = append(required, s.Required...)
		}
		slices.Sort(required)
		count := int64(len(slices.Compact(required)))
		switch {
		case high.at == nil:
		case low.at != nil && low.at.Cmp(high.at) > 0:
			p.fault(at, neverLimits, contract.ArgText("lower", low.keyword), contract.ArgDecimal("least", low.text), contract.ArgText("upper", high.keyword), contract.ArgDecimal("most", high.text))
			return
		case pair[0] == "object" && high.at.Cmp(big.NewRat(count, 1)) < 0:
			p.fault(at, neverMembers, contract.ArgInt("count", count), contract.ArgDecimal("most", high.text))
			return
		}
		if pair[0] == "string" {
			p.patterns(all, at, low, high)
		}
	}
}

// patterns reports a pattern whose texts are all too short or too long.
func (p *possibility) patterns(all []*openapi3.Schema, at contract.Place, low, high bound) {
	for _, s := range all {
		shortest, longest, ok := lengths(s.Pattern)
		if !ok {
			continue
		}
		pattern, least := contract.ArgText("pattern", s.Pattern), contract.ArgInt("shortest", int64(shortest))
		switch {
		case high.at != nil && high.at.Cmp(big.NewRat(int64(shortest), 1)) < 0:
			p.fault(at, neverPatternUp, pattern, least, contract.ArgText("keyword", high.keyword), contract.ArgDecimal("limit", high.text))
		case low.at != nil && longest >= 0 && low.at.Cmp(big.NewRat(int64(longest), 1)) > 0:
			p.fault(at, neverPattern, pattern, least, contract.ArgInt("longest", int64(longest)), contract.ArgText("keyword", low.keyword), contract.ArgDecimal("limit", low.text))
		}
	}
}

// lengths returns how many characters the texts have that a pattern matches. longest is
// -1 if there is no limit: the pattern repeats, or does not begin with ^ and end with $.
func lengths(pattern string) (shortest, longest int, ok bool) {
	if pattern == "" {
		return 0, 0, false
	}
	text, err := jsonschema.RE2(pattern)
	if err != nil {
		return 0, 0, false
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return 0, 0, false
	}
	shortest, longest = span(parsed)
	if !strings.HasPrefix(pattern, "^") || !strings.HasSuffix(pattern, "$") || strings.HasSuffix(pattern, `\$`) || parsed.Op != syntax.OpConcat || longest >= mostCharacters {
		longest = -1
	}
	return shortest, longest, true
}

// mostCharacters is where span stops counting.
const mostCharacters = 1 << 20

// span returns the least and the greatest number of characters that an expression
// matches; -1: any number.
func span(e *syntax.Regexp) (least, most int) {
	switch e.Op { // others match a fixed place, not a character
	case syntax.OpLiteral:
		return len(e.Rune), len(e.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1
	case syntax.OpCapture:
		return span(e.Sub[0])
	case syntax.OpStar:
		return 0, -1
	case syntax.OpPlus:
		least, _ = span(e.Sub[0])
		return least, -1
	case syntax.OpQuest:
		_, most = span(e.Sub[0])
		return 0, most
	case syntax.OpRepeat:
		low, high := span(e.Sub[0])
		if e.Max < 0 || high < 0 {
			return bounded(low * e.Min), -1
		}
		return bounded(low * e.Min), bounded(high * e.Max)
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			low, high := span(sub)
			least = bounded(least + low)
			if most >= 0 && high >= 0 {
				most = bounded(most + high)
			} else {
				most = -1
			}
		}
	case syntax.OpAlternate:
		for i, sub := range e.Sub {
			low, high := span(sub)
			if i == 0 {
				least, most = low, high
				continue
			}
			least = min(least, low)
			if most >= 0 && high >= 0 {
				most = max(most, high)
			} else {
				most = -1
			}
		}
	}
	return least, most
}

func bounded(n int) int { return min(n, mostCharacters) }
