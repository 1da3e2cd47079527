package notify_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

// errFull is an error of an outbox.
var errFull = errors.New("the disk is full")

// box is an outbox in memory.
type box struct {
	mu        sync.Mutex
	waiting   []watch.Message
	delivered []string
	lost      map[string]string // why a message was given up
	full      bool              // nothing can be noted
}

func newBox(all ...watch.Message) *box { return &box{waiting: all, lost: map[string]string{}} }

func (b *box) Due(_ context.Context, at time.Time, n int) ([]watch.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var due []watch.Message
	for _, m := range b.waiting {
		if !m.Next.After(at) {
			due = append(due, m)
		}
	}
	slices.SortStableFunc(due, func(a, c watch.Message) int { return cmp.Or(a.Created.Compare(c.Created), cmp.Compare(a.ID, c.ID)) })
	return due[:min(n, len(due))], nil
}

func (b *box) Delivered(ctx context.Context, id string, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full || ctx.Err() != nil {
		return cmp.Or(ctx.Err(), errFull)
	}
	b.waiting = slices.DeleteFunc(b.waiting, func(m watch.Message) bool { return m.ID == id })
	b.delivered = append(b.delivered, id)
	return nil
}

func (b *box) Retry(ctx context.Context, id string, next time.Time, why string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full || ctx.Err() != nil {
		return cmp.Or(ctx.Err(), errFull)
	}
	if next.IsZero() {
		b.lost[id] = why
		b.waiting = slices.DeleteFunc(b.waiting, func(m watch.Message) bool { return m.ID == id })
		return nil
	}
	for i := range b.waiting {
		if m := &b.waiting[i]; m.ID == id {
			m.Attempts++
			m.Next, m.Problem = next, why
		}
	}
	return nil
}

func (b *box) add(all ...watch.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, all...)
}

func (b *box) setFull(full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.full = full
}

func (b *box) message(id string) watch.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.waiting, func(m watch.Message) bool { return m.ID == id })
	if i < 0 {
		return watch.Message{}
	}
	return b.waiting[i]
}

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *clock) add(d time.Duration) { c.set(c.now().Add(d)) }

// channel is a channel whose attempts end as the test says.
type channel struct {
	name string
	send func(m watch.Message) error

	mu  sync.Mutex
	got []watch.Message // of the attempts, in order
}

func (c *channel) Name() string { return c.name }

func (c *channel) Send(ctx context.Context, m watch.Message) error {
	c.mu.Lock()
	c.got = append(c.got, m)
	c.mu.Unlock()
	if c.send == nil {
		return nil
	}
	return c.send(m)
}

func (c *channel) attempts() []watch.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.got)
}

// message makes the nth message about a thing to a channel, a second after the one before.
func message(channel, thing string, n int, kind watch.EventKind) watch.Message {
	e := event(kind, watch.OK, watch.Failing, 0)
	e.Thing, e.Time = thing, now().Add(time.Duration(n)*time.Second-time.Minute)
	e.ID = thing + "/" + string(kind) + "/" + e.Time.Format("20060102T150405.000Z")
	return notify.NewMessage(e, channel, e.Time)
}
