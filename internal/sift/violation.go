package sift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Violation is one way in which a value departs from its schema. It never holds
// the value.
type Violation struct {
	At      string // a place: Asked.Side and a JSON pointer
	Keyword string // JSON Schema's
	Got     string // the JSON type that was found; "" where that is the right one
	Why     string // what is wrong, where no keyword of a schema says it
	name    string // of the member that a closed object must not have
	how     how
	schema  *Schema // whose keyword it is
}

// how tells apart what one keyword can mean.
type how uint8

const (
	ordinary how = iota
	noForm       // none of several forms has the type
	tooLarge     // a number that no float64 holds
)

// Reason says in words what is wrong, and what was expected.
func (v *Violation) Reason() string {
	s := v.schema
	if v.Why != "" {
		return v.Why
	}
	switch v.Keyword {
	case "type":
		return v.mistyped()
	case "required":
		return "is missing"
	case "enum":
		allowed, _ := json.Marshal(s.Enum) // documented values, not the one met
		return "is not one of " + string(allowed)
	case "pattern":
		return "does not match " + s.Pattern
	case "format":
		return "is not of the format " + s.Format.Name
	case "minLength":
		return fmt.Sprintf("is shorter than %d characters", s.MinLength)
	case "maxLength":
		return fmt.Sprintf("is longer than %d characters", s.MaxLength)
	case "not":
		return "has the form that the documents rule out"
	case "anyOf", "oneOf":
		return "has none of the documented forms, or more than one"
	case "properties":
		return fmt.Sprintf("property %q is unsupported", v.name)
	}
	return v.limit()
}

func (v *Violation) mistyped() string {
	switch {
	case v.how == tooLarge:
		return "cannot convert json.Number to float64"
	case v.how == noForm:
		return "is " + article(v.Got) + ", which none of the documented forms is"
	case len(v.schema.Types) == 0: // a fragment, such as a reading's strict
		return "is null"
	}
	return "is " + article(v.Got) + ", not " + article(strings.Join(v.schema.Types, " or "))
}

// limit is the reason where a number or a count is beyond a limit.
func (v *Violation) limit() string {
	s := v.schema
	switch v.Keyword {
	case "minimum":
		return fmt.Sprintf("number must be at least %g", *s.Minimum)
	case "maximum":
		return fmt.Sprintf("number must be at most %g", *s.Maximum)
	case "exclusiveMinimum":
		return fmt.Sprintf("number must be more than %g", *s.Minimum)
	case "exclusiveMaximum":
		return fmt.Sprintf("number must be less than %g", *s.Maximum)
	case "multipleOf":
		if *s.MultipleOf <= 0 {
			return fmt.Sprintf("multipleOf must be greater than zero, got %g", *s.MultipleOf)
		}
		return fmt.Sprintf("number must be a multiple of %g", *s.MultipleOf)
	case "minItems":
		return fmt.Sprintf("minimum number of items is %d", s.MinItems)
	case "maxItems":
		return fmt.Sprintf("maximum number of items is %d", s.MaxItems)
	case "uniqueItems":
		return "duplicate items found"
	case "minProperties":
		return fmt.Sprintf("there must be at least %d properties", s.MinProperties)
	case "maxProperties":
		return fmt.Sprintf("there must be at most %d properties", s.MaxProperties)
	}
	return "does not satisfy the schema"
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

// permits tells whether a schema is for values of a type; whole numbers are
// numbers.
func (s *Schema) permits(got string) bool {
	return s.Types == nil || slices.Contains(s.Types, got) || got == "integer" && slices.Contains(s.Types, "number")
}

// distinct leaves out violations that say the same as one before.
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

// few violations are compared with each other, more by what they say.
const few = 16

func distinctOfMany(all []Violation) []Violation {
	type statement struct{ at, keyword, reason string }
	met := map[statement]bool{}
	return slices.DeleteFunc(all, func(v Violation) bool {
		one := statement{v.At, v.Keyword, v.Reason()}
		again := met[one]
		met[one] = true
		return again
	})
}

func (v *Violation) same(other *Violation) bool {
	return v.At == other.At && v.Keyword == other.Keyword && (v.schema == other.schema && v.Got == other.Got && v.how == other.how && v.name == other.name || v.Reason() == other.Reason())
}

// String is Reason.
func (v Violation) String() string { return v.Reason() }

// Field is the leaf of the place: "orderId" of "request#/body/orderId".
func (v *Violation) Field() string {
	all := v.tokens()
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// Path is the way to the place from the top, as in "body->orderId", "query->mid".
func (v *Violation) Path() string { return strings.Join(v.tokens(), "->") }

func (v *Violation) tokens() []string {
	if _, pointer, inBody := strings.Cut(v.At, "#"); inBody {
		return tokens(pointer)
	}
	return strings.SplitN(strings.TrimPrefix(v.At, "request."), ".", 2)
}
