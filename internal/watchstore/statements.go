package watchstore

import (
	"context"
	"database/sql"
	"errors"
)

// The statements that every run needs.
const (
	selectJob     = "SELECT data FROM watch_job WHERE job = ?"
	selectRun     = "SELECT data FROM watch_run WHERE job = ? AND slot = ?"
	insertRun     = "INSERT INTO watch_run (job, slot, data) VALUES (?, ?, ?)"
	updateRun     = "UPDATE watch_run SET data = ? WHERE job = ? AND slot = ?"
	replaceThing  = "INSERT OR REPLACE INTO watch_thing (thing, data) VALUES (?, ?)"
	selectReport  = "SELECT data FROM watch_report WHERE job = ?"
	replaceReport = "INSERT OR REPLACE INTO watch_report (job, data) VALUES (?, ?)"
)

func selectPoint(s step) string {
	return "SELECT data FROM " + s.table + " WHERE thing = ? AND time = ?"
}

func replacePoint(s step) string {
	return "INSERT OR REPLACE INTO " + s.table + " (thing, time, data) VALUES (?, ?, ?)"
}

// prepare compiles the statements that every run needs, by their text.
func prepare(ctx context.Context, db *sql.DB) (map[string]*sql.Stmt, error) {
	all := []string{selectJob, selectRun, insertRun, updateRun, replaceThing, selectReport, replaceReport}
	for _, s := range steps() {
		all = append(all, selectPoint(s), replacePoint(s))
	}
	prepared := map[string]*sql.Stmt{}
	for _, text := range all {
		statement, err := db.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		prepared[text] = statement
	}
	return prepared, nil
}

// prepared gives a compiled statement for use in this transaction; nil: it is not one that
// every run needs.
func (t *tx) prepared(text string) *sql.Stmt {
	inner, writes := t.handle.(*sql.Tx)
	statement := t.store.statements[text]
	if !writes || statement == nil {
		return nil
	}
	return inner.StmtContext(t.ctx, statement)
}

// exec runs a statement.
func (t *tx) exec(statement string, args ...any) (err error) {
	if s := t.prepared(statement); s != nil {
		_, err = s.ExecContext(t.ctx, args...)
	} else {
		_, err = t.ExecContext(t.ctx, statement, args...)
	}
	return err
}

// data reads the column data of one row; nil: there is no such row.
func (t *tx) data(query string, args ...any) ([]byte, error) {
	var found *sql.Row
	if s := t.prepared(query); s != nil {
		found = s.QueryRowContext(t.ctx, args...)
	} else {
		found = t.QueryRowContext(t.ctx, query, args...)
	}
	var data []byte
	err := found.Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return data, err
}
