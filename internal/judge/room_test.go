package judge

import (
	"context"
	"testing"
)

// TestRoom fills a room: the next batch waits until there is space or the context ends, and
// one that is larger than the room enters alone.
func TestRoom(t *testing.T) {
	t.Parallel()
	r := newRoom()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, n := range []int{maxWaiting / 2, maxWaiting / 2} {
		if err := r.enter(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	entered := make(chan error)
	go func() { entered <- r.enter(ctx, 3*maxWaiting) }()
	r.leave(maxWaiting / 2)
	select {
	case err := <-entered:
		t.Fatalf("it entered a room with %d bytes: %v", r.used, err)
	default:
	}
	r.leave(maxWaiting / 2)
	if err := <-entered; err != nil || r.used != 3*maxWaiting {
		t.Fatalf("%d bytes, %v", r.used, err)
	}
	go func() { entered <- r.enter(ctx, 1) }()
	cancel()
	if err := <-entered; err == nil {
		t.Error("it entered a full room")
	}
}
