package traffic

import (
	"bytes"
	"errors"
	"regexp"
)

// cassette gives every item of interactions. Items are told apart by their
// indentation, as go-vcr writes them, so that a file is never held whole.
func (f *file) cassette(s *stream) error {
	t := &tape{file: f, stream: s, number: 1}
	err := t.run()
	if err == nil && !t.found {
		err = s.broken(0, errors.New("there is no interactions; expected a cassette of go-vcr"))
	}
	var b *brokenError
	if errors.As(err, &b) {
		return f.damaged(t.number, "", b.what)
	}
	return err
}

// tape is a cassette while it is read.
type tape struct {
	*file
	*stream
	number int  // of the line that is next, from 1
	found  bool // interactions were met
}

var (
	versionLine  = regexp.MustCompile(`^version:[ \t]*(\S*)`)
	interactions = regexp.MustCompile(`^["']?interactions["']?:[ \t]*([^\s#]*)`)
)

// run reads the lines of the top level.
func (t *tape) run() error {
	for {
		raw, err := t.line(t.options.largest)
		switch {
		case err != nil && !errors.Is(err, errLarge):
			return err
		case raw == nil && err == nil:
			return nil
		}
		if m := versionLine.FindSubmatch(raw); m != nil && string(m[1]) != "1" && string(m[1]) != "2" {
			return t.broken(0, errors.New("the cassette is of another version; expected 1 or 2"))
		}
		t.number++
		m := interactions.FindSubmatch(raw)
		if m == nil {
			continue
		}
		t.found = true
		switch string(m[1]) {
		case "":
			if err := t.items(); err != nil {
				return err
			}
		case "[]":
		default:
			return t.broken(0, errors.New("interactions is not written as go-vcr does; expected an item a dash, each on a line of its own"))
		}
	}
}

// items gives the items of the list that begins with the next line.
func (t *tape) items() error {
	indent, err := t.indent()
	for err == nil && indent >= 0 {
		indent, err = t.item(indent)
	}
	return err
}

// indent passes blank lines and comments over, and tells how far the item that
// is next stands from the left; -1: there is none.
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

// head gives what is in sight of the line that begins n bytes into the window:
// enough of it to tell where it belongs. Nothing: the text ends there.
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

// lead tells how many blanks a line begins with, and what stands behind them; 0:
// nothing, or a comment.
func lead(line []byte) (int, byte) {
	trimmed := bytes.TrimLeft(line, " ")
	at := len(line) - len(trimmed)
	switch trimmed = bytes.TrimRight(trimmed, "\r\n\t "); {
	case len(trimmed) == 0 || trimmed[0] == '#':
		return at, 0
	case len(trimmed) > 1 && trimmed[0] == '-' && trimmed[1] != ' ' && trimmed[1] != '\t':
		return at, 'x' // a text that begins with a dash
	}
	return at, trimmed[0]
}

// item gives the item that is next, and tells the indentation of the one behind
// it; -1: it was the last one.
func (t *tape) item(indent int) (int, error) {
	start, next, e := t.number, indent, extent{limit: t.options.largest}
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
		return next, t.damaged(start, "", t.tooLarge())
	}
	return next, t.entry(start, bytes.Clone(raw), interaction(start).parse)
}
