package jsonschema

import (
	"bytes"
	"cmp"
	"slices"
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
		r.notes.Spans[n.span] = Span{int32(start), int32(end)} // bodies are smaller than 2 GiB
	}
	if open && (!null || !n.schema.Nullable) {
		r.again = true
		own := len(r.notes.Violations)
		if !r.compose(n, start, end, depth) || null && n.composed.ofOthers() {
			r.notes.drop(before, own)
		}
	}
	r.again, r.at = again, end
	if len(n.strict) > 0 && !r.again {
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
	object := r.place(depth)
	if r.full() {
		return
	}
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
func (n *ScanState) drop(from, to int) {
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

// judged is a value, by where it begins, and a schema.
type judged struct {
	by    *node
	start int
}

// satisfies tells whether the value that begins at start satisfies another schema.
// Within a form it is remembered: of forms that contain themselves each would ask for
// all below once more.
func (r *reader) satisfies(n *node, start, depth int) bool {
	before, quiet, one := len(r.notes.Violations), r.quiet, judged{n, start}
	if known, met := r.notes.verdicts[one]; met && quiet {
		return known
	}
	r.at, r.quiet = start, true
	ok := r.value(n, depth) && len(r.notes.Violations) == before
	r.notes.Violations, r.quiet = r.notes.Violations[:before], quiet
	if quiet {
		if r.notes.verdicts == nil {
			r.notes.verdicts = map[judged]bool{}
		}
		r.notes.verdicts[one] = ok
	}
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
