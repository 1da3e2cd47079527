package traffic

import (
	"bytes"
	"errors"
	"strconv"
)

// ndjson gives every line that is not blank.
func (f *file) ndjson(s *stream) error {
	for number := 1; ; number++ {
		raw, err := s.line(f.options.largest)
		large := errors.Is(err, errLarge)
		if err != nil && !large {
			return f.rest(err, func(at int64) string {
				return f.lineAt(number) + ", byte " + strconv.FormatInt(at, 10)
			})
		}
		if raw == nil && !large {
			return nil
		}
		switch raw = bytes.TrimSpace(raw); {
		case large:
			err = f.damaged(f.lineAt(number), f.tooLarge())
		case len(raw) == 0:
			continue
		default:
			err = f.entry(f.lineAt(number), raw, parseLine)
		}
		if err != nil {
			return err
		}
	}
}

// lineAt says which line is meant.
func (f *file) lineAt(number int) string { return f.shown + ":" + strconv.Itoa(number) }

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
