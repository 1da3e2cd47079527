package view

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// location is a parsed place.
type location struct {
	place      contract.Place
	inBody     bool
	response   bool
	pointer    contract.Pointer // into a body
	many       bool             // the pointer has a * for the items of an array
	positioned bool             // the pointer may lead to one item of an array
	kind       string           // outside bodies: "query", "header", "path", "method"
	name       string           // a header's name is in canonical form

	compile  sync.Once
	compiled *jsonschema.Check
}

// check returns the compiled schema of l for texts at the place.
func (at *location) check(l *StrictInterpretation) *jsonschema.Check {
	at.compile.Do(func() { at.compiled = l.check(at.place) })
	return at.compiled
}

// locate parses a place.
func locate(place contract.Place) *location {
	pointer, inBody := place.Pointer()
	at := &location{place: place, inBody: inBody, response: place.Direction() == contract.InResponse, pointer: pointer, many: contract.HasWildcard(pointer), positioned: positioned(pointer)}
	if at.kind, at.name = place.Named(); at.kind == "header" {
		at.name = http.CanonicalHeaderKey(at.name)
	}
	return at
}

// positioned reports whether a token of a pointer may be a position in an array.
func positioned(pointer contract.Pointer) bool {
	return slices.ContainsFunc(contract.TokensOf(pointer), func(token string) bool {
		_, err := strconv.Atoi(token)
		return err == nil
	})
}

// Occurrence is a value and its place.
type Occurrence struct {
	Place contract.Place
	Value any
}

// Occurrences returns the values at a place; * stands for every item of an array.
func (x *View) Occurrences(place contract.Place) []Occurrence {
	pointer, inBody := place.Pointer()
	if !inBody {
		value, ok := x.textAt(locate(place))
		if !ok {
			return nil
		}
		return []Occurrence{{place, value}}
	}
	direction, body := place.Direction(), x.RequestBody()
	if direction == contract.InResponse {
		body = x.ResponseBody()
	}
	if body == nil {
		return nil
	}
	if !contract.HasWildcard(pointer) {
		if value, ok := contract.Lookup(body, pointer); ok {
			return []Occurrence{{place, value}}
		}
		return nil
	}
	found := []Occurrence{{direction.Body(""), body}}
	for token := range pointer.Tokens() {
		var next []Occurrence
		for _, s := range found {
			if list, ok := s.Value.([]any); ok && token == contract.Every {
				for i, item := range list {
					next = append(next, Occurrence{s.Place.Item(i), item})
				}
				continue
			}
			if value, ok := contract.Lookup(s.Value, contract.PointerTo(token)); ok {
				next = append(next, Occurrence{s.Place.Member(token), value})
			}
		}
		found = next
	}
	return found
}
