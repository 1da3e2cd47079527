package main

import (
	"context"
	"errors"

	"assay/internal/cassette"
)

// checkLock waits until no other process writes to a folder of cassettes.
func checkLock(ctx context.Context, dir string) error {
	unlock, err := cassette.LockUntil(ctx, dir, cassette.LockWait)
	if err != nil && ctx.Err() != nil {
		return interrupted("nothing was sent")
	}
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

// saveCassettes writes cassettes to a folder, which it locks.
func saveCassettes(ctx context.Context, dir string, kept map[string]cassette.Saved) error {
	unlock, err := cassette.LockUntil(ctx, dir, cassette.LockWait)
	if err != nil {
		return err
	}
	defer unlock()
	return cassette.SaveLocked(dir, kept)
}

// lockExit gives the exit for a folder that cannot be locked.
func lockExit(err error) error {
	if isLocked(err) {
		return &exit{exitInconclusive, err.Error() + "; nothing is written", "wait until it ends, or write to another folder"}
	}
	return &exit{exitUsage, err.Error(), ""}
}
