package judge

import (
	"testing"

	"pgregory.net/rapid"
)

// TestKeySet compares a keySet with a map. Many of the keys differ only in their highest bits,
// or are equal.
func TestKeySet(t *testing.T) {
	t.Parallel()
	key := rapid.OneOf(rapid.Uint64Range(1, 40), rapid.Uint64Range(1, 1<<64-1), rapid.Custom(func(t *rapid.T) uint64 {
		return rapid.Uint64Range(0, 255).Draw(t, "part")<<56 | rapid.Uint64Range(0, 3).Draw(t, "middle")<<30 | rapid.Uint64Range(1, 9).Draw(t, "low")
	}))
	rapid.Check(t, func(t *rapid.T) {
		var set keySet
		known := map[uint64]bool{}
		for _, k := range rapid.SliceOfN(key, 0, 300).Draw(t, "keys") {
			if set.has(k) != known[k] {
				t.Fatalf("%d: %t, want %t", k, set.has(k), known[k])
			}
			if before := set.add(k); before != known[k] {
				t.Fatalf("%d was there: %t, want %t", k, before, known[k])
			}
			known[k] = true
		}
		for k := range known {
			if !set.has(k) {
				t.Fatalf("%d is lost", k)
			}
		}
		if set.count != len(known) {
			t.Fatalf("%d keys, want %d", set.count, len(known))
		}
	})
}
