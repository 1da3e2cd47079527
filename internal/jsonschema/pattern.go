package jsonschema

import "regexp"

// Pattern is a regular expression that ASCII is matched against without package
// regexp, as a rule.
type Pattern struct {
	quick *automaton // nil: package regexp does it
	slow  *regexp.Regexp
}

// NewPattern compiles an expression of package regexp.
func NewPattern(expression string) (*Pattern, error) {
	slow, err := regexp.Compile(expression)
	if err != nil {
		return nil, err
	}
	return &Pattern{newAutomaton(expression), slow}, nil
}

// Matches tells whether a text, or a part of it, matches.
func (p *Pattern) Matches(value []byte) bool {
	if quick := p.quick; quick != nil {
		if yes, sure := quick.matches(value); sure {
			return yes
		}
	}
	return p.slow.Match(value)
}

// MatchesText is Matches of a string.
func (p *Pattern) MatchesText(value string) bool {
	if quick := p.quick; quick != nil {
		if yes, sure := quick.matchesText(value); sure {
			return yes
		}
	}
	return p.slow.MatchString(value)
}
