package traffic

import "sync"

// Batch is a run of consecutive entries and the memory that they share. Handing on
// entries one by one, each in memory of its own, makes checking lines 1.2 times slower.
type Batch struct {
	Entries []Entry

	text []byte // the text that the lines are parts of; empty: each entry has its own memory
	held int    // the size of the entries in bytes
	home *sync.Pool
}

// heavy is the size in bytes after which a batch is handed on.
const heavy = 64 << 10

// Size is the size of the entries in bytes.
func (b *Batch) Size() int { return max(b.held, len(b.text)) }

// Release returns the memory for reuse; the entries must not be used afterwards.
// Exchanges made by Exchange and Into have memory of their own. A batch that is not
// released is garbage like any other value.
func (b *Batch) Release() {
	clear(b.Entries)
	b.Entries, b.text, b.held = b.Entries[:0], b.text[:0], 0
	b.home.Put(b)
}

// cut returns lines that stay valid until the batch is released. It is the one place
// where text can change later: code that parses a line copies what it returns.
func (b *Batch) cut(lines []byte) []byte {
	b.text = append(b.text[:0], lines...)
	return b.text
}

// full reports whether the batch should be handed on, at the latest with this many
// entries. Lines cut together stay in one batch.
func (b *Batch) full(most int) bool {
	return len(b.text) == 0 && (len(b.Entries) >= most || b.held >= heavy)
}
