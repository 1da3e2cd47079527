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

// words makes no sentence: which one it is tells the template.
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

func recorded(t testing.TB, l *ledger.Ledger, run time.Time, changes ...contract.Change) ledger.Since {
	t.Helper()
	since, err := l.Record(t.Context(), run, changes)
	if err != nil {
		t.Fatal(err)
	}
	return since
}

func places(all []ledger.Entry) string {
	var names []string
	for _, e := range all {
		names = append(names, strings.TrimPrefix(string(e.At), "response#/body/"))
	}
	return strings.Join(names, " ")
}

func said(s ledger.Since) string {
	return fmt.Sprintf("new[%s] back[%s] known[%s] acknowledged[%s] absent[%s] resolved[%s]",
		places(s.New), places(s.Back), places(s.Known), places(s.Acknowledged), places(s.Absent), places(s.Resolved))
}

// TestRecord follows three changes through a week.
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
		if got := said(recorded(t, l, at(i+1), night.met...)); got != night.want {
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
		t.Errorf("what came back: %+v", back)
	}
	if runs, err := l.Runs(t.Context()); err != nil || runs != 7 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

// TestRecordKeeps tells what of a change is the first's, the last's and of all.
func TestRecordKeeps(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	first, last, early := change("slower", "x"), change("slower", "x"), change("slower", "x")
	last.Impact, last.Now, last.Message, last.Is.N, last.First, last.Last = contract.Breaks, contract.Value{Within: 10 * time.Second}, again.Says(), 5, "b#1", "b#2"
	early.Now, early.First, early.Last = contract.Value{Within: time.Second}, "0#1", "0#2"
	recorded(t, l, at(2), first)
	recorded(t, l, at(3), last)
	recorded(t, l, at(1), early) // a run that ended late
	all, err := l.List(t.Context(), ledger.New)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	want := ledger.Entry{Change: last, Message: "slower again", Count: 9, Status: ledger.New, FirstSeen: at(1), LastSeen: at(3), Runs: 3}
	want.Is, want.Change.Message = contract.Count{}, contract.Message{} // counts are of all runs
	want.First, want.Last = "0#1", "b#2"
	if !reflect.DeepEqual(all[0], want) {
		t.Errorf("got  %+v\nwant %+v", all[0], want)
	}
}

// TestRecordTogether holds one run that says the same thing twice to one entry,
// of the worse impact.
func TestRecordTogether(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	mild, bad := change("member-added", "list/1"), change("member-added", "list/2")
	mild.ID, bad.ID = "", ""
	bad.Impact, bad.Is.N, bad.Last = contract.Breaks, 0, "z"
	since := recorded(t, l, at(1), mild, bad, mild)
	if len(since.New) != 1 || since.New[0].Impact != contract.Breaks || since.New[0].Count != 5 || since.New[0].First != "a.har#1" || since.New[0].Last != "a.har#9" {
		t.Errorf("%+v", since)
	}
}

// TestRecordLooked leaves alone what a run did not look at.
func TestRecordLooked(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	l.ResolvedAfter = 1
	recorded(t, l, at(1), change("member-added", "a"))
	since, err := l.Record(t.Context(), at(2), nil, "enkash/createOrder")
	if err != nil || len(since.Absent) != 0 {
		t.Errorf("another operation's run: %s, %v", said(since), err)
	}
	since, err = l.Record(t.Context(), at(3), nil, "paytm/createOrder")
	if err != nil || said(since) != "new[] back[] known[] acknowledged[] absent[a] resolved[a]" {
		t.Errorf("its own: %s, %v", said(since), err)
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	a := change("member-added", "a")
	recorded(t, l, at(1), a)
	if _, err := l.Acknowledge(t.Context(), "0123456789ab", "Asha", "announced"); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("an id that nothing has: %v", err)
	}
	for _, who := range []string{"", " "} {
		if _, err := l.Acknowledge(t.Context(), a.ID, who, "announced"); !errors.Is(err, ledger.ErrSilent) {
			t.Errorf("by nobody: %v", err)
		}
		if _, err := l.Acknowledge(t.Context(), a.ID, "Asha", who); !errors.Is(err, ledger.ErrSilent) {
			t.Errorf("for no reason: %v", err)
		}
	}
	l.ResolvedAfter = 1
	recorded(t, l, at(2))
	if e, err := l.Acknowledge(t.Context(), a.ID, "Asha", "announced"); err != nil || e.Status != ledger.Resolved {
		t.Errorf("a resolved one: %+v, %v", e, err)
	}
}

// TestOpen tells which files are ledgers.
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
	if err := opened(t, newer).Migrate(t.Context(), "CREATE TABLE more (x)"); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct{ path, says string }{
		{file("text.db", bytes.Repeat([]byte("no database at all\n"), 100)), "not an SQLite file"},
		{other, "an SQLite file of another program"},
		{newer, "a newer assay wrote it: its version is 3, and this one knows 2"},
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
		if !strings.Contains(err.Error(), bad.says) || !strings.HasPrefix(err.Error(), bad.path+": ") {
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

// TestDamaged overwrites each page of a ledger, cuts it short, and takes away what it
// needs: it says what it is and what to do, and never in SQLite's words alone.
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
		t.Fatalf("a ledger of %d bytes: this proves little", len(raw))
	}
	broken := map[string][]byte{"cut": raw[:len(raw)/2], "cut in a page": raw[:len(raw)-page-7]}
	for i := 0; i+page <= len(raw); i += page {
		for how, filling := range map[string]byte{"zeros": 0, "ones": 0xff} {
			one := bytes.Clone(raw)
			from := i
			if i == 0 {
				from = 100 // without its header it is no ledger at all: see TestOpen
			}
			copy(one[from:], bytes.Repeat([]byte{filling}, page-(from-i)))
			broken[fmt.Sprintf("page %d of %s", i/page+1, how)] = one
		}
	}
	for name, raw := range broken {
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
	for what, c := range map[string]struct{ do, says string }{
		"nothing may be written": {"PRAGMA query_only = ON", "cannot be written"},
		"a table is gone":        {"DROP TABLE change", "is damaged: "},
	} {
		l := opened(t, filepath.Join(dir, what))
		if _, err := l.Database().ExecContext(t.Context(), c.do); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Record(t.Context(), at(2), all); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestMigrate brings a file to a version to come and loses nothing on the way.
func TestMigrate(t *testing.T) {
	t.Parallel()
	l := opened(t, filepath.Join(t.TempDir(), "drift.db"))
	recorded(t, l, at(1), change("member-added", "a"))
	if err := l.Migrate(t.Context(), "ALTER TABLE change ADD COLUMN more TEXT NOT NULL DEFAULT ''", "this is no SQL"); err == nil || !strings.Contains(err.Error(), "version 4") {
		t.Errorf("a step that fails: %v", err)
	}
	var left int
	if err := l.Database().QueryRowContext(t.Context(), "SELECT count(*) FROM pragma_table_info('change') WHERE name = 'more'").Scan(&left); err != nil || left != 0 {
		t.Errorf("the step before one that failed is left: %d, %v", left, err)
	}
	if err := l.Migrate(t.Context(), "ALTER TABLE change ADD COLUMN more TEXT NOT NULL DEFAULT ''"); err != nil {
		t.Errorf("once it does not fail: %v", err)
	}
	if err := l.Migrate(t.Context(), "this step has been taken"); err != nil {
		t.Errorf("a step is taken twice: %v", err)
	}
	if all, err := l.List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestMigrateWords reads what a first version wrote, in whose columns words stood.
func TestMigrateWords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "drift.db")
	l := opened(t, path)
	recorded(t, l, at(1), change("member-added", "a"))
	if _, err := l.Database().ExecContext(t.Context(), "UPDATE change SET before = 'absent', now = 'string, \"x\"', got = ''; DELETE FROM version WHERE version > 1"); err != nil {
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

// TestKeepsNothingElse holds the table to what a change is: whatever is added to
// it has to be thought over first.
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
	kept := []string{"first_seen", "last_seen", "count", "runs", "absent", "status", "by", "why"}
	names := map[string]string{"At": "place"}
	again := []string{"Was", "Is", "Why", "Example", "Doc", "Command", "Status"} // its run tells them
	for f := range reflect.TypeFor[contract.Change]().Fields() {
		if !slices.Contains(again, f.Name) {
			kept = append(kept, cmp.Or(names[f.Name], strings.ToLower(f.Name)))
		}
	}
	slices.Sort(columns)
	slices.Sort(kept)
	if !slices.Equal(columns, kept) {
		t.Errorf("the table keeps %q, want %q", columns, kept)
	}
}
