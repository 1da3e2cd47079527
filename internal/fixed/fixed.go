// Package fixed provides a clock and randomness that are the same in every run, so that
// replays and recordings are the same as well.
package fixed

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"time"
)

// Clock returns the time of replays. The documented sample token of EnKash is still valid
// then; nothing else depends on it.
func Clock() time.Time { return time.Date(2022, time.June, 1, 0, 0, 0, 0, time.UTC) }

// Random returns the random bytes of a replay, always the same for a name.
func Random(name string) io.Reader {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	var seed [32]byte
	h.Sum(seed[:0])
	return rand.NewChaCha8(seed)
}

// Picker returns a function that chooses a number below n with Random(name). Use it with
// contract.Randomize.
func Picker(name string) func(n int) int {
	random := Random(name)
	return func(n int) int {
		var b [4]byte
		_, _ = random.Read(b[:])                              // never fails
		return int(binary.BigEndian.Uint32(b[:]) % uint32(n)) // n is small, so the remainder is uniform enough
	}
}
