//go:build !windows

package journal

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed. The system releases the lock of a killed process.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrBusy
	}
	if errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) {
		return nil // some network file systems have no locks
	}
	return err
}
