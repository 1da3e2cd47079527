package database_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay/internal/database"
)

func opened(t *testing.T, path string) *database.File {
	t.Helper()
	f, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func run(t *testing.T, f *database.File, statement string, args ...any) error {
	t.Helper()
	return f.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), statement, args...)
		return err
	})
}

func number(t *testing.T, f *database.File, query string) (n int64) {
	t.Helper()
	if err := f.DB().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMigrate applies migrations of a later version. One that fails leaves nothing behind.
func TestMigrate(t *testing.T) {
	t.Parallel()
	f := opened(t, filepath.Join(t.TempDir(), "assay.db"))
	const add = "ALTER TABLE change ADD COLUMN more TEXT NOT NULL DEFAULT ''"
	if err := f.Migrate(t.Context(), add, "this is no SQL"); err == nil || !strings.Contains(err.Error(), "version 7") {
		t.Errorf("a migration that fails: %v", err)
	}
	if left := number(t, f, "SELECT count(*) FROM pragma_table_info('change') WHERE name = 'more'"); left != 0 {
		t.Errorf("the migration before the one that failed left a column: %d", left)
	}
	if err := f.Migrate(t.Context(), add); err != nil {
		t.Errorf("without the one that fails: %v", err)
	}
	if err := f.Migrate(t.Context(), "this migration was applied before"); err != nil {
		t.Errorf("a migration runs twice: %v", err)
	}
}

// TestFull fills a file up to a limit. The transaction that finds no room stores nothing, and
// the file can be used again when there is room.
func TestFull(t *testing.T) {
	t.Parallel()
	f := opened(t, filepath.Join(t.TempDir(), "assay.db"))
	limit := func(pages int64) {
		t.Helper()
		if _, err := f.DB().ExecContext(t.Context(), "PRAGMA max_page_count = "+strconv.FormatInt(pages, 10)); err != nil {
			t.Fatal(err)
		}
	}
	const store = "INSERT INTO watch_room (data) VALUES (zeroblob(?))"
	limit(number(t, f, "PRAGMA page_count") + 4)
	if err := run(t, f, store, 8000); err != nil {
		t.Fatal(err)
	}
	if err := run(t, f, store, 40000); !errors.Is(err, database.ErrFull) || !strings.Contains(err.Error(), "no room on the disk") {
		t.Errorf("a full disk: %v", err)
	}
	if n := number(t, f, "SELECT count(*) FROM watch_room"); n != 1 {
		t.Errorf("%d rows", n)
	}
	limit(1 << 20)
	if err := run(t, f, store, 40000); err != nil {
		t.Errorf("there is room again: %v", err)
	}
}

// TestRemoved removes and replaces a file that is in use.
func TestRemoved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	f := opened(t, path)
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := run(t, f, "DELETE FROM change"); !errors.Is(err, database.ErrDamaged) || !strings.Contains(err.Error(), "removed or replaced") {
		t.Errorf("removed: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t, f, "DELETE FROM change"); !errors.Is(err, database.ErrDamaged) {
		t.Errorf("replaced: %v", err)
	}
	if err := errors.Join(os.Remove(path), os.Rename(path+".moved", path)); err != nil {
		t.Fatal(err)
	}
	if err := run(t, f, "DELETE FROM change"); err != nil {
		t.Errorf("back: %v", err)
	}
}

// TestShrink gives the room of deleted rows back.
func TestShrink(t *testing.T) {
	t.Parallel()
	f := opened(t, filepath.Join(t.TempDir(), "assay.db"))
	if err := errors.Join(run(t, f, "INSERT INTO watch_room (data) VALUES (zeroblob(20000000))"), run(t, f, "DELETE FROM watch_room"), f.Shrink(t.Context())); err != nil {
		t.Fatal(err)
	}
	if pages := number(t, f, "PRAGMA page_count"); pages > 600 {
		t.Errorf("%d pages are left", pages)
	}
	if err := run(t, f, "INSERT INTO watch_room (data) VALUES (zeroblob(2000000))"); err != nil {
		t.Error(err)
	}
}

// TestView reads the same while another process writes.
func TestView(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	f, other := opened(t, path), opened(t, path)
	err := f.View(t.Context(), func(c *sql.Conn) error {
		var before, after int
		const count = "SELECT count(*) FROM watch_room"
		err := c.QueryRowContext(t.Context(), count).Scan(&before)
		err = errors.Join(err, run(t, other, "INSERT INTO watch_room (data) VALUES ('')"), c.QueryRowContext(t.Context(), count).Scan(&after))
		if before != 0 || after != 0 {
			t.Errorf("%d rows, then %d", before, after)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := number(t, f, "SELECT count(*) FROM watch_room"); n != 1 {
		t.Errorf("%d rows after it", n)
	}
	wrong := errors.New("stopped")
	if err := f.View(t.Context(), func(*sql.Conn) error { return wrong }); !errors.Is(err, wrong) {
		t.Error(err)
	}
	if err := run(t, f, "DELETE FROM watch_room"); err != nil {
		t.Errorf("after a reader that failed: %v", err)
	}
}

// TestCancelled ends a context in the middle of a transaction. The error says so, whatever the
// transaction noticed of it.
func TestCancelled(t *testing.T) {
	t.Parallel()
	f := opened(t, filepath.Join(t.TempDir(), "assay.db"))
	ctx, cancel := context.WithCancel(t.Context())
	err := f.Transact(ctx, func(tx *sql.Tx) error {
		cancel()
		for {
			if _, err := tx.ExecContext(t.Context(), "DELETE FROM watch_room"); err != nil {
				return err
			}
		}
	})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, sql.ErrTxDone) {
		t.Errorf("%v", err)
	}
	if err := run(t, f, "DELETE FROM watch_room"); err != nil {
		t.Errorf("after it: %v", err)
	}
}
