package view

import (
	"encoding/json"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// reason is what a violation comes to, and the same behind its place.
type reason struct{ alone, placed *contract.Template }

// because makes both of the text of a reason. The id is "violation." and the keyword,
// with more behind it where a keyword has several.
func because(id, text string) reason {
	return reason{&contract.Template{ID: "violation." + id, Text: text}, &contract.Template{ID: "violation." + id + ".at", Text: "{place} " + text}}
}

// The reasons. Expected is what the schema demands, got the JSON type that was found.
var (
	otherType          = because("type", "is {got|a}, not {expected|a}")
	noForm             = because("type.forms", "is {got|a}, which none of the documented forms is")
	isNull             = because("type.null", "is null")
	tooLarge           = because("type.large", "cannot convert json.Number to float64")
	isMissing          = because("required", "is missing")
	outsideList        = because("enum", "is not one of {expected}")
	otherPattern       = because("pattern", "does not match {expected}")
	otherFormat        = because("format", "is not of the format {expected}")
	tooShort           = because("minLength", "is shorter than {expected} characters")
	tooLong            = because("maxLength", "is longer than {expected} characters")
	ruledOut           = because("not", "has the form that the documents rule out")
	otherForm          = because("form", "has none of the documented forms, or more than one")
	unsupported        = because("properties", "property {name|quoted} is unsupported")
	belowMinimum       = because("minimum", "number must be at least {expected}")
	aboveMaximum       = because("maximum", "number must be at most {expected}")
	notAbove           = because("exclusiveMinimum", "number must be more than {expected}")
	notBelow           = because("exclusiveMaximum", "number must be less than {expected}")
	noMultiple         = because("multipleOf", "number must be a multiple of {expected}")
	noMultiplePossible = because("multipleOf.zero", "multipleOf must be greater than zero, got {expected}")
	tooFewItems        = because("minItems", "minimum number of items is {expected}")
	tooManyItems       = because("maxItems", "maximum number of items is {expected}")
	twiceInList        = because("uniqueItems", "duplicate items found")
	tooFewMembers      = because("minProperties", "there must be at least {expected} properties")
	tooManyMembers     = because("maxProperties", "there must be at most {expected} properties")
	otherwise          = because("schema", "does not satisfy the schema")
	noBody             = because("body", "the body is missing")
	noParse            = because("syntax", "the body does not parse: {error}")
	noJSON             = because("syntax.value", "is no JSON")
	breaksStrict       = because("strict", "is not {expected}")
)

// reasons lists them.
func reasons() []reason {
	return []reason{
		otherType, noForm, isNull, tooLarge, isMissing, outsideList, otherPattern, otherFormat, tooShort, tooLong, ruledOut, otherForm, unsupported,
		belowMinimum, aboveMaximum, notAbove, notBelow, noMultiple, noMultiplePossible, tooFewItems, tooManyItems, twiceInList, tooFewMembers, tooManyMembers,
		otherwise, noBody, noParse, noJSON, breaksStrict,
	}
}

// cause is what stands in Violation.Why.
type cause struct {
	reason
	expected contract.Arg // or what else there is to say; without a name: nothing
}

// Reason says what is wrong, and what was expected. The sentence is without the place.
func Reason(v *jsonschema.Violation) contract.Message {
	why, expected := explained(v)
	return why.alone.Says(typed(v, expected)...)
}

// Violated is Reason with the place in the sentence.
func Violated(v *jsonschema.Violation) contract.Message {
	why, expected := explained(v)
	return why.placed.Says(typed(v, expected)...)
}

// typed are the arguments: place and keyword, and what was expected and found, where
// that is known.
func typed(v *jsonschema.Violation, expected contract.Arg) []contract.Arg {
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

// explained is why there is a violation, and what was expected.
func explained(v *jsonschema.Violation) (reason, contract.Arg) {
	s := v.Schema()
	if known, ok := v.Why.(cause); ok {
		return known.reason, known.expected
	}
	switch v.Keyword {
	case "type":
		return mistyped(v)
	case "required":
		return isMissing, contract.Arg{}
	case "enum":
		allowed, _ := json.Marshal(s.Enum) // documented values, not the one met
		return outsideList, contract.ArgJSON("expected", allowed)
	case "pattern":
		return otherPattern, contract.ArgText("expected", s.Pattern)
	case "format":
		return otherFormat, contract.ArgText("expected", s.Format.Name)
	case "not":
		return ruledOut, contract.Arg{}
	case "anyOf", "oneOf":
		return otherForm, contract.Arg{}
	case "uniqueItems":
		return twiceInList, contract.Arg{}
	case "properties":
		return unsupported, contract.ArgText("name", v.Member())
	}
	limit, ok := s.Limit(v.Keyword)
	if !ok {
		return otherwise, contract.Arg{}
	}
	why, whole := beyond(v.Keyword, limit)
	if whole {
		return why, contract.ArgInt("expected", int64(limit))
	}
	return why, contract.ArgNumber("expected", limit)
}

func mistyped(v *jsonschema.Violation) (reason, contract.Arg) {
	switch {
	case v.TooLarge():
		return tooLarge, contract.Arg{}
	case v.NoForm():
		return noForm, contract.Arg{}
	case len(v.Schema().Types) == 0: // a fragment, such as a reading's strict
		return isNull, contract.Arg{}
	}
	return otherType, contract.ArgListAt("expected", &v.Schema().Types)
}

// beyond is the reason where a number, or a length or count, which is whole, is
// beyond a limit.
func beyond(keyword string, limit float64) (why reason, whole bool) {
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
	if limit <= 0 {
		return noMultiplePossible, false
	}
	return noMultiple, false
}

// NoJSON is the violation of a value that JSON cannot hold.
func NoJSON() jsonschema.Violation {
	return jsonschema.Violation{Keyword: "syntax", Why: cause{reason: noJSON}}
}

// Templates lists what there is to say of violations.
func Templates() []*contract.Template {
	var all []*contract.Template
	for _, r := range reasons() {
		all = append(all, r.alone, r.placed)
	}
	return all
}
