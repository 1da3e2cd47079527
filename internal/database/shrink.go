package database

import (
	"context"
	"errors"
)

// spare is how many free pages a file keeps for what will be stored next, beside a quarter
// of its size.
const spare = 256

// Shrink gives the room of deleted rows back to the disk, if it is much, and that of the
// write-ahead log.
func (f *File) Shrink(ctx context.Context) error {
	return f.Wrap(stopped(ctx, f.shrink(ctx)))
}

func (f *File) shrink(ctx context.Context) error {
	for {
		var free, pages int64
		if err := f.db.QueryRowContext(ctx, "SELECT (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_count FROM pragma_page_count)").Scan(&free, &pages); err != nil {
			return err
		}
		if free <= spare+pages/4 {
			break
		}
		if err := f.all(ctx, "PRAGMA incremental_vacuum(512)"); err != nil {
			return err
		}
		var now int64
		if err := f.db.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&now); err != nil || now >= free {
			return err // a file of an earlier version keeps its free pages, and uses them again
		}
	}
	return f.all(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
}

// all runs a statement to its end, and leaves out the rows that it gives.
func (f *File) all(ctx context.Context, statement string) (err error) {
	found, err := f.db.QueryContext(ctx, statement)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() { // each row is a step of the statement
	}
	return found.Err()
}
