package ledger

import "database/sql"

// Database returns the open database.
func (l *Ledger) Database() *sql.DB { return l.file.DB() }
