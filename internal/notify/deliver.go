package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"assay/internal/crash"
	"assay/internal/watch"
)

// Delivery takes messages from an outbox to channels. Its methods are safe for concurrent use.
//
// It remembers what the outbox does not: that a channel does not respond, and what was sent
// although the outbox could not note so. After a restart such a message is sent again, with
// the same id.
type Delivery struct {
	box    Outbox
	queues map[string]*queue
	now    func() time.Time
}

// NewDelivery makes a Delivery. now is the clock by which attempts are due.
func NewDelivery(box Outbox, channels []Channel, now func() time.Time) *Delivery {
	d := &Delivery{box: box, queues: map[string]*queue{}, now: now}
	for _, c := range channels {
		d.queues[c.Name()] = &queue{channel: c, memory: map[string]*memory{}}
	}
	return d
}

// Pass is what one pass did.
type Pass struct {
	Sent    int
	Failed  []Attempt // are tried again
	GivenUp []Attempt // are not
	// Next is when the next attempt is due; zero: nothing waits. A channel that another pass
	// is busy with does not count: that pass will say.
	Next time.Time
}

// Attempt is an attempt that failed.
type Attempt struct {
	Message watch.Message
	Next    time.Time // zero: given up
	Why     string    // safe to show
}

// add puts what happened in one channel to the rest.
func (p *Pass) add(o Pass) {
	p.Sent += o.Sent
	p.Failed, p.GivenUp = append(p.Failed, o.Failed...), append(p.GivenUp, o.GivenUp...)
	p.due(o.Next)
}

// due notes a time at which something is due.
func (p *Pass) due(at time.Time) {
	if !at.IsZero() && (p.Next.IsZero() || at.Before(p.Next)) {
		p.Next = at
	}
}

// Pass sends what is due, to all channels at the same time, and returns when all have
// finished. It spends half a minute on a channel, and no more than one attempt that fails
// because the receiver does not respond. Call it at Next, and when there is a new message.
// Another call while a channel hangs leaves that channel out, and serves the others.
//
// About one thing, a channel gets one message after the other, in the order of the events:
// none before an earlier one that waits. A message is tried until it arrives, for MaxAge,
// or a few times if the receiver refuses it.
//
// An error is one of the outbox. What Pass did before it counts.
func (d *Delivery) Pass(ctx context.Context) (Pass, error) {
	free := map[string]*queue{}
	for name, q := range d.queues {
		if q.take() {
			free[name] = q
		}
	}
	all, unread := waiting(ctx, d.box, d.now()) // after the locks: what another pass sent is gone
	err := unread
	var mu sync.Mutex
	var wait sync.WaitGroup
	var pass Pass
	for name, q := range free {
		wait.Go(func() {
			var one Pass
			var fault error
			if unread == nil {
				crashed := crash.Contain("the delivery to "+name, func() { one, fault = d.serve(ctx, q, lines(all, name)) })
				if crashed != nil {
					fault = crashed
				}
			}
			if q.release() {
				one.due(d.now())
			}
			mu.Lock()
			defer mu.Unlock()
			pass.add(one)
			err = errors.Join(err, fault)
		})
	}
	wait.Wait()
	if err == nil {
		err = d.unknown(ctx, all, &pass)
	}
	return pass, err
}
