package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
)

// Since is what a run met, beside what the ledger knew before it. Each list has
// the worst first; every change the run met stands in one of the first four.
type Since struct {
	New          []Entry `json:"new"`          // never met before
	Back         []Entry `json:"back"`         // resolved before, and here again
	Known        []Entry `json:"known"`        // met before, and acknowledged by nobody
	Acknowledged []Entry `json:"acknowledged"` // met before, and somebody knows
	Absent       []Entry `json:"absent"`       // known, not met this time
	Resolved     []Entry `json:"resolved"`     // those of them that were away for long enough
}

// Record writes down what a run met, and tells what of it is new. A run that
// looked at some operations only names them, as provider/operation: what is
// known of the others did not stay away. Once Record has returned, no crash
// loses what it wrote; where it gives an error nothing of the run is kept.
func (l *Ledger) Record(ctx context.Context, run time.Time, changes []contract.Change, looked ...string) (Since, error) {
	var since Since
	met := l.together(changes)
	err := l.within(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO run (at, changes) VALUES (?, ?)", stamp(run), len(met)); err != nil {
			return err
		}
		here := map[string]bool{}
		for _, c := range met {
			here[c.ID] = true
			if err := since.meet(ctx, tx, run, c); err != nil {
				return err
			}
		}
		return since.miss(ctx, tx, here, looked, l.ResolvedAfter)
	})
	if err != nil {
		return Since{}, err
	}
	for _, list := range []*[]Entry{&since.New, &since.Back, &since.Known, &since.Acknowledged, &since.Absent, &since.Resolved} {
		sorted(*list)
	}
	return since, nil
}

// together makes one of changes with the same id, the worst of them, and gives
// those that have none theirs.
func (l *Ledger) together(changes []contract.Change) []Entry {
	var all []Entry
	at := map[string]int{}
	for _, c := range changes {
		if c.ID == "" {
			c.Identify()
		}
		count := c.Times()
		i, again := at[c.ID]
		if !again {
			at[c.ID] = len(all)
			all = append(all, Entry{Change: c, Message: l.words(c), Count: count})
			continue
		}
		first, last := all[i].First, c.Last
		if !all[i].Impact.AtLeast(c.Impact) {
			all[i].Change, all[i].Message = c, l.words(c)
		}
		all[i].Count += count
		all[i].First, all[i].Last = first, last
	}
	return all
}

// words is what there is to say of a change.
func (l *Ledger) words(c contract.Change) string {
	if l.Sentence == nil {
		return ""
	}
	return l.Sentence(c.Message)
}

// meet writes down that a run met a change.
func (s *Since) meet(ctx context.Context, tx *sql.Tx, run time.Time, c Entry) error {
	e, err := one(ctx, tx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		e = Entry{Change: c.Change, Message: c.Message, Count: c.Count, Status: New, FirstSeen: run, LastSeen: run, Runs: 1}
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
		e.Status, e.By, e.Why = New, "", ""
		list = &s.Back
	case New:
	}
	e.Runs++
	e.Absent = 0
	first, last := e.First, c.Last
	if run.Before(e.FirstSeen) { // runs may end in another order than they began
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

// miss writes down which known changes a run did not meet, and resolves those
// that stayed away for long enough.
func (s *Since) miss(ctx context.Context, tx *sql.Tx, here map[string]bool, looked []string, after int64) error {
	open, err := read(ctx, tx, "WHERE status <> ?", Resolved)
	if err != nil {
		return err
	}
	for _, e := range open {
		if here[e.ID] || len(looked) > 0 && !slices.Contains(looked, e.Operation) {
			continue
		}
		e.Absent++
		if e.Absent >= after {
			e.Status = Resolved
			s.Resolved = append(s.Resolved, e)
		}
		s.Absent = append(s.Absent, e)
		if err := put(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Errors of Acknowledge.
var (
	ErrUnknown = errors.New("the ledger holds no change with this id")
	ErrSilent  = errors.New("an acknowledgement says who and why")
)

// Acknowledge writes down that somebody knows of a change, and why it may stay.
// One that is resolved stays so.
func (l *Ledger) Acknowledge(ctx context.Context, id, who, why string) (Entry, error) {
	who, why = strings.TrimSpace(who), strings.TrimSpace(why)
	if who == "" || why == "" {
		return Entry{}, ErrSilent
	}
	var e Entry
	err := l.within(ctx, func(tx *sql.Tx) (err error) {
		e, err = one(ctx, tx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if e.Status == New {
			e.Status = Acknowledged
		}
		e.By, e.Why = who, why
		return put(ctx, tx, e)
	})
	return e, err
}
