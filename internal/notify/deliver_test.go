package notify_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/notify"
	"assay/internal/watch"
)

func unreachable(watch.Message) error { return &notify.Failure{Text: "no connection"} }

func refusing(watch.Message) error { return &notify.Failure{Text: "no such receiver", Refused: true} }

func pass(t *testing.T, d *notify.Delivery) notify.Pass {
	t.Helper()
	p, err := d.Pass(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestDelivered sends what is due, once, and says when nothing waits.
func TestDelivered(t *testing.T) {
	t.Parallel()
	ops, dev := &channel{name: "ops"}, &channel{name: "dev"}
	b := newBox(message("ops", "a", 0, watch.Began), message("dev", "a", 0, watch.Began), message("ops", "b", 1, watch.Began))
	later := message("ops", "c", 2, watch.Began)
	later.Next = now().Add(time.Hour)
	b.add(later)
	d := notify.NewDelivery(b, []notify.Channel{ops, dev}, now)
	p := pass(t, d)
	if p.Sent != 3 || len(ops.attempts()) != 2 || len(dev.attempts()) != 1 || len(b.delivered) != 3 || !p.Next.Equal(later.Next) {
		t.Errorf("%+v, delivered %v", p, b.delivered)
	}
	if p = pass(t, d); p.Sent != 0 || len(ops.attempts()) != 2 {
		t.Errorf("a second pass: %+v", p)
	}
	if p := pass(t, notify.NewDelivery(newBox(), nil, now)); !p.Next.IsZero() {
		t.Errorf("an empty outbox: %+v", p)
	}
}

// TestOrder holds back later messages about a thing while an earlier one waits, and only those.
func TestOrder(t *testing.T) {
	t.Parallel()
	c := newClock()
	began, over := message("ops", "a", 0, watch.Began), message("ops", "a", 10, watch.Over)
	other := message("ops", "b", 5, watch.Began)
	dev := message("dev", "a", 10, watch.Over)
	ops := &channel{name: "ops", send: func(m watch.Message) error {
		if m.ID == began.ID && m.Attempts < 3 {
			return refusing(m)
		}
		return nil
	}}
	b := newBox(over, other, began, dev)
	d := notify.NewDelivery(b, []notify.Channel{ops, &channel{name: "dev"}}, c.now)
	if p := pass(t, d); p.Sent != 2 || len(p.Failed) != 1 || b.message(over.ID).Attempts != 0 {
		t.Fatalf("%+v", p)
	}
	for range 5 {
		p := pass(t, d)
		if p.Next.IsZero() {
			break
		}
		c.set(p.Next)
	}
	var got []string
	for _, m := range ops.attempts() {
		got = append(got, m.ID)
	}
	want := []string{began.ID, other.ID, began.ID, began.ID, began.ID, over.ID}
	if !slices.Equal(got, want) {
		t.Errorf("attempts: %v", got)
	}
}

// TestOrderAfterGivenUp sends the later message once the earlier one is given up.
func TestOrderAfterGivenUp(t *testing.T) {
	t.Parallel()
	c := newClock()
	began, over := message("ops", "a", 0, watch.Began), message("ops", "a", 10, watch.Over)
	ops := &channel{name: "ops", send: func(m watch.Message) error {
		if m.ID == began.ID {
			return refusing(m)
		}
		return nil
	}}
	b := newBox(began, over)
	d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
	var lost []notify.Attempt
	passes := 0
	for ; passes < 20; passes++ {
		p := pass(t, d)
		if lost = append(lost, p.GivenUp...); p.Next.IsZero() {
			break
		}
		c.set(p.Next)
	}
	if len(lost) != 1 || lost[0].Message.ID != began.ID || !lost[0].Next.IsZero() || !strings.Contains(lost[0].Why, "given up after 4 refusals: no such receiver") || b.lost[began.ID] != lost[0].Why {
		t.Errorf("given up: %+v", lost)
	}
	if len(b.delivered) != 1 || b.delivered[0] != over.ID || len(ops.attempts()) != notify.MaxRefused+1 {
		t.Errorf("delivered %v in %d attempts and %d passes", b.delivered, len(ops.attempts()), passes)
	}
	if took := c.now().Sub(now()); took < time.Hour || took > 2*time.Hour {
		t.Errorf("given up after %s", took)
	}
}

// TestGivenUp tries a message for three days, with growing waits, and then says so.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	c := newClock()
	ops := &channel{name: "ops", send: unreachable}
	m := message("ops", "a", 0, watch.Began)
	b := newBox(m)
	d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
	var waits []time.Duration
	var lost []notify.Attempt
	for range 1000 {
		p := pass(t, d)
		lost = append(lost, p.GivenUp...)
		if p.Next.IsZero() {
			break
		}
		waits = append(waits, p.Next.Sub(c.now()))
		c.set(p.Next)
	}
	age := c.now().Sub(m.Created)
	if len(lost) != 1 || age < notify.MaxAge || age > notify.MaxAge+time.Hour {
		t.Fatalf("given up %v after %s", lost, age)
	}
	if want := fmt.Sprintf(" and %d attempts: no connection", len(ops.attempts())); !strings.HasPrefix(b.lost[m.ID], "given up after 3 d") || !strings.HasSuffix(b.lost[m.ID], want) {
		t.Errorf("why: %q", b.lost[m.ID])
	}
	if n := len(waits); n < 250 || n > 500 {
		t.Errorf("%d attempts in three days", n)
	}
	for i, wait := range waits {
		if wait < 8*time.Second || wait > notify.MaxWait*6/5 || i > 8 && wait < notify.MaxWait*4/5 {
			t.Errorf("wait %d is %s", i, wait)
		}
	}
	if waits[0] > 15*time.Second || waits[3] < 60*time.Second {
		t.Errorf("the first waits are %v", waits[:4])
	}
}

// TestBackoff is the same for the same message and attempt, and different for others.
func TestBackoff(t *testing.T) {
	t.Parallel()
	different := map[time.Duration]bool{}
	for i := range 20 {
		id := fmt.Sprint("msg_", i)
		wait := notify.Backoff(id, 1)
		if wait != notify.Backoff(id, 1) || wait < notify.FirstWait*4/5 || wait > notify.FirstWait*6/5 {
			t.Errorf("%s: %s, %s", id, wait, notify.Backoff(id, 1))
		}
		different[wait] = true
	}
	if len(different) < 15 {
		t.Errorf("%d different waits of 20", len(different))
	}
	for n := range 200 {
		if wait := notify.Backoff("a", n); wait <= 0 || wait > notify.MaxWait*6/5 {
			t.Errorf("after %d attempts: %s", n, wait)
		}
	}
}

// TestHanging serves a channel while another hangs, in the same pass and in the next.
func TestHanging(t *testing.T) {
	t.Parallel()
	hangs, ends := make(chan struct{}), make(chan struct{})
	slow := &channel{name: "slow", send: func(watch.Message) error { close(hangs); <-ends; return nil }}
	arrived := make(chan string, 10)
	fast := &channel{name: "fast", send: func(m watch.Message) error { arrived <- m.ID; return nil }}
	one, two := message("fast", "a", 0, watch.Began), message("fast", "a", 1, watch.Over)
	b := newBox(message("slow", "a", 0, watch.Began), one)
	d := notify.NewDelivery(b, []notify.Channel{slow, fast}, now)
	first := make(chan notify.Pass)
	go func() {
		p, _ := d.Pass(context.Background())
		first <- p
	}()
	<-hangs
	if id := <-arrived; id != one.ID {
		t.Errorf("%s arrived", id)
	}
	b.add(two, message("slow", "b", 1, watch.Began))
	for began := time.Now(); len(arrived) == 0 && time.Since(began) < 10*time.Second; runtime.Gosched() {
		pass(t, d) // the first pass may not have released the channel yet
	}
	if len(arrived) == 0 {
		t.Fatal("the message waits for the channel that hangs")
	}
	if id := <-arrived; id != two.ID {
		t.Errorf("%s arrived", id)
	}
	slow.mu.Lock()
	slow.send = nil
	slow.mu.Unlock()
	close(ends)
	p := <-first
	if len(slow.attempts()) != 1 || !p.Next.Equal(now()) {
		t.Errorf("%d attempts, %+v; a message came while the channel was busy", len(slow.attempts()), p)
	}
	if pass(t, d); len(slow.attempts()) != 2 {
		t.Errorf("%d attempts", len(slow.attempts()))
	}
}

// TestPause leaves a channel alone that does not respond, and tries its messages in turn.
func TestPause(t *testing.T) {
	t.Parallel()
	c := newClock()
	down := true
	ops := &channel{name: "ops"}
	ops.send = func(m watch.Message) error {
		if down {
			return unreachable(m)
		}
		return nil
	}
	b := newBox()
	for i := range 50 {
		b.add(message("ops", fmt.Sprint("thing", i), i, watch.Began))
	}
	d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
	for range 10 {
		before := len(ops.attempts())
		p := pass(t, d)
		if len(ops.attempts()) != before+1 || pass(t, d).Sent != 0 || len(ops.attempts()) != before+1 {
			t.Fatalf("%d attempts in a pass, and %+v", len(ops.attempts())-before, p)
		}
		if wait := p.Next.Sub(c.now()); wait < 8*time.Second || wait > notify.MaxPause {
			t.Errorf("the pause is %s", wait)
		}
		c.set(p.Next)
	}
	tried := map[string]bool{}
	for _, m := range ops.attempts() {
		tried[m.ID] = true
	}
	if len(tried) < 5 {
		t.Errorf("%d messages were tried", len(tried))
	}
	down = false
	if p := pass(t, d); p.Sent < 40 {
		t.Errorf("%d were sent when the channel came back", p.Sent)
	}
	for range 20 {
		p := pass(t, d)
		if p.Next.IsZero() {
			break
		}
		c.set(p.Next)
	}
	if len(b.delivered) != 50 {
		t.Errorf("%d delivered", len(b.delivered))
	}
}

// TestPoison sends the other messages if one of them makes the receiver fail.
func TestPoison(t *testing.T) {
	t.Parallel()
	c := newClock()
	bad := message("ops", "a", 0, watch.Began)
	ops := &channel{name: "ops", send: func(m watch.Message) error {
		if m.ID == bad.ID {
			return unreachable(m)
		}
		return nil
	}}
	b := newBox(bad, message("ops", "b", 1, watch.Began), message("ops", "c", 2, watch.Began))
	d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
	c.set(pass(t, d).Next)
	if pass(t, d); len(b.delivered) != 2 {
		t.Errorf("delivered %v", b.delivered)
	}
}

// TestRetryAfterKept leaves a channel alone as long as it asked for, also for other messages.
func TestRetryAfterKept(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]time.Duration{40 * time.Minute: 40 * time.Minute, 100 * time.Hour: notify.MaxAfter} {
		c := newClock()
		ops := &channel{name: "ops"}
		ops.send = func(watch.Message) error { return &notify.Failure{Text: "slow down", After: after} }
		d := notify.NewDelivery(newBox(message("ops", "a", 0, watch.Began), message("ops", "b", 1, watch.Began)), []notify.Channel{ops}, c.now)
		p := pass(t, d)
		if wait := p.Next.Sub(c.now()); wait != want {
			t.Errorf("%s: next attempt in %s", after, wait)
		}
		c.add(want - time.Millisecond)
		if pass(t, d); len(ops.attempts()) != 1 {
			t.Errorf("%s: %d attempts before the time", after, len(ops.attempts()))
		}
		c.add(time.Millisecond)
		if pass(t, d); len(ops.attempts()) != 2 {
			t.Errorf("%s: %d attempts", after, len(ops.attempts()))
		}
	}
}

// TestFullOutbox sends nothing a second time if the outbox cannot note what was sent.
func TestFullOutbox(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(watch.Message) error{"sent": nil, "failed": unreachable, "refused": refusing} {
		c := newClock()
		ops := &channel{name: "ops", send: send}
		m := message("ops", "a", 0, watch.Began)
		b := newBox(m)
		b.setFull(true)
		d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
		p, err := d.Pass(t.Context())
		if !errors.Is(err, errFull) || p.Next.IsZero() {
			t.Errorf("%s: %v, %+v", name, err, p)
		}
		for range 3 {
			if _, err = d.Pass(t.Context()); len(ops.attempts()) != 1 {
				t.Fatalf("%s: %d attempts, %v", name, len(ops.attempts()), err)
			}
		}
		b.setFull(false)
		if p, err = d.Pass(t.Context()); err != nil || len(ops.attempts()) != 1 || send == nil && len(b.delivered) != 1 {
			t.Errorf("%s: %v, %d attempts, %+v", name, err, len(ops.attempts()), p)
		}
	}
}

// TestFullWhenGivenUp does not try again what was given up while the outbox was full.
func TestFullWhenGivenUp(t *testing.T) {
	t.Parallel()
	ops := &channel{name: "ops", send: unreachable}
	m := message("ops", "a", 0, watch.Began)
	b := newBox(m)
	b.setFull(true)
	c := newClock()
	c.set(m.Created.Add(notify.MaxAge))
	d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
	for range 3 {
		if _, err := d.Pass(t.Context()); !errors.Is(err, errFull) {
			t.Fatal(err)
		}
		c.add(time.Minute)
	}
	b.setFull(false)
	if pass(t, d); len(ops.attempts()) != 1 || b.lost[m.ID] == "" {
		t.Errorf("%d attempts, %v", len(ops.attempts()), b.lost)
	}
}

// TestEnds notes what was sent although assay ends, and counts no attempt that it cut.
func TestEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	sent, cut := message("ops", "a", 0, watch.Began), message("dev", "a", 0, watch.Began)
	began := make(chan struct{})
	ops := &channel{name: "ops", send: func(watch.Message) error { <-began; cancel(); return nil }}
	dev := &channel{name: "dev", send: func(watch.Message) error { close(began); <-ctx.Done(); return &notify.Failure{Text: "interrupted"} }}
	b := newBox(sent, cut, message("ops", "b", 1, watch.Began))
	p, err := notify.NewDelivery(b, []notify.Channel{ops, dev}, now).Pass(ctx)
	if err != nil || p.Sent != 1 || len(p.Failed) != 0 || len(b.delivered) != 1 || len(ops.attempts()) != 1 {
		t.Errorf("%v, %+v", err, p)
	}
	if m := b.message(cut.ID); m.Attempts != 0 || m.Problem != "" {
		t.Errorf("%+v", m)
	}
}

// TestUnknownChannel keeps messages to a channel that is gone, and gives them up in the end.
func TestUnknownChannel(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := message("gone", "a", 0, watch.Began)
	b := newBox(m)
	d := notify.NewDelivery(b, []notify.Channel{&channel{name: "ops"}}, c.now)
	if p := pass(t, d); len(p.Failed) != 1 || !strings.Contains(p.Failed[0].String(), "no channel has the name gone") || p.Next.IsZero() {
		t.Errorf("%+v", p)
	}
	c.add(notify.MaxAge)
	if p := pass(t, d); len(p.GivenUp) != 1 || b.lost[m.ID] == "" {
		t.Errorf("%+v", p)
	}
}

// TestPanic counts a panic in a channel as a refusal, and serves the others.
func TestPanic(t *testing.T) {
	t.Parallel()
	bad := &channel{name: "bad", send: func(watch.Message) error { panic("a secret") }}
	ops := &channel{name: "ops"}
	b := newBox(message("bad", "a", 0, watch.Began), message("ops", "a", 0, watch.Began))
	p := pass(t, notify.NewDelivery(b, []notify.Channel{bad, ops}, now))
	if p.Sent != 1 || len(p.Failed) != 1 || strings.Contains(p.Failed[0].Why, "a secret") || !strings.Contains(p.Failed[0].Why, "channel bad panicked") {
		t.Errorf("%+v", p)
	}
}

// TestClock sends a message whose time lies in the future because the clock was wrong.
func TestClock(t *testing.T) {
	t.Parallel()
	m := message("ops", "a", 0, watch.Began)
	m.Next = now().Add(48 * time.Hour)
	if p := pass(t, notify.NewDelivery(newBox(m), []notify.Channel{&channel{name: "ops"}}, now)); p.Sent != 1 {
		t.Errorf("%+v", p)
	}
}

// TestManyMessages reads all messages of a channel that is down, so that another is served.
func TestManyMessages(t *testing.T) {
	t.Parallel()
	b := newBox()
	for i := range 5000 {
		b.add(message("down", fmt.Sprint("thing", i), i%50, watch.Began))
	}
	b.add(message("ops", "a", 50, watch.Began))
	ops, down := &channel{name: "ops"}, &channel{name: "down", send: unreachable}
	if p := pass(t, notify.NewDelivery(b, []notify.Channel{ops, down}, now)); p.Sent != 1 || len(down.attempts()) != 1 {
		t.Errorf("%+v", p)
	}
}

// TestForeignError shows nothing of an error that is no Failure.
func TestForeignError(t *testing.T) {
	t.Parallel()
	ops := &channel{name: "ops", send: func(watch.Message) error { return errors.New("password hunter2hunter2") }}
	p := pass(t, notify.NewDelivery(newBox(message("ops", "a", 0, watch.Began)), []notify.Channel{ops}, now))
	if len(p.Failed) != 1 || strings.Contains(p.Failed[0].String(), "hunter2") {
		t.Errorf("%+v", p)
	}
}

// TestSlow leaves the rest to the next pass if a channel takes long, so that others go on.
func TestSlow(t *testing.T) {
	t.Parallel()
	c := newClock()
	ops := &channel{name: "ops", send: func(watch.Message) error { c.add(notify.MaxTurn / 3); return nil }}
	b := newBox()
	for i := range 20 {
		b.add(message("ops", "a", i, watch.Reminder))
	}
	d := notify.NewDelivery(b, []notify.Channel{ops}, c.now)
	if p := pass(t, d); p.Sent != 4 || !p.Next.Equal(c.now()) {
		t.Errorf("%+v", p)
	}
	for range 4 {
		pass(t, d)
	}
	if len(b.delivered) != 20 {
		t.Errorf("%d delivered", len(b.delivered))
	}
}
