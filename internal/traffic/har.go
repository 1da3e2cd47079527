package traffic

import (
	"bytes"
	"errors"
)

// har gives every item of log.entries. Nothing else of the file is held in
// memory, whatever its size and its place.
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
		err = s.broken(0, errors.New("there is no log.entries; expected a HAR file"))
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

// nothing holds the text to ending here.
func (s *stream) nothing() error {
	_, err := s.next()
	switch {
	case err == nil:
		return s.broken(0, errors.New("there is more text behind the HAR; it was not read"))
	case s.over():
		return nil
	}
	return err
}
