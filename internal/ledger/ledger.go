// Package ledger stores the changes that runs of drift found, in an SQLite file, so
// that a nightly job can report which changes are new. For each change it holds when it
// was first and last found, how often, and who acknowledged it. No other package
// imports SQLite.
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
// covered its operation and did not find it, acknowledged or not. If it comes back it
// is new again, and needs another acknowledgement.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"assay/internal/contract"
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
	Absent    int64     `json:"absent"`        // how many runs since then covered its operation and did not find it
	By        string    `json:"by,omitempty"`  // who acknowledged it
	Why       string    `json:"why,omitempty"` // the reason given
	// AcknowledgedAt is zero if it is not acknowledged, or was by an older assay.
	AcknowledgedAt time.Time `json:"acknowledgedAt,omitzero"`
	// ResolvedAt is the start of the run that resolved it; zero: it is not resolved.
	ResolvedAt time.Time `json:"resolvedAt,omitzero"`
}

// Ledger is an open ledger file. It is safe for concurrent use.
type Ledger struct {
	path string
	db   *sql.DB
	// Sentence writes the message of a change as text. If it is nil, entries have no
	// message.
	Sentence func(contract.Message) string
	// ResolvedAfter is how many runs in a row must not find a change before it is
	// resolved. Open sets it to 3.
	ResolvedAfter int64
	// Now gives the time of an acknowledgement; nil: time.Now.
	Now func() time.Time
}

// lockTimeout is how long a writer waits for other writers.
const lockTimeout = 30 * time.Second

// Open opens a ledger, creates the file if it does not exist, and migrates a file that
// an earlier version wrote.
func Open(ctx context.Context, path string) (*Ledger, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	// FULL: a committed transaction survives a loss of power, with WAL as well.
	settings := url.Values{"_txlock": {"immediate"}, "_pragma": {fmt.Sprintf("busy_timeout(%d)", lockTimeout.Milliseconds()), "synchronous(FULL)"}}
	where := url.URL{Path: whole}
	db, err := sql.Open("sqlite", "file:"+where.EscapedPath()+"?"+settings.Encode())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // goroutines of one process wait here instead of at the file
	l := &Ledger{path: path, db: db, ResolvedAfter: 3}
	if err := l.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// Close closes the file.
func (l *Ledger) Close() error { return l.wrap(l.db.Close()) }

// prepare checks the file, turns on WAL and migrates it.
func (l *Ledger) prepare(ctx context.Context) error {
	if err := l.check(ctx); err != nil {
		return err
	}
	if err := l.useWAL(ctx); err != nil {
		return err
	}
	return l.transact(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, migrations()) })
}

// useWAL turns on write-ahead logging, so that readers and a writer do not block each
// other. While other processes open the same new file, SQLite ignores the timeout and
// returns SQLITE_BUSY at once to avoid a deadlock, so useWAL retries.
func (l *Ledger) useWAL(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		var mode string
		err := l.db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		if !busy(err) {
			return l.wrap(err)
		}
		select {
		case <-ctx.Done():
			return l.wrap(err)
		case <-time.After(wait):
		}
	}
}

// transact runs do in a transaction that locks the file from its beginning, so that
// nothing changes between its reads and its writes.
func (l *Ledger) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.wrap(err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the error of do is the one to report
		return l.wrap(err)
	}
	return l.wrap(tx.Commit())
}

func busy(err error) bool {
	var code *sqlite.Error
	return errors.As(err, &code) && code.Code()&0xff == sqlite3.SQLITE_BUSY
}

// damaged returns the error for a damaged file, and says what to do.
func (l *Ledger) damaged(how string) error {
	return fmt.Errorf("%s: is damaged: %s; restore a backup, or move it away to start a new ledger without the acknowledgements", l.path, how)
}

// wrap adds the file to an error, and replaces SQLite's message where it does not help
// the user.
func (l *Ledger) wrap(err error) error {
	if err == nil {
		return nil
	}
	var code *sqlite.Error
	if errors.As(err, &code) {
		switch code.Code() & 0xff { // the other bits are details of the same error
		case sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%s: is not a ledger: not an SQLite file", l.path)
		case sqlite3.SQLITE_CORRUPT:
			return l.damaged(err.Error())
		case sqlite3.SQLITE_ERROR: // a table or a column is missing
			return l.damaged(err.Error())
		case sqlite3.SQLITE_READONLY:
			return fmt.Errorf("%s: cannot be written; reading a ledger needs write permission too: copy the file and read the copy", l.path)
		case sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("%s: cannot be opened or created: %w", l.path, err)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("%s: another process locked it for more than %s; retry later: %w", l.path, lockTimeout, err)
		}
	}
	return fmt.Errorf("%s: %w", l.path, err)
}
