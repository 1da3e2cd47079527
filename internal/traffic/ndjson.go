package traffic

import (
	"bytes"
	"errors"
)

// ndjson gives every line that is not blank.
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
			err = f.damaged(number, "", f.tooLarge())
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

// several gives lines in a batch of their own, and tells how many they are.
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

// oneLine gives a line, its end included.
func (f *file) oneLine(number int, text []byte) error {
	if len(text) > f.options.largest {
		return f.damaged(number, "", f.tooLarge())
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil
	}
	return f.entry(number, text, parseLine)
}

// lines gives whole lines that are in sight, as many as are handed on at a time;
// none: the next one is too long for that, or its end is not in sight. They stand
// until more is called.
func (s *stream) lines() []byte {
	text := s.window()
	text = text[:min(len(text), heavy)]
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	s.drop(len(text))
	return text
}

// line reads a line, its end included; nil: there is none. Its bytes stand until
// more is called. One of more than limit bytes is passed over, errLarge. A line
// behind which the text breaks, rather than ends, is not given.
func (s *stream) line(limit int) ([]byte, error) {
	e := extent{limit: limit}
	if err := s.through(&e); err != nil {
		return nil, err
	}
	switch {
	case e.large:
		return nil, errLarge
	case e.n == 0:
		return nil, nil
	}
	raw := s.window()[:e.n]
	s.drop(e.n)
	return raw, nil
}

// extent is how much of the window belongs to an entry, while its end is looked
// for. Of one that is too large nothing is kept.
type extent struct {
	n     int // bytes of the window
	limit int
	large bool
}

// through moves behind the end of the line that begins where the entry ends so
// far, or behind the end of the text.
func (s *stream) through(e *extent) error {
	for {
		i := bytes.IndexByte(s.window()[e.n:], '\n')
		if i >= 0 {
			e.n += i + 1
		} else {
			e.n = len(s.window())
		}
		if e.large = e.large || e.n > e.limit; e.large {
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
