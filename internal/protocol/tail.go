package protocol

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// What is kept of the texts of a client.
const (
	maxTail  = 8 << 10 // bytes of standard error
	maxShown = 20      // lines of it
	maxShort = 4 << 10 // bytes of a line of standard output
)

// tail keeps the end of what a process writes to standard error.
type tail struct {
	mu    sync.Mutex
	kept  []byte
	total int64
}

// readFrom reads until the end.
func (t *tail) readFrom(r io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := r.Read(buffer)
		t.mu.Lock()
		t.total += int64(n)
		if t.kept = append(t.kept, buffer[:n]...); len(t.kept) > 2*maxTail {
			t.kept = append(t.kept[:0], t.kept[len(t.kept)-maxTail:]...)
		}
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// written returns how many bytes were read so far.
func (t *tail) written() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.total
}

// since returns the last lines that were written after a number of bytes.
func (t *tail) since(from int64) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.kept
	if after := t.total - from; after < int64(len(text)) {
		text = text[int64(len(text))-after:]
	}
	if cut := len(text) - maxTail; cut > 0 || int64(len(text)) < t.total-from {
		text = text[max(cut, 0):]
		i := bytes.IndexByte(text, '\n')
		if i < 0 { // a part of a value could stand at its beginning, and is recognized by no redactor
			return "(one long line)"
		}
		text = text[i+1:]
	}
	lines := strings.Split(strings.TrimRight(string(text), "\r\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-maxShown):], "\n")
}

// short returns the beginning of a line.
func short(line []byte) string {
	if len(line) > maxShort {
		return string(line[:maxShort]) + "…"
	}
	return string(line)
}
