package traffic

import "bytes"

// An entry above the size limit is skipped, but its outline is kept: it says whose entry it
// is. An outline has at most width bytes.

// outline is a JSON value whose long strings are cut.
type outline struct {
	text   []byte
	inside bool // in a string
	cut    bool // the rest of the string is not kept
	kept   int  // bytes of the string that were kept
	escape int  // after a backslash: afterSlash, or the hexadecimal digits to come
}

const afterSlash = -1

// add adds the next part of the value.
func (o *outline) add(part []byte) {
	for i := 0; i < len(part) && len(o.text) < width; i++ {
		if o.inside && o.escape == 0 && o.cut {
			if i += plain(part[i:]); i == len(part) {
				return
			}
		}
		c := part[i]
		first := o.escape == 0
		switch {
		case !o.inside:
			o.inside, o.cut, o.kept = c == '"', false, 0
			o.text = append(o.text, c)
			continue
		case first && c == '"':
			o.inside = false
			o.text = append(o.text, c)
			continue
		case first && c == '\\':
			o.escape = afterSlash
		case o.escape == afterSlash && c == 'u':
			o.escape = 4
		case o.escape == afterSlash:
			o.escape = 0
		case !first:
			o.escape--
		}
		if first { // an escape is kept whole, or not at all
			o.cut = o.kept >= longest
		}
		if !o.cut {
			o.text = append(o.text, c)
			o.kept++
		}
	}
}

// cassetteOutline is an item of a cassette in YAML without the lines outside of its request,
// and without long lines.
type cassetteOutline struct {
	indent  int // of the dash
	text    []byte
	line    []byte // the beginning of the line that is being read
	started bool   // the line with the dash has been read
	column  int    // of the item's members; 0: not known yet
	inside  bool   // in the request
}

// add adds the next part of the item.
func (o *cassetteOutline) add(part []byte) {
	for len(part) > 0 {
		n, end := len(part), bytes.IndexByte(part, '\n')
		if end >= 0 {
			n = end + 1
		}
		o.line = append(o.line, part[:min(n, longest+1-len(o.line))]...)
		if part = part[n:]; end >= 0 {
			o.ended()
		}
	}
}

// ended decides about a line that was read to its end.
func (o *cassetteOutline) ended() {
	line := o.line
	o.line = o.line[:0]
	if len(line) <= o.indent {
		return // blank, or longer than what is kept of a line
	}
	if !o.started {
		o.started = true
		if line[o.indent] = ' '; len(bytes.TrimSpace(line)) == 0 {
			return // the members begin on the next line
		}
	}
	at, first := lead(line)
	if o.column == 0 && first != 0 {
		o.column = at
	}
	begins := false
	if first != 0 && at <= o.column {
		o.inside = requestKey.Match(line)
		begins = o.inside
	}
	if !o.inside || len(line) > longest || len(o.text)+len(line) > width {
		return
	}
	if begins {
		line[o.indent] = '-'
	}
	o.text = append(o.text, line...)
}
