package main

import (
	"errors"

	"assay/internal/cassette"
)

// checkLock waits until no other process writes to a folder of cassettes.
func checkLock(dir string) error {
	unlock, err := cassette.Lock(dir, cassette.LockWait)
	if err != nil {
		return lockExit(err)
	}
	unlock()
	return nil
}

func isLocked(err error) bool {
	var locked *cassette.LockedError
	return errors.As(err, &locked)
}

// lockExit gives the exit for a folder that cannot be locked.
func lockExit(err error) error {
	if isLocked(err) {
		return &exit{exitInconclusive, err.Error() + "; nothing is written", "wait until it ends, or write to another folder"}
	}
	return &exit{exitUsage, err.Error(), ""}
}
