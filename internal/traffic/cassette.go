package traffic

import (
	"bytes"
	"errors"
	"regexp"
)

// cassette reads every item of interactions, in YAML or in JSON. It separates items by their indentation,
// as go-vcr, VCR.py and Ruby VCR write them, so that a file is never held in memory whole.
func (f *file) cassette(s *stream) error {
	if begin := bytes.TrimLeft(s.window(), " \t\r\n"); len(begin) > 0 && (begin[0] == '{' || begin[0] == '[') {
		return f.jsonCassette(s)
	}
	t := &tape{file: f, stream: s, number: 1}
	var err error
	if phpYAML.Match(s.window()) && !yamlKey.Match(s.window()) {
		err = t.list()
	} else {
		err = t.run()
	}
	if err == nil && !t.found {
		err = s.errorAt(0, errNoInteractions)
	}
	var b *damagedError
	if errors.As(err, &b) {
		return f.damaged(t.number, "", b.what)
	}
	return err
}

// tape is a cassette that is being read.
type tape struct {
	*file
	*stream
	number  int    // the number of the next line, from 1
	found   bool   // interactions has been read
	by      string // as in interaction
	anchors anchors
}

var errNoInteractions = errors.New("interactions is missing; expected a cassette of go-vcr, VCR.py, Ruby VCR or PHP-VCR")

var (
	versionLine  = regexp.MustCompile(`^version:[ \t]*(\S*)`)
	requestKey   = regexp.MustCompile(`^ *["']?request["']?:`)
	interactions = regexp.MustCompile(`^["']?(http_)?interactions["']?:[ \t]*([^\s#]*)`)
)

// run reads the lines of the top level.
func (t *tape) run() error {
	for {
		raw, err := t.line(t.options.largest)
		switch {
		case errors.Is(err, errLarge):
			raw = nil // no line of a cassette
		case err != nil:
			return err
		case raw == nil:
			return nil
		}
		if m := versionLine.FindSubmatch(raw); m != nil && string(m[1]) != "1" && string(m[1]) != "2" {
			return t.errorAt(0, errors.New("the version of the cassette is not supported; expected 1 or 2"))
		}
		t.number++
		m := interactions.FindSubmatch(raw)
		if m == nil {
			continue
		}
		t.anchors = anchors{}
		if t.found, t.by = true, ""; len(m[1]) > 0 {
			t.by = byRuby
		}
		switch string(m[2]) {
		case "":
			if err := t.items(); err != nil {
				return err
			}
		case "[]":
		default:
			return t.errorAt(0, errors.New("interactions is not in the form of a cassette; expected one list item per dash, each on its own line"))
		}
	}
}

// list reads the items of a file that is a list, as PHP-VCR writes it.
func (t *tape) list() error {
	t.found, t.by = true, byPHP
	for {
		head, err := t.head(0)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(head, []byte("---")) && len(bytes.TrimSpace(head)) > 0 && !bytes.HasPrefix(bytes.TrimSpace(head), []byte("#")) {
			return t.items()
		}
		raw, err := t.line(t.options.largest)
		if err != nil || raw == nil {
			return err
		}
		t.number++
	}
}

// items reads the items of the list that begins on the next line.
func (t *tape) items() error {
	indent, err := t.indent()
	for err == nil && indent >= 0 {
		indent, err = t.item(indent)
	}
	return err
}

// indent skips blank lines and comments and returns the indentation of the next item,
// or -1 if there is none.
func (t *tape) indent() (int, error) {
	for {
		head, err := t.head(0)
		if err != nil {
			return 0, err
		}
		at, first := lead(head)
		switch {
		case len(head) == 0:
			return -1, nil
		case first == '-':
			return at, nil
		case first != 0:
			return -1, nil
		}
		if _, err := t.line(t.options.largest); err != nil && !errors.Is(err, errLarge) {
			return 0, err
		}
		t.number++
	}
}

// head returns the start of the line that begins n bytes into the window, enough to
// classify it. It is empty at the end of the text.
func (t *tape) head(n int) ([]byte, error) {
	for {
		head := t.window()[n:]
		if i := bytes.IndexByte(head, '\n'); i >= 0 {
			return head[:i+1], nil
		}
		if len(bytes.TrimLeft(head, " ")) >= 4 || len(head) > longest {
			return head, nil
		}
		if !t.more() {
			if !t.over() {
				return nil, t.ended()
			}
			return head, nil
		}
	}
}

// lead returns the indentation of a line and its first byte, which is 0 for an empty
// line or a comment.
func lead(line []byte) (int, byte) {
	trimmed := bytes.TrimLeft(line, " ")
	at := len(line) - len(trimmed)
	switch trimmed = bytes.TrimRight(trimmed, "\r\n\t "); {
	case len(trimmed) == 0 || trimmed[0] == '#':
		return at, 0
	case len(trimmed) > 1 && trimmed[0] == '-' && trimmed[1] != ' ' && trimmed[1] != '\t':
		return at, 'x' // a scalar that begins with a dash
	}
	return at, trimmed[0]
}

// item reads the next item and returns the indentation of the one after it, or -1 after
// the last.
func (t *tape) item(indent int) (int, error) {
	o := &cassetteOutline{indent: indent}
	start, next, e := t.number, indent, extent{limit: t.options.largest, dropped: o.add}
	for more := true; more; {
		if err := t.through(&e); err != nil {
			return 0, err
		}
		t.number++
		head, err := t.head(e.n)
		if err != nil {
			return 0, err
		}
		switch at, first := lead(head); {
		case len(head) == 0:
			more, next = false, -1
		case first == 0 || at > indent:
		case at < indent || first != '-':
			more, next = false, -1
		default:
			more = false
		}
	}
	raw := t.window()[:e.n]
	t.drop(e.n)
	if e.large {
		return next, t.large(start, o.text)
	}
	text, before := t.anchors.with(raw, indent)
	return next, t.entry(start, text, interaction{start - before, t.by, before}.parse)
}
