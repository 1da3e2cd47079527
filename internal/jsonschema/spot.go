package jsonschema

import "assay/internal/contract"

// spot holds what has to be observed at a place. Only the compiler uses it.
type spot struct {
	strict          bool
	members         map[string]*spot
	items           *spot
	documented      bool // the place is documented
	span            int  // -1: not requested
	interpretations []int
	inner           bool // another schema for the same value checks the strict schemas, except those about members
}

func newSpot(p *Place) *spot {
	s := &spot{documented: p != nil, span: -1, members: map[string]*spot{}}
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

// at returns the spot of a pointer and adds it if necessary.
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

// idle reports whether nothing has to be observed at a place or below it.
func (s *spot) idle() bool {
	return s == nil || !s.strict && len(s.members) == 0 && s.items == nil && s.span < 0 && len(s.interpretations) == 0
}

// inside returns the spot for a subschema of the same value. Only one schema records
// the span and checks the strict schemas of a value.
func (s *spot) inside() *spot {
	if s.idle() {
		return nil
	}
	own := *s
	own.span, own.inner = -1, true
	return &own
}
