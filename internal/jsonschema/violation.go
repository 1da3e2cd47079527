package jsonschema

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// Violation is one violation of a schema. It never holds the value, and it has no text:
// package view has the templates.
type Violation struct {
	At      contract.Place // Request.Root followed by the JSON pointer
	Keyword string         // a keyword of JSON Schema
	Got     string         // the JSON type of the value, if it is the wrong type
	Why     any            // the reason, for violations that other packages add and that no keyword of a schema describes
	name    string         // the member that an object must not have
	how     how
	// unplaced: the body has too many violations for this one to have a place of its own.
	unplaced bool
	schema   *Schema // the schema with the keyword
}

// how distinguishes the meanings of one keyword.
type how uint8

const (
	ordinary how = iota
	noForm       // no alternative has the type of the value
)

// Schema returns the schema whose keyword is violated, or nil if there is none.
func (v *Violation) Schema() *Schema { return v.schema }

// Member returns the name of the member that an object must not have.
func (v *Violation) Member() string { return v.name }

// NoForm reports whether no alternative of anyOf or oneOf has the type of the value.
func (v *Violation) NoForm() bool { return v.how == noForm }

// claim is what a violation says besides place and keyword. Two violations with the
// same place, keyword and claim say the same.
type claim struct {
	how   how
	what  string
	limit string
}

func (v *Violation) claim() claim {
	s := v.schema
	one := claim{how: v.how}
	if s == nil {
		return one
	}
	switch v.Keyword {
	case "type":
		if v.how == noForm {
			one.what = v.Got + ", not " + strings.Join(s.AlternativeTypes(), " or ")
		} else if v.how == ordinary && len(s.Types) > 0 {
			one.what = v.Got + ", not " + strings.Join(s.Types, " or ")
		}
	case "enum":
		allowed, _ := json.Marshal(s.Enum) // documented values, not the value in the body
		one.what = string(allowed)
	case "pattern":
		one.what = s.Pattern
	case "format":
		one.what = s.Format.Name
	case "properties":
		one.what = v.name
	default:
		one.limit, _ = s.Limit(v.Keyword)
	}
	return one
}

// Limit returns the bound that a keyword sets on a number, a length or a count, as JSON.
// It is not ok if the keyword sets none.
func (s *Schema) Limit(keyword string) (limit string, ok bool) {
	switch keyword {
	case "minimum", "exclusiveMinimum":
		return string(s.Minimum), true
	case "maximum", "exclusiveMaximum":
		return string(s.Maximum), true
	case "multipleOf":
		return string(s.MultipleOf), true
	case "minLength":
		return strconv.Itoa(s.MinLength), true
	case "maxLength":
		return strconv.Itoa(s.MaxLength), true
	case "minItems":
		return strconv.Itoa(s.MinItems), true
	case "maxItems":
		return strconv.Itoa(s.MaxItems), true
	case "minProperties":
		return strconv.Itoa(s.MinProperties), true
	case "maxProperties":
		return strconv.Itoa(s.MaxProperties), true
	}
	return "", false
}

// AlternativeTypes returns the types that the alternatives in anyOf and oneOf have.
func (s *Schema) AlternativeTypes() []string {
	var all []string
	for _, one := range slices.Concat(s.AnyOf, s.OneOf) {
		for _, name := range one.Types {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// permits reports whether a schema allows a type. An integer is also a number. A schema
// without types allows null, as OpenAPI 3.0.3 defines it, whatever nullable says.
func (s *Schema) permits(got string) bool {
	return s.Types == nil || got == "null" && s.Nullable || slices.Contains(s.Types, got) || got == "integer" && slices.Contains(s.Types, "number")
}

// countUnplaced removes the violations without a place of their own, and counts them.
func (n *ScanState) countUnplaced() {
	listed := len(n.Violations)
	n.Violations = slices.DeleteFunc(n.Violations, func(v Violation) bool { return v.unplaced })
	n.MoreViolations += listed - len(n.Violations)
}

// distinct removes violations that say the same as an earlier one.
func distinct(all []Violation) []Violation {
	if len(all) < 2 {
		return all
	}
	if len(all) > few {
		return distinctOfMany(all)
	}
	kept := all[:1]
	for _, v := range all[1:] {
		if !slices.ContainsFunc(kept, func(k Violation) bool { return k.same(&v) }) {
			kept = append(kept, v)
		}
	}
	return kept
}

// few is the number of violations up to which distinct compares each with each. With
// more it uses a map.
const few = 16

func distinctOfMany(all []Violation) []Violation {
	type statement struct {
		at      contract.Place
		keyword string
		claim   claim
	}
	earlier := map[statement]bool{}
	return slices.DeleteFunc(all, func(v Violation) bool {
		one := statement{v.At, v.Keyword, v.claim()}
		repeated := earlier[one]
		earlier[one] = true
		return repeated
	})
}

func (v *Violation) same(other *Violation) bool {
	return v.At == other.At && v.Keyword == other.Keyword && (v.schema == other.schema && v.Got == other.Got && v.how == other.how && v.name == other.name || v.claim() == other.claim())
}
