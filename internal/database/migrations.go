package database

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID is the SQLite application_id of our files, "assy" in ASCII. It tells them
// from the SQLite files of other programs.
const applicationID = 0x61737379

// migrations returns the SQL that brings a file from each version to the next, of the
// ledger and of the history of watching. A migration that was released must never change.
func migrations() []string {
	return []string{
		`
CREATE TABLE run (
	id      INTEGER PRIMARY KEY,
	at      TEXT    NOT NULL, -- as stamp writes it
	changes INTEGER NOT NULL  -- how many different ones it met
);
CREATE TABLE change (
	id          TEXT    NOT NULL PRIMARY KEY,
	operation   TEXT    NOT NULL,
	kind        TEXT    NOT NULL,
	code        TEXT    NOT NULL,
	place       TEXT    NOT NULL,
	impact      TEXT    NOT NULL,
	before      TEXT    NOT NULL,
	now         TEXT    NOT NULL,
	got         TEXT    NOT NULL,
	message     TEXT    NOT NULL,
	count       INTEGER NOT NULL,
	first       TEXT    NOT NULL, -- origins
	last        TEXT    NOT NULL,
	first_seen  TEXT    NOT NULL,
	last_seen   TEXT    NOT NULL,
	runs        INTEGER NOT NULL,
	absent      INTEGER NOT NULL,
	status      TEXT    NOT NULL CHECK (status IN ('new', 'acknowledged', 'resolved')),
	by          TEXT    NOT NULL,
	why         TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX change_status ON change (status);`, `
-- What stands at a place was words, and is JSON: see contract.Value.
UPDATE change SET
	before = CASE before WHEN '' THEN '' WHEN 'absent' THEN json_object('absent', json('true')) ELSE json_object('notation', before) END,
	now    = CASE now    WHEN '' THEN '' WHEN 'absent' THEN json_object('absent', json('true')) ELSE json_object('notation', now) END,
	got    = CASE got    WHEN '' THEN '' ELSE json_object('notation', got) END;`, `
-- When a change was acknowledged and resolved, as stamp writes it; '': not, or not known. Of
-- changes that are resolved already, no run is known that resolved them: the first later one
-- stands for it.
ALTER TABLE change ADD COLUMN acknowledged_at TEXT NOT NULL DEFAULT '';
ALTER TABLE change ADD COLUMN resolved_at TEXT NOT NULL DEFAULT '';
UPDATE change SET resolved_at = coalesce((SELECT min(at) FROM run WHERE at > change.last_seen), last_seen) WHERE status = 'resolved';`,
		watchTables, `
-- The sources that found a change, as JSON: how many runs of each in a row have not found it.
-- '': an earlier version found it, and the source is not known.
ALTER TABLE change ADD COLUMN sources TEXT NOT NULL DEFAULT '';`,
	}
}

// check returns the version of a file, and an error for one that is damaged, that another
// program wrote, or that a newer assay wrote. It changes nothing. The version of a file that
// is new or empty is 0.
func (f *File) check(ctx context.Context) (version int, err error) {
	var id, tables int
	if err := f.db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &tables); err != nil {
		return 0, f.Wrap(err)
	}
	switch {
	case tables == 0:
		return 0, nil
	case id != applicationID:
		return 0, &fault{f.path + ": is not a ledger: an SQLite file of another program", ErrDamaged, nil}
	}
	if version, err = versionOf(ctx, f.db); err != nil {
		return 0, f.Wrap(err)
	}
	if err := checkVersion(version, len(migrations())); err != nil {
		return 0, f.Wrap(err)
	}
	if version == 0 {
		return 0, f.damaged("it has no version", nil)
	}
	var result string
	if err := f.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result); err != nil {
		return 0, f.Wrap(err)
	}
	if result != "ok" {
		return 0, f.damaged(result, nil)
	}
	return version, nil
}

// checkVersion returns an error if the version of the file is newer than this program
// knows.
func checkVersion(version, newest int) error {
	if version > newest {
		return fmt.Errorf("written by a newer assay: its version is %d, and this assay reads up to %d", version, newest)
	}
	return nil
}

// rows is implemented by a database and a transaction.
type rows interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func versionOf(ctx context.Context, db rows) (version int, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM version").Scan(&version)
	return version, err
}

// migrate runs the migrations that the file still needs, and then those of a later version,
// if a test gives any.
func (f *File) migrate(ctx context.Context, later ...string) error {
	return f.transact(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, append(migrations(), later...)) })
}

// migrate runs the migrations that the file still needs, within a transaction.
func migrate(ctx context.Context, tx *sql.Tx, all []string) error {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; CREATE TABLE IF NOT EXISTS version (version INTEGER NOT NULL PRIMARY KEY)", applicationID)); err != nil {
		return err
	}
	version, err := versionOf(ctx, tx)
	if err != nil {
		return err
	}
	if err := checkVersion(version, len(all)); err != nil {
		return err
	}
	for i := version; i < len(all); i++ {
		if _, err := tx.ExecContext(ctx, all[i]); err != nil {
			return fmt.Errorf("version %d: %w", i+1, err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO version (version) VALUES (?)", i+1); err != nil {
			return err
		}
	}
	return nil
}
