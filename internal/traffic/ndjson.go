package traffic

import (
	"bytes"
	"errors"
)

// ndjson reads every line that is not blank.
func (f *file) ndjson(s *stream) error {
	number := 1
	for {
		if lines := s.lines(); len(lines) > 0 {
			n, err := f.several(number, lines)
			if err != nil {
				return err
			}
			number += n
			continue
		}
		raw, err := s.line(f.options.largest)
		switch {
		case errors.Is(err, errLarge):
			err = f.large(number, raw)
		case err != nil:
			return f.rest(err, number)
		case raw == nil:
			return nil
		default:
			err = f.oneLine(number, bytes.Clone(raw))
		}
		if err != nil {
			return err
		}
		number++
	}
}

// several hands on lines in one batch and returns their number.
func (f *file) several(number int, lines []byte) (n int, err error) {
	if err := f.flush(); err != nil {
		return 0, err
	}
	for text := f.batch().cut(lines); len(text) > 0; n++ {
		end := bytes.IndexByte(text, '\n') + 1
		if err := f.oneLine(number+n, text[:end]); err != nil {
			return 0, err
		}
		text = text[end:]
	}
	return n, f.flush()
}

// oneLine reads a line with its newline.
func (f *file) oneLine(number int, text []byte) error {
	if len(text) > f.options.largest {
		var o outline
		o.add(text)
		return f.large(number, o.text)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil
	}
	return f.entry(number, text, parseLine)
}

// lines returns the whole lines in the window, up to the size of a batch. It returns
// none if the next line is too long or its end is not in the window. The bytes are
// valid until the window moves.
func (s *stream) lines() []byte {
	text := s.window()
	text = text[:min(len(text), heavy)]
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	s.drop(len(text))
	return text
}

// line reads a line with its newline, or returns nil at the end. The bytes are valid
// until the window moves. A line of more than limit bytes is skipped with errLarge, and its
// outline is returned. A last line that a read error cut off is not returned.
func (s *stream) line(limit int) ([]byte, error) {
	var o outline
	e := extent{limit: limit, dropped: o.add}
	if err := s.through(&e); err != nil {
		return nil, err
	}
	switch {
	case e.large:
		return o.text, errLarge
	case e.n == 0:
		return nil, nil
	}
	raw := s.window()[:e.n]
	s.drop(e.n)
	return raw, nil
}

// extent is the part of the window that belongs to an entry while its end is searched.
// It keeps nothing of an entry that is too large.
type extent struct {
	n     int // bytes of the window
	limit int
	large bool
	// dropped is called with each part of an entry that is too large.
	dropped func(part []byte)
}

// through moves behind the end of the line, or to the end of the text.
func (s *stream) through(e *extent) error {
	for {
		i := bytes.IndexByte(s.window()[e.n:], '\n')
		if i >= 0 {
			e.n += i + 1
		} else {
			e.n = len(s.window())
		}
		if e.large = e.large || e.n > e.limit; e.large {
			e.dropped(s.window()[:e.n])
			s.drop(e.n)
			e.n = 0
		}
		switch {
		case i >= 0:
			return nil
		case s.more():
		case s.over():
			return nil
		default:
			return s.ended()
		}
	}
}
