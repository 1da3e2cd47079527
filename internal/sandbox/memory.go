package sandbox

import (
	"crypto/sha256"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// key stands for a reference or token. It is half a SHA-256: among 100,000 of them
// two are the same by chance once in 10^28 times, and nobody can make two that are.
type key [16]byte

// keyOf is the key of a text that somebody sent, among those of one kind.
func keyOf(kind, text string) key {
	var room [256]byte // what is longer has memory of its own
	sum := sha256.Sum256(append(append(append(room[:0], kind...), ' '), text...))
	return key(sum[:len(key{})])
}

// memory remembers keys, and until when each is good. The oldest are forgotten.
type memory struct{ all *lru.Cache[key, time.Time] }

func newMemory(most int) (*memory, error) {
	all, err := lru.New[key, time.Time](most)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return &memory{all}, nil
}

func (m *memory) holds(k key) bool { return m.all.Contains(k) }

// first remembers a key, and tells whether it was new. Of several callers at once it
// is to one.
func (m *memory) first(k key) bool {
	seen, _ := m.all.ContainsOrAdd(k, time.Time{})
	return !seen
}

func (m *memory) get(k key) (expires time.Time, there bool) { return m.all.Get(k) }

func (m *memory) add(k key, expires time.Time) { m.all.Add(k, expires) }
