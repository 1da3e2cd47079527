package sift

import (
	"regexp"
	"unicode/utf8"
)

// texts is what a schema demands of a text.
type texts struct {
	min, max int // characters; max -1: none
	enum     []string
	match    *automaton     // nil: none, or slow
	slow     *regexp.Regexp // for what the automaton cannot do
	format   *Format
	except   []string
	unlike   *regexp.Regexp
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
		unlike, err := regexp.Compile(s.Unlike)
		t.unlike, t.opaque = unlike, err != nil
	}
	if s.Pattern == "" {
		return t
	}
	slow, err := regexp.Compile(s.Pattern)
	if err != nil {
		t.opaque = true
		return t
	}
	t.slow, t.match = slow, newAutomaton(s.Pattern)
	return t
}

func (t *texts) none() bool {
	return t.min == 0 && t.max < 0 && len(t.enum) == 0 && t.slow == nil && t.format == nil && t.unlike == nil && len(t.except) == 0
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
	if t.slow != nil && !t.matches(value) {
		return false
	}
	if len(t.enum) > 0 && !listed(t.enum, value) || listed(t.except, value) || t.unlike != nil && t.unlike.Match(value) {
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

func (t *texts) matches(value []byte) bool {
	if t.match != nil {
		if yes, sure := t.match.matches(value); sure {
			return yes
		}
	}
	return t.slow.Match(value)
}
