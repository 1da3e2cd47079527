package shape

import (
	"encoding/json"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Origin is where something was met, and its place in the order of reading.
type Origin struct {
	Nth  int64
	Name string
}

// Before orders origins.
func (o Origin) Before(other Origin) bool {
	if o.Nth != other.Nth {
		return o.Nth < other.Nth
	}
	return o.Name < other.Name
}

// Seen counts one thing, and knows where it was met first and last. Files keep
// the count only.
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

// Add counts what another one counted as well.
func (s *Observed) Add(other *Observed) {
	if s.N == 0 || other.N > 0 && other.First.Before(s.First) {
		s.First = other.First
	}
	if s.N == 0 || other.N > 0 && s.Last.Before(other.Last) {
		s.Last = other.Last
	}
	s.N += other.N
}

// Tally counts things by their names.
type Tally map[string]*Observed

// Rest is the name under which everything beyond a limit is counted. Which
// names are kept does not depend on the order in which they came: the first in
// the alphabet are.
const Rest = "…"

// note counts a name. No more than most of them are kept.
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

// May tells whether a name was counted, by itself or beyond the limit.
func (t Tally) May(name string) bool {
	return t[name] != nil || t[Rest] != nil && !slices.ContainsFunc(t.Names(), func(kept string) bool { return kept != Rest && name < kept })
}

// N is how often a name was counted.
func (t Tally) N(name string) int64 {
	if s := t[name]; s != nil {
		return s.N
	}
	return 0
}

// Sum is how often anything was counted.
func (t Tally) Sum() int64 {
	var sum int64
	for _, s := range t {
		sum += s.N
	}
	return sum
}

// Names lists them in order.
func (t Tally) Names() []string { return slices.Sorted(maps.Keys(t)) }
