package sandbox

import (
	"crypto/sha256"
	"sync"
)

// key stands for a reference or token. It is half a SHA-256: two of 100,000 are the
// same by chance once in 10^28 times, and nobody can make two that are.
type key [16]byte

// keyOf is the key of a text that somebody sent, among those of one kind.
func keyOf(kind, text string) key {
	var room [256]byte // what is longer has memory of its own
	sum := sha256.Sum256(append(append(append(room[:0], kind...), ' '), text...))
	return key(sum[:len(key{})])
}

// memory remembers keys, and forgets the first for each that is too many. It holds no
// pointers: 100,000 keys take some 5 MB, a third of what an LRU of a list takes, and
// the collector has nothing to look at.
type memory struct {
	most int
	mu   sync.RWMutex
	all  map[key]struct{}
	ring []key // in the order in which they came, from next on
	next int
}

func newMemory(most int) *memory { return &memory{most: most, all: map[key]struct{}{}} }

// holds tells whether a key is remembered.
func (m *memory) holds(k key) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, there := m.all[k]
	return there
}

// first remembers a key, and tells whether it was new. To one of several callers at
// once it was.
func (m *memory) first(k key) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.all[k]; there {
		return false
	}
	m.all[k] = struct{}{}
	if len(m.ring) < m.most {
		m.ring = append(m.ring, k)
		return true
	}
	delete(m.all, m.ring[m.next])
	m.ring[m.next] = k
	m.next = (m.next + 1) % m.most
	return true
}
