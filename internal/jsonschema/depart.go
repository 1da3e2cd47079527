package jsonschema

// depart checks a value against its strict schemas and records departures.
func (r *reader) depart(n *node, start, end, depth int) {
	before, more := len(r.state.Violations), r.state.MoreViolations
	r.rescan = true
	for _, l := range n.strict {
		if l.presenceOnly && r.body[start] == '{' {
			continue // already checked while its members were scanned
		}
		if l.node.plain && l.node.acceptsRaw(r.body[start:end]) {
			continue
		}
		r.at = start
		r.value(l.node, depth)
		for _, v := range distinct(r.state.Violations[before:]) {
			r.state.Departures = append(r.state.Departures, Departure{l.index, v})
		}
		r.state.Violations = r.state.Violations[:before]
	}
	r.rescan, r.state.MoreViolations = false, more // of the schema
}

// acceptsRaw reports whether a value surely satisfies a plain schema, without another
// scan. If false, the value may still satisfy it.
func (n *node) acceptsRaw(raw []byte) bool {
	switch raw[0] {
	case '"':
		return n.kinds&text != 0 && (n.texts.any || !escapes(raw) && n.texts.accept(raw[1:len(raw)-1]))
	case '{':
		return n.kinds&object != 0 && n.enum == nil && n.members.any()
	case '[':
		return n.kinds&array != 0 && n.enum == nil && n.list.any()
	case 't', 'f':
		return n.kinds&boolean != 0 && n.enum == nil
	case 'n':
		return n.null && n.enum == nil
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
