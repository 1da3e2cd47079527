package ledger_test

import (
	"path/filepath"
	"testing"

	"assay/internal/contract"
	"assay/internal/ledger"
)

// TestRecordSources records runs of several sources in one ledger. A change is resolved when
// each source that found it has not found it for some runs; runs of others do not count.
func TestRecordSources(t *testing.T) {
	t.Parallel()
	type run struct {
		source, want string
		finds        bool
	}
	const (
		nothing  = "new[] back[] known[] acknowledged[] absent[] resolved[]"
		isNew    = "new[x] back[] known[] acknowledged[] absent[] resolved[]"
		isBack   = "new[] back[x] known[] acknowledged[] absent[] resolved[]"
		acked    = "new[] back[] known[] acknowledged[x] absent[] resolved[]"
		absent   = "new[] back[] known[] acknowledged[] absent[x] resolved[]"
		resolved = "new[] back[] known[] acknowledged[] absent[x] resolved[x]"
	)
	for name, runs := range map[string][]run{
		"another job never found it": {{"a", isNew, true}, {"b", nothing, false}, {"b", nothing, false}, {"b", nothing, false}, {"a", acked, true}},
		"by hand":                    {{"a", isNew, true}, {"", nothing, false}, {"", nothing, false}, {"", nothing, false}, {"a", acked, true}},
		"its own job":                {{"a", isNew, true}, {"a", absent, false}, {"b", nothing, false}, {"a", absent, false}, {"a", resolved, false}, {"b", isBack, true}},
		"both found it, one does not any more": {
			{"a", isNew, true},
			{"b", acked, true},
			{"b", absent, false},
			{"b", absent, false},
			{"b", absent, false},
			{"b", absent, false},
			{"a", acked, true},
			{"a", absent, false},
			{"a", absent, false},
			{"a", resolved, false},
		},
		"found again between": {{"a", isNew, true}, {"a", absent, false}, {"a", absent, false}, {"b", acked, true}, {"a", absent, false}, {"b", acked, true}},
		"another job after it came back": {
			{"a", isNew, true},
			{"a", absent, false},
			{"a", absent, false},
			{"a", resolved, false},
			{"b", isBack, true},
			{"a", nothing, false},
			{"a", nothing, false},
			{"a", nothing, false},
			{"b", absent, false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, x := opened(t, filepath.Join(t.TempDir(), "drift.db")), change("member-null", "x")
			for i, r := range runs {
				l.Source = r.source
				found := []contract.Change{x}
				if !r.finds {
					found = nil
				}
				if got := summary(recorded(t, l, at(i+1), found...)); got != r.want {
					t.Errorf("run %d, of %q: %s, want %s", i+1, r.source, got, r.want)
				}
				if i == 0 {
					if _, err := l.Acknowledge(t.Context(), x.ID, "a", "b"); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// TestRecordUnknownSource has a change that an earlier version found: runs of any source count,
// until one finds it.
func TestRecordUnknownSource(t *testing.T) {
	t.Parallel()
	for _, found := range []bool{false, true} {
		l, x := opened(t, filepath.Join(t.TempDir(), "drift.db")), change("member-null", "x")
		recorded(t, l, at(1), x)
		if _, err := l.Database().ExecContext(t.Context(), "UPDATE change SET sources = '', absent = 1"); err != nil {
			t.Fatal(err)
		}
		if found {
			l.Source = "a"
			recorded(t, l, at(2), x)
		}
		l.Source = "b"
		recorded(t, l, at(3))
		recorded(t, l, at(4))
		all, err := l.List(t.Context(), ledger.Resolved)
		if err != nil || (len(all) == 0) != found {
			t.Errorf("a source found it: %v; resolved: %v, %v", found, all, err)
		}
	}
}
