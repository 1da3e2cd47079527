package sandbox

import (
	"crypto/sha256"
	"sync"
)

// key identifies a reference or token by half of its SHA-256. 100,000 of them collide
// by chance once in 10^28 times, and no attacker can construct two that do.
type key [16]byte

// keyOf returns the key of a text of one kind, such as a reference.
func keyOf(kind, text string) key {
	var room [256]byte // longer texts are allocated
	sum := sha256.Sum256(append(append(append(room[:0], kind...), ' '), text...))
	return key(sum[:len(key{})])
}

// memory is a bounded set of keys that forgets the oldest. It holds no pointers:
// 100,000 keys take about 5 MB, a third of a list-based LRU, and give the garbage
// collector nothing to scan.
type memory struct {
	most int
	mu   sync.RWMutex
	all  map[key]struct{}
	ring []key // in order of arrival, starting at next
	next int
}

func newMemory(most int) *memory { return &memory{most: most, all: map[key]struct{}{}} }

// holds reports whether a key is remembered.
func (m *memory) holds(k key) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, there := m.all[k]
	return there
}

// first remembers a key and reports whether it was new. Of concurrent callers with one
// key exactly one gets true.
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
