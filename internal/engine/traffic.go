package engine

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// Watching says how recorded traffic is checked.
type Watching struct {
	FailOn   contract.Severity
	Format   string // one of traffic.Formats; "": by content
	Workers  int    // that judge side by side; 0: one a core
	Progress func(read, total int64)
	Shapes   bool // learn what the exchanges look like
}

// batch is how many entries go to a worker at once.
const batch = 128

// Check judges everything that names mean: files, folders, globs and "-", which
// is stdin. Memory does not grow with what is read. An error is a name that means
// nothing, or the end of ctx; what cannot be read is counted as broken.
func (j *Judge) Check(ctx context.Context, names []string, stdin io.Reader, w Watching) (*Tally, error) {
	workers := w.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work := make(chan []numberedEntry, workers)
	tallies := make([]*Tally, workers)
	var done sync.WaitGroup
	for i := range workers {
		t := NewTally(w.FailOn)
		if w.Shapes {
			t.Learning(j)
		}
		tallies[i] = t
		done.Go(func() {
			var scratch traffic.Scratch
			for entries := range work {
				for _, e := range entries {
					j.count(t, e, &scratch)
				}
			}
		})
	}
	err := read(ctx, names, stdin, w, work)
	close(work)
	done.Wait()
	for _, t := range tallies[1:] {
		tallies[0].Merge(t)
	}
	return tallies[0], err
}

type numberedEntry struct {
	n     int64
	entry *traffic.Entry
}

// read hands out entries, some at a time.
func read(ctx context.Context, names []string, stdin io.Reader, w Watching, work chan<- []numberedEntry) error {
	n, next := int64(0), make([]numberedEntry, 0, batch)
	err := traffic.Read(ctx, names, stdin, traffic.Options{Format: w.Format, Progress: w.Progress}, func(e *traffic.Entry) error {
		n++
		if next = append(next, numberedEntry{n, e}); len(next) == batch {
			work <- next
			next = make([]numberedEntry, 0, batch)
		}
		return nil
	})
	work <- next
	return err
}

// count judges one entry. Of a request without an answer nothing is known, if it
// is anybody's.
func (j *Judge) count(t *Tally, e numberedEntry, scratch *traffic.Scratch) {
	if t.shapes != nil {
		scratch = nil // what is learnt is kept, and what is read next takes its place
	}
	ex, err := e.entry.Into(scratch)
	switch {
	case errors.Is(err, traffic.ErrNoAnswer) && j.Operation(ex.Request) == nil:
		t.Foreign()
		return
	case err != nil:
		t.Broken(e.n, e.entry.Origin, err)
		return
	}
	r, ok := j.Judge(ex)
	if !ok {
		t.Foreign()
		return
	}
	t.Add(e.n, r)
	t.Learn(e.n, ex)
}
