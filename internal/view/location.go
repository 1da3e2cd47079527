package view

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/sift"
)

// location is a place, taken apart.
type location struct {
	place      string
	inBody     bool
	answer     bool
	pointer    string // into a body
	many       bool   // the pointer leads over the items of arrays
	positioned bool   // it may lead to one item of an array
	kind       string // elsewhere: "query", "header", "method"
	name       string // of a header as net/http writes it

	compile  sync.Once
	compiled *sift.Check
}

// check is the letter as it is held to texts at the place.
func (at *location) check(l *Letter) *sift.Check {
	at.compile.Do(func() { at.compiled = l.check(at.place) })
	return at.compiled
}

// locate takes a place apart.
func locate(place string) *location {
	side, pointer, inBody := strings.Cut(place, "#")
	at := &location{place: place, inBody: inBody, pointer: pointer, many: strings.Contains(pointer, "*"), positioned: positioned(pointer)}
	if !inBody {
		parts := append(strings.SplitN(place, ".", 3), "", "")
		side, at.kind, at.name = parts[0], parts[1], parts[2]
	}
	if at.answer = side == "answer"; at.kind == "header" {
		at.name = http.CanonicalHeaderKey(at.name)
	}
	return at
}

// positioned tells whether a token of a pointer may be a position in an array.
func positioned(pointer string) bool {
	return slices.ContainsFunc(contract.Tokens(pointer), func(token string) bool {
		_, err := strconv.Atoi(token)
		return err == nil
	})
}

// Spot is a value and where it stands.
type Spot struct {
	Place string
	Value any
}

// Spots finds the values at a place; * stands for every item of an array.
func (x *View) Spots(place string) []Spot {
	side, pointer, inBody := strings.Cut(place, "#")
	if !inBody {
		value, ok := x.plain(locate(place))
		if !ok {
			return nil
		}
		return []Spot{{place, value}}
	}
	body := x.RequestBody()
	if side == "answer" {
		body = x.AnswerBody()
	}
	if body == nil {
		return nil
	}
	if !strings.Contains(pointer, "*") {
		if value, ok := contract.Lookup(body, pointer); ok {
			return []Spot{{place, value}}
		}
		return nil
	}
	found := []Spot{{side + "#", body}}
	for _, token := range contract.Tokens(pointer) {
		var next []Spot
		for _, s := range found {
			if list, ok := s.Value.([]any); ok && token == "*" {
				for i, item := range list {
					next = append(next, Spot{s.Place + "/" + strconv.Itoa(i), item})
				}
				continue
			}
			if value, ok := contract.Lookup(s.Value, contract.Pointer(token)); ok {
				next = append(next, Spot{s.Place + contract.Pointer(token), value})
			}
		}
		found = next
	}
	return found
}
