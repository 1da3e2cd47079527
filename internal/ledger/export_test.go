package ledger

import (
	"context"
	"database/sql"
)

// Migrate takes steps of a version to come.
func (l *Ledger) Migrate(ctx context.Context, more ...string) error {
	return l.within(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, append(steps(), more...)) })
}

// Database is the open file.
func (l *Ledger) Database() *sql.DB { return l.db }
