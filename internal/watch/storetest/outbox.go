package storetest

import (
	"errors"
	"testing"
	"time"

	"assay/internal/watch"
)

// due expects the ids of the messages that are due.
func (o *opened) due(when string, at time.Time, n int, want ...string) []watch.Message {
	o.t.Helper()
	got, err := o.Due(o.t.Context(), at, n)
	o.must(err)
	var ids []string
	for _, m := range got {
		ids = append(ids, m.ID)
	}
	o.equal(when, ids, want)
	return got
}

// counts expects the numbers of messages that wait and that were given up.
func (o *opened) counts(when string, waiting, given int) {
	o.t.Helper()
	if w, g, err := o.Outbox(o.t.Context()); err != nil || w != waiting || g != given {
		o.t.Errorf("%s: %d wait and %d were given up, want %d and %d, %v", when, w, g, waiting, given, err)
	}
}

// message is a message about an event.
func message(id string, e watch.Event, created time.Time) watch.Message {
	return watch.Message{ID: id, Channel: "chat", Event: e, Created: created, Next: created}
}

func outbox(t *testing.T, s *opened) {
	s.due("an empty store", noon, 10)
	s.counts("an empty store", 0, 0)
	a, b := fill[watch.Event](0), fill[watch.Event](1000)
	filled := fill[watch.Message](2000)
	filled.ID, filled.Event, filled.Created, filled.Next = "z", a, noon, time.Time{}
	s.commit(watch.Commit{Slot: slot(noon), Events: []watch.Event{a}, Messages: []watch.Message{filled, message("y", a, noon)}})
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Minute)), Events: []watch.Event{b}, Messages: []watch.Message{message("x", b, noon.Add(time.Minute)), message("w", b, noon.Add(-time.Minute))}})
	s.counts("four messages", 4, 0)
	s.due("the oldest first, those of one run in its order", noon.Add(time.Minute), 10, "w", "z", "y", "x")
	s.due("not before its time", noon.Add(time.Minute-time.Millisecond), 10, "w", "z", "y")
	s.due("two of them", noon.Add(time.Minute), 2, "w", "z")
	s.due("none of them", noon.Add(time.Minute), 0)
	s.reopen()
	s.equal("every member of a message", s.due("after a restart", noon, 10, "w", "z", "y")[1], filled)

	s.must(s.Retry(t.Context(), "y", noon.Add(time.Hour), "no route"))
	s.must(s.Retry(t.Context(), "y", noon.Add(2*time.Hour), "refused"))
	s.due("one waits for another attempt", noon.Add(2*time.Hour-time.Millisecond), 10, "w", "z", "x")
	want := message("y", a, noon)
	want.Attempts, want.Next, want.Problem = 2, noon.Add(2*time.Hour), "refused"
	s.equal("after two attempts", s.due("it is due again", noon.Add(2*time.Hour), 10, "w", "z", "y", "x")[2], want)

	s.must(s.Delivered(t.Context(), "z", noon))
	s.must(s.Delivered(t.Context(), "z", noon.Add(time.Hour)))
	s.must(s.Retry(t.Context(), "w", time.Time{}, "refused ten times"))
	s.counts("one is delivered, one given up", 2, 1)
	s.due("one is delivered, one given up", noon.Add(2*time.Hour), 10, "y", "x")
	s.reopen()
	s.counts("after a restart", 2, 1)
	s.must(s.Retry(t.Context(), "w", noon, "by hand"))
	s.counts("one is tried again", 3, 0)
	s.must(s.Retry(t.Context(), "w", time.Time{}, "refused"))
	s.must(s.Delivered(t.Context(), "w", noon))
	s.counts("one is delivered after all", 2, 0)

	for what, err := range map[string]error{
		"delivered":      s.Delivered(t.Context(), "no such message", noon),
		"retry":          s.Retry(t.Context(), "no such message", noon, ""),
		"retry after it": s.Retry(t.Context(), "z", noon, ""),
	} {
		if !errors.Is(err, watch.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// doubled commits messages again that wait, were delivered, or were given up.
func doubled(t *testing.T, s *opened) {
	e := fill[watch.Event](0)
	n := 0
	again := func(when string, waiting, given int) {
		t.Helper()
		n++
		s.commit(watch.Commit{Slot: slot(noon.Add(time.Duration(n) * time.Minute)), Events: []watch.Event{e}, Messages: []watch.Message{message("a", e, noon), message("b", e, noon)}})
		s.counts(when, waiting, given)
	}
	again("the first time", 2, 0)
	again("while they wait", 2, 0)
	s.must(s.Delivered(t.Context(), "a", noon))
	again("one was delivered", 1, 0)
	s.must(s.Retry(t.Context(), "b", time.Time{}, "gone"))
	again("one was given up", 0, 1)
	s.reopen()
	again("after a restart", 0, 1)
	if got, err := s.Events(t.Context(), time.Time{}, 10); err != nil || len(got) != 1 {
		t.Errorf("%d events, %v", len(got), err)
	}
	twice := watch.Event{ID: "twice", Time: noon}
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Hour)), Events: []watch.Event{twice, twice}, Messages: []watch.Message{message("c", twice, noon), message("c", twice, noon)}})
	s.counts("twice in one commit", 1, 1)
}

func windows(t *testing.T, s *opened) {
	expect := func(when string, after time.Time, want ...watch.Window) {
		t.Helper()
		got, err := s.Windows(t.Context(), after)
		s.must(err)
		s.equal(when, got, want)
	}
	expect("an empty store", time.Time{})
	window := func(id string, from, to int) watch.Window {
		w := fill[watch.Window](from)
		w.ID, w.From, w.To = id, noon.Add(time.Duration(from)*time.Hour), noon.Add(time.Duration(to)*time.Hour)
		return w
	}
	a, b, c := window("a", 5, 6), window("b", 1, 3), window("c", 1, 2)
	for _, w := range []watch.Window{a, b, c} {
		s.must(s.Plan(t.Context(), w))
	}
	expect("by their beginning", time.Time{}, b, c, a)
	expect("the end is not in it", c.To, b, a)
	c.To = c.To.Add(time.Hour)
	s.must(s.Plan(t.Context(), c))
	s.reopen()
	expect("one was planned again", c.To.Add(-time.Millisecond), b, c, a)
	now := noon.Add(90 * time.Minute)
	s.must(s.Cancel(t.Context(), "b", now))
	b.To = now
	expect("one has ended early", now.Add(-time.Millisecond), b, c, a)
	expect("it is over", now, c, a)
	s.must(s.Cancel(t.Context(), "b", now.Add(time.Hour)))
	expect("its end stays", now, c, a)
	s.must(s.Cancel(t.Context(), "a", now))
	expect("one does not begin", time.Time{}, b, c)
	if err := s.Cancel(t.Context(), "a", now); !errors.Is(err, watch.ErrUnknown) {
		t.Errorf("no such window: %v", err)
	}
}
