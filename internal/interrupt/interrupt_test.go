package interrupt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"assay/internal/crash"
	"assay/internal/interrupt"
)

// TestReader reads texts in pieces of several sizes. They and the error at the end are
// those of the source.
func TestReader(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	text := strings.Repeat("0123456789", 20_000)
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r }, "half": iotest.HalfReader, "bytes": iotest.OneByteReader, "error with data": iotest.DataErrReader,
		"error": func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(failed)) },
	} {
		for _, size := range []int{1, 7, 4096, 1 << 20} {
			source := text
			if name == "bytes" || size == 1 {
				source = text[:2000]
			}
			r := interrupt.Reader(t.Context(), wrap(strings.NewReader(source)))
			var got bytes.Buffer
			_, err := io.CopyBuffer(struct{ io.Writer }{&got}, struct{ io.Reader }{r}, make([]byte, size))
			if got.String() != source || (name == "error") != errors.Is(err, failed) {
				t.Errorf("%s in pieces of %d: %d bytes, %v", name, size, got.Len(), err)
			}
		}
	}
}

// TestReaderEnds ends the context while a Read waits.
func TestReaderEnds(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	reader := interrupt.Reader(ctx, r)
	if _, err := io.WriteString(w, "first"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	if n, err := reader.Read(b); string(b[:n]) != "first" || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	done := make(chan error)
	go func() {
		_, err := reader.Read(b)
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Read ends with %v", err)
	}
	if _, err := reader.Read(b); !errors.Is(err, context.Canceled) {
		t.Errorf("a later Read ends with %v", err)
	}
	if err := errors.Join(w.Close(), r.Close()); err != nil {
		t.Error(err)
	}
}

// TestReaderPanics has a source that panics: Read returns the error.
func TestReaderPanics(t *testing.T) {
	t.Parallel()
	if _, err := interrupt.Reader(t.Context(), panicking{}).Read(make([]byte, 1)); !errors.As(err, new(*crash.Error)) {
		t.Error(err)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("planted") }

// TestOpen opens a regular file, and none.
func TestOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, err := interrupt.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(f); string(raw) != "text" || err != nil {
		t.Errorf("%q, %v", raw, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := interrupt.Open(t.Context(), path+"no"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
