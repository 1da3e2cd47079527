package watch

import (
	"context"
	"errors"
	"time"
)

// Store remembers what watching needs. It is safe for concurrent use; one process watches
// with it at a time. Times are UTC in milliseconds. Every error of the store itself is one of
// ErrFull, ErrDamaged or ErrBusy where the store knows the cause, wrapped with what happened and where.
//
// What Begin and Commit return without an error is on the disk.
type Store interface {
	// Begin notes a run before it does anything. It reports false if the slot has a run
	// already, also one that a killed process did not end: such a slot is never run again,
	// except after SetBack.
	Begin(ctx context.Context, s Slot, at time.Time) (bool, error)
	// Commit stores the end of a run in one transaction: all of it or nothing. The error is
	// ErrNotBegun or ErrEnded if the run did not begin or has ended. Events and messages with
	// an id that the store had before are left out, also after they were delivered.
	Commit(ctx context.Context, c Commit) error
	// Interrupted gives the runs that have begun and not ended. It is called at the start.
	Interrupted(ctx context.Context) ([]Slot, error)
	// SetBack forgets the runs of a job that ended and whose slots are after a time, because the
	// clock was set back to it: each slot has one more run. Their requests still count, the
	// latest as sent now.
	SetBack(ctx context.Context, job string, now time.Time) error
	// Calls gives how many requests the runs of a job may have sent since a time. A run that
	// did not end counts with all that it was allowed, from its beginning.
	Calls(ctx context.Context, job string, since time.Time) (int, error)
	// Last gives the latest slot of a job; a zero time if it never ran.
	Last(ctx context.Context, job string) (time.Time, error)

	// Things gives the state of every thing, by name.
	Things(ctx context.Context) ([]Thing, error)
	// History gives what was observed of a thing in the steps that start at or after from
	// and before to. The points are in order, and steps without observations are left out.
	History(ctx context.Context, thing string, step Step, from, to time.Time) ([]Point, error)
	// Events gives the newest events since a time, at most n, the newest first.
	Events(ctx context.Context, since time.Time, n int) ([]Event, error)
	// Report gives the JSON report of the newest run of a job that has one, and its time; nil
	// if there is none.
	Report(ctx context.Context, job string) ([]byte, time.Time, error)
	// Files gives what was checked of the files in the folder of a job, by name.
	Files(ctx context.Context, job string) (map[string]FileMark, error)

	// Due gives messages whose next attempt is due, at most n, the oldest first; those of one
	// run in its order.
	Due(ctx context.Context, at time.Time, n int) ([]Message, error)
	// Delivered removes a message from the outbox; a second time it does nothing. The error is
	// ErrUnknown if there is no message with the id.
	Delivered(ctx context.Context, id string, at time.Time) error
	// Retry counts a failed attempt, and keeps a message for another one; a zero time gives it
	// up. The error is ErrUnknown if no message with the id waits or was given up.
	Retry(ctx context.Context, id string, next time.Time, why string) error
	// Outbox counts the messages that wait, and those that were given up.
	Outbox(ctx context.Context) (waiting, givenUp int, err error)

	// Plan adds a maintenance window, or replaces the one with its id. Cancel ends one now; one
	// that has not begun is removed, and one that is unknown is ErrUnknown. Windows gives those
	// that end after a time.
	Plan(ctx context.Context, w Window) error
	Cancel(ctx context.Context, id string, at time.Time) error
	Windows(ctx context.Context, after time.Time) ([]Window, error)

	// Compact rolls up, if Commit did not, and deletes what is older than its retention: whole
	// steps only, so an observation that comes late is left out of a step that was deleted. Runs
	// are kept as long as single observations, how many requests they sent as long as hours, and
	// everything else as long as days. A message that waits is kept.
	Compact(ctx context.Context, at time.Time, keep Retention) error
	// Check reports whether the store can be read and written now.
	Check(ctx context.Context) error
	Close() error
}

// The faults of a store that a user can do something about.
var (
	ErrFull    = errors.New("the disk is full")
	ErrDamaged = errors.New("the file is damaged")
	ErrBusy    = errors.New("another process writes to it")
)

// Other errors of a store.
var (
	ErrNotBegun = errors.New("the run did not begin") // of Commit
	ErrEnded    = errors.New("the run ended already") // of Commit: it is stored, perhaps by an attempt that seemed to fail
	ErrUnknown  = errors.New("the store has nothing with this id")
)

// Commit is the end of a run.
type Commit struct {
	Slot         Slot
	Ended        time.Time
	Sent         int    // requests that were sent
	Report       []byte // JSON, as report.JSON writes it; nil: the run made none, and the earlier one stays
	Observations []Observation
	Things       []Thing // their states after the observations
	Events       []Event
	Messages     []Message           // of the events, and of nothing else
	Files        map[string]FileMark // a zero mark forgets a file
}

// FileMark says how much of a file was checked.
type FileMark struct {
	Size   int64  // bytes that were checked
	Digest string // SHA-256 of those bytes, in hexadecimal
}

// Step is the length of time that a point of a history covers.
type Step string

// The steps. Each has the sums of the one before it.
const (
	Single Step = "run" // every observation
	Minute Step = "minute"
	Hour   Step = "hour"
	Day    Step = "day"
)

// Point is what was observed of a thing in one step.
type Point struct {
	Time        time.Time      `json:"time"`   // the start of the step
	States      map[State]int  `json:"states"` // how many observations said so
	Codes       map[string]int `json:"codes,omitempty"`
	Findings    map[string]int `json:"findings,omitempty"` // by rule and side, with a space between them
	Responses   int            `json:"responses"`          // how many have a latency
	Latency     int            `json:"latency"`            // the sum, in milliseconds
	Slowest     int            `json:"slowest"`            // in milliseconds
	Maintenance int            `json:"maintenance,omitempty"`
}

// Retention says how long each step is kept.
type Retention struct{ Single, Minute, Hour, Day time.Duration }

// DefaultRetention keeps single observations for two days, minutes for two weeks, hours for
// half a year and days for five years.
func DefaultRetention() Retention {
	const day = 24 * time.Hour
	return Retention{Single: 2 * day, Minute: 14 * day, Hour: 183 * day, Day: 5 * 366 * day}
}
