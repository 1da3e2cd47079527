package storetest

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/watch"
)

// full is a commit with something in each member.
func full(at time.Time) watch.Commit {
	event := watch.Event{ID: "event " + at.Format(time.RFC3339), Kind: watch.Began, Thing: thing, Job: job, Provider: "paytm", From: watch.OK, To: watch.Failing, Time: at, Since: at, Why: "no response"}
	return watch.Commit{
		Slot: slot(at), Ended: at.Add(time.Second), Sent: 1, Report: []byte(`{"schema":"` + at.Format(time.RFC3339) + `"}`),
		Observations: []watch.Observation{ok(at)},
		Things:       []watch.Thing{{Name: thing, Job: job, Provider: "paytm", State: watch.Failing, Since: at, Seen: at}},
		Events:       []watch.Event{event},
		Messages:     []watch.Message{{ID: "message " + event.ID, Channel: "chat", Event: event, Created: at, Next: at}},
		Files:        map[string]watch.FileMark{"a.har": {Size: at.Unix(), Digest: strings.Repeat("0a", 32)}},
	}
}

// content is all that can be read of a store.
func (o *opened) content() []any {
	o.t.Helper()
	ctx := o.t.Context()
	var all []any
	add := func(v any, err error) {
		o.t.Helper()
		o.must(err)
		all = append(all, plain(v))
	}
	for _, step := range allSteps() {
		all = append(all, o.history(step, time.Time{}, noon.AddDate(10, 0, 0)))
	}
	add(o.Interrupted(ctx))
	add(o.Calls(ctx, job, time.Time{}))
	add(o.Last(ctx, job))
	add(o.Things(ctx))
	add(o.Events(ctx, time.Time{}, 1000))
	add(o.Due(ctx, noon.AddDate(10, 0, 0), 1000))
	add(o.Files(ctx, job))
	add(o.Windows(ctx, time.Time{}))
	report, at, err := o.Report(ctx, job)
	o.must(err)
	waiting, given, err := o.Outbox(ctx)
	o.must(err)
	return append(all, string(report), at, waiting, given)
}

// atomic stores commits that fail in their last part.
func atomic(t *testing.T, s *opened) {
	s.commit(full(noon))
	next := full(noon.Add(time.Minute))
	next.Observations[0].Codes = map[string]int{"new": 1, "new, too": 2}
	s.begin(next.Slot)
	before := s.content()
	stranger := next
	stranger.Messages = append(slices.Clone(next.Messages), watch.Message{ID: "stranger", Channel: "chat", Event: watch.Event{ID: "no such event", Time: noon}})
	if err := s.Commit(t.Context(), stranger); !errors.Is(err, watch.ErrUnknown) {
		t.Errorf("a message about an event that is not stored: %v", err)
	}
	s.equal("after a commit with a message about an unknown event", s.content(), before)
	odd := next
	odd.Observations = append(slices.Clone(next.Observations), watch.Observation{Thing: thing, Time: noon, State: "odd"})
	if err := s.Commit(t.Context(), odd); err == nil {
		t.Error("an observation has an unknown state")
	}
	s.must(s.Commit(t.Context(), next))
	after := s.content()
	if same(after, before) {
		t.Error("the commit stored nothing")
	}
	s.reopen()
	s.equal("after a restart", s.content(), after)
}

// cancelled stores with a context that is over.
func cancelled(t *testing.T, s *opened) {
	s.begin(slot(noon))
	before := s.content()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Commit(ctx, full(noon)); !errors.Is(err, context.Canceled) {
		t.Errorf("a commit: %v", err)
	}
	if ok, err := s.Begin(ctx, slot(noon.Add(time.Second)), noon); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("a beginning: %v, %v", ok, err)
	}
	if _, err := s.Things(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("reading: %v", err)
	}
	s.equal("after it", s.content(), before)
	s.must(s.Commit(t.Context(), full(noon)))
}

func things(t *testing.T, s *opened) {
	expect := func(when string, want ...watch.Thing) {
		t.Helper()
		got, err := s.Things(t.Context())
		s.must(err)
		s.equal(when, got, want)
	}
	expect("an empty store")
	a, b := fill[watch.Thing](0), fill[watch.Thing](1000)
	a.Name, b.Name = "b", "a"
	s.commit(watch.Commit{Slot: slot(noon), Things: []watch.Thing{a, b}})
	expect("two", b, a)
	bare := watch.Thing{Name: "b", Job: job, State: watch.NoData, Since: noon, Seen: noon}
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Minute)), Things: []watch.Thing{bare}})
	expect("one is replaced", b, bare)
	s.reopen()
	expect("after a restart", b, bare)
}

func events(t *testing.T, s *opened) {
	expect := func(when string, since time.Time, n int, want ...watch.Event) {
		t.Helper()
		got, err := s.Events(t.Context(), since, n)
		s.must(err)
		s.equal(when, got, want)
	}
	expect("an empty store", time.Time{}, 10)
	a, b, c := fill[watch.Event](0), fill[watch.Event](1000), watch.Event{ID: "c", Kind: watch.Lost, Thing: thing}
	a.Time, b.Time, c.Time = noon, noon.Add(time.Hour), noon.Add(2*time.Hour)
	s.commit(watch.Commit{Slot: slot(noon), Events: []watch.Event{b, a}})
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Minute)), Events: []watch.Event{c}})
	expect("three, the newest first", time.Time{}, 10, c, b, a)
	expect("the newest two", time.Time{}, 2, c, b)
	expect("none", time.Time{}, 0)
	expect("since one of them", b.Time, 10, c, b)
	expect("since after one of them", b.Time.Add(time.Millisecond), 10, c)
	other := b
	other.Why = "something else"
	s.commit(watch.Commit{Slot: slot(noon.Add(2 * time.Minute)), Events: []watch.Event{other}})
	s.reopen()
	expect("the first of two with the same id stays", time.Time{}, 10, c, b, a)
	twin := c
	twin.ID = "d"
	s.commit(watch.Commit{Slot: slot(noon.Add(3 * time.Minute)), Events: []watch.Event{twin}})
	if got, err := s.Events(t.Context(), c.Time, 10); err != nil || len(got) != 2 {
		t.Errorf("two at the same time: %+v, %v", got, err)
	}
	if got, err := s.Events(t.Context(), c.Time, 1); err != nil || len(got) != 1 {
		t.Errorf("one of two at the same time: %+v, %v", got, err)
	}
}

func reports(t *testing.T, s *opened) {
	expect := func(when string, want []byte, at time.Time) {
		t.Helper()
		got, ended, err := s.Report(t.Context(), job)
		if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) || !ended.Equal(at) {
			t.Errorf("%s: %d bytes of %v, want %d of %v, %v", when, len(got), ended, len(want), at, err)
		}
	}
	expect("an empty store", nil, time.Time{})
	put := func(at time.Time, report []byte) {
		t.Helper()
		s.commit(watch.Commit{Slot: slot(at), Ended: at.Add(time.Second), Report: report})
	}
	put(noon, []byte(`{"n":1}`))
	put(noon.Add(time.Minute), []byte(`{"n":2}`))
	expect("the newest", []byte(`{"n":2}`), noon.Add(time.Minute+time.Second))
	put(noon.Add(2*time.Minute), nil)
	expect("a run without one", []byte(`{"n":2}`), noon.Add(time.Minute+time.Second))
	put(noon.Add(-time.Minute), []byte(`{"n":0}`))
	expect("a run of an earlier slot that ends late", []byte(`{"n":2}`), noon.Add(time.Minute+time.Second))
	s.commit(watch.Commit{Slot: watch.Slot{Job: "enkash-live", Time: noon}, Report: []byte("{}")})
	noise := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise) // it never fails
	large := []byte(`{"noise":"` + base64.StdEncoding.EncodeToString(noise) + `","blank":"` + strings.Repeat(" ", 1<<20) + `"}`)
	put(noon.Add(3*time.Minute), large)
	s.reopen()
	expect("a large one, after a restart", large, noon.Add(3*time.Minute+time.Second))
	put(noon.Add(4*time.Minute), []byte(`{"n":3}`))
	expect("a small one again", []byte(`{"n":3}`), noon.Add(4*time.Minute+time.Second))
}

func files(t *testing.T, s *opened) {
	expect := func(when string, want map[string]watch.FileMark) {
		t.Helper()
		got, err := s.Files(t.Context(), job)
		s.must(err)
		if got == nil {
			t.Errorf("%s: nil", when)
		}
		s.equal(when, got, want)
	}
	expect("an empty store", map[string]watch.FileMark{})
	a, b := watch.FileMark{Size: 1, Digest: strings.Repeat("0f", 32)}, watch.FileMark{Size: 1 << 40, Digest: strings.Repeat("f0", 32)}
	s.commit(watch.Commit{Slot: slot(noon), Files: map[string]watch.FileMark{"a": a, "ordner/ü b'.har": a}})
	s.commit(watch.Commit{Slot: watch.Slot{Job: "enkash-folder", Time: noon}, Files: map[string]watch.FileMark{"c": a}})
	s.commit(watch.Commit{Slot: slot(noon.Add(time.Minute)), Files: map[string]watch.FileMark{"a": b}})
	s.reopen()
	expect("one has grown", map[string]watch.FileMark{"a": b, "ordner/ü b'.har": a})
	s.commit(watch.Commit{Slot: slot(noon.Add(2 * time.Minute)), Files: map[string]watch.FileMark{"a": {}}})
	expect("one is forgotten", map[string]watch.FileMark{"ordner/ü b'.har": a})
}

// texts stores texts that a store must not take for anything else.
func texts(t *testing.T, s *opened) {
	odd := "';--\" %s \\ \n\t ₹ 漢 \U0001f600 "
	long := strings.Repeat(odd, 3000)
	th := fill[watch.Thing](0)
	th.Name, th.Why, th.Findings[0].Sentence = "thing "+odd, long, long
	e := fill[watch.Event](1)
	e.ID, e.Why, e.Findings[1].Sentence = "event "+odd, long, long
	m := fill[watch.Message](2)
	m.ID, m.Event, m.Next = "message "+odd, e, noon
	o := ok(noon)
	o.Thing, o.Codes, o.Findings = th.Name, map[string]int{odd: 2}, []watch.Finding{{Rule: odd, Side: "provider"}}
	s.commit(watch.Commit{Slot: slot(noon), Observations: []watch.Observation{o}, Things: []watch.Thing{th}, Events: []watch.Event{e}, Messages: []watch.Message{m}})
	s.reopen()
	got, err := s.Things(t.Context())
	s.must(err)
	s.equal("thing", got, []watch.Thing{th})
	due, err := s.Due(t.Context(), noon, 1)
	s.must(err)
	s.equal("message", due, []watch.Message{m})
	points, err := s.History(t.Context(), th.Name, watch.Day, noon.Add(-24*time.Hour), noon.Add(time.Hour))
	if err != nil || len(points) != 1 || points[0].Codes[odd] != 2 || points[0].Findings[odd+" provider"] != 1 {
		t.Errorf("%d points, %v", len(points), err)
	}
	s.must(s.Retry(t.Context(), m.ID, noon, long))
	if due, err = s.Due(t.Context(), noon, 1); err != nil || due[0].Problem != long {
		t.Errorf("retry: %v", err)
	}
}
