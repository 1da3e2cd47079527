package judge

// keySet is a set of hashes. Its memory grows in small steps: each of its parts grows on its
// own. A map takes three times as long.
type keySet struct {
	parts [1 << partBits]keyPart
	count int
}

// partBits is the number of bits of a key that select its part.
const partBits = 8

// keyPart has room for a power of two of keys. A key is in the first free slot from the one
// that its lowest bits select; 0 is a free slot.
type keyPart struct {
	slots []uint64
	count int
}

// has reports whether a key, which is not 0, is in the set.
func (s *keySet) has(key uint64) bool {
	p := s.part(key)
	return len(p.slots) > 0 && p.slots[p.slot(key)] == key
}

// add adds a key, which is not 0, and reports whether it was in the set before.
func (s *keySet) add(key uint64) (before bool) {
	p := s.part(key)
	if p.count >= len(p.slots)*3/4 {
		p.grow()
	}
	i := p.slot(key)
	if p.slots[i] == key {
		return true
	}
	p.slots[i] = key
	p.count++
	s.count++
	return false
}

func (s *keySet) part(key uint64) *keyPart { return &s.parts[key>>(64-partBits)] }

// slot returns the index of a key, or of the free slot for it.
func (p *keyPart) slot(key uint64) uint64 {
	last := uint64(len(p.slots)) - 1
	for i := key & last; ; i = (i + 1) & last {
		if p.slots[i] == key || p.slots[i] == 0 {
			return i
		}
	}
}

func (p *keyPart) grow() {
	const least = 16
	old := p.slots
	p.slots = make([]uint64, max(least, 2*len(old)))
	for _, key := range old {
		if key != 0 {
			p.slots[p.slot(key)] = key
		}
	}
}
