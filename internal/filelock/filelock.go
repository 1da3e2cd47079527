// Package filelock lets one process at a time hold a lock, which is a file beside what it
// protects. The operating system ends the lock with the process, so a killed process blocks no
// other.
package filelock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Lock is a lock that is held.
type Lock struct {
	path string
	file *os.File
}

// Try takes the lock at a path, and writes into the file who holds it. It returns nil if
// another process, or this one, holds it.
func Try(path string) (*Lock, error) {
	f, err := tryLock(path)
	if f == nil || err != nil {
		return nil, err
	}
	holder := fmt.Sprintf("process %d, since %s", os.Getpid(), time.Now().Format(time.TimeOnly))
	if _, err := f.WriteAt([]byte(holder), 0); err != nil {
		_ = f.Close() // the error of writing counts
		return nil, err
	}
	return &Lock{path, f}, nil
}

// Holder says who holds the lock at a path, such as "process 4711, since 10:31:02".
func Holder(path string) string {
	holder, _ := os.ReadFile(path) // without it the text says so
	if text := strings.TrimSpace(string(holder)); text != "" {
		return text
	}
	return "a process that did not say its number"
}

// Unlock ends the lock.
func (l *Lock) Unlock() {
	removeLock(l.path, l.file)
	_ = l.file.Close() // it ends the lock, whatever it returns
}

// Held reports whether a process holds the lock at a path. If a killed process left it, Held
// removes it.
func Held(path string) (bool, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	l, err := Try(path)
	if l == nil {
		return err == nil, err
	}
	l.Unlock()
	return false, nil
}
