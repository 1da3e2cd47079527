package sandbox

import (
	"time"

	"assay/internal/contract"
)

// Repeats is the memory of idempotency keys, for tests. A key is one byte.
type Repeats struct{ m *repeats }

// NewRepeats returns a memory of so many bytes of responses.
func NewRepeats(most int) Repeats { return Repeats{newRepeats(most)} }

// Keep remembers a response.
func (r Repeats) Keep(k byte, body []byte, at time.Time) {
	r.m.add(&repeated{key: key{k}, at: at, response: contract.Response{Body: body}})
}

// Holds reports whether a response is remembered for another hour.
func (r Repeats) Holds(k byte, now time.Time) bool { return r.m.find(key{k}, 1, now) != nil }

// Bytes is the memory that responses take.
func (r Repeats) Bytes() int { return r.m.bytes }
