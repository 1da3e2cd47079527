package watch

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Observe gives the state of a thing after an observation, and the events that this makes.
// before is the zero Thing for one that was never observed: its first verdict becomes its
// state at once if it is ok, and by the thresholds if it is a problem.
//
// A state changes when as many observations in a row as the job's thresholds say agree.
// Failing and degraded ones count together; the latest one says which of them the state is.
// An observation without data neither ends a problem nor counts for or against it.
func Observe(before Thing, o Observation, j Job) (Thing, []Event) {
	t := before
	if t.Name == "" {
		t = Thing{Name: o.Thing, State: NoData, Since: o.Time, Why: o.Why}
		if o.Maintenance {
			t.Why = "it was seen during maintenance only"
		}
	}
	t.Job, t.Provider, t.Seen = j.Name, j.Provider, o.Time
	o.Findings = markNew(t.Findings, o.Findings)
	if o.State != NoData {
		t.Verdict = o.Time
	}
	if o.Maintenance {
		return t, nil
	}
	if o.State == OK {
		t.LastOK = o.Time
	}
	if o.State != NoData {
		t.Findings = o.Findings
	}
	if t.count(o.State) < thresholdOf(t, o.State, j.Thresholds) {
		return remind(t, o, j)
	}
	return settle(before, t, o, j)
}

// count counts an observation, and gives how many of its kind there were in a row.
func (t *Thing) count(s State) int {
	if s == NoData {
		t.Blind++
		return t.Blind
	}
	t.Blind = 0
	if t.RowState == "" || kindOf(s) != kindOf(t.RowState) {
		t.Row = 0
	}
	t.Row, t.RowState = t.Row+1, s
	return t.Row
}

// kindOf puts both problems into one kind.
func kindOf(s State) State {
	if s.Bad() {
		return Failing
	}
	return s
}

// thresholdOf gives how many observations in a row change the state of a thing to another.
func thresholdOf(t Thing, to State, all Thresholds) int {
	switch {
	case to.Bad():
		return all.Failures
	case to == NoData:
		return all.NoData
	case t.Problem == nil:
		return 1 // nothing has to be over
	}
	return all.Successes
}

// settle moves a thing to the state of an observation.
func settle(before, t Thing, o Observation, j Job) (Thing, []Event) {
	t.Why = o.Why
	if o.State == t.State && before.Name != "" {
		return remind(t, o, j)
	}
	from := t.State
	t.State, t.Since = o.State, o.Time
	e := Event{Thing: t.Name, Job: j.Name, Provider: j.Provider, From: from, To: o.State, Time: o.Time, Why: o.Why}
	switch {
	case o.State.Bad() && t.Problem == nil:
		e.Kind, e.Since = Began, o.Time
		e.ID = eventID(e)
		t.Problem = &Problem{Event: e.ID, State: o.State, Since: o.Time, Reminded: o.Time}
	case o.State.Bad():
		p := *t.Problem
		e.Kind, e.Since = Changed, p.Since
		if p.State == o.State { // as it was before there was no data
			e.Kind = Regained
		}
		p.State, p.Reminded = o.State, o.Time
		t.Problem = &p
	case o.State == OK && t.Problem != nil:
		e.Kind, e.Since = Over, t.Problem.Since
		t.Problem = nil
	case o.State == NoData && before.Name != "":
		e.Kind = Lost
		if t.Problem != nil {
			e.Since = t.Problem.Since
		}
	case o.State == OK && from == NoData && before.Name != "" && !before.LastOK.IsZero():
		e.Kind = Regained
	default:
		return t, nil // it begins as it should
	}
	e.ID = eventID(e)
	e.Findings, e.More = worst(o.Findings)
	return t, []Event{e}
}

// remind makes a reminder of a problem that goes on, if the job wants one and it is due.
func remind(t Thing, o Observation, j Job) (Thing, []Event) {
	if t.Problem == nil || j.Remind == 0 || o.Time.Sub(t.Problem.Reminded) < j.Remind {
		return t, nil
	}
	p := *t.Problem
	p.Reminded = o.Time
	t.Problem = &p
	e := Event{Kind: Reminder, Thing: t.Name, Job: j.Name, Provider: j.Provider, From: t.State, To: t.State, Time: o.Time, Since: p.Since, Why: t.Why}
	e.ID = eventID(e)
	e.Findings, e.More = worst(t.Findings)
	return t, []Event{e}
}

// eventID is the same for the same event, so that a run that is judged twice makes no second
// one.
func eventID(e Event) string {
	return strings.ReplaceAll(e.Thing, " ", "/") + "/" + string(e.Kind) + "/" + e.Time.UTC().Format("20060102T150405.000Z")
}

// First gives the id of the event that began the problem of an event; "" if there is none.
func (e Event) First() string {
	if e.Since.IsZero() {
		return ""
	}
	return eventID(Event{Kind: Began, Thing: e.Thing, Time: e.Since})
}

// markNew marks the findings that were not among the earlier ones.
func markNew(before, now []Finding) []Finding {
	now = slices.Clone(now)
	for i := range now {
		now[i].New = !slices.ContainsFunc(before, func(f Finding) bool { return f.ID == now[i].ID })
	}
	return now
}

// worst gives at most MaxFindings, the new ones first, and the number of those left out.
func worst(all []Finding) ([]Finding, int) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, CompareFindings)
	n := min(MaxFindings, len(all))
	return all[:n], len(all) - n
}

// CompareFindings puts new findings before known ones, and the worst first.
func CompareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(rankNew(a), rankNew(b)), cmp.Compare(rank(a), rank(b)), strings.Compare(a.ID, b.ID))
}

func rankNew(f Finding) int {
	if f.New {
		return 0
	}
	return 1
}

// rank orders severities and impacts, the worst first.
func rank(f Finding) int {
	order := []string{"breaks", "error", "degrades", "warning", "minor", "info", "harmless"}
	if i := slices.Index(order, f.Severity); i >= 0 {
		return i
	}
	return len(order)
}

// Maintained reports whether a window is in force for a provider at a time.
func Maintained(windows []Window, provider string, at time.Time) bool {
	return slices.ContainsFunc(windows, func(w Window) bool { return w.Covers(provider, at) })
}

// Configured gives the things that the jobs can still say something about: of a job that was
// removed, or of a case that it does not play any more, the store keeps the history, but the
// state means nothing.
func Configured(things []Thing, jobs []Job) []Thing {
	return slices.DeleteFunc(slices.Clone(things), func(t Thing) bool {
		i := slices.IndexFunc(jobs, func(j Job) bool { return j.Name == t.Job })
		if i < 0 {
			return true
		}
		j := jobs[i]
		return j.Kind == Live && len(j.Things) > 0 && !slices.ContainsFunc(j.Things, func(below string) bool { return ThingName(j.Name, below) == t.Name })
	})
}

// Late gives when a job should have run at the latest, if its latest run is longer ago than two
// of its times; a zero time: it is not late. Times at which maintenance holds the job back do
// not count: windows gives the windows around a time.
func (j Job) Late(last, now time.Time, windows func(at time.Time) []Window) time.Time {
	if last.IsZero() {
		return time.Time{}
	}
	due := last
	for range 2 {
		if due = j.nextRun(due, now, windows); due.IsZero() {
			return time.Time{}
		}
	}
	if due = due.Add(j.Schedule.jitter); !due.Before(now) {
		return time.Time{}
	}
	return due
}

// nextRun gives the first time after another one and before now at which a job is due and
// maintenance does not hold it back; a zero time: there is none.
func (j Job) nextRun(after, now time.Time, windows func(at time.Time) []Window) time.Time {
	for {
		due := j.Schedule.Next(after)
		if due.IsZero() || !due.Before(now) {
			return time.Time{}
		}
		start := j.Schedule.Start(j.Name, due)
		all := windows(start)
		i := slices.IndexFunc(all, func(w Window) bool { return w.Covers(j.Provider, start) })
		if i < 0 || j.Kind == Live {
			return due
		}
		if after = due; all[i].To.Add(-j.Schedule.jitter - time.Second).After(due) {
			after = all[i].To.Add(-j.Schedule.jitter - time.Second)
		}
	}
}

// Ahead reports whether the latest run of a job is of a time that is not yet: the clock was set
// back. watch once may run some seconds ahead.
func (j Job) Ahead(last, now time.Time) bool {
	next := j.Schedule.Next(now)
	return !next.IsZero() && last.Sub(now) > time.Minute && j.Schedule.Next(next).Before(last)
}
