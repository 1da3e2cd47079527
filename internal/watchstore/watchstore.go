// Package watchstore remembers what watching needs, in the same SQLite file as the ledger.
// It implements watch.Store.
//
// Observations are added to their minute, hour and day in the transaction that stores them,
// so the sums are exact at any time, and Compact only deletes. Compact first notes from when
// on a step is kept, and deletes then, a part at a time: reading leaves out what is older
// than the note, so an interrupted Compact shows the same as a finished one.
//
// Each row has a checksum of its key and its content; Open compares all of them. A row that
// is not what was written is reported as damage, and never read as something else.
package watchstore

import (
	"context"
	"database/sql"
	"errors"

	"assay/internal/database"
	"assay/internal/watch"
)

// Store is an open store. It is safe for concurrent use.
type Store struct {
	file       *database.File
	statements map[string]*sql.Stmt
	words      words
}

var _ watch.Store = (*Store)(nil)

// Open opens the file of a store, and creates it if it does not exist.
func Open(ctx context.Context, path string) (*Store, error) {
	file, err := database.Open(ctx, path)
	if err != nil {
		return nil, classify(err)
	}
	statements, err := prepare(ctx, file.DB())
	if err != nil {
		return nil, errors.Join(classify(file.Wrap(err)), file.Close())
	}
	s := &Store{file: file, statements: statements, words: newWords()}
	if err := s.verify(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close closes the file.
func (s *Store) Close() error {
	var err error
	for _, statement := range s.statements {
		err = errors.Join(err, statement.Close())
	}
	return classify(errors.Join(s.file.Wrap(err), s.file.Close()))
}

// roomNeeded is how many bytes Check stores to find out whether there is room. It is more
// than most runs need.
const roomNeeded = 64 << 10

// Check reports whether the store can be read and written now. It stores some bytes and
// deletes them.
func (s *Store) Check(ctx context.Context) error {
	if _, err := s.Things(ctx); err != nil {
		return err
	}
	if err := s.transact(ctx, func(t *tx) error {
		return t.exec("INSERT OR REPLACE INTO watch_room (id, data) VALUES (1, zeroblob(?))", roomNeeded)
	}); err != nil {
		return err
	}
	return s.transact(ctx, func(t *tx) error { return t.exec("DELETE FROM watch_room") })
}

// tx is a transaction.
type tx struct {
	handle
	ctx   context.Context
	store *Store
	fresh map[string]int64 // words that it adds
}

// handle is what a transaction that writes and one that only reads have in common.
type handle interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// transact runs do in a transaction: all of it is stored, or nothing.
func (s *Store) transact(ctx context.Context, do func(*tx) error) error {
	t := &tx{ctx: ctx, store: s, fresh: map[string]int64{}}
	err := s.file.Transact(ctx, func(inner *sql.Tx) error {
		t.handle = inner
		return s.mark(do(t))
	})
	if err == nil {
		s.words.add(t.fresh)
	}
	return classify(err)
}

// view runs do in a transaction that only reads.
func (s *Store) view(ctx context.Context, do func(*tx) error) error {
	return classify(s.file.View(ctx, func(conn *sql.Conn) error {
		return s.mark(do(&tx{handle: conn, ctx: ctx, store: s}))
	}))
}

// row is a row that was read. Its key is a number, or a text or bytes.
type row struct {
	number int64
	text   string
	data   []byte
}

// rows reads all rows of a query, whose columns are a key and data. A transaction cannot
// read anything else before it has read them all.
func (t *tx) rows(query string, args ...any) (all []row, err error) {
	found, err := t.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		var r row
		var key any
		if err := found.Scan(&key, &r.data); err != nil {
			return nil, err
		}
		switch key := key.(type) {
		case int64:
			r.number = key
		case string:
			r.text = key
		case []byte:
			r.text = string(key)
		default:
			return nil, damage("a row has no key")
		}
		all = append(all, r)
	}
	return all, found.Err()
}

// mark turns the error of a row that is not what was written into one that names the file.
func (s *Store) mark(err error) error {
	var d damage
	if errors.As(err, &d) {
		return s.file.Damaged(string(d))
	}
	return err
}

// fault is an error of a kind that package watch knows.
type fault struct{ kind, cause error }

func (f *fault) Error() string   { return f.cause.Error() }
func (f *fault) Unwrap() []error { return []error{f.kind, f.cause} }

// classify gives an error of the file the kind that package watch has for it.
func classify(err error) error {
	for kind, of := range map[error]error{
		watch.ErrFull: database.ErrFull, watch.ErrDamaged: database.ErrDamaged, watch.ErrBusy: database.ErrBusy,
	} {
		if errors.Is(err, of) {
			return &fault{kind, err}
		}
	}
	return err
}
