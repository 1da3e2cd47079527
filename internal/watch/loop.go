package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Clock gives the time, and waits for one.
type Clock interface {
	Now() time.Time
	// Wait returns at a time, when wake is closed or has something, or with an error when the
	// context ends.
	Wait(ctx context.Context, until time.Time, wake <-chan struct{}) error
}

// Outcome is what a run of a job did.
type Outcome struct {
	// Observations need no Slot, Time and Maintenance; the loop sets them. Without any, the
	// run had nothing to look at.
	Observations []Observation
	// Unreached: the provider gave no response. The loop then checks its own connectivity
	// again, and without one the observations have no data.
	Unreached bool
	// NoData says why the run could not look at all; "": it could.
	NoData string
	Sent   int // requests
	Report []byte
	Files  map[string]FileMark
	Exit   int // as the exit codes of assay run
}

// Watcher runs jobs, and remembers what they find.
type Watcher struct {
	Store Store
	Jobs  []Job
	Clock Clock
	Keep  Retention
	// Run does the work of a job. It must end soon after the context does.
	Run func(ctx context.Context, j Job, s Slot) Outcome
	// Online returns an error if this machine has no connectivity. It is asked before a live
	// run. nil: there is always some.
	Online func(ctx context.Context) error
	// Planned gives the maintenance windows of the configuration around a time; nil: none.
	Planned func(at time.Time) []Window
	// Deliver sends what is due in the outbox, and gives the time of the next attempt; a zero
	// time if nothing waits. nil: there are no channels.
	Deliver func(ctx context.Context, at time.Time) time.Time
	// Messages makes the messages of an event for the channels of its job; nil: none.
	Messages  func(j Job, e Event) []Message
	Committed func(Commit)        // gets every run that the store has taken; nil: nothing
	Log       func(string)        // a line for the operator; nil: nothing
	Parallel  int                 // the most jobs that run at a time; 1: one after the other, in order of time
	Budgets   map[string][]Budget // by job

	flushing sync.Mutex // held while pending is stored

	mu      sync.Mutex
	running map[string]time.Time // since when
	next    map[string]time.Time
	pending []Commit // that the store did not take, in order
	started time.Time
	posted  chan struct{} // wakes the delivery
	fault   Trouble       // of the store
	offline Trouble
}

// Trouble is a fault that goes on. The zero Trouble is none.
type Trouble struct {
	Since time.Time
	Err   error
}

// at gives the trouble after another look: a fault that goes on keeps its beginning.
func (t Trouble) at(now time.Time, err error) Trouble {
	switch {
	case err == nil:
		return Trouble{}
	case t.Err == nil:
		return Trouble{now, err}
	}
	return Trouble{t.Since, err}
}

// Budget is the most requests that a job may send within a time.
type Budget struct {
	Calls int
	Per   time.Duration
}

// Status is what a watcher knows about itself.
type Status struct {
	Running map[string]time.Time // since when, by job
	Next    map[string]time.Time // when the next run starts, by job
	Started time.Time            // of the loop; zero: it has not begun
	Fault   Trouble              // of the store
	Offline Trouble              // why there is no connectivity, as of the latest check
	Pending int                  // ends of runs that the store has not taken yet
}

// Status gives what the watcher knows about itself.
func (w *Watcher) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Status{Started: w.started, Running: map[string]time.Time{}, Next: map[string]time.Time{}, Fault: w.fault, Offline: w.offline, Pending: len(w.pending)}
	for name, at := range w.running {
		s.Running[name] = at
	}
	for name, at := range w.next {
		s.Next[name] = at
	}
	return s
}

// compactEvery is how often the history is rolled up.
const compactEvery = time.Hour

// Loop watches until the context ends. It returns an error if it cannot start, or if the store
// does not take the end of a run before Loop ends.
func (w *Watcher) Loop(ctx context.Context) error {
	if err := w.Resume(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // it was ended before it began
		}
		return err
	}
	w.mu.Lock()
	w.running, w.next, w.started, w.posted = map[string]time.Time{}, map[string]time.Time{}, w.Clock.Now(), make(chan struct{}, 1)
	w.mu.Unlock()
	due := map[string]time.Time{}
	for _, j := range w.Jobs {
		due[j.Name] = w.planFirst(j, w.Clock.Now())
	}
	wake := make(chan struct{}, 1)
	ended := make(chan string, len(w.Jobs))
	var all sync.WaitGroup
	defer all.Wait()
	compact, deliver := w.Clock.Now().Add(compactEvery), w.Clock.Now()
	if w.Parallel > 1 && w.Deliver != nil {
		deliver = time.Time{}
		all.Go(func() { w.deliverAside(ctx) })
	}
	for {
		w.follow(ctx, due, w.Clock.Now())
		at := earliest(compact, deliver, w.firstStart(due), w.retryAt())
		if err := w.Clock.Wait(ctx, at, wake); err != nil {
			all.Wait() // it was ended
			return w.flush(context.WithoutCancel(ctx))
		}
		now := w.Clock.Now()
		_ = w.flush(ctx) // an error is noted, and there is another attempt
		for len(ended) > 0 {
			w.ended(<-ended)
		}
		for _, j := range w.startable(due, now) {
			slot := Slot{Job: j.Name, Time: due[j.Name], Calls: j.Calls}
			due[j.Name] = w.plan(j, now)
			w.began(j.Name, now)
			if w.Parallel <= 1 {
				w.RunSlot(ctx, j, slot)
				w.ended(j.Name)
				continue
			}
			all.Go(func() {
				w.RunSlot(ctx, j, slot)
				ended <- j.Name
				select {
				case wake <- struct{}{}:
				default:
				}
			})
		}
		if now = w.Clock.Now(); !now.Before(compact) {
			if err := w.Store.Compact(ctx, now, w.Keep); err != nil {
				w.note(err)
			}
			compact = now.Add(compactEvery)
		}
		if !deliver.IsZero() {
			deliver = w.deliver(ctx, now)
		}
	}
}

// deliverAside delivers until the context ends. A receiver that hangs holds up no job.
func (w *Watcher) deliverAside(ctx context.Context) {
	for {
		next := w.deliver(ctx, w.Clock.Now())
		if w.Clock.Wait(ctx, next, w.posted) != nil {
			return // it was ended
		}
	}
}

// plan gives the next time at which a job is due, and notes when it starts.
func (w *Watcher) plan(j Job, after time.Time) time.Time {
	due := j.Schedule.Next(after)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next[j.Name] = j.Schedule.Start(j.Name, due)
	return due
}

// planFirst is plan at the start, when the run that is due may have its jitter before it.
func (w *Watcher) planFirst(j Job, now time.Time) time.Time {
	if due := w.plan(j, now.Add(-j.Schedule.jitter)); !j.Schedule.Start(j.Name, due).Before(now) {
		return due
	}
	return w.plan(j, now)
}

// follow plans again after the clock was set back, and lets slots run that ran before:
// otherwise a job would wait until the clock is where it was. A job that runs is planned again
// after it, and so is every job if the store fails.
func (w *Watcher) follow(ctx context.Context, due map[string]time.Time, now time.Time) {
	for _, j := range w.Jobs {
		next := j.Schedule.Next(now)
		if next.IsZero() || !next.Before(due[j.Name]) || !j.Schedule.Next(next).Before(due[j.Name]) || w.runs(j.Name) || w.flush(ctx) != nil {
			continue
		}
		err := w.Store.SetBack(ctx, j.Name, now)
		w.note(err)
		if err != nil {
			continue
		}
		w.log("the clock was set back: " + j.Name + " is planned again")
		due[j.Name] = w.plan(j, now)
	}
}

func (w *Watcher) runs(job string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, runs := w.running[job]
	return runs
}

// retryPause is how soon the store is tried again, if it did not take the end of a run.
const retryPause = time.Minute

// retryAt gives when the store is tried again; a zero time if nothing waits for it.
func (w *Watcher) retryAt() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pending) == 0 {
		return time.Time{}
	}
	return w.Clock.Now().Add(retryPause)
}

func (w *Watcher) log(line string) {
	if w.Log != nil {
		w.Log(line)
	}
}

func (w *Watcher) began(job string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running[job] = at
}

func (w *Watcher) ended(job string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, job)
}

// startable gives the jobs whose start has come, the earliest first. A job that still runs
// waits; so do all others while as many run as may.
func (w *Watcher) startable(due map[string]time.Time, now time.Time) []Job {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []Job
	for _, j := range w.Jobs {
		_, runs := w.running[j.Name]
		if !runs && !due[j.Name].IsZero() && !now.Before(w.next[j.Name]) {
			all = append(all, j)
		}
	}
	slices.SortStableFunc(all, func(a, b Job) int { return w.next[a.Name].Compare(w.next[b.Name]) })
	return all[:min(len(all), max(0, max(1, w.Parallel)-len(w.running)))]
}

// firstStart gives the earliest start of a job that can start.
func (w *Watcher) firstStart(due map[string]time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	var first time.Time
	if len(w.running) >= max(1, w.Parallel) {
		return first // the end of one wakes the loop
	}
	for _, j := range w.Jobs {
		if _, runs := w.running[j.Name]; !runs && !due[j.Name].IsZero() {
			first = earliest(first, w.next[j.Name])
		}
	}
	return first
}

// earliest gives the earliest of some times that are not zero.
func earliest(all ...time.Time) time.Time {
	var first time.Time
	for _, at := range all {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// deliveryPause is how soon the outbox is looked at again, if nothing in it waits.
const deliveryPause = time.Minute

func (w *Watcher) deliver(ctx context.Context, now time.Time) time.Time {
	if w.Deliver == nil {
		return now.Add(compactEvery)
	}
	if next := w.Deliver(ctx, now); !next.IsZero() {
		return earliest(next, now.Add(deliveryPause))
	}
	return now.Add(deliveryPause)
}

// Resume ends the runs that an earlier process left. The things of a live job have no data: it
// is not known what the run found, and it is not repeated. What another job reads is read again
// by its next run.
func (w *Watcher) Resume(ctx context.Context) error {
	slots, err := w.Store.Interrupted(ctx)
	if err != nil {
		return err
	}
	for _, s := range slots {
		j, ok := w.job(s.Job)
		if !ok { // it is configured no more
			j = Job{Name: s.Job, Thresholds: Thresholds{1, 1, 1}}
		}
		left := Outcome{Sent: s.Calls}
		if s.Calls > 0 {
			left.NoData = "assay was ended during a run; the run is not repeated. Its requests may have been accepted: the journal of the job names them"
		}
		if err := w.commit(ctx, j, s, s.Time, left); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watcher) job(name string) (Job, bool) {
	i := slices.IndexFunc(w.Jobs, func(j Job) bool { return j.Name == name })
	if i < 0 {
		return Job{}, false
	}
	return w.Jobs[i], true
}

// RunSlot runs a job once and stores what it found. A slot that has a run already is left
// out. Without a store that can note the run, nothing is sent.
func (w *Watcher) RunSlot(ctx context.Context, j Job, s Slot) Outcome {
	at := w.Clock.Now()
	if err := w.flush(ctx); err != nil {
		return Outcome{NoData: "the store failed: " + err.Error(), Exit: 3}
	}
	if j.Kind != Live && Maintained(w.windows(ctx, at), j.Provider, at) {
		return Outcome{NoData: "maintenance: what was recorded is read after it", Exit: 3}
	}
	why, err := w.mayRun(ctx, j, at)
	if err != nil {
		return Outcome{NoData: "the store failed: " + err.Error(), Exit: 3}
	}
	if why != "" {
		s.Calls = 0
	}
	begun, err := w.Store.Begin(ctx, s, at)
	w.note(err)
	switch {
	case err != nil:
		return Outcome{NoData: "the store failed: " + err.Error(), Exit: 3}
	case !begun:
		w.log(j.Name + " has run at " + s.Time.Format(time.RFC3339) + " already, and does not run again")
		return Outcome{NoData: "it has run at this time already", Exit: 3}
	}
	o := Outcome{NoData: why, Exit: 3}
	if why == "" {
		o = w.run(ctx, j, s)
	}
	if ctx.Err() != nil && o.NoData == "" && len(o.Observations) == 0 && j.Kind == Live {
		o.NoData = "assay was ended during the run"
	}
	// What was found is stored although the process is being ended.
	_ = w.commit(context.WithoutCancel(ctx), j, s, at, o) // it is noted, and kept for another attempt
	return o
}

// run does the work of a job, and takes the verdicts back if there is no connectivity.
func (w *Watcher) run(ctx context.Context, j Job, s Slot) Outcome {
	o := w.Run(ctx, j, s)
	if !o.Unreached || w.Online == nil || j.Kind != Live || ctx.Err() != nil {
		return o
	}
	if err := w.checkOnline(ctx); err != nil && ctx.Err() == nil {
		o.Observations, o.NoData, o.Exit = nil, "this machine lost its connectivity during the run: "+err.Error(), 3
	}
	return o
}

func (w *Watcher) checkOnline(ctx context.Context) error {
	err := w.Online(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offline = w.offline.at(w.Clock.Now(), err)
	return err
}

// mayRun says why a run cannot look at anything; "": it can.
func (w *Watcher) mayRun(ctx context.Context, j Job, at time.Time) (string, error) {
	if j.Kind != Live {
		return "", nil
	}
	for _, b := range w.Budgets[j.Name] {
		used, err := w.Store.Calls(ctx, j.Name, at.Add(-b.Per))
		if err != nil {
			w.note(err)
			return "", err
		}
		if used+j.Calls > b.Calls {
			return fmt.Sprintf("the budget of %d requests in %s is used up: %d were sent, and a run may send %d", b.Calls, b.Per, used, j.Calls), nil
		}
	}
	if w.Online != nil {
		if err := w.checkOnline(ctx); err != nil {
			return "this machine has no connectivity: " + err.Error(), nil //nolint:nilerr // the store is not to blame
		}
	}
	return "", nil
}

// commit stores the end of a run. What the store does not take is kept, and stored before the
// next run.
func (w *Watcher) commit(ctx context.Context, j Job, s Slot, at time.Time, o Outcome) error {
	things, err := w.Store.Things(ctx)
	if err != nil {
		w.note(err)
		if o.NoData != "" {
			o.Observations = w.withoutData(nil, j, o.NoData)
		}
		for i := range o.Observations {
			o.Observations[i].Time = at
		}
		w.keep(Commit{Slot: s, Ended: w.Clock.Now(), Sent: o.Sent, Report: o.Report, Observations: o.Observations, Files: o.Files})
		return err
	}
	c := w.judge(ctx, things, j, s, at, o)
	if err := w.Store.Commit(ctx, c); err != nil && !errors.Is(err, ErrEnded) {
		w.note(err)
		w.keep(c)
		return err
	}
	w.note(nil)
	w.committed(c)
	return nil
}

func (w *Watcher) committed(c Commit) {
	if w.Committed != nil {
		w.Committed(c)
	}
	select {
	case w.posted <- struct{}{}:
	default: // one is enough, or no delivery waits
	}
}

// judge makes the end of a run: the new states, the events and their messages.
func (w *Watcher) judge(ctx context.Context, things []Thing, j Job, s Slot, at time.Time, o Outcome) Commit {
	c := Commit{Slot: s, Ended: w.Clock.Now(), Sent: o.Sent, Report: o.Report, Files: o.Files}
	if o.NoData != "" {
		o.Observations = w.withoutData(things, j, o.NoData)
	}
	maintained := Maintained(w.windows(ctx, at), j.Provider, at)
	for _, one := range o.Observations {
		one.Slot, one.Time, one.Maintenance = s, at, maintained
		before := Thing{}
		if i := slices.IndexFunc(things, func(t Thing) bool { return t.Name == one.Thing }); i >= 0 {
			before = things[i]
		}
		after, events := Observe(before, one, j)
		one.Findings = markNew(before.Findings, one.Findings)
		c.Observations, c.Things, c.Events = append(c.Observations, one), append(c.Things, after), append(c.Events, events...)
	}
	if w.Messages != nil {
		for _, e := range c.Events {
			c.Messages = append(c.Messages, w.Messages(j, e)...)
		}
	}
	return c
}

// withoutData makes an observation of every thing of a job, known so far or expected.
func (w *Watcher) withoutData(things []Thing, j Job, why string) []Observation {
	names := []string{}
	for _, t := range things {
		if t.Job == j.Name {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		for _, below := range j.Things {
			names = append(names, ThingName(j.Name, below))
		}
	}
	var all []Observation
	for _, name := range names {
		all = append(all, Observation{Thing: name, State: NoData, Why: why})
	}
	return all
}

// ThingName is the name of a thing of a job.
func ThingName(job, below string) string { return strings.TrimSpace(job + " " + below) }

// windows gives the maintenance windows of the configuration and of the command. If the store
// cannot be read, it gives those of the configuration.
func (w *Watcher) windows(ctx context.Context, at time.Time) []Window {
	stored, err := w.Store.Windows(ctx, at)
	if err != nil {
		w.note(err)
	}
	if w.Planned != nil {
		stored = append(stored, w.Planned(at)...)
	}
	return stored
}

// maxPending is the most ends of runs that wait for the store.
const maxPending = 1000

func (w *Watcher) keep(c Commit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pending) < maxPending {
		w.pending = append(w.pending, c)
	}
}

// flush stores what the store did not take before, in order.
func (w *Watcher) flush(ctx context.Context) error {
	w.flushing.Lock()
	defer w.flushing.Unlock()
	for {
		w.mu.Lock()
		if len(w.pending) == 0 {
			w.mu.Unlock()
			return nil
		}
		c := w.pending[0]
		w.mu.Unlock()
		j, ok := w.job(c.Slot.Job)
		if !ok {
			j = Job{Name: c.Slot.Job, Thresholds: Thresholds{1, 1, 1}}
		}
		things, err := w.Store.Things(ctx)
		var again Commit
		if err == nil { // the states may be others by now
			at := c.Slot.Time
			if len(c.Observations) > 0 && !c.Observations[0].Time.IsZero() {
				at = c.Observations[0].Time
			}
			again = w.judge(ctx, things, j, c.Slot, at, Outcome{Observations: c.Observations, Sent: c.Sent, Report: c.Report, Files: c.Files})
			again.Ended = c.Ended
			err = w.Store.Commit(ctx, again)
		}
		if errors.Is(err, ErrEnded) {
			err = nil // an attempt that seemed to fail had stored it
		}
		w.note(err)
		if err != nil {
			return err
		}
		w.mu.Lock()
		w.pending = w.pending[1:]
		w.mu.Unlock()
		w.committed(again)
	}
}

// note remembers whether the store works, and logs when that changes. That it can be read is
// not enough: call it with nil only after it was written.
func (w *Watcher) note(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	w.mu.Lock()
	before := w.fault.Err
	w.fault = w.fault.at(w.Clock.Now(), err)
	w.mu.Unlock()
	switch {
	case err != nil && before == nil:
		w.log("the store fails: " + err.Error() + "; no live request is sent until it works")
	case err == nil && before != nil:
		w.log("the store works again")
	}
}

// Once runs every job now, and gives what each did, in order. It then sends what is due.
func (w *Watcher) Once(ctx context.Context) ([]Outcome, error) {
	if err := w.Resume(ctx); err != nil {
		return nil, err
	}
	var all []Outcome
	for _, j := range w.Jobs {
		if ctx.Err() != nil {
			break
		}
		due := w.Clock.Now().Truncate(time.Second)
		last, err := w.Store.Last(ctx, j.Name)
		if err != nil {
			return all, err
		}
		if !last.Before(due) {
			due = last.Add(time.Second)
		}
		all = append(all, w.RunSlot(ctx, j, Slot{Job: j.Name, Time: due, Calls: j.Calls}))
	}
	if err := w.flush(context.WithoutCancel(ctx)); err != nil {
		return all, err
	}
	if w.Deliver != nil {
		w.Deliver(context.WithoutCancel(ctx), w.Clock.Now())
	}
	return all, nil
}
