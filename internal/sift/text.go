package sift

import (
	"slices"
	"unicode/utf8"
)

// texts is what a schema demands of a text.
type texts struct {
	min, max int // characters; max -1: none
	enum     []string
	match    *Pattern // nil: none
	format   *Format
	except   []string
	unlike   *Pattern
	more     []*texts // besides
	anyOne   bool     // nothing is demanded
	opaque   bool
}

func newTexts(s *Schema) *texts {
	t := &texts{min: s.MinLength, max: s.MaxLength, format: s.Format, except: s.Except}
	for _, value := range s.Enum {
		if one, ok := value.(string); ok {
			t.enum = append(t.enum, one)
		}
	}
	if s.Unlike != "" {
		unlike, err := NewPattern(s.Unlike)
		t.unlike, t.opaque = unlike, err != nil
	}
	if s.Pattern != "" {
		match, err := NewPattern(s.Pattern)
		t.match, t.opaque = match, t.opaque || err != nil
	}
	return t
}

// absorb takes what is beside a text and is about its characters, and gives the
// schema without it.
func (t *texts) absorb(s *Schema) *Schema {
	own := *s
	own.Besides = nil
	for _, b := range s.Besides {
		plain := *b
		plain.Types, plain.MinLength, plain.MaxLength, plain.Pattern, plain.Unlike, plain.Format, plain.Except = nil, 0, -1, "", "", nil, nil
		if !plain.nothing() || b.Types != nil && !slices.Equal(b.Types, s.Types) {
			own.Besides = append(own.Besides, b)
			continue
		}
		more := newTexts(b)
		t.more, t.opaque = append(t.more, more), t.opaque || more.opaque
	}
	return &own
}

func (t *texts) none() bool {
	return len(t.more) == 0 && t.min == 0 && t.max < 0 && len(t.enum) == 0 && t.match == nil && t.format == nil && t.unlike == nil && len(t.except) == 0
}

// accept judges the characters of a text, which are valid UTF-8.
func (t *texts) accept(value []byte) bool {
	if t.min > 0 || t.max >= 0 {
		n := len(value)
		// A character is a byte at least, and four at most.
		if n > t.max && t.max >= 0 || n < 4*t.min {
			n = utf8.RuneCount(value)
		}
		if n < t.min || t.max >= 0 && n > t.max {
			return false
		}
	}
	if t.match != nil && !t.match.Matches(value) {
		return false
	}
	for _, more := range t.more {
		if !more.accept(value) {
			return false
		}
	}
	if len(t.enum) > 0 && !listed(t.enum, value) || listed(t.except, value) || t.unlike != nil && t.unlike.Matches(value) {
		return false
	}
	if t.format != nil && (t.format.Sure == nil || !t.format.Sure(value)) {
		return t.format.Is(string(value))
	}
	return true
}

func listed(all []string, value []byte) bool {
	for _, one := range all {
		if one == string(value) {
			return true
		}
	}
	return false
}
