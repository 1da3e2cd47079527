package traffic

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json"
)

// har reads every item of log.entries. It holds nothing else of the file in memory,
// whatever its size and position.
func (f *file) har(s *stream) error {
	found, k := false, anyRecorder()
	err := s.object(func(name string) error {
		if name != `"log"` {
			return s.skip()
		}
		return s.object(func(name string) error {
			switch name {
			case `"creator"`:
				return s.creator(&k)
			case `"entries"`:
				found = true
				return s.list(func() error { return f.harEntry(s, k) })
			}
			return s.skip()
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

func (f *file) harEntry(s *stream, k *knownRecorder) error {
	raw, err := s.value(f.options.largest)
	switch {
	case errors.Is(err, errLarge):
		f.n++
		return f.give(Entry{of: f.label, n: f.n, raw: raw, fault: f.tooLarge()})
	case err != nil:
		return err
	}
	return f.entry(0, bytes.Clone(raw), k.parseHAR)
}

// creator reads log.creator, which names the recorder. It stands before log.entries.
func (s *stream) creator(k **knownRecorder) error {
	raw, err := s.value(longest)
	if errors.Is(err, errLarge) {
		return nil
	}
	if err != nil {
		return err
	}
	var creator struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(raw, &creator) == nil { // any other creator is not known
		*k = recorderOf(creator.Name)
	}
	return nil
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
