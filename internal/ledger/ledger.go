// Package ledger remembers drift from run to run, so that a nightly job can say
// what is new: of each change when it was first and last met, how often, and
// whether somebody knows of it. It alone knows SQLite.
//
// A ledger is one file. Many processes may record into it: a run is one
// transaction, writers wait for each other, and what Record has returned is on
// the disk. Nothing is kept of a change but what contract.Change holds, which is
// redacted, and who acknowledged it with which words.
//
// A change is new until somebody acknowledges it. One that stays away for some
// runs that looked at its operation is resolved, acknowledged or not; if it
// comes back it is new again, and needs to be acknowledged again.
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

// Status is what is known of a change.
type Status string

// The statuses, as text in files, reports and flags.
const (
	New          Status = "new"          // met, and nobody has acknowledged it
	Acknowledged Status = "acknowledged" // somebody knows of it
	Resolved     Status = "resolved"     // it stayed away
)

// Statuses lists them.
func Statuses() []Status { return []Status{New, Acknowledged, Resolved} }

// Entry is what the ledger holds of a change. The change itself is as it was met
// last, with the first of its origins; what can be told again by its run, such as
// counts, documents and commands, is not kept.
type Entry struct {
	contract.Change
	Message   string    `json:"message"` // what there was to say of the change, in words
	Count     int64     `json:"count"`   // how often it was met, in all runs
	Status    Status    `json:"status"`
	FirstSeen time.Time `json:"firstSeen"` // when the run was that met it first
	LastSeen  time.Time `json:"lastSeen"`
	Runs      int64     `json:"runs"`          // that met it
	Absent    int64     `json:"absent"`        // runs since the last, that looked and did not meet it
	By        string    `json:"by,omitempty"`  // who acknowledged it
	Why       string    `json:"why,omitempty"` // in their words
}

// Ledger is an open file.
type Ledger struct {
	path string
	db   *sql.DB
	// Sentence makes words of what there is to say of a change; nil: none are kept.
	Sentence func(contract.Message) string
	// ResolvedAfter is how many runs in a row a change has to stay away to be
	// resolved.
	ResolvedAfter int64
}

// patience is how long a writer waits for the others.
const patience = 30 * time.Second

// Open opens a ledger, and makes the file where there is none. One that an
// earlier version wrote is brought up to this one.
func Open(ctx context.Context, path string) (*Ledger, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	// FULL: a transaction that has ended survives a loss of power, in WAL as well.
	settings := url.Values{"_txlock": {"immediate"}, "_pragma": {fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "synchronous(FULL)"}}
	where := url.URL{Path: whole}
	db, err := sql.Open("sqlite", "file:"+where.EscapedPath()+"?"+settings.Encode())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // writers of one process wait here, not at the file
	l := &Ledger{path: path, db: db, ResolvedAfter: 3}
	if err := l.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// Close closes the file.
func (l *Ledger) Close() error { return l.told(l.db.Close()) }

// prepare makes the file what this version needs.
func (l *Ledger) prepare(ctx context.Context) error {
	if err := l.ours(ctx); err != nil {
		return err
	}
	if err := l.ahead(ctx); err != nil {
		return err
	}
	return l.within(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, steps()) })
}

// ahead turns to write-ahead logging, with which readers and a writer do not
// keep each other out. While others open the same new file SQLite refuses at
// once, whatever the timeout says, because waiting could be for ever.
func (l *Ledger) ahead(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		var mode string
		err := l.db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		if !busy(err) {
			return l.told(err)
		}
		select {
		case <-ctx.Done():
			return l.told(err)
		case <-time.After(wait):
		}
	}
}

// within runs a transaction that holds the file from its beginning: what it
// reads is what it changes.
func (l *Ledger) within(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.told(err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the first error is what matters
		return l.told(err)
	}
	return l.told(tx.Commit())
}

func busy(err error) bool {
	var code *sqlite.Error
	return errors.As(err, &code) && code.Code()&0xff == sqlite3.SQLITE_BUSY
}

// damaged says what can be done with a file that other hands changed.
func (l *Ledger) damaged(how string) error {
	return fmt.Errorf("%s: is damaged: %s; put a copy in its place, or move it away: a new one begins without what was acknowledged", l.path, how)
}

// told says of an error which file it is about, and says it in our words where
// SQLite's are for programmers.
func (l *Ledger) told(err error) error {
	if err == nil {
		return nil
	}
	var code *sqlite.Error
	if errors.As(err, &code) {
		switch code.Code() & 0xff { // the rest tells more of the same
		case sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%s: is no ledger: not an SQLite file", l.path)
		case sqlite3.SQLITE_CORRUPT:
			return l.damaged(err.Error())
		case sqlite3.SQLITE_ERROR: // a table or a column of ours is not there
			return l.damaged(err.Error())
		case sqlite3.SQLITE_READONLY:
			return fmt.Errorf("%s: cannot be written, which reading needs as well, for what others write meanwhile; a copy of it can be read", l.path)
		case sqlite3.SQLITE_CANTOPEN:
			return fmt.Errorf("%s: cannot be opened or made: %w", l.path, err)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("%s: others kept it for longer than %s: %w", l.path, patience, err)
		}
	}
	return fmt.Errorf("%s: %w", l.path, err)
}
