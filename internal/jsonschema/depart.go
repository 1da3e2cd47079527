package jsonschema

// depart holds a value to the letters about it.
func (r *reader) depart(n *node, start, end, depth int) {
	before := len(r.notes.Violations)
	r.again = true
	for _, l := range n.strict {
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
