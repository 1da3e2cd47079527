package negative

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// member violates every constraint of a member of the body.
func (d *deriver) member(m *openapi.Member) {
	s, ok := d.reach(m.Pointer)
	at, _ := s.at.Pointer()
	name := strings.Join(contract.TokensOf(at), ".")
	if m.Pointer == "" {
		name = "request"
	}
	for _, c := range m.Constraints {
		if !ok {
			missed := strings.Join(contract.TokensOf(m.Pointer), ".")
			d.gap(missed+"/"+c.Keyword, about(missed, c), valueUnknown.Says())
			continue
		}
		d.constraint(name, s, c, m.Types)
	}
}

// parameter violates every constraint of a parameter. A parameter in the path cannot be
// left out: the request would go to another path.
func (d *deriver) parameter(p *openapi.Parameter) {
	name := p.In + "." + p.Name
	s, ok := d.locate(p.Place())
	for _, c := range p.Constraints {
		if c.Keyword == "required" && p.In == "path" {
			continue
		}
		if !ok {
			d.gap(name+"/"+c.Keyword, about(name, c), valueUnknown.Says())
			continue
		}
		d.constraint(name, s, c, p.Types)
	}
}

// constraint adds the negative of one constraint.
func (d *deriver) constraint(name string, s spot, c openapi.Constraint, types []string) {
	keyword := c.Keyword
	if keyword == "null" {
		keyword = "type" // validators report null as a wrong type
	}
	best, ok := d.best(s, keyword, violations(s, c, types))
	switch {
	case !ok && len(best.wrong) > 0:
		d.gap(name+"/"+c.Keyword, about(name, c), alone(name, best.wrong))
		return
	case !ok:
		d.gap(name+"/"+c.Keyword, about(name, c), notViolated.Says())
		return
	}
	made := d.newCase(name+"/"+c.Keyword, about(name, c), d.o.Doc(s.at))
	made.Send, made.Resign = best.send, best.resign
	d.add(made, best.request, best.wrong, name)
}

// try is a changed request and its violations.
type try struct {
	request contract.Request
	send    json.RawMessage
	resign  bool
	wrong   []fault
}

// best returns the change that violates the constraint with the fewest other
// violations, all of them related to the same member. If there is none, ok is false,
// and best is the change with the fewest violations.
func (d *deriver) best(s spot, keyword string, changes []op) (best try, ok bool) {
	for _, change := range changes {
		for t := range d.tries(s, change) {
			t.wrong = implied(t.wrong, s.at, keyword)
			if !slices.ContainsFunc(t.wrong, func(f fault) bool { return f.at == s.at && f.keyword == keyword }) {
				continue
			}
			mine := !slices.ContainsFunc(t.wrong, func(f fault) bool { return !d.related(f, s.at) })
			if best.send == nil || mine && !ok || mine == ok && weight(t.wrong) < weight(best.wrong) {
				best, ok = t, mine
			}
			if ok && weight(best.wrong) == 1 {
				return best, ok // no other change has fewer
			}
		}
	}
	return best, ok
}

// weight counts violations; a violated condition counts twice.
func weight(wrong []fault) int {
	n := len(wrong)
	for _, f := range wrong {
		if f.rule != nil {
			n++
		}
	}
	return n
}

// implied adds the intended violation where an enumeration hides it: validators report
// only the enumeration for a text of the wrong length.
func implied(wrong []fault, at contract.Place, keyword string) []fault {
	if slices.Contains([]string{"minLength", "maxLength", "pattern", "format"}, keyword) && len(wrong) == 1 && wrong[0].at == at && wrong[0].keyword == "enum" {
		return append(slices.Clone(wrong), fault{at: at, keyword: keyword, empty: wrong[0].empty})
	}
	return wrong
}

// tries gives the request with a change, and also with the same change at every place
// that a condition links to this one. An order id, for example, is in body and query.
func (d *deriver) tries(s spot, change op) iter.Seq[try] {
	return func(yield func(try) bool) {
		if !d.attempt(yield, s, change) {
			return
		}
		for _, place := range d.linked(s.at) {
			twin := op{"op": change["op"], "path": path(place)}
			if value, there := change["value"]; there {
				twin["value"] = value
			}
			_, isText := change["value"].(string)
			if (isText || change["op"] == "remove") && !d.attempt(yield, s, change, twin) {
				return
			}
		}
	}
}

// attempt yields the request with changes, if they are possible.
func (d *deriver) attempt(yield func(try) bool, s spot, changes ...op) bool {
	t := d.try(s.at, slices.Concat(s.fill, changes))
	if t.send == nil {
		return true
	}
	t.wrong = d.faults(t.request)
	return yield(t)
}

func (d *deriver) try(at contract.Place, ops []op) try {
	resign := true
	if s := d.o.Sign.Request; s != nil { // an altered signature is not replaced
		resign = !at.Contains(s.Place())
	}
	r, send, ok := d.patched(ops, resign)
	if !ok {
		return try{}
	}
	return try{request: r, send: send, resign: resign}
}

// linked returns the places that a condition of two places links to this one.
func (d *deriver) linked(at contract.Place) []contract.Place {
	var all []contract.Place
	for _, r := range d.o.Rules {
		places := r.Rule.Places()
		if i := slices.Index(places, at); r.On == contract.InRequest && i >= 0 && len(places) == 2 {
			all = append(all, places[1-i])
		}
	}
	return all
}

// related reports whether a violation concerns a place: it is at or below the place, at
// a linked place, of a condition that names it, or of the signature over it.
func (d *deriver) related(f fault, at contract.Place) bool {
	switch {
	case f.rule != nil:
		return slices.ContainsFunc(f.rule.Rule.Places(), at.Contains)
	case f.keyword == "signature":
		if d.o.Sign.Request.Outside != "" {
			return at.Contains(f.at)
		}
		over := contract.RequestBody(d.o.Sign.Request.Over)
		return at.Contains(f.at) || at.Contains(over) || over.Contains(at)
	}
	return at.Contains(f.at) || slices.Contains(d.linked(at), f.at)
}

// violations returns the changes that may violate a constraint, the likeliest first.
func violations(s spot, c openapi.Constraint, types []string) []op {
	at := path(s.at)
	whole := at == "/body"
	switch {
	case c.Keyword == "required" && whole:
		return []op{set(at, "")} // a string is sent as the raw body
	case c.Keyword == "required":
		return []op{remove(at)}
	case c.Keyword == "syntax":
		return []op{set(at, "{"), set(at, "%")} // neither JSON nor a form
	}
	var all []op
	for _, value := range values(s.value, c, types) {
		if _, isText := value.(string); !isText || !whole {
			all = append(all, set(at, value))
		}
	}
	return all
}

// values returns values that may violate a constraint. They are made from a conforming
// one.
func values(good any, c openapi.Constraint, types []string) []any {
	switch c.Keyword {
	case "type":
		return otherTypes(types)
	case "null":
		return []any{nil}
	case "enum":
		return notListed(good)
	case "minLength", "maxLength", "pattern", "format":
		return texts(good, c)
	case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf":
		return numbers(good, c)
	case "minItems", "maxItems", "uniqueItems":
		return lists(good, c)
	case "minProperties", "maxProperties", "additionalProperties":
		return objects(good, c)
	}
	return nil
}

// otherTypes returns a value of each type that is not allowed.
func otherTypes(types []string) []any {
	var all []any
	for _, other := range []struct {
		types []string
		value any
	}{
		{[]string{"number", "integer"}, json.Number("7")},
		{[]string{"string"}, "text"},
		{[]string{"boolean"}, true},
		{[]string{"object"}, map[string]any{}},
		{[]string{"array"}, []any{}},
	} {
		if !slices.ContainsFunc(other.types, func(t string) bool { return slices.Contains(types, t) }) {
			all = append(all, other.value)
		}
	}
	return all
}

// notListed returns values that are probably in no enumeration.
func notListed(good any) []any {
	switch v := good.(type) {
	case string:
		return []any{v + "X", "X" + v, "X"}
	case json.Number:
		return []any{json.Number("987654321"), json.Number(v.String() + "7")}
	}
	return nil
}

// objects returns objects with too few members, too many, or an undocumented one.
func objects(good any, c openapi.Constraint) []any {
	was, ok := good.(map[string]any)
	if !ok {
		return nil
	}
	limit, _ := strconv.Atoi(c.Limit) // as the document has it
	made := maps.Clone(was)
	names := slices.Sorted(maps.Keys(was))
	switch {
	case c.Keyword == "additionalProperties":
		made["assayExtra"] = "text"
	case c.Keyword == "minProperties":
		for i := len(names) - 1; i >= limit-1; i-- {
			delete(made, names[i])
		}
	case len(names) > 0:
		for i := len(names); i <= limit; i++ {
			made["assayExtra"+strconv.Itoa(i)] = was[names[0]]
		}
	}
	return []any{made}
}

// lists returns arrays that are too short, too long, or have an item twice.
func lists(good any, c openapi.Constraint) []any {
	list, ok := good.([]any)
	limit, _ := strconv.Atoi(c.Limit)
	switch {
	case !ok:
		return nil
	case c.Keyword == "minItems" && limit <= len(list):
		return []any{slices.Clone(list[:limit-1])}
	case c.Keyword != "minItems" && len(list) > 0:
		long := append(slices.Clone(list), list[0])
		for len(long) <= limit {
			long = append(long, list[0])
		}
		return []any{long}
	}
	return nil
}

func about(name string, c openapi.Constraint) string {
	if name == "request" {
		name = "the body"
	}
	phrase := map[string]string{
		"required": "is left out", "type": "is not of type " + c.Limit, "null": "is null", "enum": "is not a documented value",
		"pattern": "does not match its pattern", "format": "is not in the format " + c.Limit, "syntax": "is not JSON",
		"minLength": "is shorter than documented", "maxLength": "is longer than documented",
		"minimum": "is less than documented", "maximum": "is more than documented",
		"exclusiveMinimum": "is not more than documented", "exclusiveMaximum": "is not less than documented",
		"multipleOf": "is not a multiple of " + c.Limit, "minProperties": "has too few members", "maxProperties": "has too many members",
		"minItems": "has too few items", "maxItems": "has too many items", "uniqueItems": "has an item twice", "additionalProperties": "has an undocumented member",
	}[c.Keyword]
	if phrase == "" {
		phrase = "violates " + c.Keyword
	}
	return name + " " + phrase
}
