package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"assay/internal/watch"
)

// Outbox keeps messages until they are delivered or given up. watch.Store has one.
type Outbox interface {
	// Due gives messages whose next attempt is due, at most n, the oldest first. For a time
	// in the future it gives those that are due by then.
	Due(ctx context.Context, at time.Time, n int) ([]watch.Message, error)
	// Delivered removes a message.
	Delivered(ctx context.Context, id string, at time.Time) error
	// Retry keeps a message for another attempt, and counts the one that failed. A zero time
	// gives the message up.
	Retry(ctx context.Context, id string, next time.Time, why string) error
}

var _ Outbox = watch.Store(nil)

// How many messages are read from an outbox: all, as long as they fit. Order needs those that
// wait as well as those that are due.
const (
	someMessages = 1000
	mostMessages = 64000
)

// forever is later than any attempt.
const forever = 100 * 365 * 24 * time.Hour

// waiting reads the messages that are due, and those that wait.
func waiting(ctx context.Context, box Outbox, at time.Time) ([]watch.Message, error) {
	for n := someMessages; ; n *= 4 {
		all, err := box.Due(ctx, at.Add(forever), n)
		if err != nil || len(all) < n || n >= mostMessages {
			return all, err
		}
	}
}

// line is the messages about one thing to one channel. Only the first may be sent.
type line []watch.Message

// lines sorts the messages to a channel by thing, and those about a thing by age.
func lines(all []watch.Message, channel string) []line {
	byThing := map[string]line{}
	for _, m := range all {
		if m.Channel == channel {
			byThing[m.Event.Thing] = append(byThing[m.Event.Thing], m)
		}
	}
	var sorted []line
	for _, l := range byThing {
		slices.SortStableFunc(l, func(a, b watch.Message) int {
			return cmp.Or(a.Event.Time.Compare(b.Event.Time), a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
		})
		sorted = append(sorted, l)
	}
	slices.SortFunc(sorted, func(a, b line) int { return strings.Compare(a[0].Event.Thing, b[0].Event.Thing) })
	return sorted
}

// first gives the line whose first message is due earliest; -1 if all are empty.
func first(all []line) int {
	best := -1
	for i, l := range all {
		if len(l) == 0 {
			continue
		}
		if best < 0 || cmp.Or(l[0].Next.Compare(all[best][0].Next), l[0].Created.Compare(all[best][0].Created)) < 0 {
			best = i
		}
	}
	return best
}
