package shape

import (
	"encoding/json"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Origin is the exchange in which something was observed: its name, and its number in
// reading order.
type Origin struct {
	Nth  int64
	Name string
}

// Before orders origins by number, then by name.
func (o Origin) Before(other Origin) bool {
	if o.Nth != other.Nth {
		return o.Nth < other.Nth
	}
	return o.Name < other.Name
}

// Observed counts one thing, and holds where it was observed first and last. Files
// store the count only.
type Observed struct {
	N           int64
	First, Last Origin
}

// MarshalYAML writes the count.
func (s *Observed) MarshalYAML() (any, error) { return s.N, nil }

// UnmarshalYAML reads the count.
func (s *Observed) UnmarshalYAML(n *yaml.Node) error { return n.Decode(&s.N) }

// MarshalJSON writes the count.
func (s *Observed) MarshalJSON() ([]byte, error) { return json.Marshal(s.N) }

// UnmarshalJSON reads the count.
func (s *Observed) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &s.N) }

// Add adds another count.
func (s *Observed) Add(other *Observed) {
	if s.N == 0 || other.N > 0 && other.First.Before(s.First) {
		s.First = other.First
	}
	if s.N == 0 || other.N > 0 && s.Last.Before(other.Last) {
		s.Last = other.Last
	}
	s.N += other.N
}

// Tally counts things by name.
type Tally map[string]*Observed

// Rest is the name for everything beyond a limit. The names that are first in
// alphabetical order are kept, so the result does not depend on the order of
// observation.
const Rest = "…"

// note counts a name, and keeps at most most names.
func (t Tally) note(name string, most int, at Origin) {
	if s := t[name]; s != nil {
		s.N++
		if s.Last.Before(at) {
			s.Last = at
		}
		if at.Before(s.First) {
			s.First = at
		}
		return
	}
	t.put(name, &Observed{1, at, at}, most)
}

func (t Tally) put(name string, s *Observed, most int) {
	if mine := t[name]; mine != nil {
		mine.Add(s)
		return
	}
	kept := len(t)
	if t[Rest] != nil {
		kept--
	}
	if kept >= most && name != Rest {
		last := ""
		for n := range t {
			if n != Rest && n > last {
				last = n
			}
		}
		if name > last {
			name = Rest
		} else {
			moved := t[last]
			delete(t, last)
			t.put(Rest, moved, most)
		}
		if mine := t[name]; mine != nil {
			mine.Add(s)
			return
		}
	}
	one := *s
	t[name] = &one
}

func (t Tally) fold(other Tally, most int) {
	for _, name := range slices.Sorted(maps.Keys(other)) {
		t.put(name, other[name], most)
	}
}

// MayContain reports whether a name was counted, or may have been counted as Rest.
func (t Tally) MayContain(name string) bool {
	return t[name] != nil || t[Rest] != nil && !slices.ContainsFunc(t.Names(), func(kept string) bool { return kept != Rest && name < kept })
}

// N returns the count of a name.
func (t Tally) N(name string) int64 {
	if s := t[name]; s != nil {
		return s.N
	}
	return 0
}

// Sum returns the sum of all counts.
func (t Tally) Sum() int64 {
	var sum int64
	for _, s := range t {
		sum += s.N
	}
	return sum
}

// Names returns the names in order.
func (t Tally) Names() []string { return slices.Sorted(maps.Keys(t)) }
