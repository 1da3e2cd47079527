package redact

import (
	"regexp"
	"strings"
	"sync"

	"assay/internal/contract"
)

var (
	nameForm = regexp.MustCompile(`^[A-Za-z_$@][A-Za-z0-9_.$:-]{0,63}$`)
	number5  = regexp.MustCompile(`[0-9](?:[ ._:-]?[0-9]){4}`)
	keyForm  = regexp.MustCompile(`[A-Za-z0-9]{8,}`)
)

// readName learns a name that looks like data. A name of the documents never does.
func (s *Redactor) readName(name string) {
	switch {
	case s.docs.Described == nil || s.knows(folded(name)) || s.names[name] != "" || Reserved("name", name):
		return
	case nameForm.MatchString(name) && !number5.MatchString(name) && !keyLikeName(name) && len(DetectPersonal(name)) == 0:
		return
	}
	s.detect([]byte(name))
	s.names[name] = s.surrogate("name", name).text
	s.suspect("", name)
	s.readParts(name)
}

// keyLikeName reports whether a name has a run of letters and digits like a key.
func keyLikeName(name string) bool {
	for _, run := range keyForm.FindAllString(name, -1) {
		if len(digitRuns.FindAllString(run, -1)) >= 2 {
			return true
		}
	}
	return false
}

// named redacts a member name. It leaves out short values: a person called Value must
// not rename the member value.
func (s *Redactor) named(name string) string {
	if by := s.names[name]; by != "" {
		return by
	}
	if len(s.learned) == 0 || s.knows(folded(name)) {
		return name
	}
	accept := func(n needle) bool { return n.runes >= long }
	if clean := s.replaced(name, accept); clean != name {
		return clean
	}
	if len(s.encoded(name, accept)) > 0 {
		s.names[name] = s.surrogate("name", name).text
		return s.names[name]
	}
	return name
}

// maxShown is the length, in characters, of a name that can be shown.
const maxShown = 4000

// Name returns a name in which what looks like a secret or personal data is replaced, so
// that the name can be shown. Of a name that is longer than any document's, the middle is
// cut out.
func Name(name string) string {
	name = contract.Shorten(name, maxShown)
	if len(name) <= shortest || !candidate(name) && len(name) < long {
		return name
	}
	return safeNames().of(name)
}

// nameCache has the safe forms of names. Most names occur often, and a search in all
// encodings takes a while. It is safe for concurrent use.
type nameCache struct {
	mu   sync.RWMutex
	safe map[string]string
	size int // of the names, in bytes
}

// These limit a nameCache: about three megabytes.
const (
	maxNames      = 16384
	maxNamesSize  = 1 << 20          // bytes of all names
	maxNameLength = maxNamesSize / 8 // bytes of one name
)

var safeNames = sync.OnceValue(func() *nameCache { return &nameCache{safe: map[string]string{}} })

func (c *nameCache) of(name string) string {
	c.mu.RLock()
	safe, known := c.safe[name]
	c.mu.RUnlock()
	if known {
		return safe
	}
	safe = safeName(name)
	if len(name) <= maxNameLength {
		c.mu.Lock()
		if len(c.safe) >= maxNames || c.size+len(name) > maxNamesSize {
			c.size = 0
			clear(c.safe) // a peer that sends many names must not push out the others for good
		}
		name = strings.Clone(name)
		if safe == name {
			safe = name // one copy is enough
		}
		c.safe[name] = safe
		c.size += len(name)
		c.mu.Unlock()
	}
	return safe
}

func safeName(name string) string {
	s := New(nil)
	s.detect([]byte(name))
	clean := s.replaced(name, func(needle) bool { return true })
	if len(DetectPersonal(clean)) == 0 {
		return clean
	}
	if clean == name { // in an encoding
		return markText
	}
	all := strings.Split(clean, " ") // beside one that is not encoded
	for i, one := range all {
		if len(DetectPersonal(one)) > 0 {
			all[i] = markText
		}
	}
	if clean = strings.Join(all, " "); len(DetectPersonal(clean)) > 0 {
		return markText
	}
	return clean
}
