// Package database opens the SQLite file in which assay remembers things: the ledger of
// changes, and the history of watching. Both are in one file, and each can be used alone.
// No other package imports SQLite.
//
// Open opens or creates a file, brings it to the newest version, and checks it. It returns
// an error for a file that is damaged, that another program wrote, or that a newer assay
// wrote. Errors name the file and say what to do; errors.Is finds ErrFull, ErrDamaged and
// ErrBusy in them.
//
// Many processes may write to one file at the same time: a transaction locks the file from
// its beginning, and writers wait for each other for up to 30 seconds. What Transact
// commits is on the disk. A full disk or a kill loses only the transaction that was not
// committed, and the file can be used again when there is room.
package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// lockTimeout is how long a writer waits for other writers.
const lockTimeout = 30 * time.Second

// walLimit is how many bytes of the write-ahead log stay on the disk when it is not in use.
const walLimit = 4 << 20

// File is an open file. It is safe for concurrent use.
type File struct {
	path string // as the user gave it
	full string // absolute
	db   *sql.DB
	info os.FileInfo // of the file that was opened
}

// Open opens a file, creates it if it does not exist, and migrates one that an earlier
// version wrote.
func Open(ctx context.Context, path string) (*File, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	settings := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", lockTimeout.Milliseconds()),
		"synchronous(FULL)", // a committed transaction survives a loss of power, with WAL as well
		fmt.Sprintf("journal_size_limit(%d)", walLimit),
	}}
	where := url.URL{Path: full}
	db, err := sql.Open("sqlite", "file:"+where.EscapedPath()+"?"+settings.Encode())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // goroutines of one process wait here instead of at the file
	f := &File{path: path, full: full, db: db}
	if err := f.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return f, nil
}

// DB returns the open database, to read from it. Its errors need Wrap.
func (f *File) DB() *sql.DB { return f.db }

// Close closes the file.
func (f *File) Close() error { return f.Wrap(f.db.Close()) }

// prepare checks the file, turns on WAL and migrates it.
func (f *File) prepare(ctx context.Context) error {
	version, err := f.check(ctx)
	if err != nil {
		return err
	}
	if version == 0 { // for Shrink; in another file, the statement would write
		if err := f.repeat(ctx, "PRAGMA auto_vacuum = INCREMENTAL"); err != nil {
			return err
		}
	}
	// Readers and a writer do not block each other.
	if err := f.repeat(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if version < len(migrations()) { // on a full disk, a file can still be opened and read
		if err := f.migrate(ctx); err != nil {
			return err
		}
	}
	info, err := os.Stat(f.full)
	f.info = info
	return f.Wrap(err)
}

// repeat runs a statement until no other process is in its way. While other processes open
// the same new file, SQLite ignores the timeout and returns SQLITE_BUSY at once to avoid a
// deadlock.
func (f *File) repeat(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		err := f.all(ctx, statement)
		if !busy(err) {
			return f.Wrap(err)
		}
		select {
		case <-ctx.Done():
			return f.Wrap(err)
		case <-time.After(wait):
		}
	}
}

// Transact runs do in a transaction that locks the file from its beginning, so that
// nothing changes between its reads and its writes. It commits if do returns no error.
func (f *File) Transact(ctx context.Context, do func(*sql.Tx) error) error {
	if err := f.Present(); err != nil {
		return err
	}
	return f.transact(ctx, do)
}

func (f *File) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return f.Wrap(stopped(ctx, err))
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the error of do is the one to report
		return f.Wrap(stopped(ctx, err))
	}
	return f.Wrap(stopped(ctx, tx.Commit()))
}

// stopped says that a context is over, if that may be why there is an error. The error alone
// may say only that the transaction is over.
func stopped(ctx context.Context, err error) error {
	if over := ctx.Err(); err != nil && over != nil && !errors.Is(err, over) {
		return fmt.Errorf("%w: %w", over, err)
	}
	return err
}

// View runs do in a transaction that only reads, so that all of it sees the file as it was at
// one time. It waits for no writer of another process.
func (f *File) View(ctx context.Context, do func(*sql.Conn) error) error {
	conn, err := f.db.Conn(ctx)
	if err != nil {
		return f.Wrap(stopped(ctx, err))
	}
	_, err = conn.ExecContext(ctx, "BEGIN DEFERRED")
	if err == nil {
		err = do(conn)
		if _, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); end != nil { // no other may find it in a transaction
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
			err = errors.Join(err, end)
		}
	}
	if end := conn.Close(); !errors.Is(end, sql.ErrConnDone) {
		err = errors.Join(err, end)
	}
	return f.Wrap(stopped(ctx, err))
}

// Present returns an error if the open file was removed or replaced. SQLite would go on
// writing to a file that has no name any more, and all of it would be lost at the end.
func (f *File) Present() error {
	now, err := os.Stat(f.full)
	if err == nil && os.SameFile(f.info, now) {
		return nil
	}
	return f.damaged("it was removed or replaced while it was in use", err)
}
