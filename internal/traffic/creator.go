package traffic

import (
	"errors"
	"os"

	"github.com/go-json-experiment/json"

	"assay/internal/contentcoding"
)

// archive is a HAR file that is being read. Its log.creator names the recorder, and what
// an entry lacks depends on the recorder. Most programs write the creator first. If it
// comes after the entries, the entries wait for it.
type archive struct {
	*file
	recorder *knownRecorder // nil: not known yet
	waiting  []Entry        // in order
	size     int            // of all that waited, in bytes
}

// mostWaiting is the size in bytes of the entries that wait.
const mostWaiting = 8 << 20

// add hands on an entry, or lets it wait.
func (a *archive) add(e Entry) error {
	a.n++
	e.of, e.n = a.label, a.n
	if a.recorder != nil {
		e.parse = a.recorder.parseHAR
		return a.give(e)
	}
	if err := a.ctx.Err(); err != nil {
		return err
	}
	a.waiting, a.size = append(a.waiting, e), a.size+len(e.raw)
	if a.size <= mostWaiting {
		return nil
	}
	return a.by(a.lookAhead())
}

// by sets the recorder, and hands on the entries that waited for it, even if the reading
// has ended.
func (a *archive) by(k *knownRecorder) error {
	waiting := a.waiting
	a.recorder, a.waiting = k, nil
	for _, e := range waiting {
		e.parse = k.parseHAR
		if err := a.pass(e); err != nil {
			return err
		}
	}
	return nil
}

// lookAhead reads the file a second time, up to its creator. It does not wait for a pipe to
// end: it returns the recorder that is not known.
func (a *archive) lookAhead() *knownRecorder {
	if info, err := os.Stat(a.path); a.path == standard || err != nil || !info.Mode().IsRegular() {
		return unnamedRecorder()
	}
	opened, err := os.Open(a.path)
	if err != nil {
		return unnamedRecorder()
	}
	defer func() { _ = opened.Close() }() // it was opened for reading
	plain, _, err := contentcoding.Unpack(&counted{from: opened, reader: &reader{ctx: a.ctx}}, widest)
	if err != nil {
		return unnamedRecorder()
	}
	defer func() { _ = plain.Close() }()
	s := newStream(asUTF8(plain))
	look(s) // drops the byte order mark
	k := anyRecorder()
	err = s.log(func(name string) error {
		if name != `"creator"` {
			return s.skip()
		}
		var err error
		if k, err = s.creator(); err == nil {
			err = errDetected
		}
		return err
	})
	if err != nil && !errors.Is(err, errDetected) {
		return unnamedRecorder()
	}
	return k
}

// log reads the members of log.
func (s *stream) log(member func(name string) error) error {
	return s.object(func(name string) error {
		if name != `"log"` {
			return s.skip()
		}
		return s.object(member)
	})
}

// creator reads log.creator and returns the recorder that it names.
func (s *stream) creator() (*knownRecorder, error) {
	raw, err := s.value(longest)
	switch {
	case errors.Is(err, errLarge):
		return anyRecorder(), nil
	case err != nil:
		return nil, err
	}
	var creator struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(raw, &creator) // a creator of another form names no recorder
	return recorderOf(creator.Name), nil
}
