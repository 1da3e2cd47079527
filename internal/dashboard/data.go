package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/watch"
)

// How much the overview reads.
const (
	dayHours   = 24
	maxEvents  = 50
	eventsRead = 1000 // reminders are among them, and the pages leave them out
	eventsBack = 30 * 24 * time.Hour
)

// data is what the overview, the JSON and the metrics show. What could not be read is empty,
// and faults say why.
type data struct {
	now      time.Time
	status   Status
	things   []watch.Thing // the worst first
	events   []watch.Event
	windows  []watch.Window
	ledger   []contract.TimelineEntry
	hasDrift bool // there is a ledger, and it was read
	waiting  int
	givenUp  int
	faults   []string // in words of ours
	storeErr error    // the first fault of the store
}

// read reads what every view needs.
func (d *Dashboard) read(ctx context.Context) *data {
	now := d.Now()
	all := &data{now: now, status: d.Status()}
	var err error
	note := func(what string, err error) {
		if err == nil {
			return
		}
		if all.storeErr == nil {
			all.storeErr = err
		}
		all.faults = append(all.faults, fmt.Sprintf("%s cannot be read: %s.", what, cause(err)))
	}
	all.things, err = d.Store.Things(ctx)
	all.things = watch.Configured(all.things, d.Jobs)
	note("The states", err)
	if err == nil { // a store that has a fault is not asked five times
		all.events, err = d.Store.Events(ctx, now.Add(-eventsBack), eventsRead)
		note("The events", err)
		all.events = changes(all.events, "")
		slices.SortStableFunc(all.events, func(a, b watch.Event) int { // what happened together stands together
			return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Thing, b.Thing))
		})
		all.windows, err = d.Store.Windows(ctx, now)
		note("The maintenance windows", err)
		if d.Planned != nil {
			all.windows = append(all.windows, d.Planned(now)...)
		}
		all.waiting, all.givenUp, err = d.Store.Outbox(ctx)
		note("The outbox", err)
	}
	if d.Ledger != nil {
		all.ledger, err = d.Ledger(ctx)
		all.hasDrift = err == nil
		if err != nil {
			all.faults = append(all.faults, "The ledger cannot be read: "+cause(err)+".")
		}
	}
	slices.SortStableFunc(all.things, func(a, b watch.Thing) int {
		return cmp.Or(rank(a.State)-rank(b.State), problemFirst(a, b), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// changes gives the newest events that are changes, of a thing or of all ("").
func changes(events []watch.Event, thing string) []watch.Event {
	events = slices.DeleteFunc(slices.Clone(events), func(e watch.Event) bool {
		return e.Kind == watch.Reminder || thing != "" && e.Thing != thing
	})
	return events[:min(len(events), maxEvents)]
}

// problemFirst puts a thing whose problem is not over before one without.
func problemFirst(a, b watch.Thing) int {
	switch {
	case (a.Problem != nil) == (b.Problem != nil):
		return 0
	case a.Problem != nil:
		return -1
	}
	return 1
}

// open gives the changes that are neither acknowledged nor gone, the oldest first.
func (a *data) open() []contract.TimelineEntry {
	var all []contract.TimelineEntry
	for _, e := range a.ledger {
		if e.By == "" && e.Gone.IsZero() {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y contract.TimelineEntry) int { return x.FirstSeen.Compare(y.FirstSeen) })
	return all
}

// count is how many things are in a state.
func (a *data) count(s watch.State) int {
	n := 0
	for _, t := range a.things {
		if t.State == s {
			n++
		}
	}
	return n
}

// day is the history of each thing over the last 24 hours.
func (d *Dashboard) day(ctx context.Context, now time.Time) (span, func(thing string) ([]watch.Point, error)) {
	s := span{step: watch.Hour, size: time.Hour}
	s.to = now.UTC().Truncate(time.Hour).Add(time.Hour)
	s.from = s.to.Add(-dayHours * time.Hour)
	return s, func(thing string) ([]watch.Point, error) { return d.Store.History(ctx, thing, s.step, s.from, s.to) }
}
