package jsonschema

import (
	"bytes"
	"cmp"
	"slices"
)

// composed validates a value against a schema that has subschemas, strict schemas or a
// requested span.
func (r *reader) composed(n *node, depth int) bool {
	start, before := r.at, len(r.state.Violations)
	again := r.rescan
	open := n.composed != nil // the subschemas still have to be checked
	if short := n.shortcut(r.body[start]); short != nil {
		if !r.value(short, depth) {
			return false
		}
		if open = false; len(r.state.Violations) > before && !r.quiet {
			r.attribute(n, before, start, depth)
		}
	} else if n.unrestricted && again {
		r.pass()
	} else if !r.own(n, depth) {
		return false
	}
	end := r.at
	r.state.known = Span{int32(start), int32(end)} // bodies are smaller than 2 GiB
	if n.span >= 0 && !again {
		r.state.Spans[n.span] = Span{int32(start), int32(end)} // bodies are smaller than 2 GiB
	}
	if open {
		r.rescan = true
		own := len(r.state.Violations)
		if !r.compose(n, start, end, depth) {
			if r.quiet { // and so rescan was set before
				return false
			}
			r.state.drop(before, own)
		}
	}
	r.rescan, r.at = again, end
	if len(n.strict) > 0 && !r.rescan {
		r.depart(n, start, end, depth)
		r.at = end
	}
	return true
}

// attribute rewrites the violations from before on. A schema from short found them;
// afterwards they are those of n.
func (r *reader) attribute(n *node, before, start, depth int) {
	found := r.state.Violations[before:]
	if n.owners == nil {
		got := typeOf(r.body[start:r.at])
		if fitting, untyped := n.composed.fitting(got); len(fitting) == 0 {
			r.state.Violations = r.state.Violations[:before]
			r.noForm(n, n.composed.keyword(), got, untyped, depth)
		}
		return
	}
	object := r.place(depth)
	if r.full() {
		return
	}
	slices.SortStableFunc(found, func(a, b Violation) int {
		return cmp.Compare(n.owners.partOf(&a, object), n.owners.partOf(&b, object))
	})
	// Violations of the schema's own keywords count only if the subschemas are
	// satisfied.
	if end := slices.IndexFunc(found, func(v Violation) bool { return n.owners.partOf(&v, object) == n.owners.itself }); end > 0 {
		r.state.Violations = r.state.Violations[:before+end]
	}
}

// shortcut returns the schema from short for a value that begins with this byte; nil:
// there is none.
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

// drop removes the violations with the indexes from, from+1, … to-1.
func (n *ScanState) drop(from, to int) {
	n.Violations = append(n.Violations[:from], n.Violations[to:]...)
}

// compose validates a value against the subschemas of a schema and records violations.
// It reports whether there were none; if there were, the violations of the schema's own
// keywords are dropped.
func (r *reader) compose(n *node, start, end, depth int) bool {
	c := n.composed
	present := r.present(n, start)
	if c.not != nil && !c.notNeeds.lacking(present) && r.satisfies(c.not, start, depth) {
		if r.quiet {
			return false
		}
		r.literal(n, depth, "not", r.body[start:end])
		return false
	}
	if len(c.oneOf) > 0 {
		accepted := 0
		for i, form := range c.oneOf {
			if !c.oneNeeds[i].lacking(present) && r.satisfies(form, start, depth) {
				accepted++
			}
		}
		if accepted != 1 {
			r.explain(n, "oneOf", start, end, depth)
			return false
		}
	}
	fits := false
	for i, form := range c.anyOf {
		if fits = !c.anyNeeds[i].lacking(present) && r.satisfies(form, start, depth); fits {
			break
		}
	}
	if len(c.anyOf) > 0 && !fits {
		r.explain(n, "anyOf", start, end, depth)
		return false
	}
	before := len(r.state.Violations)
	for _, part := range c.allOf {
		r.at = start
		if !r.value(part, depth) {
			return false
		}
	}
	return len(r.state.Violations) == before
}

// result identifies a value, by its position, and the schema that it was checked
// against.
type result struct {
	by    *node
	start int
}

// satisfies reports whether the value that begins at start satisfies another schema. Inside an
// alternative it caches the results of schemas that have many subschemas below each other.
func (r *reader) satisfies(n *node, start, depth int) bool {
	before, quiet, one := len(r.state.Violations), r.quiet, result{n, start}
	cached := quiet && n.nested >= cachedFrom
	if cached {
		if known, found := r.state.results[one]; found {
			return known
		}
	}
	r.at, r.quiet = start, true
	ok := r.value(n, depth) && len(r.state.Violations) == before
	r.state.Violations, r.quiet = r.state.Violations[:before], quiet
	if cached {
		if r.state.results == nil {
			r.state.results = map[result]bool{}
		}
		r.state.results[one] = ok
	}
	return ok
}

// literal records a violation of keyword, or of type if the value has the wrong type.
func (r *reader) literal(n *node, depth int, keyword string, raw []byte) {
	got := typeOf(raw)
	if n.schema.permits(got) {
		got = ""
	} else {
		keyword = "type"
	}
	r.violate(n, depth, keyword, got)
}

// fitting returns the alternatives that have a type and allow that of a value. untyped reports
// whether there is one without a type, which allows every type.
func (c *composition) fitting(got string) (all []*node, untyped bool) {
	for _, form := range c.forms {
		untyped = untyped || form.of.Types == nil
		if form.of.Types != nil && form.of.permits(got) {
			all = append(all, form.node)
		}
	}
	return all, untyped
}

// keyword returns the keyword of the alternatives.
func (c *composition) keyword() string {
	if len(c.oneOf) > 0 {
		return "oneOf"
	}
	return "anyOf"
}

// noForm records that no alternative with a type allows that of the value.
func (r *reader) noForm(n *node, keyword, got string, untyped bool, depth int) {
	if untyped { // the type is not what is wrong
		r.violate(n, depth, keyword, "")
		return
	}
	at := len(r.state.Violations)
	r.violate(n, depth, "type", got)
	r.state.Violations[at].how = noForm
}

// explain records why no alternative fits. If exactly one alternative has the type of
// the value, its violations are recorded.
func (r *reader) explain(n *node, keyword string, start, end, depth int) {
	if r.quiet {
		return
	}
	got := typeOf(r.body[start:end])
	fitting, untyped := n.composed.fitting(got)
	before := len(r.state.Violations)
	switch len(fitting) {
	case 0:
		r.noForm(n, keyword, got, untyped, depth)
		return
	case 1:
		r.at = start
		r.value(fitting[0], depth)
	}
	if len(r.state.Violations) == before {
		r.violate(n, depth, keyword, "")
	}
}

// typeOf returns the JSON type of a value. A number without point and exponent is an
// integer.
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
