package database

import (
	"context"
	"database/sql"
	"errors"
)

// Migrate applies more migrations, as a later version would.
func (f *File) Migrate(ctx context.Context, later ...string) error { return f.migrate(ctx, later...) }

// Migrations returns the migrations of this version.
func Migrations() []string { return migrations() }

// MigrateTo brings a new file to an earlier version, as that version would have done.
func MigrateTo(ctx context.Context, path string, version int) (err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := migrate(ctx, tx, migrations()[:version]); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
