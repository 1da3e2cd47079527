package view

import (
	"encoding/json"
	"strconv"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// reason is the text of a violation: alone, with the place before it, and about a body
// as a whole.
type reason struct{ alone, placed, body *contract.Template }

// newReason returns the templates of a text. The id is "violation." and the keyword; a
// keyword with several texts has a suffix.
func newReason(id, text string) reason {
	return reason{
		&contract.Template{ID: "violation." + id, Text: text},
		&contract.Template{ID: "violation." + id + ".at", Text: "{place} " + text},
		&contract.Template{ID: "violation." + id + ".body", Text: "the body " + text},
	}
}

// The reasons. expected is what the schema demands, got the JSON type that was found.
var (
	otherType          = newReason("type", "is {got|a}, not {expected|a}")
	noForm             = newReason("type.forms", "is {got|a}; the documented alternatives allow {expected|a}")
	isMissing          = newReason("required", "is missing")
	outsideList        = newReason("enum", "is not one of {expected}")
	otherPattern       = newReason("pattern", "does not match the pattern {expected}")
	otherFormat        = newReason("format", "is not in the format {expected}")
	tooShort           = newReason("minLength", "must have at least {expected|characters}")
	tooLong            = newReason("maxLength", "must have at most {expected|characters}")
	ruledOut           = newReason("not", "has a form that the schema excludes with not")
	excludedMember     = newReason("not.required", "must not have the member {expected|or}")
	excludedValue      = newReason("not.enum", "must not be one of {expected}")
	excludedPattern    = newReason("not.pattern", "must not match the pattern {expected}")
	otherForm          = newReason("form", "matches none of the documented alternatives, or more than one")
	unsupported        = newReason("properties", "must not have the member {name|quoted}")
	belowMinimum       = newReason("minimum", "must be at least {expected}")
	aboveMaximum       = newReason("maximum", "must be at most {expected}")
	notAbove           = newReason("exclusiveMinimum", "must be more than {expected}")
	notBelow           = newReason("exclusiveMaximum", "must be less than {expected}")
	noMultiple         = newReason("multipleOf", "must be a multiple of {expected}")
	noMultiplePossible = newReason("multipleOf.zero", "cannot be a multiple of {expected}: multipleOf must be greater than zero")
	tooFewItems        = newReason("minItems", "must have at least {expected|items}")
	tooManyItems       = newReason("maxItems", "must have at most {expected|items}")
	standsTwice        = newReason("repeated", "stands more than once; servers differ in which value they take")
	twiceInList        = newReason("uniqueItems", "has the same item twice")
	tooFewMembers      = newReason("minProperties", "must have at least {expected|members}")
	tooManyMembers     = newReason("maxProperties", "must have at most {expected|members}")
	otherKeyword       = newReason("schema", "does not satisfy the schema")
	noBody             = newReason("body", "is missing")
	noParse            = newReason("syntax", "does not parse: {error}")
	noJSON             = newReason("syntax.value", "is not valid JSON")
	notStrict          = newReason("strict", "does not meet the condition {expected}")
	tooCostly          = newReason("strict.costly", "is too large to check {expected}")
)

// reasons returns all of them.
func reasons() []reason {
	return []reason{
		otherType, noForm, isMissing, outsideList, otherPattern, otherFormat, tooShort, tooLong, ruledOut, excludedMember, excludedValue, excludedPattern, otherForm, unsupported,
		belowMinimum, aboveMaximum, notAbove, notBelow, noMultiple, noMultiplePossible, tooFewItems, tooManyItems, standsTwice, twiceInList, tooFewMembers, tooManyMembers,
		otherKeyword, noBody, noParse, noJSON, notStrict, tooCostly,
	}
}

// cause is the value of Violation.Why.
type cause struct {
	reason
	expected contract.Arg // or another argument; without a name there is none
}

// Reason returns what is wrong and what was expected, without the place.
func Reason(v *jsonschema.Violation) contract.Message {
	why, expected := explain(v)
	return why.alone.Says(arguments(v, expected)...)
}

// ReasonWithPlace is Reason with the place in the sentence.
func ReasonWithPlace(v *jsonschema.Violation) contract.Message {
	why, expected := explain(v)
	return why.placed.Says(arguments(v, expected)...)
}

// ReasonOfBody is Reason for a body as a whole, with the body as the subject.
func ReasonOfBody(v *jsonschema.Violation) contract.Message {
	why, expected := explain(v)
	return why.body.Says(arguments(v, expected)...)
}

// arguments returns place and keyword, and what was expected and found if that is
// known.
func arguments(v *jsonschema.Violation, expected contract.Arg) []contract.Arg {
	args := make([]contract.Arg, 2, 4)
	args[0], args[1] = contract.ArgPlace("place", v.At), contract.ArgText("keyword", v.Keyword)
	if expected.Name != "" {
		args = append(args, expected)
	}
	if v.Got != "" {
		args = append(args, contract.ArgText("got", v.Got))
	}
	return args
}

// explain returns the reason of a violation and what was expected.
func explain(v *jsonschema.Violation) (reason, contract.Arg) {
	s := v.Schema()
	if known, ok := v.Why.(cause); ok {
		return known.reason, known.expected
	}
	switch v.Keyword {
	case "type":
		return typeReason(v)
	case "required":
		return isMissing, contract.Arg{}
	case "enum":
		allowed, _ := json.Marshal(s.Enum) // documented values, not the value found
		return outsideList, contract.ArgJSON("expected", allowed)
	case "pattern":
		return otherPattern, contract.ArgText("expected", s.Pattern)
	case "format":
		return otherFormat, contract.ArgText("expected", s.Format.Name)
	case "not":
		return exclusion(v)
	case "anyOf", "oneOf":
		return otherForm, contract.Arg{}
	case "uniqueItems":
		return twiceInList, contract.Arg{}
	case "properties":
		return unsupported, contract.ArgText("name", v.Member())
	}
	limit, ok := s.Limit(v.Keyword)
	if !ok {
		return otherKeyword, contract.Arg{}
	}
	why, whole := limitReason(v.Keyword, limit)
	if whole {
		n, _ := strconv.ParseInt(limit, 10, 64) // Limit wrote it
		return why, contract.ArgInt("expected", n)
	}
	if n, err := strconv.ParseFloat(limit, 64); err == nil && strconv.FormatFloat(n, 'g', -1, 64) == limit {
		return why, contract.ArgNumber("expected", n)
	}
	return why, contract.ArgJSON("expected", json.RawMessage(limit)) // a float64 would lose or rewrite digits
}

func typeReason(v *jsonschema.Violation) (reason, contract.Arg) {
	if v.NoForm() {
		return noForm, contract.ArgList("expected", v.Schema().AlternativeTypes())
	}
	return otherType, contract.ArgListAt("expected", &v.Schema().Types)
}

// exclusion is the reason of a value that satisfies a schema under not.
func exclusion(v *jsonschema.Violation) (reason, contract.Arg) {
	if name := v.Member(); name != "" {
		return excludedMember, contract.ArgText("expected", name)
	}
	s := v.Schema()
	if s != nil {
		s = s.Not
	}
	if names := excludedMembers(s); len(names) > 0 {
		return excludedMember, contract.ArgList("expected", names)
	}
	switch {
	case s == nil:
	case s.Enum != nil:
		excluded, _ := json.Marshal(s.Enum) // documented values, not the value found
		return excludedValue, contract.ArgJSON("expected", excluded)
	case s.Pattern != "":
		return excludedPattern, contract.ArgText("expected", s.Pattern)
	}
	return ruledOut, contract.Arg{}
}

// excludedMembers returns the members that a schema under not excludes; none if it
// excludes something else too.
func excludedMembers(s *jsonschema.Schema) (names []string) {
	if s == nil {
		return nil
	}
	if len(s.AnyOf) == 0 && len(s.Required) == 1 {
		return s.Required
	}
	for _, one := range s.AnyOf {
		if len(one.Required) != 1 {
			return nil
		}
		names = append(names, one.Required[0])
	}
	return names
}

// limitReason returns the reason for a number, length or count outside a limit. whole
// reports whether the limit is an integer.
func limitReason(keyword, limit string) (why reason, whole bool) {
	switch keyword {
	case "minLength":
		return tooShort, true
	case "maxLength":
		return tooLong, true
	case "minItems":
		return tooFewItems, true
	case "maxItems":
		return tooManyItems, true
	case "minProperties":
		return tooFewMembers, true
	case "maxProperties":
		return tooManyMembers, true
	case "minimum":
		return belowMinimum, false
	case "maximum":
		return aboveMaximum, false
	case "exclusiveMinimum":
		return notAbove, false
	case "exclusiveMaximum":
		return notBelow, false
	}
	if jsonschema.CompareNumbers(limit, "0") <= 0 {
		return noMultiplePossible, false
	}
	return noMultiple, false
}

// NotJSON is the violation of a value that JSON cannot represent.
func NotJSON() jsonschema.Violation {
	return jsonschema.Violation{Keyword: "syntax", Why: cause{reason: noJSON}}
}

// Templates returns the templates of all reasons.
func Templates() []*contract.Template {
	var all []*contract.Template
	for _, r := range reasons() {
		all = append(all, r.alone, r.placed, r.body)
	}
	return all
}
