package judge

import (
	"context"
	"sync"
)

// maxWaiting is how many bytes of entries may be read and not yet judged. Batches of usual
// entries are small; without the limit, entries of many megabytes would wait by the dozen.
const maxWaiting = 16 << 20

// room counts the bytes of the batches that are read and not yet judged. It is safe for
// concurrent use.
type room struct {
	mu   sync.Mutex
	left *sync.Cond
	used int
}

func newRoom() *room {
	r := &room{}
	r.left = sync.NewCond(&r.mu)
	return r
}

// enter waits until n bytes are free, or all of them if n is more than there are. It
// returns the error of ctx if that ends before.
func (r *room) enter(ctx context.Context, n int) error {
	stop := context.AfterFunc(ctx, func() {
		r.mu.Lock() // not between a look at ctx and Wait
		defer r.mu.Unlock()
		r.left.Broadcast()
	})
	defer stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.used > 0 && r.used+n > maxWaiting {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.left.Wait()
	}
	r.used += n
	return nil
}

func (r *room) leave(n int) {
	r.mu.Lock()
	r.used -= n
	r.mu.Unlock()
	r.left.Broadcast()
}
