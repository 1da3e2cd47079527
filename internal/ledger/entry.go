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

// layout is RFC 3339 in UTC with a fixed length, so that texts sort as times do and
// people can read them with sqlite3.
const layout = "2006-01-02T15:04:05.000Z"

func stamp(t time.Time) string { return t.UTC().Format(layout) }

// stampOf is stamp; "" for no time.
func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

// columns are the columns of the table change, in the order of fields.
const columns = "id, operation, kind, code, place, impact, before, now, got, message, count, first, last, runs, absent, status, by, why, first_seen, last_seen, acknowledged_at, resolved_at, sources"

// fields returns the destinations of the columns, except for the last five.
func (e *Entry) fields() []any {
	return []any{
		&e.ID, &e.Operation, &e.Kind, &e.Code, &e.At, &e.Impact,
		jsonValue{&e.Before},
		jsonValue{&e.Now},
		jsonValue{&e.Got},
		&e.Message,
		&e.Count, &e.First, &e.Last, &e.Runs, &e.Absent, &e.Status, &e.By, &e.Why,
	}
}

// jsonValue stores a contract.Value in a column as JSON. The zero value is the empty
// string.
type jsonValue struct{ value *contract.Value }

// Value returns the content of the column.
func (s jsonValue) Value() (driver.Value, error) {
	if s.value.IsZero() {
		return "", nil
	}
	raw, err := contract.Encode(s.value)
	return string(raw), err
}

// Scan reads the content of the column.
func (s jsonValue) Scan(column any) error {
	text, _ := column.(string)
	*s.value = contract.Value{}
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), s.value)
}

// put inserts an entry, or replaces the entry with the same id.
func put(ctx context.Context, tx *sql.Tx, e Entry) error {
	sources := ""
	if len(e.Sources) > 0 {
		raw, err := json.Marshal(e.Sources)
		if err != nil {
			return err
		}
		sources = string(raw)
	}
	values := append(e.fields(), stamp(e.FirstSeen), stamp(e.LastSeen), stampOf(e.AcknowledgedAt), stampOf(e.ResolvedAt), sources)
	holes := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO change ("+columns+") VALUES ("+holes+")", values...)
	return err
}

// readOne reads the entry with an id. The error is sql.ErrNoRows if there is none.
func readOne(ctx context.Context, tx *sql.Tx, id string) (Entry, error) {
	all, err := read(ctx, tx, "WHERE id = ?", id)
	if err == nil && len(all) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Entry{}, err
	}
	return all[0], nil
}

// querier is implemented by a database and a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// read reads the entries that match a WHERE clause; an empty clause matches all.
func read(ctx context.Context, db querier, where string, args ...any) (all []Entry, err error) {
	found, err := db.QueryContext(ctx, "SELECT "+columns+" FROM change "+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = cmp.Or(err, found.Close()) }()
	for found.Next() {
		var e Entry
		var first, last, acknowledged, resolved, sources string
		if err := found.Scan(append(e.fields(), &first, &last, &acknowledged, &resolved, &sources)...); err != nil {
			return nil, err
		}
		if sources != "" {
			if err := json.Unmarshal([]byte(sources), &e.Sources); err != nil {
				return nil, fmt.Errorf("%s: %w", e.ID, err)
			}
		}
		for _, t := range []struct {
			text string
			at   *time.Time
		}{{first, &e.FirstSeen}, {last, &e.LastSeen}, {acknowledged, &e.AcknowledgedAt}, {resolved, &e.ResolvedAt}} {
			if t.text == "" && (t.at == &e.AcknowledgedAt || t.at == &e.ResolvedAt) {
				continue
			}
			if *t.at, err = time.Parse(layout, t.text); err != nil {
				return nil, fmt.Errorf("%s: %w", e.ID, err)
			}
		}
		all = append(all, e)
	}
	return all, found.Err()
}

// List returns the entries with the given statuses, or all entries if none is given.
// The worst come first.
func (l *Ledger) List(ctx context.Context, statuses ...Status) ([]Entry, error) {
	where, args := "", []any{}
	for _, s := range statuses {
		where += ", ?"
		args = append(args, s)
	}
	if where != "" {
		where = "WHERE status IN (" + where[2:] + ")"
	}
	all, err := read(ctx, l.file.DB(), where, args...)
	if err != nil {
		return nil, l.file.Wrap(err)
	}
	return sorted(all), nil
}

// Runs returns the number of recorded runs.
func (l *Ledger) Runs(ctx context.Context) (n int64, err error) {
	err = l.file.DB().QueryRowContext(ctx, "SELECT count(*) FROM run").Scan(&n)
	return n, l.file.Wrap(err)
}

// sorted sorts entries in place: the worst first, then by operation and place.
func sorted(all []Entry) []Entry {
	slices.SortFunc(all, func(a, b Entry) int { return a.Compare(&b.Change) })
	return all
}
