//go:build !windows

package filelock

import (
	"errors"
	"os"
	"syscall"
)

// tryLock opens and locks a file. It returns nil if another process has the lock.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return nil, f.Close()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	mine, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(mine, now) {
		return nil, f.Close() // the last holder removed the file after it was opened here
	}
	return f, f.Truncate(0)
}

// removeLock removes the file while the lock is held: who opened it before notices that
// it is gone.
func removeLock(path string, _ *os.File) { _ = os.Remove(path) }
