package ledger_test

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/ledger"
)

func at(day int) time.Time { return time.Date(2026, 1, day, 2, 0, 0, 0, time.UTC) }

var (
	more  = &contract.Template{ID: "more", Text: "the response has a member more"}
	again = &contract.Template{ID: "retry", Text: "slower again"}
)

// words returns the text of the template, which tells messages apart.
func words(m contract.Message) string { return m.Template.Text }

func change(kind contract.Kind, where string) contract.Change {
	c := contract.Change{
		Operation: "paytm/createOrder", Kind: kind, Code: "0000", At: contract.ResponseBody(contract.Pointer("/body/" + where)), Impact: contract.Minor,
		Before: contract.Value{Absent: true}, Now: contract.Value{Types: []string{"string"}}, Message: more.Says(), Is: contract.Count{N: 2, Of: 5}, First: "a.har#1", Last: "a.har#9",
	}
	c.Identify()
	return c
}

func opened(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	l.Sentence = words
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func recorded(t testing.TB, l *ledger.Ledger, run time.Time, changes ...contract.Change) ledger.RunDiff {
	t.Helper()
	diff, err := l.Record(t.Context(), run, changes)
	if err != nil {
		t.Fatal(err)
	}
	return diff
}

func places(all []ledger.Entry) string {
	var names []string
	for _, e := range all {
		names = append(names, strings.TrimPrefix(string(e.At), "response#/body/"))
	}
	return strings.Join(names, " ")
}

func summary(s ledger.RunDiff) string {
	return fmt.Sprintf("new[%s] back[%s] known[%s] acknowledged[%s] absent[%s] resolved[%s]",
		places(s.New), places(s.Back), places(s.Known), places(s.Acknowledged), places(s.Absent), places(s.Resolved))
}

// TestRecord records seven nights with three changes.
func TestRecord(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	a, b, c := change("member-added", "a"), change("member-added", "b"), change("member-added", "c")
	for i, night := range []struct {
		met  []contract.Change
		want string
		then func()
	}{
		{[]contract.Change{a, b}, "new[a b] back[] known[] acknowledged[] absent[] resolved[]", nil},
		{[]contract.Change{b, c}, "new[c] back[] known[b] acknowledged[] absent[a] resolved[]", func() {
			e, err := l.Acknowledge(t.Context(), b.ID, " Asha ", "announced\n")
			if err != nil || e.Status != ledger.Acknowledged || e.By != "Asha" || e.Why != "announced" {
				t.Errorf("acknowledged %+v, %v", e, err)
			}
		}},
		{[]contract.Change{b}, "new[] back[] known[] acknowledged[b] absent[a c] resolved[]", nil},
		{nil, "new[] back[] known[] acknowledged[] absent[a b c] resolved[a]", nil},
		{[]contract.Change{c}, "new[] back[] known[c] acknowledged[] absent[b] resolved[]", nil},
		{[]contract.Change{a}, "new[] back[a] known[] acknowledged[] absent[b c] resolved[b]", nil},
		{[]contract.Change{b}, "new[] back[b] known[] acknowledged[] absent[a c] resolved[]", nil},
	} {
		if got := summary(recorded(t, l, at(i+1), night.met...)); got != night.want {
			t.Errorf("night %d: %s, want %s", i+1, got, night.want)
		}
		if night.then != nil {
			night.then()
		}
	}
	all, err := l.List(t.Context())
	if err != nil || places(all) != "a b c" {
		t.Fatalf("%v, %v", all, err)
	}
	back := all[1]
	if back.Status != ledger.New || back.By != "" || back.Runs != 4 || back.Count != 8 || !back.FirstSeen.Equal(at(1)) || !back.LastSeen.Equal(at(7)) {
		t.Errorf("the change that came back: %+v", back)
	}
	if runs, err := l.Runs(t.Context()); err != nil || runs != 7 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

// TestRecordKeeps checks which fields of an entry come from the first run, from the
// last, and from all.
func TestRecordKeeps(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	first, last, early := change("slower", "x"), change("slower", "x"), change("slower", "x")
	last.Impact, last.Now, last.Message, last.Is.N, last.First, last.Last = contract.Breaks, contract.Value{Within: 10 * time.Second}, again.Says(), 5, "b#1", "b#2"
	early.Now, early.First, early.Last = contract.Value{Within: time.Second}, "0#1", "0#2"
	recorded(t, l, at(2), first)
	recorded(t, l, at(3), last)
	recorded(t, l, at(1), early) // a run that is recorded late
	all, err := l.List(t.Context(), ledger.New)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	want := ledger.Entry{Change: last, Message: "slower again", Count: 9, Status: ledger.New, FirstSeen: at(1), LastSeen: at(3), Runs: 3, Sources: map[string]int64{"": 0}}
	want.Is, want.Change.Message = contract.Count{}, contract.Message{} // counts of one run are not stored
	want.First, want.Last = "0#1", "b#2"
	if !reflect.DeepEqual(all[0], want) {
		t.Errorf("got  %+v\nwant %+v", all[0], want)
	}
}

// TestRecordTogether records the same change several times in one run: there is one
// entry, with the worst impact.
func TestRecordTogether(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	mild, bad := change("member-added", "list/1"), change("member-added", "list/2")
	mild.ID, bad.ID = "", ""
	bad.Impact, bad.Is.N, bad.Last = contract.Breaks, 0, "z"
	diff := recorded(t, l, at(1), mild, bad, mild)
	if len(diff.New) != 1 || diff.New[0].Impact != contract.Breaks || diff.New[0].Count != 5 || diff.New[0].First != "a.har#1" || diff.New[0].Last != "a.har#9" {
		t.Errorf("%+v", diff)
	}
}

// TestRecordCovered does not count changes of other operations as absent.
func TestRecordCovered(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	l.ResolvedAfter = 1
	recorded(t, l, at(1), change("member-added", "a"))
	diff, err := l.Record(t.Context(), at(2), nil, "enkash/createOrder")
	if err != nil || len(diff.Absent) != 0 {
		t.Errorf("a run of another operation: %s, %v", summary(diff), err)
	}
	diff, err = l.Record(t.Context(), at(3), nil, "paytm/createOrder")
	if err != nil || summary(diff) != "new[] back[] known[] acknowledged[] absent[a] resolved[a]" {
		t.Errorf("a run of its operation: %s, %v", summary(diff), err)
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	a := change("member-added", "a")
	recorded(t, l, at(1), a)
	if _, err := l.Acknowledge(t.Context(), "0123456789ab", "Asha", "announced"); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("an unknown id: %v", err)
	}
	for _, who := range []string{"", " "} {
		if _, err := l.Acknowledge(t.Context(), a.ID, who, "announced"); !errors.Is(err, ledger.ErrNoReason) {
			t.Errorf("without a name: %v", err)
		}
		if _, err := l.Acknowledge(t.Context(), a.ID, "Asha", who); !errors.Is(err, ledger.ErrNoReason) {
			t.Errorf("without a reason: %v", err)
		}
	}
	l.ResolvedAfter = 1
	recorded(t, l, at(2))
	if e, err := l.Acknowledge(t.Context(), a.ID, "Asha", "announced"); err != nil || e.Status != ledger.Resolved {
		t.Errorf("resolved: %+v, %v", e, err)
	}
}

// TestOpen opens files that are ledgers, and files that are not.
func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "CREATE TABLE change (x)")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	if _, err := opened(t, newer).Database().ExecContext(t.Context(), "INSERT INTO version (version) SELECT max(version) + 1 FROM version"); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct{ path, text string }{
		{file("text.db", bytes.Repeat([]byte("no database at all\n"), 100)), "not an SQLite file"},
		{other, "an SQLite file of another program"},
		{newer, "written by a newer assay: its version is 6, and this assay reads up to 5"},
		{filepath.Join(dir, "no", "such", "folder.db"), "cannot be opened"},
		{dir, "cannot be opened"},
	} {
		before, _ := os.ReadFile(bad.path)
		l, err := ledger.Open(t.Context(), bad.path)
		if err == nil {
			_ = l.Close()
			t.Errorf("%s opens", bad.path)
			continue
		}
		if !strings.Contains(err.Error(), bad.text) || !strings.HasPrefix(err.Error(), bad.path+": ") {
			t.Errorf("%s: %v", bad.path, err)
		}
		if after, _ := os.ReadFile(bad.path); !bytes.Equal(before, after) && bad.path != newer {
			t.Errorf("%s was changed", bad.path)
		}
	}
	for _, good := range []string{file("empty.db", nil), filepath.Join(dir, "a b?c#d%20e&f.db")} {
		l := opened(t, good)
		recorded(t, l, at(1), change("member-added", "a"))
		if info, err := os.Stat(good); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", good, info, err)
		}
	}
}

// TestDamaged overwrites each page of a ledger, cuts it short, and drops a table: the
// error says that the file is damaged and what to do.
func TestDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.db")
	l, err := ledger.Open(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	var all []contract.Change
	for i := range 200 {
		all = append(all, change("member-added", fmt.Sprintf("member%d", i)))
	}
	recorded(t, l, at(1), all...)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if len(raw) < 10*page {
		t.Fatalf("a ledger of %d bytes: too few for this test", len(raw))
	}
	damaged := map[string][]byte{"cut": raw[:len(raw)/2], "cut in a page": raw[:len(raw)-page-7]}
	for i := 0; i+page <= len(raw); i += page {
		for how, filling := range map[string]byte{"zeros": 0, "ones": 0xff} {
			one := bytes.Clone(raw)
			from := i
			if i == 0 {
				from = 100 // without its header the file is not a ledger: see TestOpen
			}
			copy(one[from:], bytes.Repeat([]byte{filling}, page-(from-i)))
			damaged[fmt.Sprintf("page %d of %s", i/page+1, how)] = one
		}
	}
	for name, raw := range damaged {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".db")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := ledger.Open(t.Context(), path)
		if err == nil {
			_, err = l.List(t.Context())
			err = errors.Join(err, l.Close())
		}
		if err == nil || !strings.HasPrefix(err.Error(), path+": is damaged: ") || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for what, c := range map[string]struct{ do, text string }{
		"read-only":     {"PRAGMA query_only = ON", "cannot be written"},
		"table dropped": {"DROP TABLE change", "is damaged: "},
	} {
		l := opened(t, filepath.Join(dir, what))
		if _, err := l.Database().ExecContext(t.Context(), c.do); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Record(t.Context(), at(2), all); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestMigrateWords reads a file of version 1, whose columns held words.
func TestMigrateWords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	l := opened(t, path)
	recorded(t, l, at(1), change("member-added", "a"))
	withoutHistory(t, l)
	if _, err := l.Database().ExecContext(t.Context(), "UPDATE change SET before = 'absent', now = 'string, \"x\"', got = ''; ALTER TABLE change DROP COLUMN acknowledged_at; ALTER TABLE change DROP COLUMN resolved_at; ALTER TABLE change DROP COLUMN sources; DELETE FROM version WHERE version > 1"); err != nil {
		t.Fatal(err)
	}
	all, err := opened(t, path).List(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	want := contract.Change{Before: contract.Value{Absent: true}, Now: contract.Value{Notation: `string, "x"`}}
	if got := all[0]; !reflect.DeepEqual(got.Before, want.Before) || !reflect.DeepEqual(got.Now, want.Now) || !got.Got.IsZero() || got.ID != change("member-added", "a").ID {
		t.Errorf("%+v", got)
	}
}

// withoutHistory removes the tables of watching, which earlier versions did not have.
func withoutHistory(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	found, err := l.Database().QueryContext(t.Context(), "SELECT 'DROP TABLE ' || name FROM sqlite_schema WHERE name LIKE 'watch_%'")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for found.Next() {
		var drop string
		if err := found.Scan(&drop); err != nil {
			t.Fatal(err)
		}
		all = append(all, drop)
	}
	if err := errors.Join(found.Err(), found.Close()); err != nil {
		t.Fatal(err)
	}
	for _, drop := range all {
		if _, err := l.Database().ExecContext(t.Context(), drop); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKeepsNothingElse compares the columns with the fields of a change, so that
// storing another field is a deliberate decision.
func TestKeepsNothingElse(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	found, err := l.Database().QueryContext(t.Context(), "SELECT name FROM pragma_table_info('change')")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // read to its end
	var columns []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, name)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{"first_seen", "last_seen", "count", "runs", "absent", "status", "by", "why", "acknowledged_at", "resolved_at", "sources"}
	names := map[string]string{"At": "place"}
	recomputed := []string{"Was", "Is", "Why", "Example", "Doc", "Command", "Status"} // each run computes them again
	for f := range reflect.TypeFor[contract.Change]().Fields() {
		if !slices.Contains(recomputed, f.Name) {
			want = append(want, cmp.Or(names[f.Name], strings.ToLower(f.Name)))
		}
	}
	slices.Sort(columns)
	slices.Sort(want)
	if !slices.Equal(columns, want) {
		t.Errorf("the table has %q, want %q", columns, want)
	}
}
