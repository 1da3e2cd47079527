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

// Value is what stands, or stood, at the place of a change, by what is known of it:
// a member that is not set says nothing. It holds no value that is hidden. Reports
// make words of it; nothing else needs any.
type Value struct {
	Absent   bool             `json:"absent,omitzero"`   // nothing stands there
	Present  bool             `json:"present,omitzero"`  // something does, and no more is kept of it: a header
	NoJSON   bool             `json:"noJSON,omitzero"`   // the body is no JSON
	Types    []string         `json:"types,omitempty"`   // JSON Schema's, and null
	Formats  []string         `json:"formats,omitempty"` // of texts, as shapes name them
	Length   *Range           `json:"length,omitempty"`  // of texts, in characters
	Items    *Range           `json:"items,omitempty"`   // of lists
	Number   *Range           `json:"number,omitempty"`
	Values   []string         `json:"values,omitempty"`   // of a list of values
	Many     bool             `json:"many,omitzero"`      // there are more values than are kept of a list
	Codes    []string         `json:"codes,omitempty"`    // result codes
	Statuses []string         `json:"statuses,omitempty"` // that come with a result code; "" is an empty text
	Messages []MessagePattern `json:"messages,omitempty"` // that come with it
	HTTP     []int            `json:"http,omitempty"`     // HTTP statuses
	Media    []string         `json:"media,omitempty"`    // content types
	More     bool             `json:"more,omitzero"`      // the lists hold not all
	Within   time.Duration    `json:"within,omitzero"`    // nanoseconds in which 19 of 20 responses come

	// Of what documents say:
	Presence string              `json:"presence,omitempty"` // required or optional
	Keywords []Keyword           `json:"keywords,omitempty"` // that bound a member further
	Terms    map[string][]string `json:"terms,omitempty"`    // of the dialect, by its own names: see specs/README.md
	// Rule and Arguments are a change of the standard part as oasdiff names it.
	Rule      string            `json:"rule,omitempty"`
	Arguments map[string]string `json:"arguments,omitempty"`
	// Notation is what documents say on one line. It is no sentence and never reworded:
	// ids are made of it.
	Notation string `json:"notation,omitempty"`
}

// Keyword is one of JSON Schema's, and its limit as it is written; "" where it has
// none.
type Keyword struct {
	Keyword string `json:"keyword"`
	Limit   string `json:"limit,omitempty"`
}

// Range is the least and the largest of something, as decimal text: exact however
// large. As JSON it is a pair of numbers.
type Range struct{ Min, Max string }

// MarshalJSON writes a pair.
func (r Range) MarshalJSON() ([]byte, error) {
	return json.Marshal([]json.Number{json.Number(r.Min), json.Number(r.Max)})
}

// UnmarshalJSON reads a pair.
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

// Form is what is left of a message, or of a status, once every word that could be a
// value is taken out, with a Hole in its place; "" is an empty text.
type MessagePattern string

// Hole stands where a value could have stood, and FormWords is how many words of a
// message are kept at most.
const (
	Hole      = "{…}"
	FormWords = 20
)

// Fill puts a text into every hole of a form.
func (f MessagePattern) Fill(text string) string { return strings.ReplaceAll(string(f), Hole, text) }

// Cut tells whether the message may go on where the form ends.
func (f MessagePattern) Cut() bool { return len(strings.Fields(string(f))) >= FormWords }

// IsZero tells whether nothing is known.
func (v Value) IsZero() bool {
	lists := len(v.Types) + len(v.Formats) + len(v.Values) + len(v.Codes) + len(v.Statuses) + len(v.Messages) + len(v.HTTP) + len(v.Media) + len(v.Keywords) + len(v.Terms)
	marked := v.Absent || v.Present || v.NoJSON || v.Many || v.More
	ranged := v.Length != nil || v.Items != nil || v.Number != nil || v.Within != 0
	return lists == 0 && !marked && !ranged && v.Presence+v.Rule+v.Notation == ""
}

// key is what an id is made of: the one thing that the value is.
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
		return textual(string(v.Messages[0]))
	case len(v.Statuses) > 0:
		return textual(v.Statuses[0])
	}
	for _, one := range [][]string{v.Types, v.Formats, v.Values, v.Media} {
		if len(one) > 0 {
			return one[0]
		}
	}
	return ""
}

// textual is a status or a message in an id.
func textual(s string) string {
	if s == "" {
		return EmptyText
	}
	return s
}

// Beside puts what two changes of one id say together.
func (v Value) Beside(other Value) Value {
	switch {
	case v.IsZero():
		return other
	case other.IsZero(), v.Absent && other.Absent:
		return v
	}
	if v.Presence != other.Presence {
		v.Presence = ""
	}
	v.Notation, v.Absent = both(v.noted(), other.noted()), v.Absent && other.Absent
	v.Types, v.Formats, v.Values = union(v.Types, other.Types), union(v.Formats, other.Formats), union(v.Values, other.Values)
	v.Codes, v.Statuses, v.Messages = union(v.Codes, other.Codes), union(v.Statuses, other.Statuses), union(v.Messages, other.Messages)
	v.HTTP, v.Media, v.Keywords = union(v.HTTP, other.HTTP), union(v.Media, other.Media), union(v.Keywords, other.Keywords)
	if v.Terms == nil {
		v.Terms = other.Terms
	}
	return v
}

// noted is the notation of a value, of one that is absent too.
func (v Value) noted() string {
	if v.Absent {
		return "absent"
	}
	return v.Notation
}

// both puts two notations together, unless one of them says nothing new.
func both(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "" || slices.Contains(strings.Split(a, notations), b):
		return a
	}
	return a + notations + b
}

// notations stands between two notations.
const notations = "; "

func union[T comparable](a, b []T) []T {
	all := slices.Clone(a)
	for _, one := range b {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}
