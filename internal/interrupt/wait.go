package interrupt

import (
	"context"
	"time"
)

// Patience is how long Wait and Do wait, once the context has ended, for work that does not
// look at the context: such as rules that check a response of many megabytes.
const Patience = 300 * time.Millisecond

// Wait waits until done is closed, and for Patience at most after the context has ended. It
// reports whether done was closed.
func Wait(ctx context.Context, done <-chan struct{}) (finished bool) {
	select {
	case <-done:
		return true
	case <-ctx.Done():
	}
	patience := time.NewTimer(Patience)
	defer patience.Stop()
	select {
	case <-done:
		return true
	case <-patience.C:
		return false
	}
}

// Do calls f, which must not panic, and waits for it as Wait does. If it reports false, f
// goes on in a goroutine of its own, and the caller must not use what f writes.
func Do(ctx context.Context, f func()) (finished bool) {
	if ctx.Done() == nil {
		f()
		return true
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	return Wait(ctx, done)
}
