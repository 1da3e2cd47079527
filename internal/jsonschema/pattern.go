package jsonschema

import "regexp"

// Pattern is a regular expression of package regexp. It matches ASCII text with an
// automaton if it can, which is faster.
type Pattern struct {
	class *repeated  // nil: the expression is another one
	quick *automaton // nil: always use slow
	slow  *regexp.Regexp
}

// NewPattern compiles an expression with the syntax of package regexp.
func NewPattern(expression string) (*Pattern, error) {
	slow, err := regexp.Compile(expression)
	if err != nil {
		return nil, err
	}
	return &Pattern{newRepeated(expression), newAutomaton(expression), slow}, nil
}

// Matches reports whether any part of a text matches.
func (p *Pattern) Matches(value []byte) bool {
	if class := p.class; class != nil {
		if yes, sure := matchesClass(class, value); sure {
			return yes
		}
	}
	if quick := p.quick; quick != nil {
		if yes, sure := quick.matches(value); sure {
			return yes
		}
	}
	return p.slow.Match(value)
}

// MatchesText is Matches for a string.
func (p *Pattern) MatchesText(value string) bool {
	if class := p.class; class != nil {
		if yes, sure := matchesClass(class, value); sure {
			return yes
		}
	}
	if quick := p.quick; quick != nil {
		if yes, sure := quick.matchesText(value); sure {
			return yes
		}
	}
	return p.slow.MatchString(value)
}
