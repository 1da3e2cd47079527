package jsonschema

import (
	"encoding/json"
	"slices"
	"strings"

	"assay/internal/contract"
)

// Violation is one way in which a value departs from its schema. It never holds
// the value, and says nothing in words: internal/view has the templates.
type Violation struct {
	At      contract.Place // Asked.Root, and the JSON pointer from there
	Keyword string         // JSON Schema's
	Got     string         // the JSON type that was found; "" where that is the right one
	Why     any            // what is wrong, where no keyword of a schema says it; whoever notes such a violation knows what it is
	name    string         // of the member that a closed object must not have
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

// Schema is the schema whose keyword is violated; nil where none is known.
func (v *Violation) Schema() *Schema { return v.schema }

// Member is the name of the member that a closed object must not have.
func (v *Violation) Member() string { return v.name }

// NoForm tells whether none of several forms has the type that was found.
func (v *Violation) NoForm() bool { return v.how == noForm }

// TooLarge tells whether the value is a number that no float64 holds.
func (v *Violation) TooLarge() bool { return v.how == tooLarge }

// claim is what a violation comes to beside its place and keyword: two with the same
// claim tell a reader the same.
type claim struct {
	how   how
	what  string
	limit float64
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
			one.what = v.Got
		} else if v.how == ordinary && len(s.Types) > 0 {
			one.what = v.Got + ", not " + strings.Join(s.Types, " or ")
		}
	case "enum":
		allowed, _ := json.Marshal(s.Enum) // documented values, not the one met
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

// Limit is what a keyword that bounds a number, a length or a count demands; not ok:
// the keyword bounds nothing.
func (s *Schema) Limit(keyword string) (limit float64, ok bool) {
	switch keyword {
	case "minimum", "exclusiveMinimum":
		return *s.Minimum, true
	case "maximum", "exclusiveMaximum":
		return *s.Maximum, true
	case "multipleOf":
		return *s.MultipleOf, true
	case "minLength":
		return float64(s.MinLength), true
	case "maxLength":
		return float64(s.MaxLength), true
	case "minItems":
		return float64(s.MinItems), true
	case "maxItems":
		return float64(s.MaxItems), true
	case "minProperties":
		return float64(s.MinProperties), true
	case "maxProperties":
		return float64(s.MaxProperties), true
	}
	return 0, false
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
	type statement struct {
		at      contract.Place
		keyword string
		claim   claim
	}
	met := map[statement]bool{}
	return slices.DeleteFunc(all, func(v Violation) bool {
		one := statement{v.At, v.Keyword, v.claim()}
		again := met[one]
		met[one] = true
		return again
	})
}

func (v *Violation) same(other *Violation) bool {
	return v.At == other.At && v.Keyword == other.Keyword && (v.schema == other.schema && v.Got == other.Got && v.how == other.how && v.name == other.name || v.claim() == other.claim())
}
