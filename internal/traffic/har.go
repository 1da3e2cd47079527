package traffic

import (
	"bytes"
	"errors"
)

// har reads every item of log.entries. It holds nothing else of the file in memory,
// whatever its size and position.
func (f *file) har(s *stream) error {
	found := false
	err := s.object(func(name string) error {
		if name != `"log"` {
			return s.skip()
		}
		return s.object(func(name string) error {
			if name != `"entries"` {
				return s.skip()
			}
			found = true
			return s.list(func() error { return f.harEntry(s) })
		})
	})
	if err == nil && !found {
		err = s.errorAt(0, errors.New("log.entries is missing; expected a HAR file"))
	}
	if err == nil {
		err = s.nothing()
	}
	if err == nil {
		return nil
	}
	return f.rest(err, 0)
}

func (f *file) harEntry(s *stream) error {
	raw, err := s.value(f.options.largest)
	switch {
	case errors.Is(err, errLarge):
		return f.damaged(0, "", f.tooLarge())
	case err != nil:
		return err
	}
	return f.entry(0, bytes.Clone(raw), parseHAR)
}

// nothing checks that the text ends here.
func (s *stream) nothing() error {
	_, err := s.next()
	switch {
	case err == nil:
		return s.errorAt(0, errors.New("text follows the HAR; it was not read"))
	case s.over():
		return nil
	}
	return err
}
