package cassette

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"assay/internal/filelock"
)

// LockWait is how long Save and others wait for a folder that another process writes to.
const LockWait = 10 * time.Second

// lockFile is the file that a process locks while it writes to a folder. The operating
// system ends the lock with the process, so a killed process blocks no other.
const lockFile = "manifest.lock"

// LockedError says that another process kept a folder locked.
type LockedError struct {
	Dir    string
	Holder string // such as "process 4711, since 10:31:02"
	Wait   time.Duration
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is locked: another assay writes to it (%s), and did not finish within %s", e.Dir, e.Holder, e.Wait)
}

// Lock locks a folder of cassettes, so that only one process reads and rewrites its
// manifest at a time. It waits for a process that has the lock; after that time the error
// is a *LockedError. Save locks by itself. Call unlock soon.
func Lock(dir string, wait time.Duration) (unlock func(), err error) {
	return LockUntil(context.Background(), dir, wait)
}

// LockUntil is Lock, but once ctx has ended it waits no longer.
func LockUntil(ctx context.Context, dir string, wait time.Duration) (unlock func(), err error) {
	path := filepath.Join(dir, lockFile)
	for until := time.Now().Add(wait); ; time.Sleep(10 * time.Millisecond) {
		l, err := filelock.Try(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if l != nil {
			return l.Unlock, nil
		}
		if ctx.Err() != nil || time.Now().After(until) {
			return nil, &LockedError{Dir: dir, Holder: filelock.Holder(path), Wait: wait}
		}
	}
}
