// Package fixed is a clock and a chance that are the same in every run, so that
// what is replayed and recorded is the same as well.
package fixed

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"time"
)

// Clock is when replays happen. It stands before the documented sample token of
// EnKash expires, and nothing else depends on it.
func Clock() time.Time { return time.Date(2022, time.June, 1, 0, 0, 0, 0, time.UTC) }

// Random is the randomness of a replay: the same for the same name.
func Random(name string) io.Reader {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	var seed [32]byte
	h.Sum(seed[:0])
	return rand.NewChaCha8(seed)
}

// Picks chooses numbers by such chance.
func Picker(name string) func(n int) int {
	random := Random(name)
	return func(n int) int {
		var b [4]byte
		_, _ = random.Read(b[:])                              // never fails
		return int(binary.BigEndian.Uint32(b[:]) % uint32(n)) // n is the size of an alphabet
	}
}
