package database

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The faults of a file that a user can do something about. errors.Is finds them in the
// errors of this package.
var (
	ErrFull    = errors.New("the disk is full")
	ErrDamaged = errors.New("the file is damaged")
	ErrBusy    = errors.New("the file is locked")
)

// fault is an error about the file, with a text for the user.
type fault struct {
	text  string
	kind  error // ErrFull, ErrDamaged or ErrBusy
	cause error // nil: there is no other
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// Damaged returns the error for a row that cannot be read: it is not what was written.
func (f *File) Damaged(how string) error { return f.damaged(how, nil) }

// damaged returns the error for a damaged file, and says what to do.
func (f *File) damaged(how string, cause error) error {
	return &fault{fmt.Sprintf("%s: is damaged: %s; restore a backup, or move it away to start a new ledger without the acknowledgements and the history", f.path, how), ErrDamaged, cause}
}

// Wrap adds the file to an error, and replaces SQLite's message where it does not help the
// user. It returns an error of this package as it is.
func (f *File) Wrap(err error) error {
	if err == nil {
		return nil
	}
	if mine := (*fault)(nil); errors.As(err, &mine) {
		return err
	}
	var code *sqlite.Error
	if !errors.As(err, &code) {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	switch code.Code() {
	case sqlite3.SQLITE_IOERR_SHORT_READ:
		return f.damaged("it is cut short", err)
	case sqlite3.SQLITE_IOERR_SHMSIZE: // there is no room for the index of the write-ahead log
		return f.noRoom(err)
	}
	switch code.Code() & 0xff { // the other bits are details of the same error
	case sqlite3.SQLITE_NOTADB:
		return &fault{f.path + ": is not a ledger: not an SQLite file", ErrDamaged, err}
	case sqlite3.SQLITE_CORRUPT:
		return f.damaged(err.Error(), err)
	case sqlite3.SQLITE_ERROR: // a table or a column is missing
		return f.damaged(err.Error(), err)
	case sqlite3.SQLITE_FULL:
		return f.noRoom(err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%s: cannot be written; reading a ledger needs write permission too: copy the file and read the copy", f.path)
	case sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%s: cannot be opened or created: %w", f.path, err)
	case sqlite3.SQLITE_BUSY:
		return &fault{fmt.Sprintf("%s: another process locked it for more than %s; retry later: %s", f.path, lockTimeout, err), ErrBusy, err}
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

// noRoom returns the error for a full disk.
func (f *File) noRoom(err error) error {
	return &fault{fmt.Sprintf("%s: there is no room on the disk; nothing of this was stored, and what was stored before is safe: %s", f.path, err), ErrFull, err}
}

// busy reports whether another process has a lock that is needed.
func busy(err error) bool {
	var code *sqlite.Error
	return errors.As(err, &code) && code.Code()&0xff == sqlite3.SQLITE_BUSY
}
