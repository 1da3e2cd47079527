package openapi

import (
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/contract"
	"assay/internal/jsonschema"
	"assay/internal/report"
	"assay/internal/view"
)

// oracle returns what kin-openapi finds in a value: place, keyword and reason of each
// failure, without duplicates.
func oracle(s *openapi3.Schema, value any) []string {
	var all []string
	for _, found := range failuresIn(s, value, nil) {
		one := string(contract.PointerTo(found.tokens...)) + " " + found.keyword + ": " + found.reason
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// reasonsOf returns the same for the violations that our check found.
func reasonsOf(violations []Violation) []string {
	var all []string
	for _, v := range violations {
		all = append(all, string(v.At)+" "+v.Keyword+": "+report.Sentence(view.Reason(&v)))
	}
	return all
}

type failure struct {
	tokens          []string
	keyword, reason string
}

// flatten returns the innermost failures. kin-openapi wraps those below allOf, and for
// anyOf and oneOf reports only that nothing matched.
func flatten(err error, above []string) []failure {
	switch e := err.(type) { //nolint:errorlint // the outermost error is the one to unfold
	case nil:
		return nil
	case openapi3.MultiError:
		var all []failure
		for _, one := range e {
			all = append(all, flatten(one, above)...)
		}
		return all
	case *openapi3.SchemaError:
		tokens := append(append([]string{}, above...), e.JSONPointer()...)
		switch e.SchemaField {
		case "allOf":
			// Their paths start where this one does.
			if parts, ok := errors.Unwrap(errors.Unwrap(e.Origin)).(openapi3.MultiError); ok { //nolint:errorlint // as above
				return flatten(parts, above)
			}
		case "anyOf", "oneOf":
			return alternativesOf(append(append(openapi3.SchemaRefs{}, e.Schema.AnyOf...), e.Schema.OneOf...), e, tokens)
		}
		keyword, reason := explain(e)
		return []failure{{tokens, keyword, reason}}
	}
	var inner *openapi3.SchemaError
	if errors.As(err, &inner) {
		return flatten(inner, above)
	}
	return []failure{{above, "schema", "does not satisfy the schema"}}
}

// failuresIn returns all failures of a value at tokens.
func failuresIn(s *openapi3.Schema, value any, tokens []string) []failure {
	return flatten(s.VisitJSON(value, visitOptions()...), tokens)
}

// visitOptions are the options for visiting values. kin-openapi would otherwise write
// out schema and value for every allOf and oneOf.
var visitOptions = sync.OnceValue(func() []openapi3.SchemaValidationOption {
	return []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(), openapi3.EnableFormatValidation(),
		openapi3.WithStringFormatValidators(ourFormats()),
		openapi3.SetSchemaErrorMessageCustomizer(func(*openapi3.SchemaError) string { return "does not satisfy the schema" }),
	}
})

// ourFormats are our formats for kin-openapi, whose own are less strict.
func ourFormats() map[string]openapi3.StringFormatValidator {
	all := map[string]openapi3.StringFormatValidator{}
	for _, name := range jsonschema.Formats() {
		if f := jsonschema.FormatOf(name); f.Text != nil {
			all[name] = openapi3.NewCallbackValidator(func(text string) error {
				if !f.Text([]byte(text)) {
					return errors.New("not of the format")
				}
				return nil
			})
		}
	}
	return all
}

// alternativesOf returns the failures of the one alternative that has the type of the
// value.
func alternativesOf(options openapi3.SchemaRefs, e *openapi3.SchemaError, tokens []string) []failure {
	var fitting []*openapi3.Schema
	untyped := false
	for _, option := range options {
		untyped = untyped || option.Value.Type == nil
		if option.Value.Type != nil && permits(option.Value, typeOf(e.Value)) {
			fitting = append(fitting, option.Value)
		}
	}
	switch {
	case len(fitting) == 0 && !untyped:
		return []failure{{tokens, "type", "is " + article(typeOf(e.Value)) + alternativeTypes(options)}}
	case len(fitting) == 1:
		if found := failuresIn(fitting[0], e.Value, tokens); len(found) > 0 {
			return found
		}
	}
	return []failure{{tokens, e.SchemaField, "matches none of the documented alternatives, or more than one"}}
}

// explain returns keyword and reason of a single failure.
func explain(e *openapi3.SchemaError) (keyword, reason string) {
	s := e.Schema
	got := typeOf(e.Value)
	wrongType := s.Type != nil && !permits(s, got)
	if e.SchemaField == "nullable" && s.Type == nil { // a schema without types, as in a strict interpretation
		return "type", "is null"
	}
	if e.SchemaField != "required" && (wrongType || e.SchemaField == "nullable") {
		return "type", "is " + article(got) + ", not " + article(strings.Join(*s.Type, " or "))
	}
	switch e.SchemaField {
	case "required":
		return "required", "is missing"
	case "enum":
		allowed, _ := json.Marshal(s.Enum) // documented values, not the value found
		return "enum", "is not one of " + string(allowed)
	case "pattern":
		return "pattern", "does not match the pattern " + s.Pattern
	case "format":
		return "format", "is not in the format " + s.Format
	case "minLength":
		return "minLength", singular("must have at least " + strconv.FormatUint(s.MinLength, 10) + " characters")
	case "maxLength":
		return "maxLength", singular("must have at most " + strconv.FormatUint(*s.MaxLength, 10) + " characters")
	case "not":
		return "not", exclusion(s.Not.Value)
	}
	return e.SchemaField, inOurWords(e.Reason)
}

// alternativeTypes is the end of the reason of a value whose type no alternative has.
func alternativeTypes(options openapi3.SchemaRefs) string {
	var names []string
	for _, option := range options {
		for _, name := range option.Value.Type.Slice() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return "; the documented alternatives allow " + article(strings.Join(names, " or "))
}

// exclusion is the reason of a value that satisfies a schema under not.
func exclusion(s *openapi3.Schema) string {
	excluded, _ := json.Marshal(s.Enum) // documented values, not the value found
	switch {
	case len(s.AnyOf) == 0 && len(s.Required) == 1:
		return "must not have the member " + s.Required[0]
	case len(s.AnyOf) > 0:
		return "has a form that the schema excludes with not"
	case s.Enum != nil:
		return "must not be one of " + string(excluded)
	case s.Pattern != "":
		return "must not match the pattern " + s.Pattern
	}
	return "has a form that the schema excludes with not"
}

// ourWords maps kin-openapi's reasons to the texts of package view.
var ourWords = []struct {
	theirs *regexp.Regexp
	ours   string
}{
	{regexp.MustCompile(`^number must`), `must`},
	{regexp.MustCompile(`^cannot convert json.Number to float64$`), `is a number that is too large`},
	{regexp.MustCompile(`^property (".*") is unsupported$`), `must not have the member $1`},
	{regexp.MustCompile(`^multipleOf must be greater than zero, got (.*)$`), `cannot be a multiple of $1: multipleOf must be greater than zero`},
	{regexp.MustCompile(`^minimum number of items is (\d+)$`), `must have at least $1 items`},
	{regexp.MustCompile(`^maximum number of items is (\d+)$`), `must have at most $1 items`},
	{regexp.MustCompile(`^duplicate items found$`), `has the same item twice`},
	{regexp.MustCompile(`^there must be (.*) properties$`), `must have $1 members`},
}

// inOurWords returns a reason of kin-openapi as package view says it.
func inOurWords(reason string) string {
	for _, w := range ourWords {
		reason = w.theirs.ReplaceAllString(reason, w.ours)
	}
	return singular(reason)
}

var one = regexp.MustCompile(` 1 (item|member|character)s$`)

// singular writes "1 item" for "1 items".
func singular(reason string) string { return one.ReplaceAllString(reason, " 1 $1") }

// permits reports whether a schema allows values of a type; integers are numbers.
func permits(s *openapi3.Schema, typ string) bool {
	return s.Type.Permits(typ) || typ == "integer" && s.Type.Permits("number")
}

func typeOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	case float64: // kin-openapi passes a value that violates a bound as float64
		if v == math.Trunc(v) {
			return "integer"
		}
	}
	return "number"
}

func article(noun string) string {
	switch {
	case noun == "null":
		return noun
	case strings.ContainsAny(noun[:1], "aio"):
		return "an " + noun
	}
	return "a " + noun
}

// documents reports whether the documents list every member of a value.
func (m *Member) documents(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		if len(m.children) == 0 && !m.has("object") {
			return true
		}
		for name, item := range v {
			if c := m.children[name]; c == nil && !m.Free || c != nil && !c.documents(item) {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if m.items != nil && !m.items.documents(item) {
				return false
			}
		}
	}
	return true
}

// undocumented returns the places of members that the documents do not list.
func (m *Member) undocumented(value any, at contract.Place) []contract.Place {
	if m.documents(value) {
		return nil
	}
	var found []contract.Place
	switch v := value.(type) {
	case map[string]any:
		if len(m.children) == 0 && (m.Free || !m.has("object")) {
			return nil
		}
		for _, name := range sorted(v) {
			here := at.Member(name)
			switch c := m.children[name]; {
			case c != nil:
				found = append(found, c.undocumented(v[name], here)...)
			case !m.Free:
				found = append(found, here)
			}
		}
	case []any:
		if m.items == nil {
			return nil
		}
		for i, item := range v {
			found = append(found, m.items.undocumented(item, at.Item(i))...)
		}
	}
	return found
}

func sorted(v map[string]any) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
