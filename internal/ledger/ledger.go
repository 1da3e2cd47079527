// Package ledger stores the changes that runs of drift found, in an SQLite file, so
// that a nightly job can report which changes are new. For each change it holds when it
// was first and last found, how often, and who acknowledged it.
//
// Open opens or creates a file, Record adds the changes of one run, Acknowledge marks a
// change as accepted, and List returns the entries. Errors name the file. Open returns
// an error for a file that is damaged, that another program wrote, or that a newer
// assay wrote.
//
// Many processes may record into one file at the same time. A run is one transaction,
// and writers wait for each other for up to 30 seconds. After Record returns, the run
// is on the disk. The file holds only fields of contract.Change, which are redacted,
// and the name and reason of whoever acknowledged it.
//
// A change is new until it is acknowledged. It is resolved when some runs in a row
// covered its operation and did not find it, acknowledged or not. Only runs of the sources
// that found it count: other traffic need not show it. If it comes back it is new again, and
// needs another acknowledgement.
package ledger

import (
	"context"
	"time"

	"assay/internal/contract"
	"assay/internal/database"
)

// Status is the status of a change in the ledger.
type Status string

// The statuses, as they are written in files, reports and flags.
const (
	New          Status = "new"          // found, and not acknowledged
	Acknowledged Status = "acknowledged" // acknowledged with a name and a reason
	Resolved     Status = "resolved"     // not found by the last ResolvedAfter runs
)

// Statuses lists all statuses.
func Statuses() []Status { return []Status{New, Acknowledged, Resolved} }

// Entry is one change in the ledger. The fields of the change are those of the latest
// run, with the first origin of all runs. Counts, documents, examples and commands are
// not stored: each run computes them again.
type Entry struct {
	contract.Change
	Message   string    `json:"message"` // the sentence about the change
	Count     int64     `json:"count"`   // how many exchanges showed it, in all runs
	Status    Status    `json:"status"`
	FirstSeen time.Time `json:"firstSeen"` // start of the first run that found it
	LastSeen  time.Time `json:"lastSeen"`
	Runs      int64     `json:"runs"`          // how many runs found it
	Absent    int64     `json:"absent"`        // how many runs in a row of each source that found it did so no more; the fewest
	By        string    `json:"by,omitempty"`  // who acknowledged it
	Why       string    `json:"why,omitempty"` // the reason given
	// AcknowledgedAt is zero if it is not acknowledged, or was by an older assay.
	AcknowledgedAt time.Time `json:"acknowledgedAt,omitzero"`
	// ResolvedAt is the start of the run that resolved it; zero: it is not resolved.
	ResolvedAt time.Time `json:"resolvedAt,omitzero"`
	// Sources are those that found it, with how many of their runs in a row have not found it.
	// nil: an older assay found it, and runs of any source count in Absent.
	Sources map[string]int64 `json:"-"`
}

// Ledger is an open ledger file. It is safe for concurrent use.
type Ledger struct {
	file *database.File
	// Sentence writes the message of a change as text. If it is nil, entries have no
	// message.
	Sentence func(contract.Message) string
	// Source names where the traffic of runs comes from, such as a job of assay watch.
	Source string
	// ResolvedAfter is how many runs in a row must not find a change before it is
	// resolved. Open sets it to 3.
	ResolvedAfter int64
	// Now gives the time of an acknowledgement; nil: time.Now.
	Now func() time.Time
}

// Open opens a ledger, creates the file if it does not exist, and migrates a file that
// an earlier version wrote.
func Open(ctx context.Context, path string) (*Ledger, error) {
	file, err := database.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return &Ledger{file: file, ResolvedAfter: 3}, nil
}

// Close closes the file.
func (l *Ledger) Close() error { return l.file.Close() }
