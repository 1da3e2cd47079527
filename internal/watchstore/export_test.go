package watchstore

import "database/sql"

// Database returns the open database.
func (s *Store) Database() *sql.DB { return s.file.DB() }
