package database_test

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"assay/internal/database"
)

// digests are of the migrations that a version had. They never change: a file that an earlier
// version wrote would differ from a new one.
var digests = []string{"68338aad42fe42ec", "cc7adee7b86c592e", "7ec8bfbb6d556af7", "41265135218d4a4f", "1cecb2e9996f2756"}

// TestMigrationsStay compares the migrations with those of earlier versions.
func TestMigrationsStay(t *testing.T) {
	t.Parallel()
	var got []string
	for _, m := range database.Migrations() {
		got = append(got, fmt.Sprintf("%x", sha256.Sum256([]byte(m)))[:16])
	}
	if !slices.Equal(got, digests) {
		t.Errorf("the migrations are %q, and were %q: add one, and change none", got, digests)
	}
}

// TestEarlierVersions opens files of every earlier version: they get the same tables as a new
// one, and keep what is in them.
func TestEarlierVersions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := tables(t, opened(t, filepath.Join(dir, "new.db")))
	for version := 1; version < len(database.Migrations()); version++ {
		path := filepath.Join(dir, fmt.Sprintf("version%d.db", version))
		if err := database.MigrateTo(t.Context(), path, version); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.ExecContext(t.Context(), "INSERT INTO run (at, changes) VALUES ('2026-01-01T02:00:00.000Z', 7)")
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		f := opened(t, path)
		if got := tables(t, f); !slices.Equal(got, want) {
			t.Errorf("version %d: %q, want %q", version, got, want)
		}
		if n := number(t, f, "SELECT changes FROM run"); n != 7 {
			t.Errorf("version %d: a run has %d changes", version, n)
		}
	}
}

// tables gives the columns of all tables.
func tables(t *testing.T, f *database.File) (all []string) {
	t.Helper()
	found, err := f.DB().QueryContext(t.Context(), "SELECT m.name || '.' || c.name || ' ' || c.type || c.pk FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // read to its end
	for found.Next() {
		var column string
		if err := found.Scan(&column); err != nil {
			t.Fatal(err)
		}
		all = append(all, column)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
