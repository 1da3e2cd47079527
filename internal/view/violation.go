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
func newReason(id, text string) reason {
	return reason{&contract.Template{ID: "violation." + id, Text: text}, &contract.Template{ID: "violation." + id + ".at", Text: "{place} " + text}}
}

// The reasons. Expected is what the schema demands, got the JSON type that was found.
var (
	otherType          = newReason("type", "is {got|a}, not {expected|a}")
	noForm             = newReason("type.forms", "is {got|a}, which none of the documented forms is")
	isNull             = newReason("type.null", "is null")
	tooLarge           = newReason("type.large", "cannot convert json.Number to float64")
	isMissing          = newReason("required", "is missing")
	outsideList        = newReason("enum", "is not one of {expected}")
	otherPattern       = newReason("pattern", "does not match {expected}")
	otherFormat        = newReason("format", "is not of the format {expected}")
	tooShort           = newReason("minLength", "is shorter than {expected} characters")
	tooLong            = newReason("maxLength", "is longer than {expected} characters")
	ruledOut           = newReason("not", "has the form that the documents rule out")
	otherForm          = newReason("form", "has none of the documented forms, or more than one")
	unsupported        = newReason("properties", "property {name|quoted} is unsupported")
	belowMinimum       = newReason("minimum", "number must be at least {expected}")
	aboveMaximum       = newReason("maximum", "number must be at most {expected}")
	notAbove           = newReason("exclusiveMinimum", "number must be more than {expected}")
	notBelow           = newReason("exclusiveMaximum", "number must be less than {expected}")
	noMultiple         = newReason("multipleOf", "number must be a multiple of {expected}")
	noMultiplePossible = newReason("multipleOf.zero", "multipleOf must be greater than zero, got {expected}")
	tooFewItems        = newReason("minItems", "minimum number of items is {expected}")
	tooManyItems       = newReason("maxItems", "maximum number of items is {expected}")
	twiceInList        = newReason("uniqueItems", "duplicate items found")
	tooFewMembers      = newReason("minProperties", "there must be at least {expected} properties")
	tooManyMembers     = newReason("maxProperties", "there must be at most {expected} properties")
	otherKeyword       = newReason("schema", "does not satisfy the schema")
	noBody             = newReason("body", "the body is missing")
	noParse            = newReason("syntax", "the body does not parse: {error}")
	noJSON             = newReason("syntax.value", "is no JSON")
	notStrict          = newReason("strict", "is not {expected}")
)

// reasons lists them.
func reasons() []reason {
	return []reason{
		otherType, noForm, isNull, tooLarge, isMissing, outsideList, otherPattern, otherFormat, tooShort, tooLong, ruledOut, otherForm, unsupported,
		belowMinimum, aboveMaximum, notAbove, notBelow, noMultiple, noMultiplePossible, tooFewItems, tooManyItems, twiceInList, tooFewMembers, tooManyMembers,
		otherKeyword, noBody, noParse, noJSON, notStrict,
	}
}

// cause is what stands in Violation.Why.
type cause struct {
	reason
	expected contract.Arg // or what else there is to say; without a name: nothing
}

// Reason says what is wrong, and what was expected. The sentence is without the place.
func Reason(v *jsonschema.Violation) contract.Message {
	why, expected := explain(v)
	return why.alone.Says(arguments(v, expected)...)
}

// Violated is Reason with the place in the sentence.
func ReasonWithPlace(v *jsonschema.Violation) contract.Message {
	why, expected := explain(v)
	return why.placed.Says(arguments(v, expected)...)
}

// typed are the arguments: place and keyword, and what was expected and found, where
// that is known.
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

// explained is why there is a violation, and what was expected.
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
		return otherKeyword, contract.Arg{}
	}
	why, whole := limitReason(v.Keyword, limit)
	if whole {
		return why, contract.ArgInt("expected", int64(limit))
	}
	return why, contract.ArgNumber("expected", limit)
}

func typeReason(v *jsonschema.Violation) (reason, contract.Arg) {
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
func limitReason(keyword string, limit float64) (why reason, whole bool) {
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
func NotJSON() jsonschema.Violation {
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
