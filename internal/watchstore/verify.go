package watchstore

import (
	"context"
	"errors"
	"strings"
)

// tables lists the tables, as the checksums name them, and the columns of their keys.
func tables() map[string][]string {
	all := map[string][]string{
		"word": {"id"}, "job": {"job"}, "run": {"job", "slot"}, "calls": {"job", "hour"}, "report": {"job"}, "file": {"job", "name"}, "thing": {"thing"},
		"kept": {"step"}, "event": {"time", "id"}, "message": {"state", "id"}, "delivered": {"id"}, "window": {"id"},
	}
	for _, s := range steps() {
		all[s.table] = []string{"thing", "time"}
	}
	return all
}

// verify compares every row with its checksum. A row whose key is damaged is found by no
// query, and would be missing without an error.
func (s *Store) verify(ctx context.Context) error {
	return s.view(ctx, func(t *tx) error {
		for name, columns := range tables() {
			if err := t.verify(name, columns); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) verify(name string, columns []string) (err error) {
	found, err := t.QueryContext(t.ctx, "SELECT "+strings.Join(columns, ", ")+", data FROM watch_"+strings.TrimPrefix(name, "watch_"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	values := make([]any, len(columns))
	var data []byte
	places := []any{}
	for i := range values {
		places = append(places, &values[i])
	}
	places = append(places, &data)
	for found.Next() {
		if err := found.Scan(places...); err != nil {
			return damage("a row cannot be read: " + err.Error())
		}
		for _, v := range values {
			switch v.(type) {
			case int64, string, []byte:
			default:
				return damage("a row has no key")
			}
		}
		if _, err := keyOf(name, values...).open(data); err != nil {
			return err
		}
	}
	return found.Err()
}
