package database

import "context"

// Migrate applies more migrations, as a later version would.
func (f *File) Migrate(ctx context.Context, later ...string) error { return f.migrate(ctx, later...) }
