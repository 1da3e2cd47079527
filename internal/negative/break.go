package negative

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// member breaks every constraint of a place of the body.
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
			d.gap(missed+"/"+c.Keyword, about(missed, c), "no conforming value for it could be made, so there is nothing to break")
			continue
		}
		d.constraint(name, s, c, m.Types)
	}
}

// parameter breaks every constraint of a query or header parameter.
func (d *deriver) parameter(p *openapi.Parameter) {
	name := p.In + "." + p.Name
	s, ok := d.locate(p.Place())
	for _, c := range p.Constraints {
		if !ok {
			d.gap(name+"/"+c.Keyword, about(name, c), "no conforming value for it could be made, so there is nothing to break")
			continue
		}
		d.constraint(name, s, c, p.Types)
	}
}

// constraint adds the negative of one constraint.
func (d *deriver) constraint(name string, s spot, c openapi.Constraint, types []string) {
	keyword := c.Keyword
	if keyword == "null" {
		keyword = "type" // as which validators know it
	}
	best, ok := d.best(s, keyword, breakers(s, c, types))
	switch {
	case !ok && len(best.wrong) > 0:
		d.gap(name+"/"+c.Keyword, about(name, c), alone(name, best.wrong))
		return
	case !ok:
		d.gap(name+"/"+c.Keyword, about(name, c), "no small change was found that breaks it")
		return
	}
	made := d.blank(name+"/"+c.Keyword, about(name, c), d.o.Doc(s.at))
	made.Send, made.Resign = best.send, best.resign
	d.add(made, best.request, best.wrong, name)
}

// try is a request with a change, and what is wrong with it then.
type try struct {
	request contract.Request
	send    json.RawMessage
	resign  bool
	wrong   []fault
}

// best makes changes until one breaks the constraint and nothing else. Failing
// that it takes the one that breaks the least besides, as long as that has to do
// with the same member; what comes without ok is merely the least.
func (d *deriver) best(s spot, keyword string, changes []op) (best try, ok bool) {
	for _, change := range changes {
		for _, t := range d.tries(s, change) {
			t.wrong = implied(t.wrong, s.at, keyword)
			if !slices.ContainsFunc(t.wrong, func(f fault) bool { return f.at == s.at && f.keyword == keyword }) {
				continue
			}
			mine := !slices.ContainsFunc(t.wrong, func(f fault) bool { return !d.related(f, s.at) })
			if best.send == nil || mine && !ok || mine == ok && weight(t.wrong) < weight(best.wrong) {
				best, ok = t, mine
			}
		}
	}
	return best, ok
}

// weight makes a violated condition worse than a second member of the same fault.
func weight(wrong []fault) int {
	n := len(wrong)
	for _, f := range wrong {
		if f.rule != nil {
			n++
		}
	}
	return n
}

// implied adds the fault that was meant where an enumeration hides it: a text
// of the wrong length is none of the listed, and validators say no more.
func implied(wrong []fault, at contract.Place, keyword string) []fault {
	if slices.Contains([]string{"minLength", "maxLength", "pattern", "format"}, keyword) && len(wrong) == 1 && wrong[0].at == at && wrong[0].keyword == "enum" {
		return append(slices.Clone(wrong), fault{at: at, keyword: keyword, empty: wrong[0].empty})
	}
	return wrong
}

// tries gives the request with a change, and with the same change at every place
// that a condition ties to this one: the order's id stands in body and query.
func (d *deriver) tries(s spot, change op) []try {
	all := []try{d.try(s.at, append(slices.Clone(s.fill), change))}
	for _, place := range d.tied(s.at) {
		twin := op{"op": change["op"], "path": path(place)}
		if value, there := change["value"]; there {
			twin["value"] = value
		}
		if _, isText := change["value"].(string); isText || change["op"] == "remove" {
			all = append(all, d.try(s.at, append(slices.Clone(s.fill), change, twin)))
		}
	}
	all = slices.DeleteFunc(all, func(t try) bool { return t.send == nil })
	for i := range all {
		all[i].wrong = d.faults(all[i].request)
	}
	return all
}

func (d *deriver) try(at contract.Place, ops []op) try {
	resign := true
	if s := d.o.Sign.Request; s != nil { // a signature that is itself spoilt stays so
		resign = !at.Contains(contract.RequestBody(s.At))
	}
	r, send, ok := d.sent(ops, resign)
	if !ok {
		return try{}
	}
	return try{request: r, send: send, resign: resign}
}

// tied are the places that a condition of two places ties to this one.
func (d *deriver) tied(at contract.Place) []contract.Place {
	var all []contract.Place
	for _, r := range d.o.Rules {
		places := r.Rule.Places()
		if i := slices.Index(places, at); r.On == contract.InRequest && i >= 0 && len(places) == 2 {
			all = append(all, places[1-i])
		}
	}
	return all
}

// related tells whether a fault has to do with a place: it is there or below, at
// a place tied to it, of a condition that names it, or of the signature over it.
func (d *deriver) related(f fault, at contract.Place) bool {
	switch {
	case f.rule != nil:
		return slices.ContainsFunc(f.rule.Rule.Places(), at.Contains)
	case f.keyword == "signature":
		over := contract.RequestBody(d.o.Sign.Request.Over)
		return at.Contains(f.at) || at.Contains(over) || over.Contains(at)
	}
	return at.Contains(f.at) || slices.Contains(d.tied(at), f.at)
}

// breakers are the changes that may break a constraint, the likeliest first.
func breakers(s spot, c openapi.Constraint, types []string) []op {
	at := path(s.at)
	whole := at == "/body"
	switch {
	case c.Keyword == "required" && whole:
		return []op{set(at, "")} // a body that is a string is sent as those bytes
	case c.Keyword == "required":
		return []op{remove(at)}
	case c.Keyword == "syntax":
		return []op{set(at, "{")}
	}
	var all []op
	for _, value := range values(s.value, c, types) {
		if _, isText := value.(string); !isText || !whole {
			all = append(all, set(at, value))
		}
	}
	return all
}

// values are those that may break a constraint that a conforming value keeps.
func values(good any, c openapi.Constraint, types []string) []any {
	switch c.Keyword {
	case "type":
		return others(types)
	case "null":
		return []any{nil}
	case "enum":
		return strangers(good)
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

// others is a value of each type that is not among those allowed.
func others(types []string) []any {
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

// strangers are values like the good one that hardly stand on a list.
func strangers(good any) []any {
	switch v := good.(type) {
	case string:
		return []any{v + "X", "X" + v, "X"}
	case json.Number:
		return []any{json.Number("987654321"), json.Number(v.String() + "7")}
	}
	return nil
}

// numbers lie just beyond a limit, or between two multiples. Those of a
// parameter are texts.
func numbers(good any, c openapi.Constraint) []any {
	limit, _ := strconv.ParseFloat(c.Limit, 64) // as the document has it
	text, isText := good.(string)
	if !isText {
		text, _ = contract.Text(good)
	}
	was, _ := json.Number(text).Float64()
	made := map[string][]float64{
		"minimum": {limit - 1, limit - 0.01, limit - was}, "maximum": {limit + 1, limit + 0.01, limit + was},
		"exclusiveMinimum": {limit}, "exclusiveMaximum": {limit},
		"multipleOf": {was + 1, was + limit/2, was + limit/10},
	}[c.Keyword]
	var all []any
	for _, f := range made {
		n := strconv.FormatFloat(f, 'f', -1, 64)
		if isText {
			all = append(all, n)
		} else {
			all = append(all, json.Number(n))
		}
	}
	return all
}

// objects have too few members, too many, or an undocumented one.
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

// lists are too short, too long, or hold something twice.
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
	said := map[string]string{
		"required": "is left out", "type": "is not of type " + c.Limit, "null": "is null", "enum": "is none of the documented values",
		"pattern": "does not match its pattern", "format": "is not of the format " + c.Limit, "syntax": "is not JSON",
		"minLength": "is shorter than documented", "maxLength": "is longer than documented",
		"minimum": "is less than documented", "maximum": "is more than documented",
		"exclusiveMinimum": "is not more than documented", "exclusiveMaximum": "is not less than documented",
		"multipleOf": "is no multiple of " + c.Limit, "minProperties": "has too few members", "maxProperties": "has too many members",
		"minItems": "has too few items", "maxItems": "has too many items", "uniqueItems": "holds something twice", "additionalProperties": "has an undocumented member",
	}[c.Keyword]
	if said == "" {
		said = "breaks " + c.Keyword
	}
	return name + " " + said
}
