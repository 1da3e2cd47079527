package budget_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"assay/internal/budget"
)

// TestReadAll reads bodies around every limit. What is read is what was sent, and the
// memory of it is counted.
func TestReadAll(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 510, 511, 512, 513, 1023, 1024, 1025, 1 << 16} {
		for _, claimed := range []int64{-1, 0, int64(size), int64(size) + 1, 1 << 40} {
			for _, slow := range []bool{false, true} {
				text := strings.Repeat("x", size)
				var from io.Reader = strings.NewReader(text)
				if slow {
					from = iotest.OneByteReader(from)
				}
				b := budget.New(1 << 20)
				s := b.Share()
				raw, err := s.ReadAll(from, claimed)
				if err != nil || string(raw) != text {
					t.Errorf("%d bytes, claimed %d: got %d, %v", size, claimed, len(raw), err)
				}
				if used := b.Used(); used != int64(cap(raw)) || used < int64(size) || used > 2*int64(size)+512 {
					t.Errorf("%d bytes, claimed %d: %d bytes counted, and %d in memory", size, claimed, used, cap(raw))
				}
				s.Return()
				if b.Used() != 0 || s.Take(1) {
					t.Errorf("%d bytes: %d are used after Return", size, b.Used())
				}
			}
		}
	}
}

// TestFull reads bodies until the budget is full. A failed body gives back what it had
// when its share is returned.
func TestFull(t *testing.T) {
	t.Parallel()
	b := budget.New(4096)
	first, second := b.Share(), b.Share()
	if raw, err := first.ReadAll(bytes.NewReader(make([]byte, 1500)), -1); err != nil || len(raw) != 1500 {
		t.Fatal(len(raw), err)
	}
	raw, err := second.ReadAll(bytes.NewReader(make([]byte, 3000)), -1)
	if !errors.Is(err, budget.ErrFull) || len(raw) != 2048 {
		t.Errorf("read %d bytes, %v", len(raw), err)
	}
	if second.Take(1) {
		t.Error("a full budget gave more")
	}
	second.Return()
	if b.Used() != 2048 || !first.Take(2048) {
		t.Errorf("%d bytes are used, want 2048", b.Used())
	}
}

// TestReader counts each byte that passes, and passes none that is not left.
func TestReader(t *testing.T) {
	t.Parallel()
	b := budget.New(100)
	s := b.Share()
	if raw, err := io.ReadAll(s.Reader(strings.NewReader(strings.Repeat("x", 100)))); err != nil || len(raw) != 100 || b.Used() != 100 {
		t.Errorf("%d bytes, %v, %d used", len(raw), err, b.Used())
	}
	if raw, err := io.ReadAll(b.Share().Reader(strings.NewReader("x"))); !errors.Is(err, budget.ErrFull) || len(raw) != 0 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	s.Return()
	if b.Used() != 0 {
		t.Errorf("%d bytes are used", b.Used())
	}
}

// TestConcurrent has many exchanges take and return. At the end nothing is used.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	b := budget.New(10000)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 200 {
				s := b.Share()
				_, _ = s.ReadAll(bytes.NewReader(make([]byte, 3000)), -1) // it may fail
				s.Return()
			}
		})
	}
	all.Wait()
	if b.Used() != 0 {
		t.Errorf("%d bytes are used", b.Used())
	}
}
