package jsonschema

import "assay/internal/contract"

// spot is what has to be known of a place while it is compiled.
type spot struct {
	strict          bool
	members         map[string]*spot
	items           *spot
	known           bool // the documents list it
	span            int  // -1: nobody asks
	interpretations []int
	inner           bool // letters are the affair of another schema, but for what they say of members
}

func newSpot(p *Place) *spot {
	s := &spot{known: p != nil, span: -1, members: map[string]*spot{}}
	if p == nil {
		return s
	}
	s.strict = p.Strict
	for name, member := range p.Members {
		s.members[name] = newSpot(member)
	}
	if p.Items != nil {
		s.items = newSpot(p.Items)
	}
	return s
}

// at finds the spot of a pointer, and makes those that are not there.
func (s *spot) at(pointer contract.Pointer) *spot {
	for token := range pointer.Tokens() {
		next := s.members[token]
		if token == contract.Every {
			if s.items == nil {
				s.items = newSpot(nil)
			}
			next = s.items
		}
		if next == nil {
			next = newSpot(nil)
			s.members[token] = next
		}
		s = next
	}
	return s
}

// idle tells whether nothing has to be looked for at a place, or below it.
func (s *spot) idle() bool {
	return s == nil || !s.strict && len(s.members) == 0 && s.items == nil && s.span < 0 && len(s.interpretations) == 0
}

// inside is the spot for a schema that is one of several of the same value: what is
// looked for of the value as a whole is the affair of one of them alone.
func (s *spot) inside() *spot {
	if s.idle() {
		return nil
	}
	own := *s
	own.span, own.inner = -1, true
	return &own
}
