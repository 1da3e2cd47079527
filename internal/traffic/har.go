package traffic

import (
	"bytes"
	"errors"
)

// har reads every item of log.entries. Besides the entries that wait for the creator, it
// holds nothing else of the file in memory, whatever its size and position.
func (f *file) har(s *stream) error {
	a, found := &archive{file: f}, false
	defer func() { _ = a.by(unnamedRecorder()) }() // after a panic; otherwise none waits
	err := s.log(func(name string) error {
		switch name {
		case `"creator"`:
			k, err := s.creator()
			if err != nil {
				return err
			}
			return a.by(k)
		case `"entries"`:
			found = true
			return s.list(func() error { return a.harEntry(s) })
		}
		return s.skip()
	})
	k := a.recorder
	switch {
	case k == nil && err == nil:
		k = anyRecorder()
	case k == nil:
		k = unnamedRecorder()
	}
	if failed := a.by(k); err == nil {
		err = failed
	}
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

func (a *archive) harEntry(s *stream) error {
	raw, err := s.value(a.options.largest)
	switch {
	case errors.Is(err, errLarge):
		return a.add(Entry{raw: raw, fault: a.tooLarge()})
	case err != nil:
		return err
	}
	return a.add(Entry{raw: bytes.Clone(raw)})
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
