package ledger

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// RunDiff compares a run with what the ledger held before it. Each list has the worst
// first. Every change of the run is in one of the first four lists.
type RunDiff struct {
	New          []Entry `json:"new"`          // not in the ledger before
	Back         []Entry `json:"back"`         // resolved before, and found again
	Known        []Entry `json:"known"`        // in the ledger before, not acknowledged
	Acknowledged []Entry `json:"acknowledged"` // in the ledger before, acknowledged
	Absent       []Entry `json:"absent"`       // in the ledger, found by the source of this run before, not found by it
	Resolved     []Entry `json:"resolved"`     // those of Absent that are resolved by this run
}

// Record adds the changes of a run to the ledger and reports which of them are new. If
// the run covered only some operations, pass their names, as provider/operation;
// changes of other operations do not count as absent. After Record returns, no crash
// loses the run. If it returns an error, nothing of the run is stored.
func (l *Ledger) Record(ctx context.Context, run time.Time, changes []contract.Change, operations ...string) (RunDiff, error) {
	var diff RunDiff
	entries := l.group(changes)
	err := l.file.Transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO run (at, changes) VALUES (?, ?)", stamp(run), len(entries)); err != nil {
			return err
		}
		found := map[string]bool{}
		for _, c := range entries {
			found[c.ID] = true
			if err := diff.record(ctx, tx, run, l.Source, c); err != nil {
				return err
			}
		}
		return diff.recordAbsent(ctx, tx, run, found, operations, l)
	})
	if err != nil {
		return RunDiff{}, err
	}
	for _, list := range []*[]Entry{&diff.New, &diff.Back, &diff.Known, &diff.Acknowledged, &diff.Absent, &diff.Resolved} {
		sorted(*list)
	}
	return diff, nil
}

// group merges changes with the same id into one entry that has the fields of the
// worst. It computes missing ids.
func (l *Ledger) group(changes []contract.Change) []Entry {
	var all []Entry
	at := map[string]int{}
	for _, c := range changes {
		if c.ID == "" {
			c.Identify()
		}
		count := c.Times()
		i, duplicate := at[c.ID]
		if !duplicate {
			at[c.ID] = len(all)
			all = append(all, Entry{Change: c, Message: l.sentence(c), Count: count})
			continue
		}
		first, last := all[i].First, c.Last
		if !all[i].Impact.AtLeast(c.Impact) {
			all[i].Change, all[i].Message = c, l.sentence(c)
		}
		all[i].Count += count
		all[i].First, all[i].Last = first, last
	}
	return all
}

// sentence returns the message of a change as text.
func (l *Ledger) sentence(c contract.Change) string {
	if l.Sentence == nil {
		return ""
	}
	return l.Sentence(c.Message)
}

// record adds a change of a run to the table and to one of the first four lists.
func (s *RunDiff) record(ctx context.Context, tx *sql.Tx, run time.Time, source string, c Entry) error {
	e, err := readOne(ctx, tx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		e = Entry{Change: c.Change, Message: c.Message, Count: c.Count, Status: New, FirstSeen: run, LastSeen: run, Runs: 1, Sources: map[string]int64{source: 0}}
		s.New = append(s.New, e)
		return put(ctx, tx, e)
	}
	if err != nil {
		return err
	}
	list := &s.Known
	switch e.Status {
	case Acknowledged:
		list = &s.Acknowledged
	case Resolved:
		e.Status, e.By, e.Why, e.AcknowledgedAt, e.ResolvedAt, e.Sources = New, "", "", time.Time{}, time.Time{}, nil
		list = &s.Back
	case New:
	}
	e.Runs++
	e.Absent = 0
	if e.Sources == nil {
		e.Sources = map[string]int64{}
	}
	e.Sources[source] = 0
	first, last := e.First, c.Last
	if run.Before(e.FirstSeen) { // runs may be recorded in another order than they started
		e.FirstSeen, first = run, c.First
	}
	if run.Before(e.LastSeen) {
		last = e.Last
	} else {
		e.LastSeen, e.Change, e.Message = run, c.Change, c.Message
	}
	e.Count += c.Count
	e.First, e.Last = first, last
	*list = append(*list, e)
	return put(ctx, tx, e)
}

// recordAbsent counts the run for open changes of the covered operations that its source
// found before and it did not find, and resolves those that were absent from enough runs of
// each source.
func (s *RunDiff) recordAbsent(ctx context.Context, tx *sql.Tx, run time.Time, found map[string]bool, covered []string, l *Ledger) error {
	open, err := read(ctx, tx, "WHERE status <> ?", Resolved)
	if err != nil {
		return err
	}
	for _, e := range open {
		if found[e.ID] || len(covered) > 0 && !slices.Contains(covered, e.Operation) {
			continue
		}
		if !e.miss(l.Source) {
			continue
		}
		if e.Absent >= l.ResolvedAfter {
			e.Status, e.ResolvedAt = Resolved, run
			s.Resolved = append(s.Resolved, e)
		}
		s.Absent = append(s.Absent, e)
		if err := put(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// miss counts a run of a source that did not find the change, and reports whether the source
// found it before. It may be the source of a change that an older assay found.
func (e *Entry) miss(source string) bool {
	if e.Sources == nil {
		e.Absent++
		return true
	}
	if _, ok := e.Sources[source]; !ok {
		return false
	}
	e.Sources[source]++
	e.Absent = slices.Min(slices.Collect(maps.Values(e.Sources)))
	return true
}

// Errors of Acknowledge.
var (
	ErrUnknown  = errors.New("the ledger has no change with this id")
	ErrNoReason = errors.New("an acknowledgement needs a name and a reason")
)

// Acknowledge stores who accepts a change and why, and returns its entry. A resolved
// change stays resolved. The error is ErrUnknown if no change has the id, and
// ErrNoReason if who or why is blank.
func (l *Ledger) Acknowledge(ctx context.Context, id, who, why string) (Entry, error) {
	who, why = strings.TrimSpace(who), strings.TrimSpace(why)
	if who == "" || why == "" {
		return Entry{}, ErrNoReason
	}
	var e Entry
	err := l.file.Transact(ctx, func(tx *sql.Tx) (err error) {
		e, err = readOne(ctx, tx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if e.Status == New {
			e.Status = Acknowledged
		}
		e.By, e.Why, e.AcknowledgedAt = who, why, l.now()
		return put(ctx, tx, e)
	})
	return e, err
}
