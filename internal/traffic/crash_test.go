package traffic_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/crash"
	"assay/internal/traffic"
)

// panicking is a reader that gives some text and then panics.
type panicking struct{ text io.Reader }

func (p panicking) Read(b []byte) (int, error) {
	n, err := p.text.Read(b)
	if err != nil {
		panic("planted")
	}
	return n, nil
}

const anyLine = `{"request":{"method":"GET","url":"https://example.com/","headers":{}},"response":{"status":200,"headers":{},"body":"{}"}}` + "\n"

// TestPanics plants a panic in the parser of one entry, and in the reading of one file. All
// other entries and files are read; the error asks for a report.
func TestPanics(t *testing.T) {
	t.Parallel()
	other := filepath.Join(t.TempDir(), "other.ndjson")
	if err := os.WriteFile(other, []byte(anyLine), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		stdin io.Reader
		plant int // the number of the entry whose parser panics
		good  int
		where string
	}{
		"entry": {strings.NewReader(anyLine + anyLine + anyLine), 2, 3, "stdin:2: the reader of this entry panicked"},
		"file":  {panicking{strings.NewReader(anyLine)}, 0, 1, "stdin: the reader of this file panicked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, good := 0, 0
			var faults []error
			err := traffic.Read(t.Context(), []string{"-", other}, c.stdin, traffic.Options{}, func(e *traffic.Entry) error {
				if n++; n == c.plant {
					traffic.Plant(e)
				}
				if _, err := e.Exchange(); err != nil {
					faults = append(faults, err)
				} else {
					good++
				}
				return nil
			})
			if err != nil || good < c.good || len(faults) != 1 {
				t.Fatalf("%v; %d entries were read; %v", err, good, faults)
			}
			if text := faults[0].Error(); !strings.HasPrefix(text, c.where) || !strings.Contains(text, crash.Report) || !errors.As(faults[0], new(*crash.Error)) {
				t.Error(text)
			}
		})
	}
}
