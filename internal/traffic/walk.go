package traffic

import "errors"

// errLarge is the error for an entry above the size limit.
var errLarge = errors.New("the entry is too large")

// next skips spaces and returns the next byte without consuming it.
func (s *stream) next() (byte, error) {
	for {
		for i, c := range s.window() {
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				s.drop(i)
				return c, nil
			}
		}
		s.drop(len(s.window()))
		if !s.more() {
			return 0, s.ended()
		}
	}
}

// expect consumes spaces and one byte.
func (s *stream) expect(want byte, fault error) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != want {
		return s.errorAt(0, fault)
	}
	s.drop(1)
	return nil
}

// value reads the next JSON value. Its bytes are valid until the window moves. A value
// of more than limit bytes is skipped with errLarge; of an entry the outline is returned.
func (s *stream) value(limit int) ([]byte, error) {
	if _, err := s.next(); err != nil {
		return nil, err
	}
	var v value
	large := false
	var o outline
	for n := 0; ; {
		used, done := v.feed(s.window()[n:])
		n += used
		if v.mismatched {
			return nil, s.errorAt(n, errBrackets)
		}
		if large = large || n > limit; large {
			if limit > longest { // a shorter one is of no entry
				o.add(s.window()[:n])
			}
			s.drop(n)
			n = 0
		}
		if done && large {
			return o.text, errLarge
		}
		if done {
			raw := s.window()[:n]
			s.drop(n)
			return raw, nil
		}
		if !s.more() {
			return nil, s.ended()
		}
	}
}

// skip skips a value of any size.
func (s *stream) skip() error {
	if _, err := s.value(0); !errors.Is(err, errLarge) {
		return err // a value has at least one byte, so this is never nil
	}
	return nil
}

// longest is the number of bytes of a member name that are read.
const longest = 4096

// object reads an object. It calls member with each name as it is written; member must
// read the value.
func (s *stream) object(member func(name string) error) error {
	return s.items('{', '}', errNoObject, func() error {
		raw, err := s.value(longest)
		if err != nil && !errors.Is(err, errLarge) {
			return err
		}
		name := string(raw)
		if err := s.expect(':', errShape); err != nil {
			return err
		}
		return member(name)
	})
}

// list reads a list. item must read each value.
func (s *stream) list(item func() error) error { return s.items('[', ']', errNoList, item) }

func (s *stream) items(opening, closing byte, fault error, item func() error) error {
	if err := s.expect(opening, fault); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := s.next()
		switch {
		case err != nil:
			return err
		case c == closing:
			s.drop(1)
			return nil
		case !first && c != ',':
			return s.errorAt(0, errShape)
		case !first:
			s.drop(1)
		}
		if err := item(); err != nil {
			return err
		}
	}
}
