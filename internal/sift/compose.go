package sift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"reflect"
	"slices"
	"strings"
)

// composed judges a value by a schema that is composed of others, or whose value
// somebody asked for.
func (r *reader) composed(n *node, depth int) bool {
	start, before := r.at, len(r.notes.Violations)
	again := r.again
	open := n.composed != nil // whether it satisfies what the schema is composed of
	if short := n.shortcut(r.body[start]); short != nil {
		if !r.value(short, depth) {
			return false
		}
		if open = false; len(r.notes.Violations) > before && !r.quiet {
			r.attribute(n, before, start, depth)
		}
	} else if !r.own(n, depth) {
		return false
	}
	end, null := r.at, r.body[start] == 'n'
	if n.span >= 0 && !again {
		r.notes.Spans[n.span] = Span{int32(start), int32(end)} //nolint:gosec // bodies are smaller than 2 GiB
	}
	if open && !(null && n.schema.Nullable) {
		r.again = true
		own := len(r.notes.Violations)
		if !r.compose(n, start, end, depth) || null && n.composed.ofOthers() {
			r.notes.drop(before, own)
		}
	}
	r.again, r.at = again, end
	if len(n.letters) > 0 && !r.again {
		r.depart(n, start, end, depth)
		r.at = end
	}
	return true
}

// attribute makes of the violations from before on, which a schema found that stands
// for another one, those that this one has.
func (r *reader) attribute(n *node, before, start, depth int) {
	found := r.notes.Violations[before:]
	if n.owners == nil {
		if got := typeOf(r.body[start:r.at]); !slices.ContainsFunc(n.composed.forms, func(f form) bool { return f.of.Types != nil && f.of.permits(got) }) {
			r.notes.Violations = r.notes.Violations[:before]
			r.violate(n, depth, "type", got)
			r.notes.Violations[before].how = noForm
		}
		return
	}
	object := r.pointer(depth)
	slices.SortStableFunc(found, func(a, b Violation) int {
		return cmp.Compare(n.owners.of(&a, object), n.owners.of(&b, object))
	})
	// What the schema says itself is told only where the parts are satisfied.
	if end := slices.IndexFunc(found, func(v Violation) bool { return n.owners.of(&v, object) == n.owners.itself }); end > 0 {
		r.notes.Violations = r.notes.Violations[:before+end]
	}
}

// shortcut is the schema by which a value that begins with a byte is judged first;
// nil: there is none.
func (n *node) shortcut(first byte) *node {
	if n.short == nil {
		return nil
	}
	switch first {
	case '"':
		return n.short[text]
	case '{':
		return n.short[object]
	case '[':
		return n.short[array]
	case 't', 'f':
		return n.short[boolean]
	case 'n':
		return nil
	}
	return n.short[number]
}

// ofOthers tells whether there are schemas that a value has to satisfy besides: of
// null they have the last word.
func (c *composition) ofOthers() bool { return len(c.allOf)+len(c.forms) > 0 }

// drop leaves out the violations from from up to to.
func (n *Notes) drop(from, to int) {
	n.Violations = append(n.Violations[:from], n.Violations[to:]...)
}

// compose judges a value by the schemas that a schema is composed of, and notes
// what is wrong. What the schema says itself is then not told.
func (r *reader) compose(n *node, start, end, depth int) bool {
	c := n.composed
	if c.not != nil && r.satisfies(c.not, start, depth) {
		r.literal(n, depth, "not", r.body[start:end])
		return false
	}
	if len(c.oneOf) > 0 {
		accepted := 0
		for _, form := range c.oneOf {
			if r.satisfies(form, start, depth) {
				accepted++
			}
		}
		if accepted != 1 {
			r.explain(n, "oneOf", start, end, depth)
			return false
		}
	}
	if len(c.anyOf) > 0 && !slices.ContainsFunc(c.anyOf, func(form *node) bool { return r.satisfies(form, start, depth) }) {
		r.explain(n, "anyOf", start, end, depth)
		return false
	}
	before := len(r.notes.Violations)
	for _, part := range c.allOf {
		r.at = start
		r.value(part, depth)
	}
	return len(r.notes.Violations) == before
}

// satisfies tells whether the value that begins at start satisfies another schema.
func (r *reader) satisfies(n *node, start, depth int) bool {
	before, quiet := len(r.notes.Violations), r.quiet
	r.at, r.quiet = start, true
	ok := r.value(n, depth) && len(r.notes.Violations) == before
	r.notes.Violations, r.quiet = r.notes.Violations[:before], quiet
	return ok
}

// literal notes a violation, or that the value is of another type, where it is.
func (r *reader) literal(n *node, depth int, keyword string, raw []byte) {
	got := typeOf(raw)
	if n.schema.permits(got) {
		got = ""
	} else {
		keyword = "type"
	}
	r.violate(n, depth, keyword, got)
}

// explain says why none of the forms fits: by the one whose type the value has.
func (r *reader) explain(n *node, keyword string, start, end, depth int) {
	got := typeOf(r.body[start:end])
	var fitting []*node
	for _, form := range n.composed.forms {
		if form.of.Types != nil && form.of.permits(got) {
			fitting = append(fitting, form.node)
		}
	}
	before := len(r.notes.Violations)
	switch len(fitting) {
	case 0:
		r.violate(n, depth, "type", got)
		r.notes.Violations[before].how = noForm
		return
	case 1:
		r.at = start
		r.value(fitting[0], depth)
	}
	if len(r.notes.Violations) == before {
		r.violate(n, depth, keyword, "")
	}
}

// depart holds a value to the letters about it.
func (r *reader) depart(n *node, start, end, depth int) {
	before := len(r.notes.Violations)
	r.again = true
	for _, l := range n.letters {
		if l.folded && r.body[start] == '{' {
			continue // it was, while its members were read
		}
		if l.node.plain && l.node.glance(r.body[start:end]) {
			continue
		}
		r.at = start
		r.value(l.node, depth)
		for _, v := range distinct(r.notes.Violations[before:]) {
			r.notes.Departures = append(r.notes.Departures, Departure{l.index, v})
		}
		r.notes.Violations = r.notes.Violations[:before]
	}
	r.again = false
}

// glance tells whether a value satisfies a schema, where that can be told without
// going over it again.
func (n *node) glance(raw []byte) bool {
	switch raw[0] {
	case '"':
		return n.kinds&text != 0 && (n.texts.any || !escapes(raw) && n.texts.accept(raw[1:len(raw)-1]))
	case '{':
		return n.kinds&object != 0 && n.enum == nil && n.members.any()
	case '[':
		return n.kinds&array != 0 && n.enum == nil && n.list.item == free && n.list.min == 0 && n.list.max < 0 && !n.list.unique
	case 't', 'f':
		return n.kinds&boolean != 0 && n.enum == nil
	case 'n':
		return n.schema.Nullable
	}
	decimals := 0
	for i, c := range raw {
		switch c {
		case '.':
			decimals = len(raw) - 1 - i
		case 'e', 'E':
			return false
		}
	}
	return n.kinds&number != 0 && n.numbers.accept(raw, decimals, false)
}

// typeOf is the JSON type of a value, as it is written.
func typeOf(raw []byte) string {
	switch raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	if bytes.ContainsAny(raw, ".eE") {
		return "number"
	}
	return "integer"
}

// enumeration is the values that are allowed.
type enumeration struct {
	texts      []string
	numbers    []float64
	yes, no    bool
	null       bool
	composites []any // objects and arrays
}

func newEnumeration(s *Schema) *enumeration {
	if len(s.Enum) == 0 {
		return nil
	}
	e := &enumeration{}
	for _, value := range s.Enum {
		switch v := value.(type) {
		case string:
			e.texts = append(e.texts, v)
		case float64:
			e.numbers = append(e.numbers, v)
		case bool:
			e.yes, e.no = e.yes || v, e.no || !v
		case nil:
			e.null = true
		default:
			e.composites = append(e.composites, v)
		}
	}
	return e
}

func (e *enumeration) boolean(value bool) bool { return value && e.yes || !value && e.no }

func (e *enumeration) text(value []byte) bool {
	return slices.ContainsFunc(e.texts, func(one string) bool { return one == string(value) })
}

// composite tells whether an object or array is allowed.
func (e *enumeration) composite(raw []byte) bool {
	var value any
	if len(e.composites) == 0 || json.Unmarshal(raw, &value) != nil {
		return false
	}
	return slices.ContainsFunc(e.composites, func(one any) bool { return reflect.DeepEqual(one, value) })
}

// unique tells whether no two items of an array are the same, however they are
// written.
func unique(raw []byte) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var items []any
	if d.Decode(&items) != nil {
		return true // it was read as JSON before
	}
	met := map[string]bool{}
	for _, item := range items {
		key, _ := json.Marshal(plain(item)) // it was read from JSON
		if met[string(key)] {
			return false
		}
		met[string(key)] = true
	}
	return true
}

// plain writes every number of a value in one way.
func plain(value any) any {
	switch v := value.(type) {
	case json.Number:
		return []string{canonical(v.String())} // a list, as no text is the same as a number
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return []any{v}
	case map[string]any:
		for name := range v {
			v[name] = plain(v[name])
		}
	}
	return value
}

// canonical is a number as its sign, its digits without zeros at either end, and a
// power of ten.
func canonical(number string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	sign := ""
	if rest, negative := strings.CutPrefix(mantissa, "-"); negative {
		sign, mantissa = "-", rest
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	power, ok := new(big.Int).SetString(cmp.Or(exponent, "0"), 10)
	if !ok {
		return number
	}
	power.Add(power, big.NewInt(int64(len(digits)-len(short)-len(fraction))))
	return sign + short + "e" + power.String()
}
