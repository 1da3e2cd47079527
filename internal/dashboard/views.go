package dashboard

import (
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/watch"
)

// thingView is a thing on a page.
type thingView struct {
	badge
	Name, Job, Below, Provider string // Below is the name without the job
	Link                       string
	Report                     string // the report of its job; "": the job is not configured
	Since, Seen, LastOK        *moment
	Why                        string
	Goes                       string // a problem that is not over although the state is no data
	Pending                    string // what the latest observations say, if it is something else
	Maintained                 bool
	Findings                   []findingView
	More                       int
	// The last 24 hours.
	Day        chart
	Mean, Most string
	Codes      []codeLine
	MoreCodes  int
}

type findingView struct {
	badge
	Sentence, Rule, Side, ID string
	New                      bool
}

// maxCodes is how many codes the overview shows of a thing.
const maxCodes = 3

// thing makes the view of a thing, without its history.
func (d *Dashboard) thing(t watch.Thing, all *data) thingView {
	v := thingView{
		badge: badgeOf(t.State), Name: report.Foreign(t.Name), Job: report.Foreign(t.Job), Below: report.Foreign(below(t)), Provider: report.Foreign(t.Provider),
		Link: link("/thing", "name", t.Name), Since: at(t.Since, all.now), Seen: at(t.Seen, all.now), LastOK: at(t.LastOK, all.now),
		Why: report.Errors(t.Why), Maintained: watch.Maintained(all.windows, t.Provider, all.now),
	}
	if p := t.Problem; p != nil && !t.State.Bad() {
		v.Goes = "The problem since " + at(p.Since, all.now).Text + " UTC (" + badgeOf(p.State).Word + ") is not over."
	}
	if t.RowState != "" && t.RowState != t.State {
		v.Pending = "The latest " + plural(t.Row, "observation") + ": " + badgeOf(t.RowState).Word + "."
		if t.Row == 1 {
			v.Pending = "The latest observation: " + badgeOf(t.RowState).Word + "."
		}
	}
	if slices.ContainsFunc(d.Jobs, func(j watch.Job) bool { return j.Name == t.Job }) {
		v.Report = link("/report", "job", t.Job)
	}
	v.Findings, v.More = findings(t.Findings)
	return v
}

// below is the name of a thing without its job.
func below(t watch.Thing) string {
	if name, ok := strings.CutPrefix(t.Name, t.Job+" "); ok {
		return name
	}
	return t.Name
}

// draw adds the last day.
func (v *thingView) draw(s span, points []watch.Point) {
	v.Day = s.states(points)
	c, most := s.latency(points)
	if most > 0 {
		mean, _, _ := strings.Cut(strings.TrimPrefix(c.Say, "mean "), ", ")
		v.Mean, v.Most = mean, milliseconds(most)
	}
	v.Codes, v.MoreCodes = s.codes(points, maxCodes)
}

// findings are the first findings of a thing, the new ones first, and how many there are more.
func findings(all []watch.Finding) ([]findingView, int) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b watch.Finding) int {
		if a.New != b.New {
			if a.New {
				return -1
			}
			return 1
		}
		return severity(a.Severity) - severity(b.Severity)
	})
	n := min(len(all), watch.MaxFindings)
	made := make([]findingView, 0, n)
	for _, f := range all[:n] {
		b := []badge{{"error", "✗", ""}, {"warning", "▲", ""}, {"info", "●", ""}}[severity(f.Severity)]
		b.Word = report.Foreign(f.Severity)
		made = append(made, findingView{b, report.Errors(f.Sentence), report.Foreign(f.Rule), report.Foreign(f.Side), report.Foreign(f.ID), f.New})
	}
	return made, len(all) - n
}

// severity orders the severities of findings and the impacts of changes, the worst first.
func severity(name string) int {
	switch name {
	case string(contract.Error), string(contract.Breaks):
		return 0
	case string(contract.Warning), string(contract.Degrades):
		return 1
	}
	return 2
}

// jobView is a job on a page, with its things.
type jobView struct {
	Name, Kind, Provider, Schedule string
	Report                         string // its address
	Next, Running                  *moment
	Things                         []thingView
}

// groups are the jobs with their things, as configured; then those that are not any more.
func (d *Dashboard) groups(all *data, views map[string]thingView) []jobView {
	var made []jobView
	jobs := slices.Clone(d.Jobs)
	for _, t := range all.things {
		if !slices.ContainsFunc(jobs, func(j watch.Job) bool { return j.Name == t.Job }) {
			jobs = append(jobs, watch.Job{Name: t.Job, Provider: t.Provider})
		}
	}
	for _, j := range jobs {
		g := jobView{Name: report.Foreign(j.Name), Kind: report.Foreign(string(j.Kind)), Provider: report.Foreign(j.Provider)}
		for _, t := range all.things {
			if t.Job == j.Name {
				g.Things = append(g.Things, views[t.Name])
			}
		}
		if len(g.Things) > 0 {
			made = append(made, g)
		}
	}
	return made
}

// jobs are the jobs and their next runs.
func (d *Dashboard) jobs(all *data) []jobView {
	made := make([]jobView, 0, len(d.Jobs))
	for _, j := range d.Jobs {
		v := jobView{Name: report.Foreign(j.Name), Kind: report.Foreign(string(j.Kind)), Provider: report.Foreign(j.Provider), Schedule: j.Schedule.String(), Report: link("/report", "job", j.Name)}
		for _, run := range all.status.Next {
			if run.Job == j.Name {
				v.Next = at(run.Start, all.now)
			}
		}
		for _, run := range all.status.Running {
			if run.Job == j.Name {
				v.Running = at(run.Start, all.now)
			}
		}
		made = append(made, v)
	}
	return made
}

// eventView is what happened to one or several things at the same time.
type eventView struct {
	badge
	Kind, Why, From string
	Time            *moment
	Lasted          string // how long a problem that is over was
	Findings        int
	Things          []placeLink
	More            int
}

// placeLink leads to the history of a thing.
type placeLink struct{ Name, Link string }

// maxThings is how many things the page names of what happened to several.
const maxThings = 10

func eventViews(events []watch.Event, now time.Time) []eventView {
	made := make([]eventView, 0, len(events))
	for i, e := range events {
		if i == 0 || !alike(e, events[i-1]) {
			v := eventView{badge: badgeOf(e.To), Kind: kindName(e.Kind), Why: report.Errors(e.Why), From: badgeOf(e.From).Word, Time: at(e.Time, now)}
			if e.Kind == watch.Over && !e.Since.IsZero() {
				v.Lasted = length(e.Time.Sub(e.Since))
			}
			made = append(made, v)
		}
		v := &made[len(made)-1]
		v.Findings += len(e.Findings) + e.More
		if len(v.Things) == maxThings {
			v.More++
			continue
		}
		v.Things = append(v.Things, placeLink{report.Foreign(e.Thing), link("/thing", "name", e.Thing)})
	}
	return made
}

// alike reports whether the same happened to two things at the same time.
func alike(a, b watch.Event) bool {
	return a.Kind == b.Kind && a.From == b.From && a.To == b.To && a.Time.Equal(b.Time) && a.Since.Equal(b.Since) && a.Why == b.Why
}

// kindName says what an event announces.
func kindName(k watch.EventKind) string {
	names := map[watch.EventKind]string{
		watch.Began: "began", watch.Changed: "changed", watch.Over: "over", watch.Lost: "no data any more", watch.Regained: "data again", watch.Reminder: "goes on",
	}
	if name := names[k]; name != "" {
		return name
	}
	return report.Foreign(string(k))
}

// windowView is a time of maintenance on a page.
type windowView struct {
	Provider, Why, By, State string
	From, To                 *moment
}

func windowViews(all *data) []windowView {
	windows := slices.Clone(all.windows)
	slices.SortStableFunc(windows, func(a, b watch.Window) int { return a.From.Compare(b.From) })
	made := make([]windowView, 0, len(windows))
	for _, w := range windows {
		v := windowView{Provider: providerName(w.Provider), Why: report.Errors(w.Why), By: report.Foreign(w.By), State: "planned", From: at(w.From, all.now), To: at(w.To, all.now)}
		if !all.now.Before(w.From) {
			v.State = "in force"
		}
		made = append(made, v)
	}
	return made
}

// maxChanges is how many changes the timeline draws.
const maxChanges = 100

// driftOf draws the changes: those to acknowledge first, then the acknowledged ones, then the
// latest that are gone.
func driftOf(all *data, has bool) drift {
	entries := slices.Clone(all.ledger)
	order := func(e contract.TimelineEntry) int {
		switch {
		case !e.Gone.IsZero():
			return 2
		case e.By != "":
			return 1
		}
		return 0
	}
	slices.SortStableFunc(entries, func(a, b contract.TimelineEntry) int {
		if by := order(a) - order(b); by != 0 {
			return by
		}
		return b.LastSeen.Compare(a.LastSeen)
	})
	n := min(len(entries), maxChanges)
	d := drift{Ledger: has, Known: len(entries), Left: len(entries) - n}
	timeline, err := report.TimelineHTML(entries[:n])
	if err == nil { // a page without it is better than none
		d.Timeline = timeline
	}
	return d
}
