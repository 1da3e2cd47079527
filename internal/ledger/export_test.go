package ledger

import (
	"context"
	"database/sql"
)

// Migrate applies more migrations, as a later version would.
func (l *Ledger) Migrate(ctx context.Context, more ...string) error {
	return l.transact(ctx, func(tx *sql.Tx) error { return migrate(ctx, tx, append(migrations(), more...)) })
}

// Database returns the open database.
func (l *Ledger) Database() *sql.DB { return l.db }
