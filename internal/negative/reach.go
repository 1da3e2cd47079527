package negative

import (
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// openKey is the name of a member that is added to an open map.
const openKey = "any"

// spot is a place in a request and the conforming value there.
type spot struct {
	at    contract.Place // without *: "request#/body/goodsInfo/0/price"
	value any
	fill  []op // the operations that add it if the base leaves it out
}

// reach finds a member of the body in the base's request. Parents that the base leaves
// out are added with conforming values.
func (d *deriver) reach(pointer contract.Pointer) (spot, bool) {
	value, err := contract.Decode(d.o.Request.JSON(d.base.Request.Header, d.base.Request.Body))
	if err != nil {
		return spot{}, false
	}
	var s spot
	at, way := contract.Pointer(""), contract.Pointer("")
	for token := range pointer.Tokens() {
		name, next, there := step(value, token)
		at, way = at.AppendToken(name), way.AppendToken(token)
		if !there {
			m := d.o.Request.Member(way)
			if next, there = m.Sample(); !there {
				return s, false
			}
			s.fill = append(s.fill, set(path(contract.RequestBody(at)), next))
		}
		value = next
	}
	s.at, s.value = contract.RequestBody(at), value
	if len(s.fill) == 0 {
		return s, true
	}
	r, _, ok := d.patched(s.fill, true)
	return s, ok && len(d.faults(r)) == 0
}

// step follows one token of a pointer. The token * means the first item of an array, or
// a member of an open map.
func step(value any, token string) (name string, next any, there bool) {
	switch v := value.(type) {
	case map[string]any:
		if token == contract.Every {
			token = openKey
		}
		next, there = v[token]
	case []any:
		if token, there = "0", len(v) > 0; there {
			next = v[0]
		}
	}
	return token, next, there
}

// locate finds a documented place, such as one that an expression names, in the base's
// request.
func (d *deriver) locate(place contract.Place) (spot, bool) {
	if pointer, inBody := place.Pointer(); inBody {
		return d.reach(pointer)
	}
	for _, p := range d.o.Parameters {
		if p.Place() != place {
			continue
		}
		if values := p.Values(d.base.Request); len(values) > 0 {
			return spot{at: place, value: values[0]}, true
		}
		sample, ok := p.Sample()
		text, isText := contract.Text(sample)
		return spot{at: place, value: text, fill: []op{set(path(place), text)}}, ok && isText
	}
	return spot{}, false
}

// places returns the places that a condition names. All headers, or the whole query,
// stand for the documented parameters.
func (d *deriver) places(e *openapi.Expression) []contract.Place {
	var all []contract.Place
	for _, place := range e.Places() {
		switch {
		case place == contract.RequestRoot:
		case place.All():
			kind, _ := place.Named()
			for _, p := range d.o.Parameters {
				if p.In == kind && !slices.Contains(all, p.Place()) {
					all = append(all, p.Place())
				}
			}
		case !slices.Contains(all, place):
			all = append(all, place)
		}
	}
	return all
}
