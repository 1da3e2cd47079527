package view

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"assay/internal/contract"
	"assay/internal/jsonschema"
)

// location is a place, taken apart.
type location struct {
	place      contract.Place
	inBody     bool
	response   bool
	pointer    contract.Pointer // into a body
	many       bool             // the pointer leads over the items of arrays
	positioned bool             // it may lead to one item of an array
	kind       string           // elsewhere: "query", "header", "method"
	name       string           // of a header as net/http writes it

	compile  sync.Once
	compiled *jsonschema.Check
}

// check is the letter as it is held to texts at the place.
func (at *location) check(l *StrictInterpretation) *jsonschema.Check {
	at.compile.Do(func() { at.compiled = l.check(at.place) })
	return at.compiled
}

// locate takes a place apart.
func locate(place contract.Place) *location {
	pointer, inBody := place.Pointer()
	at := &location{place: place, inBody: inBody, response: place.Direction() == contract.InResponse, pointer: pointer, many: contract.HasWildcard(pointer), positioned: positioned(pointer)}
	if at.kind, at.name = place.Named(); at.kind == "header" {
		at.name = http.CanonicalHeaderKey(at.name)
	}
	return at
}

// positioned tells whether a token of a pointer may be a position in an array.
func positioned(pointer contract.Pointer) bool {
	return slices.ContainsFunc(contract.TokensOf(pointer), func(token string) bool {
		_, err := strconv.Atoi(token)
		return err == nil
	})
}

// Spot is a value and where it stands.
type Occurrence struct {
	Place contract.Place
	Value any
}

// Spots finds the values at a place; * stands for every item of an array.
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
