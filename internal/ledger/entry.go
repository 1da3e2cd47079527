package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// layout is RFC 3339 in UTC of one length, so that texts have the order of
// times, and a person with sqlite3 can read them.
const layout = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(layout) }

// columns are those of the table change, in the order of fields.
const columns = "id, operation, kind, code, place, impact, before, now, got, message, count, first, last, runs, absent, status, by, why, first_seen, last_seen"

// fields are where the columns go, the two times left out.
func (e *Entry) fields() []any {
	return []any{
		&e.ID, &e.Operation, &e.Kind, &e.Code, &e.At, &e.Impact,
		stored{&e.Before},
		stored{&e.Now},
		stored{&e.Got},
		&e.Message,
		&e.Count, &e.First, &e.Last, &e.Runs, &e.Absent, &e.Status, &e.By, &e.Why,
	}
}

// stored is a value of a change as a column holds it: JSON, and "" where nothing is
// known.
type stored struct{ value *contract.Value }

// Value writes the column.
func (s stored) Value() (driver.Value, error) {
	if s.value.IsZero() {
		return "", nil
	}
	raw, err := contract.Encode(s.value)
	return string(raw), err
}

// Scan reads the column.
func (s stored) Scan(column any) error {
	text, _ := column.(string)
	*s.value = contract.Value{}
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), s.value)
}

// put writes an entry over what stood there.
func put(ctx context.Context, tx *sql.Tx, e Entry) error {
	values := append(e.fields(), stamp(e.FirstSeen), stamp(e.LastSeen))
	holes := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO change ("+columns+") VALUES ("+holes+")", values...)
	return err
}

// one reads the entry of an id; sql.ErrNoRows: there is none.
func one(ctx context.Context, tx *sql.Tx, id string) (Entry, error) {
	all, err := read(ctx, tx, "WHERE id = ?", id)
	if err == nil && len(all) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Entry{}, err
	}
	return all[0], nil
}

// queried is what a database and a transaction have in common.
type queried interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// read reads the entries of which a condition is true.
func read(ctx context.Context, db queried, where string, args ...any) (all []Entry, err error) {
	found, err := db.QueryContext(ctx, "SELECT "+columns+" FROM change "+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = cmp.Or(err, found.Close()) }()
	for found.Next() {
		var e Entry
		var first, last string
		if err := found.Scan(append(e.fields(), &first, &last)...); err != nil {
			return nil, err
		}
		if e.FirstSeen, err = time.Parse(layout, first); err != nil {
			return nil, fmt.Errorf("%s: %w", e.ID, err)
		}
		if e.LastSeen, err = time.Parse(layout, last); err != nil {
			return nil, fmt.Errorf("%s: %w", e.ID, err)
		}
		all = append(all, e)
	}
	return all, found.Err()
}

// List gives the entries of some statuses, or of all where none is named, the
// worst first.
func (l *Ledger) List(ctx context.Context, statuses ...Status) ([]Entry, error) {
	where, args := "", []any{}
	for _, s := range statuses {
		where += ", ?"
		args = append(args, s)
	}
	if where != "" {
		where = "WHERE status IN (" + where[2:] + ")"
	}
	all, err := read(ctx, l.db, where, args...)
	if err != nil {
		return nil, l.told(err)
	}
	return sorted(all), nil
}

// Runs tells how many runs were recorded.
func (l *Ledger) Runs(ctx context.Context) (n int64, err error) {
	err = l.db.QueryRowContext(ctx, "SELECT count(*) FROM run").Scan(&n)
	return n, l.told(err)
}

// sorted puts entries in order: the worst first, then by what they are about.
func sorted(all []Entry) []Entry {
	slices.SortFunc(all, func(a, b Entry) int { return a.Compare(&b.Change) })
	return all
}
