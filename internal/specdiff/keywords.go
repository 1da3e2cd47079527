package specdiff

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/lazy"
	"assay/internal/openapi"
)

var (
	keywordOther = &contract.Template{ID: "documents.keyword", Text: "the keyword {keyword} has changed"}
	leftOut      = &contract.Template{ID: "impact.documents.default", Text: "a client that leaves the member out may get something else"}
)

// reporters are the changes that report a change of a keyword: those whose kind, or rule of
// oasdiff, matches. No other change reports a keyword that is not listed.
var reporters = map[string]func() *regexp.Regexp{
	"type":                 lazy.Regexp(`type|retyped|-of-|nullable`),
	"nullable":             lazy.Regexp(`null|retyped`),
	"format":               lazy.Regexp(`format|type`),
	"enum":                 lazy.Regexp(`enum`),
	"default":              lazy.Regexp(`default`),
	"pattern":              lazy.Regexp(`pattern`),
	"minLength":            lazy.Regexp(`min-length`),
	"maxLength":            lazy.Regexp(`max-length`),
	"minItems":             lazy.Regexp(`min-items`),
	"maxItems":             lazy.Regexp(`max-items`),
	"minProperties":        lazy.Regexp(`min-properties`),
	"maxProperties":        lazy.Regexp(`max-properties`),
	"uniqueItems":          lazy.Regexp(`unique-items`),
	"multipleOf":           lazy.Regexp(`multiple-of`),
	"minimum":              lazy.Regexp(`-min-(set|unset|increased|decreased)|min-exclusive|exclusive-min`),
	"maximum":              lazy.Regexp(`-max-(set|unset|increased|decreased)|max-exclusive|exclusive-max`),
	"exclusiveMinimum":     lazy.Regexp(`exclusive-min|min-exclusive`),
	"exclusiveMaximum":     lazy.Regexp(`exclusive-max|max-exclusive`),
	"additionalProperties": lazy.Regexp(`names-changed|additional-properties`),
	"deprecated":           lazy.Regexp(`deprecat`),
	ofForms:                lazy.Regexp(`-(any|one)-of-`),
	"x-means":              lazy.Regexp(`member-meaning`),
	"x-secret":             lazy.Regexp(`member-hidden`),
	"x-personal":           lazy.Regexp(`member-hidden`),
	"x-keep":               lazy.Regexp(`member-hidden`),
	"x-assumed":            lazy.Regexp(`^$`),
	"x-unit":               lazy.Regexp(`member-meaning`),
}

// keywords compares the schemas of two operations keyword by keyword, at every place that
// both documents have. It adds what no other comparison reports: oasdiff does not know every
// keyword, and reads numbers as float64.
func (c *comparison) keywords(was, is *openapi.Operation) {
	for _, now := range is.Parameters {
		for _, old := range was.Parameters {
			if old.Place() == now.Place() {
				c.keywordsAt(is, now.Place(), old, now, now.Required)
			}
		}
	}
	c.keywordsOf(is, contract.InRequest, was.Request, is.Request)
	for _, status := range is.Statuses() {
		if old := was.Responses[status]; old != nil {
			if now := is.Responses[status]; old.Assumed != now.Assumed {
				c.add(is.ID, is.Line, contract.Change{
					Kind: "schema-changed", At: contract.ResponseStatus, Impact: contract.Minor,
					Before: keywordValue("x-assumed", strconv.FormatBool(old.Assumed)), Now: keywordValue("x-assumed", strconv.FormatBool(now.Assumed)),
					Message: keywordOther.Says(contract.ArgText("keyword", "x-assumed")),
				})
			}
			c.keywordsOf(is, contract.InResponse, old.Body, is.Responses[status].Body)
		}
	}
}

func (c *comparison) keywordsOf(o *openapi.Operation, of contract.Direction, was, is *openapi.Body) {
	if was == nil || is == nil {
		return
	}
	for _, now := range is.Root.Below() {
		if old := was.Member(now.Pointer); old != nil && old.Pointer == now.Pointer {
			c.keywordsAt(o, of.Body(now.Pointer), old, now, now.Required)
		}
	}
}

// described is a member or a parameter.
type described interface {
	Keywords() map[string]string
	Forms(without func(keyword string) bool) string
	ExclusiveForms() bool
}

// keywordsAt compares the keywords at one place.
func (c *comparison) keywordsAt(o *openapi.Operation, place contract.Place, older, newer described, required bool) {
	was, is := older.Keywords(), newer.Keywords()
	both := maps.Clone(was)
	maps.Copy(both, is)
	for _, keyword := range slices.Sorted(maps.Keys(both)) {
		old, now := was[keyword], is[keyword]
		if old == now || sameLimit(keyword, old, now) || c.reported(o, place, keyword) || keyword == "enum" && !rounded(old, now) {
			continue
		}
		if keyword == ofForms && c.formsReported(o, place, older, newer) {
			continue
		}
		impact, why := keywordImpact(place, keyword, old, now, newer.ExclusiveForms()), contract.Message{}
		if keyword == "default" {
			impact, why = defaultImpact(place, old != "", required)
		}
		c.add(o.ID, o.LineOf(place, 0), contract.Change{
			Kind: "schema-changed", At: place, Impact: impact, Why: why,
			Before: keywordValue(keyword, old), Now: keywordValue(keyword, now),
			Message: keywordOther.Says(contract.ArgText("keyword", keyword)),
		})
	}
}

func keywordValue(keyword, text string) contract.Value {
	if text == "" {
		return absent()
	}
	notation := keyword + " " + text
	if keyword == ofForms { // the text has the keyword
		notation = text
	}
	return contract.Value{Notation: notation, Keywords: []contract.Keyword{{Keyword: keyword, Limit: text}}}
}

// sameLimit reports whether two limits are the same number, such as 1 and 1.0.
func sameLimit(keyword, was, is string) bool {
	switch keyword {
	case "minimum", "maximum", "multipleOf":
		return isNumber(was) && isNumber(is) && jsonschema.CompareNumbers(was, is) == 0
	}
	return false
}

// rounded reports whether two enumerations are the same once their numbers are float64,
// as oasdiff reads them: it reports every other difference, or the table of codes does.
func rounded(was, is string) bool {
	var a, b []any
	return json.Unmarshal([]byte(was), &a) == nil && json.Unmarshal([]byte(is), &b) == nil && reflect.DeepEqual(a, b)
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// reported reports whether another change says that a keyword changed at a place. The names
// of required and the lists of members are reported where the members are.
func (c *comparison) reported(o *openapi.Operation, place contract.Place, keyword string) bool {
	if _, inBody := place.Pointer(); inBody && (keyword == "properties" || keyword == "items") {
		return true // the places below are compared
	}
	of := c.older.Provider + "/" + o.ID
	return slices.ContainsFunc(c.changes, func(change contract.Change) bool {
		if change.Operation != of {
			return false
		}
		if keyword == "required" {
			above, _ := change.At.Above()
			return above == place && requiredReporters().MatchString(string(change.Kind))
		}
		reporter := reporters[keyword]
		return change.At == place && reporter != nil && (reporter().MatchString(string(change.Kind)) || reporter().MatchString(change.Message.Template.ID))
	})
}

// ofForms is the keyword that stands for both anyOf and oneOf.
const ofForms = "anyOf or oneOf"

// formsReported reports whether other changes report all that differs in anyOf and oneOf: that
// forms are new or gone, or the keywords that differ inside of the forms.
func (c *comparison) formsReported(o *openapi.Operation, place contract.Place, was, is described) bool {
	if c.reported(o, place, ofForms) {
		return true
	}
	elsewhere := func(keyword string) bool { return c.reported(o, place, keyword) }
	return was.Forms(elsewhere) == is.Forms(elsewhere)
}

var requiredReporters = lazy.Regexp(`required|optional|member-(added|removed|absent)`)

// keywordImpact rates a change of a keyword. A request that was accepted may be refused
// if its schema becomes stricter; a response may have new values if its schema becomes
// less strict. exclusive: no value satisfies two alternatives.
func keywordImpact(place contract.Place, keyword, was, is string, exclusive bool) contract.Impact {
	request := place.Direction() == contract.InRequest
	oldForm, oldList, _ := strings.Cut(was, " ")
	newForm, newList, _ := strings.Cut(is, " ")
	switch {
	case keyword == ofForms && oldForm != newForm && oldList == newList: // oneOf is stricter, unless no value has two of the forms
		if exclusive || (newForm == "oneOf") != request {
			return contract.Harmless
		}
	case keyword == "deprecated":
		return contract.Minor
	case was == "" && request:
		return contract.Breaks
	case was == "" || is == "" && request:
		return contract.Harmless
	}
	return contract.Degrades
}

// defaultImpact rates another default. A client that leaves the member out gets another
// order; none leaves out a required member. had: there was a default.
func defaultImpact(place contract.Place, had, required bool) (contract.Impact, contract.Message) {
	if place.Direction() == contract.InRequest && had && !required {
		return contract.Degrades, leftOut.Says()
	}
	return contract.Minor, contract.Message{}
}
