package watch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/watch"
)

var begin = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// stateOf gives the state that stands for a character, for short tables.
func stateOf(one rune) watch.State {
	return map[rune]watch.State{'o': watch.OK, 'f': watch.Failing, 'd': watch.Degraded, 'n': watch.NoData, 'm': watch.Failing}[one]
}

// observe makes observations a minute apart. m is a failing one during maintenance.
func observe(t watch.Thing, j watch.Job, text string, from time.Time) (watch.Thing, []watch.Event) {
	var all []watch.Event
	for i, one := range text {
		var events []watch.Event
		t, events = watch.Observe(t, watch.Observation{
			Thing: "job paytm/createOrder", Time: from.Add(time.Duration(i) * time.Minute), State: stateOf(one), Why: string(one), Maintenance: one == 'm',
		}, j)
		all = append(all, events...)
	}
	return t, all
}

// TestObserve holds the states and events of rows of observations. A number before an event
// is the observation that makes it.
func TestObserve(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		job    watch.Job
		seen   string
		state  watch.State
		events string
		open   bool
	}{
		"ok from the start":                            {seen: "ooo", state: watch.OK},
		"one failure is not enough":                    {seen: "oofoo", state: watch.OK},
		"two in a row are":                             {seen: "oofff", state: watch.Failing, events: "3 began", open: true},
		"failing and degraded count together":          {seen: "ofd", state: watch.Degraded, events: "2 began", open: true},
		"it becomes worse":                             {seen: "oddff", state: watch.Failing, events: "2 began, 3 changed", open: true},
		"one success does not end it":                  {seen: "offofof", state: watch.Failing, events: "2 began", open: true},
		"two in a row do":                              {seen: "offoo", state: watch.OK, events: "2 began, 4 over"},
		"no data is not the end":                       {seen: "offnn", state: watch.NoData, events: "2 began, 4 no data", open: true},
		"it goes on after no data":                     {seen: "offnnff", state: watch.Failing, events: "2 began, 4 no data, 5 data again", open: true},
		"it is over after no data":                     {seen: "offnnoo", state: watch.OK, events: "2 began, 4 no data, 6 over"},
		"one run without data is not enough":           {seen: "onoo", state: watch.OK},
		"data again":                                   {seen: "onno", state: watch.OK, events: "2 no data, 3 data again"},
		"never any data":                               {seen: "nnn", state: watch.NoData},
		"the first verdict is a failure":               {seen: "ff", state: watch.Failing, events: "1 began", open: true},
		"no data between failures does not count":      {seen: "ofnf", state: watch.Failing, events: "3 began", open: true},
		"no data and successes in turns end a problem": {seen: "offnono", state: watch.OK, events: "2 began, 6 over"},
		"no data and successes in turns are no loss":   {seen: "onononon", state: watch.OK},
		"maintenance changes nothing":                  {seen: "ommmmo", state: watch.OK},
		"maintenance does not end a problem":           {seen: "offmmm", state: watch.Failing, events: "2 began", open: true},
		"reminders while it goes on":                   {job: watch.Job{Remind: 2 * time.Minute}, seen: "offfffoo", state: watch.OK, events: "2 began, 4 reminder, 6 reminder, 7 over"},
		"a threshold of one":                           {job: watch.Job{Thresholds: watch.Thresholds{Failures: 1, Successes: 1, NoData: 1}}, seen: "ofon", state: watch.NoData, events: "1 began, 2 over, 3 no data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.job.Thresholds == (watch.Thresholds{}) {
				test.job.Thresholds = watch.Thresholds{Failures: 2, Successes: 2, NoData: 2}
			}
			got, events := observe(watch.Thing{}, test.job, test.seen, begin)
			words := map[watch.EventKind]string{watch.Lost: "no data", watch.Regained: "data again"}
			var said []string
			for _, e := range events {
				word := words[e.Kind]
				if word == "" {
					word = string(e.Kind)
				}
				said = append(said, fmt.Sprintf("%d %s", int(e.Time.Sub(begin)/time.Minute), word))
			}
			if got.State != test.state || strings.Join(said, ", ") != test.events || (got.Problem != nil) != test.open {
				t.Errorf("%s gives %s, problem %v, events %s", test.seen, got.State, got.Problem, strings.Join(said, ", "))
			}
		})
	}
}

// TestObserve_any holds what is true of any row of observations.
func TestObserve_any(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		limit := rapid.IntRange(1, 4)
		j := watch.Job{Name: "job", Thresholds: watch.Thresholds{Failures: limit.Draw(r, "f"), Successes: limit.Draw(r, "s"), NoData: limit.Draw(r, "n")}}
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ofdnm")), 1, 60, -1).Draw(r, "observations")
		thing, events := observe(watch.Thing{}, j, text, begin)
		open, ids := false, map[string]bool{}
		for _, e := range events {
			if ids[e.ID] {
				r.Fatalf("%s: the id %s comes twice", text, e.ID)
			}
			ids[e.ID] = true
			switch e.Kind {
			case watch.Began:
				if open {
					r.Fatalf("%s: a problem begins twice", text)
				}
				open = true
			case watch.Over:
				if !open || e.To != watch.OK {
					r.Fatalf("%s: over without a problem, or with %s", text, e.To)
				}
				open = false
			case watch.Changed:
				if !open {
					r.Fatalf("%s: %s without a problem", text, e.Kind)
				}
			}
			if e.From == e.To && e.Kind != watch.Reminder {
				r.Fatalf("%s: from %s to %s", text, e.From, e.To)
			}
		}
		if open != (thing.Problem != nil) || thing.State.Bad() && !open {
			r.Fatalf("%s: the state is %s, announced: %t", text, thing.State, open)
		}
		if again, same := observe(watch.Thing{}, j, text, begin); fmt.Sprint(again.State, again.Row, len(same)) != fmt.Sprint(thing.State, thing.Row, len(events)) {
			r.Fatalf("%s: another result the second time", text)
		}
	})
}

// TestEventFindings puts the new and the worst first, and says how many are left out.
func TestEventFindings(t *testing.T) {
	t.Parallel()
	j := watch.Job{Name: "job", Thresholds: watch.Thresholds{Failures: 1, Successes: 1, NoData: 1}}
	o := watch.Observation{Thing: "job x", Time: begin, State: watch.Degraded, Findings: []watch.Finding{{ID: "old", Severity: "error"}}}
	thing, _ := watch.Observe(watch.Thing{}, o, j)
	o.State, o.Time = watch.Failing, begin.Add(time.Minute)
	for i := range 14 {
		o.Findings = append(o.Findings, watch.Finding{ID: fmt.Sprintf("f%02d", i), Severity: []string{"info", "error"}[i%2]})
	}
	_, events := watch.Observe(thing, o, j)
	if len(events) != 1 || len(events[0].Findings) != watch.MaxFindings || events[0].More != 5 {
		t.Fatalf("%+v", events)
	}
	if first := events[0].Findings[0]; !first.New || first.Severity != "error" || first.ID != "f01" {
		t.Errorf("the first is %+v", first)
	}
	for _, f := range events[0].Findings {
		if f.ID == "old" {
			t.Error("a known finding takes the place of a new one")
		}
	}
}

// TestConfigured leaves out things that no job speaks about any more.
func TestConfigured(t *testing.T) {
	t.Parallel()
	jobs := []watch.Job{{Name: "live", Kind: watch.Live, Things: []string{"paytm/createOrder"}}, {Name: "logs", Kind: watch.Folder, Things: []string{"paytm/createOrder"}}}
	var names []string
	for _, one := range watch.Configured([]watch.Thing{
		{Name: "live paytm/createOrder", Job: "live"}, {Name: "live paytm/refund", Job: "live"}, {Name: "logs paytm/refund", Job: "logs"}, {Name: "gone paytm/createOrder", Job: "gone"},
	}, jobs) {
		names = append(names, one.Name)
	}
	if got := strings.Join(names, ", "); got != "live paytm/createOrder, logs paytm/refund" {
		t.Error(got)
	}
}

// TestLate says that a job has not run only after it missed two runs.
func TestLate(t *testing.T) {
	t.Parallel()
	s, err := watch.Every(time.Hour, 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	j := watch.Job{Schedule: s}
	for after, late := range map[time.Duration]bool{time.Hour: false, 2*time.Hour + 9*time.Minute: false, 2*time.Hour + 11*time.Minute: true} {
		if got := j.Late(begin, begin.Add(after), func(time.Time) []watch.Window { return nil }); got.IsZero() == late {
			t.Errorf("after %s: %s", after, got)
		}
	}
	if !j.Late(time.Time{}, begin, nil).IsZero() {
		t.Error("a job that never ran is late")
	}
}

// TestLate_maintenance counts no time at which maintenance holds a job back.
func TestLate_maintenance(t *testing.T) {
	t.Parallel()
	window := func(from, to time.Duration) watch.Window {
		return watch.Window{Provider: "paytm", From: begin.Add(from), To: begin.Add(to)}
	}
	for name, c := range map[string]struct {
		kind    watch.Kind
		windows []watch.Window
		after   time.Duration
		late    bool
	}{
		"none":                     {watch.Folder, nil, 3 * time.Hour, true},
		"in force":                 {watch.Folder, []watch.Window{window(time.Minute, 9*time.Hour)}, 8 * time.Hour, false},
		"over":                     {watch.Folder, []watch.Window{window(time.Minute, 9*time.Hour)}, 10*time.Hour - time.Minute, false},
		"over, and one run missed": {watch.Folder, []watch.Window{window(time.Minute, 9*time.Hour)}, 10*time.Hour + time.Minute, true},
		"two":                      {watch.Drift, []watch.Window{window(time.Minute, 2*time.Hour), window(2*time.Hour, 4*time.Hour)}, 4*time.Hour + time.Minute, false},
		"between two":              {watch.Drift, []watch.Window{window(time.Minute, 90*time.Minute), window(3*time.Hour+time.Minute, 8*time.Hour)}, 5 * time.Hour, true},
		"of another provider":      {watch.Folder, []watch.Window{{Provider: "enkash", From: begin, To: begin.Add(9 * time.Hour)}}, 3 * time.Hour, true},
		"of all":                   {watch.Folder, []watch.Window{{From: begin, To: begin.Add(9 * time.Hour)}}, 3 * time.Hour, false},
		"live jobs run in it":      {watch.Live, []watch.Window{window(time.Minute, 9*time.Hour)}, 8 * time.Hour, true},
	} {
		j := watch.Job{Name: "logs", Kind: c.kind, Provider: "paytm", Schedule: every(t, time.Hour)}
		if got := j.Late(begin, begin.Add(c.after), func(time.Time) []watch.Window { return c.windows }); got.IsZero() == c.late {
			t.Errorf("%s: late since %s", name, got)
		}
	}
}

// TestAhead says that the clock was set back, and nothing of a few runs of watch once.
func TestAhead(t *testing.T) {
	t.Parallel()
	for interval, all := range map[time.Duration]map[time.Duration]bool{
		time.Hour:   {-time.Hour: false, 0: false, time.Hour: false, 90 * time.Minute: false, 3 * time.Hour: true},
		time.Second: {0: false, 5 * time.Second: false, 61 * time.Second: true},
	} {
		for ahead, want := range all {
			if got := (watch.Job{Schedule: every(t, interval)}).Ahead(begin.Add(ahead), begin); got != want {
				t.Errorf("every %s, %s ahead: %v", interval, ahead, got)
			}
		}
	}
}
