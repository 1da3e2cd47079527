package notify

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay/internal/crash"
	"assay/internal/watch"
)

// queue is what Delivery remembers of a channel.
type queue struct {
	channel Channel
	busy    sync.Mutex  // held while a pass serves the channel; it guards what follows missed
	missed  atomic.Bool // another pass found the channel busy
	until   time.Time   // the channel is left alone
	failed  int         // attempts in a row that failed and were not refused
	memory  map[string]*memory
}

// memory is what Delivery remembers of a message.
type memory struct {
	sent    time.Time // it was sent, and the outbox could not note so
	next    time.Time // when it is due, although the outbox could not note so
	lost    string    // why it was given up, although the outbox could not note so
	refused int       // attempts in a row that the receiver refused
}

// take reserves the channel for a pass.
func (q *queue) take() bool {
	if q.busy.TryLock() {
		return true
	}
	q.missed.Store(true)
	return false
}

// release ends a pass. It reports whether there may be new messages.
func (q *queue) release() bool {
	q.busy.Unlock()
	return q.missed.Swap(false)
}

func (q *queue) of(id string) *memory {
	if q.memory[id] == nil {
		q.memory[id] = &memory{}
	}
	return q.memory[id]
}

// recall forgets messages that are gone, and adds what the outbox could not note.
func (q *queue) recall(all []line, at time.Time) {
	if q.until.Sub(at) > 2*maxAfter { // the clock was wrong
		q.until = time.Time{}
	}
	here := map[string]bool{}
	for _, l := range all {
		for i := range l {
			m := &l[i]
			here[m.ID] = true
			if mem := q.memory[m.ID]; mem != nil && mem.next.After(m.Next) {
				m.Next = mem.next
			}
			if m.Next.Sub(at) > 2*maxAfter { // the clock was wrong
				m.Next = at
			}
		}
	}
	for id := range q.memory {
		if !here[id] {
			delete(q.memory, id)
		}
	}
}

// serve sends what is due to one channel.
func (d *Delivery) serve(ctx context.Context, q *queue, all []line) (pass Pass, err error) {
	began := d.now()
	q.recall(all, began)
	for ctx.Err() == nil {
		i := first(all)
		if i < 0 {
			return pass, nil
		}
		m, at := all[i][0], d.now()
		if at.Sub(began) > maxTurn { // it is slow
			pass.due(at)
			return pass, nil
		}
		if due := later(m.Next, q.until); due.After(at) {
			pass.due(due)
			return pass, nil
		}
		next, fault := d.attempt(ctx, q, m, &pass)
		if fault != nil {
			pass.due(d.now().Add(firstWait))
			return pass, fault
		}
		if next.IsZero() {
			all[i] = all[i][1:]
		} else {
			all[i][0].Next = next
		}
	}
	return pass, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// attempt sends a message and notes what became of it. It gives the time of the next
// attempt, or zero if there is none.
func (d *Delivery) attempt(ctx context.Context, q *queue, m watch.Message, pass *Pass) (time.Time, error) {
	mem := q.of(m.ID)
	noting := context.WithoutCancel(ctx) // an end must not forget what was sent
	if mem.lost != "" {
		return time.Time{}, d.lose(noting, q, m.ID, mem.lost)
	}
	if mem.sent.IsZero() {
		f, sent := send(ctx, q.channel, m)
		switch {
		case sent:
		case ended(ctx): // assay ends: this attempt does not count
			return m.Next, nil
		default:
			return d.keep(noting, q, m, f, pass)
		}
		q.failed, q.until, mem.sent = 0, time.Time{}, d.now()
		pass.Sent++
	}
	if err := d.box.Delivered(noting, m.ID, mem.sent); err != nil {
		return time.Time{}, fmt.Errorf("noting that a message was sent: %w", err)
	}
	delete(q.memory, m.ID)
	return time.Time{}, nil
}

// ended reports whether a context has ended.
func ended(ctx context.Context) bool { return ctx.Err() != nil }

// send makes one attempt, and says why it failed. A panic is a failed one.
func send(ctx context.Context, c Channel, m watch.Message) (f *Failure, sent bool) {
	var err error
	crashed := crash.Contain("channel "+c.Name(), func() { err = c.Send(ctx, m) })
	switch {
	case crashed != nil:
		return &Failure{Text: crashed.Error(), Refused: true}, false
	case err != nil:
		return failure(err), false
	}
	return nil, true
}

// keep decides when a message that failed is tried again, and notes it.
func (d *Delivery) keep(ctx context.Context, q *queue, m watch.Message, f *Failure, pass *Pass) (time.Time, error) {
	mem, at := q.of(m.ID), d.now()
	tried := Attempt{Message: m, Why: f.Text}
	tried.Message.Attempts++
	wait := q.after(m, mem, f, at)
	switch age := at.Sub(m.Created); {
	case mem.refused >= maxRefused:
		tried.Why = fmt.Sprintf("given up after %d refusals: %s", mem.refused, f.Text)
	case age >= MaxAge:
		tried.Why = fmt.Sprintf("given up after %s and %s: %s", span(age), attempts(tried.Message.Attempts), f.Text)
	default:
		tried.Next = at.Add(wait)
	}
	if tried.Next.IsZero() {
		pass.GivenUp, mem.lost = append(pass.GivenUp, tried), tried.Why
		return time.Time{}, d.lose(ctx, q, m.ID, tried.Why)
	}
	pass.Failed, mem.next = append(pass.Failed, tried), tried.Next
	if err := d.box.Retry(ctx, m.ID, tried.Next, tried.Why); err != nil {
		return time.Time{}, fmt.Errorf("noting that a message was not sent: %w", err)
	}
	return tried.Next, nil
}

// lose notes that a message is given up.
func (d *Delivery) lose(ctx context.Context, q *queue, id, why string) error {
	if err := d.box.Retry(ctx, id, time.Time{}, why); err != nil {
		return fmt.Errorf("noting that a message was given up: %w", err)
	}
	delete(q.memory, id)
	return nil
}

// after gives how long a message that failed waits. If not the message was refused, the
// channel is left alone for a while: a few messages must not wait for a time limit each.
func (q *queue) after(m watch.Message, mem *memory, f *Failure, at time.Time) time.Duration {
	if f.Refused {
		mem.refused++
		q.failed, q.until = 0, time.Time{} // it responds
		return jitter(refusedWait(mem.refused), m.ID, m.Attempts)
	}
	mem.refused = 0
	q.failed++
	pause := max(min(backoff(q.channel.Name(), q.failed), maxPause), min(f.After, maxAfter))
	q.until = at.Add(pause)
	return max(backoff(m.ID, m.Attempts+1), pause)
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

// unknown keeps messages to channels that are not configured any more, and gives them up as
// any other.
func (d *Delivery) unknown(ctx context.Context, all []watch.Message, pass *Pass) error {
	at := d.now()
	for _, m := range all {
		if d.queues[m.Channel] != nil {
			continue
		}
		if m.Next.After(at) {
			pass.due(m.Next)
			continue
		}
		tried := Attempt{Message: m, Why: "no channel has the name " + name(m.Channel), Next: at.Add(maxWait)}
		if at.Sub(m.Created) >= MaxAge {
			tried.Next, tried.Why = time.Time{}, "given up: "+tried.Why
			pass.GivenUp = append(pass.GivenUp, tried)
		} else {
			pass.Failed = append(pass.Failed, tried)
			pass.due(tried.Next)
		}
		if err := d.box.Retry(ctx, m.ID, tried.Next, tried.Why); err != nil {
			return fmt.Errorf("noting that a message was not sent: %w", err)
		}
	}
	return nil
}

// summary is for logs: one line for each attempt that failed.
func (a Attempt) String() string {
	if a.Next.IsZero() {
		return fmt.Sprintf("%s to %s: %s", a.Message.ID, a.Message.Channel, strings.ReplaceAll(a.Why, "\n", "\n  "))
	}
	return fmt.Sprintf("%s to %s: %s; next attempt at %s", a.Message.ID, a.Message.Channel, strings.ReplaceAll(a.Why, "\n", "\n  "), stamp(a.Next))
}
