package cassette

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// LockWait is how long Save and others wait for a folder that another process writes to.
const LockWait = 10 * time.Second

// lockFile is the file that a process locks while it writes to a folder. The operating
// system ends the lock with the process, so a killed process blocks no other.
const lockFile = "manifest.lock"

// LockedError says that another process kept a folder locked.
type LockedError struct {
	Dir    string
	Holder string // such as "process 4711, since 10:31:02"; "" if it did not say
	Wait   time.Duration
}

func (e *LockedError) Error() string {
	holder := e.Holder
	if holder == "" {
		holder = "a process that did not say its number"
	}
	return fmt.Sprintf("%s is locked: another assay writes to it (%s), and did not finish within %s", e.Dir, holder, e.Wait)
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
		f, err := tryLock(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if f != nil {
			holder := fmt.Sprintf("process %d, since %s", os.Getpid(), time.Now().Format(time.TimeOnly))
			if _, err := f.WriteAt([]byte(holder), 0); err != nil {
				_ = f.Close() // the error of writing counts
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			return func() {
				removeLock(path, f)
				_ = f.Close() // it ends the lock, whatever it returns
			}, nil
		}
		if ctx.Err() != nil || time.Now().After(until) {
			holder, _ := os.ReadFile(path) // without it the message says so
			return nil, &LockedError{Dir: dir, Holder: strings.TrimSpace(string(holder)), Wait: wait}
		}
	}
}
