package negative

import (
	"encoding/json"
	"math/bits"
	"slices"
	"strings"

	"assay/internal/openapi"
	"assay/internal/signature"
)

// maxPlaces limits the places of a condition: every subset of them is left out in turn.
const maxPlaces = 6

// rule violates one condition between members. It changes the values that the condition
// names, copies one to another, and leaves them out, until only that condition is
// violated.
func (d *deriver) rule(r *openapi.Rule) {
	name := "rules/" + r.ID
	for _, ops := range d.attempts(r) {
		request, send, ok := d.patched(ops, true)
		if !ok {
			continue
		}
		wrong := d.faults(request)
		if len(wrong) != 1 || wrong[0].rule != r {
			continue
		}
		c := d.newCase(name, r.Message, strings.TrimSpace(d.o.URL+" "+r.Doc))
		c.Send, c.Resign = send, true
		wrong[0].absent = !slices.ContainsFunc(ops, func(o op) bool { return o["op"] != "remove" })
		d.add(c, request, wrong, name)
		return
	}
	d.gap(name, r.Message, conditionHolds.Says())
}

// attempts returns the changes to try, the smallest first.
func (d *deriver) attempts(r *openapi.Rule) [][]op {
	var there []spot
	for _, place := range d.places(r.Rule) {
		if s, ok := d.locate(place); ok && len(there) < maxPlaces {
			there = append(there, s)
		}
	}
	var all [][]op
	for _, s := range there {
		for _, other := range differing(s.value, r.Rule.Texts()) {
			all = append(all, append(slices.Clone(s.fill), set(path(s.at), other)))
		}
	}
	for _, s := range there {
		for _, from := range there {
			if s.at != from.at {
				all = append(all, append(slices.Concat(s.fill, from.fill), set(path(s.at), from.value)))
			}
		}
	}
	return append(all, omissions(there)...)
}

// omissions returns the removal of every subset of places, smaller ones first.
func omissions(there []spot) [][]op {
	var all [][]op
	for size := 1; size <= len(there); size++ {
		for which := range 1 << len(there) {
			if bits.OnesCount(uint(which)) != size {
				continue
			}
			var ops []op
			for i, s := range there {
				if which>>i&1 == 1 && len(s.fill) == 0 {
					ops = append(ops, remove(path(s.at)))
				}
			}
			all = append(all, ops)
		}
	}
	return all
}

// differing returns other values of the same type: one slightly altered, the texts that
// the condition mentions, and, for numbers, far ones.
func differing(value any, literals []string) []any {
	switch v := value.(type) {
	case string:
		all := []any{signature.AlterText(v)}
		for _, text := range literals {
			all = append(all, text)
		}
		return all
	case bool:
		return []any{!v}
	case json.Number:
		return []any{json.Number(signature.AlterText(v.String())), json.Number(v.String() + "000"), json.Number("0")}
	}
	return nil
}
