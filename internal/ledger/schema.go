package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// mark is the application_id of our files, "assy" in ASCII: SQLite is a format
// that many programs write.
const mark = 0x61737379

// steps are what brings a file from each version to the next, the first from
// nothing. A step that was released never changes.
func steps() []string {
	return []string{`
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
	got    = CASE got    WHEN '' THEN '' ELSE json_object('notation', got) END;`}
}

// ours refuses a file that another program wrote, before anything is changed in
// it, and one of a version to come.
func (l *Ledger) ours(ctx context.Context) error {
	var id, tables int
	if err := l.db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &tables); err != nil {
		return l.told(err)
	}
	switch {
	case tables == 0: // new, or empty
		return nil
	case id != mark:
		return fmt.Errorf("%s: is no ledger: an SQLite file of another program", l.path)
	}
	version, err := versionOf(ctx, l.db)
	if err != nil {
		return l.told(err)
	}
	if err := known(version, len(steps())); err != nil {
		return l.told(err)
	}
	if version == 0 {
		return l.damaged("it says no version")
	}
	var sound string
	if err := l.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return l.told(err)
	}
	if sound != "ok" {
		return l.damaged(sound)
	}
	return nil
}

// known tells whether a version of the file is one of those this program knows.
func known(version, newest int) error {
	if version > newest {
		return fmt.Errorf("a newer assay wrote it: its version is %d, and this one knows %d", version, newest)
	}
	return nil
}

// rows is what a database and a transaction have in common.
type rows interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func versionOf(ctx context.Context, db rows) (version int, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM version").Scan(&version)
	return version, err
}

// migrate takes the steps that a file has not taken.
func migrate(ctx context.Context, tx *sql.Tx, all []string) error {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; CREATE TABLE IF NOT EXISTS version (version INTEGER NOT NULL PRIMARY KEY)", mark)); err != nil {
		return err
	}
	version, err := versionOf(ctx, tx)
	if err != nil {
		return err
	}
	if err := known(version, len(all)); err != nil {
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
