package contract

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Value describes what is, or was, at the place of a change. Zero members are unknown.
// It holds no secret or personal value. Reports put it into words.
type Value struct {
	Absent   bool             `json:"absent,omitzero"`   // the place is absent
	Present  bool             `json:"present,omitzero"`  // the place is present, such as a header, and its value is not stored
	NoJSON   bool             `json:"noJSON,omitzero"`   // the body is not JSON
	Types    []string         `json:"types,omitempty"`   // types of JSON Schema, and null
	Formats  []string         `json:"formats,omitempty"` // formats of texts, as shapes name them
	Length   *Range           `json:"length,omitempty"`  // length of texts, in characters
	Items    *Range           `json:"items,omitempty"`   // number of items of lists
	Number   *Range           `json:"number,omitempty"`
	Values   []string         `json:"values,omitempty"`   // the values, if there are few
	Many     bool             `json:"many,omitzero"`      // there are more values than a shape stores
	Codes    []string         `json:"codes,omitempty"`    // result codes
	Statuses []string         `json:"statuses,omitempty"` // statuses with a result code; "" is an empty text
	Messages []MessagePattern `json:"messages,omitempty"` // messages with a result code
	HTTP     []int            `json:"http,omitempty"`     // HTTP statuses
	Media    []string         `json:"media,omitempty"`    // content types
	More     bool             `json:"more,omitzero"`      // the lists are not complete
	Within   time.Duration    `json:"within,omitzero"`    // nanoseconds within which 19 of 20 responses arrive

	// For changes of documents:
	Presence string              `json:"presence,omitempty"` // required or optional
	Keywords []Keyword           `json:"keywords,omitempty"` // further keywords that bound a member
	Terms    map[string][]string `json:"terms,omitempty"`    // of the dialect, by its names: see specs/README.md
	// Rule and Arguments are a change of the standard part of OpenAPI, as oasdiff names
	// it.
	Rule      string            `json:"rule,omitempty"`
	Arguments map[string]string `json:"arguments,omitempty"`
	// Notation is what documents say, on one line. It is not a sentence and must never
	// change: ids are made from it.
	Notation string `json:"notation,omitempty"`
}

// Keyword is a keyword of JSON Schema with its limit as written; "": no limit.
type Keyword struct {
	Keyword string `json:"keyword"`
	Limit   string `json:"limit,omitempty"`
}

// Range is a minimum and a maximum as decimal text, exact for any size. In JSON it is a
// pair of numbers.
type Range struct{ Min, Max string }

// MarshalJSON writes a pair of numbers.
func (r Range) MarshalJSON() ([]byte, error) {
	return json.Marshal([]json.Number{json.Number(r.Min), json.Number(r.Max)})
}

// UnmarshalJSON reads a pair of numbers.
func (r *Range) UnmarshalJSON(raw []byte) error {
	var pair []json.Number
	if err := json.Unmarshal(raw, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return errors.New("expected two numbers")
	}
	r.Min, r.Max = pair[0].String(), pair[1].String()
	return nil
}

// MessagePattern is a message or a status in which every word that could be a value is
// replaced by Hole; "" is an empty text.
type MessagePattern string

// Hole replaces a word that could be a value. FormWords is the largest number of words
// of a message that a pattern keeps.
const (
	Hole      = "{…}"
	FormWords = 20
)

// Fill replaces every hole of a pattern by a text.
func (f MessagePattern) Fill(text string) string { return strings.ReplaceAll(string(f), Hole, text) }

// Cut reports whether the message may be longer than the pattern.
func (f MessagePattern) Cut() bool { return len(strings.Fields(string(f))) >= FormWords }

// IsZero reports whether nothing is known.
func (v Value) IsZero() bool {
	lists := len(v.Types) + len(v.Formats) + len(v.Values) + len(v.Codes) + len(v.Statuses) + len(v.Messages) + len(v.HTTP) + len(v.Media) + len(v.Keywords) + len(v.Terms)
	marked := v.Absent || v.Present || v.NoJSON || v.Many || v.More
	ranged := v.Length != nil || v.Items != nil || v.Number != nil || v.Within != 0
	return lists == 0 && !marked && !ranged && v.Presence+v.Rule+v.Notation == ""
}

// key returns the part of an id that the value contributes. Never change it for an
// existing value.
func (v Value) key() string {
	switch {
	case v.Rule != "":
		parts := []string{v.Rule}
		for _, name := range slices.Sorted(maps.Keys(v.Arguments)) {
			parts = append(parts, name, v.Arguments[name])
		}
		return strings.Join(parts, "\x00")
	case v.Notation != "":
		return v.Notation
	case len(v.HTTP) > 0:
		return strconv.Itoa(v.HTTP[0])
	case len(v.Messages) > 0:
		return textOrEmpty(string(v.Messages[0]))
	case len(v.Statuses) > 0:
		return textOrEmpty(v.Statuses[0])
	}
	for _, one := range [][]string{v.Types, v.Formats, v.Values, v.Media} {
		if len(one) > 0 {
			return one[0]
		}
	}
	return ""
}

// textOrEmpty returns a status or a message as it is in an id.
func textOrEmpty(s string) string {
	if s == "" {
		return EmptyText
	}
	return s
}

// Combine combines the values of two changes with the same id.
func (v Value) Combine(other Value) Value {
	switch {
	case v.IsZero():
		return other
	case other.IsZero(), v.Absent && other.Absent:
		return v
	}
	if v.Presence != other.Presence {
		v.Presence = ""
	}
	v.Notation, v.Absent = joinNotations(v.notation(), other.notation()), v.Absent && other.Absent
	v.Types, v.Formats, v.Values = union(v.Types, other.Types), union(v.Formats, other.Formats), union(v.Values, other.Values)
	v.Codes, v.Statuses, v.Messages = union(v.Codes, other.Codes), union(v.Statuses, other.Statuses), union(v.Messages, other.Messages)
	v.HTTP, v.Media, v.Keywords = union(v.HTTP, other.HTTP), union(v.Media, other.Media), union(v.Keywords, other.Keywords)
	if v.Terms == nil {
		v.Terms = other.Terms
	}
	return v
}

// notation returns the notation of a value, also if it is absent.
func (v Value) notation() string {
	if v.Absent {
		return "absent"
	}
	return v.Notation
}

// joinNotations joins two notations, unless one adds nothing.
func joinNotations(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "" || slices.Contains(strings.Split(a, notationSeparator), b):
		return a
	}
	return a + notationSeparator + b
}

// notationSeparator separates two notations.
const notationSeparator = "; "

func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, one := range b {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}
