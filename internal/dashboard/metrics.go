package dashboard

import (
	"errors"
	"net/http"
	"strings"
	"sync"

	"assay/internal/contract"
	"assay/internal/lazy"
	"assay/internal/metrics"
	"assay/internal/report"
	"assay/internal/watch"
)

// maxSeries is the most series of a family. Things, rules and documented codes are far fewer;
// this bounds what a fault could make of them.
const maxSeries = 5000

// other is the label of what has no series of its own.
const other = "other"

// counts are the numbers that only grow, since the start of the process.
type counts struct {
	registry  *metrics.Registry
	runs      metrics.Counters
	requests  metrics.Counters
	codes     metrics.Counters
	events    metrics.Counters
	guard     sync.Mutex
	codesSeen map[[3]string]bool
}

func newCounts(version string) *counts {
	r := metrics.New(nil)
	c := &counts{
		registry:  r,
		runs:      r.Counters("assay_watch_runs_total", "Runs that ended, by the worst state that they observed.", "job", "provider", "state"),
		requests:  r.Counters("assay_watch_requests_total", "Requests that runs sent.", "job", "provider"),
		codes:     r.Counters("assay_watch_codes_total", "Documented result codes of responses; all others are undocumented.", "job", "thing", "code"),
		events:    r.Counters("assay_watch_events_total", "Changes of states, and reminders.", "job", "provider", "kind"),
		codesSeen: map[[3]string]bool{},
	}
	r.Counters("assay_build_info", "The version of assay.", "version").Inc(version)
	return c
}

// nothingNew is the state of a run that had nothing to look at, such as a folder without new
// files.
const nothingNew watch.State = "nothing new"

// commit counts the end of a run.
func (c *counts) commit(run watch.Commit, j watch.Job) {
	worst := watch.OK
	for _, o := range run.Observations {
		if rank(o.State) < rank(worst) {
			worst = o.State
		}
		for code, n := range o.Codes {
			c.codes.Add(float64(n), c.bounded(j.Name, below(watch.Thing{Name: o.Thing, Job: j.Name}), code)...)
		}
	}
	if len(run.Observations) == 0 {
		worst = nothingNew
	}
	c.runs.Inc(j.Name, j.Provider, label(string(worst)))
	c.requests.Add(float64(run.Sent), j.Name, j.Provider)
	for _, e := range run.Events {
		c.events.Inc(j.Name, j.Provider, label(string(e.Kind)))
	}
}

// bounded gives the labels of a code; the thing and the code are other if there are too many.
func (c *counts) bounded(job, thing, code string) []string {
	key := [3]string{job, report.Named(thing), report.Named(code)}
	c.guard.Lock()
	defer c.guard.Unlock()
	if !c.codesSeen[key] {
		if len(c.codesSeen) >= maxSeries {
			return []string{job, other, other}
		}
		c.codesSeen[key] = true
	}
	return key[:]
}

// plainLabel matches the ids of rules, the kinds of changes, sides and states.
var plainLabel = lazy.Regexp(`^[a-z0-9][a-z0-9 -]{0,63}$`)

// label makes a text a label if it is an id of ours.
func label(text string) string {
	if plainLabel().MatchString(text) {
		return text
	}
	return other
}

// serveMetrics responds with what Prometheus reads. If the store has a fault, the series that
// come from it are absent.
func (d *Dashboard) serveMetrics(w http.ResponseWriter, r *http.Request) {
	all := d.read(r.Context())
	families := append(d.thingFamilies(all), d.ledgerFamilies(all)...)
	d.counts.registry.Serve(w, r, append(families, d.ownFamilies(all)...)...)
}

// thingFamilies are the states of the things and their findings.
func (d *Dashboard) thingFamilies(all *data) []metrics.Family {
	labels := []string{"job", "provider", "thing"}
	state := metrics.Family{Name: "assay_watch_state", Help: "1 for the state that a thing is in, 0 for the others.", Labels: append(labels[:3:3], "state")}
	since := metrics.Family{Name: "assay_watch_state_since_timestamp_seconds", Help: "When the state of a thing began.", Labels: labels}
	ok := metrics.Family{Name: "assay_watch_last_ok_timestamp_seconds", Help: "The latest observation that was ok.", Labels: labels}
	seen := metrics.Family{Name: "assay_watch_last_seen_timestamp_seconds", Help: "The latest observation.", Labels: labels}
	problem := metrics.Family{Name: "assay_watch_problem", Help: "1 if a problem was announced and is not over, also while there is no data.", Labels: labels}
	found := metrics.Family{Name: "assay_watch_findings", Help: "Findings of the latest observation with a verdict, by rule and the side that is wrong.", Labels: append(labels[:3:3], "rule", "side")}
	for _, t := range all.things {
		own := []string{t.Job, t.Provider, report.Named(below(t))}
		if len(seen.Samples) >= maxSeries {
			break
		}
		for _, s := range watch.States() {
			state.Set(truth(t.State == s), append(own[:3:3], string(s))...)
		}
		since.Set(float64(t.Since.UnixMilli())/1000, own...)
		seen.Set(float64(t.Seen.UnixMilli())/1000, own...)
		if !t.LastOK.IsZero() {
			ok.Set(float64(t.LastOK.UnixMilli())/1000, own...)
		}
		problem.Set(truth(t.Problem != nil), own...)
		byRule := map[[2]string]int{}
		for _, f := range t.Findings {
			byRule[[2]string{label(f.Rule), label(f.Side)}]++
		}
		for key, n := range byRule {
			if len(found.Samples) < maxSeries {
				found.Set(float64(n), append(own[:3:3], key[0], key[1])...)
			}
		}
	}
	return []metrics.Family{state, since, ok, seen, problem, found}
}

// ledgerFamilies are the changes without an acknowledgement, and the age of the oldest.
func (d *Dashboard) ledgerFamilies(all *data) []metrics.Family {
	age := metrics.Family{Name: "assay_watch_drift_age_seconds", Help: "The age of the oldest change that is not acknowledged and not gone; 0: there is none.", Labels: []string{"provider"}}
	open := metrics.Family{Name: "assay_watch_drift_unacknowledged", Help: "Changes that are not acknowledged and not gone, by impact.", Labels: []string{"provider", "impact"}}
	oldest, n := map[string]float64{}, map[[2]string]int{}
	if all.hasDrift {
		for _, j := range d.Jobs {
			oldest[label(j.Provider)] = 0
		}
	}
	for _, e := range all.ledger {
		p := providerOf(e)
		oldest[p] += 0 // a provider without open changes has a series, too
		if e.By == "" && e.Gone.IsZero() {
			oldest[p] = max(oldest[p], all.now.Sub(e.FirstSeen).Seconds())
			n[[2]string{p, string(e.Impact)}]++
		}
	}
	for p, seconds := range oldest {
		if len(age.Samples) >= maxSeries {
			break
		}
		age.Set(seconds, p)
		for _, i := range contract.Impacts() {
			open.Set(float64(n[[2]string{p, string(i)}]), p, string(i))
		}
	}
	return []metrics.Family{age, open}
}

// providerOf is the provider of a change.
func providerOf(e contract.TimelineEntry) string {
	name, _, _ := strings.Cut(e.Operation, "/")
	return label(name)
}

// ownFamilies are the outbox, the store, the connection and the schedule.
func (d *Dashboard) ownFamilies(all *data) []metrics.Family {
	fault := metrics.Family{Name: "assay_watch_store_fault", Help: "1 for the fault that the store has: full, damaged, busy or other.", Labels: []string{"fault"}}
	err := all.storeErr
	named := false
	for _, one := range []struct {
		name string
		err  error
	}{{"full", watch.ErrFull}, {"damaged", watch.ErrDamaged}, {"busy", watch.ErrBusy}} {
		is := errors.Is(err, one.err)
		named = named || is
		fault.Set(truth(is), one.name)
	}
	fault.Set(truth(!named && (err != nil || all.status.Store.Is())), other)
	connected := metrics.Family{Name: "assay_watch_connected", Help: "1 if this machine has a connection of its own; without one there is no verdict."}
	connected.Set(truth(!all.status.Offline.Is()))
	running := metrics.Family{Name: "assay_watch_running", Help: "Runs that go on."}
	running.Set(float64(len(all.status.Running)))
	next := metrics.Family{Name: "assay_watch_next_run_timestamp_seconds", Help: "When the next run of a job starts.", Labels: []string{"job"}}
	for _, run := range all.status.Next {
		next.Set(float64(run.Start.UnixMilli())/1000, run.Job)
	}
	families := []metrics.Family{fault, connected, running, next}
	if err != nil {
		return families
	}
	waiting := metrics.Family{Name: "assay_watch_outbox_waiting", Help: "Messages that are not delivered yet."}
	waiting.Set(float64(all.waiting))
	givenUp := metrics.Family{Name: "assay_watch_outbox_given_up", Help: "Messages that could not be delivered and are not tried again."}
	givenUp.Set(float64(all.givenUp))
	maintenance := metrics.Family{Name: "assay_watch_maintenance", Help: "1 while a job is in a maintenance window.", Labels: []string{"job"}}
	for _, j := range d.Jobs {
		maintenance.Set(truth(watch.Maintained(all.windows, j.Provider, all.now)), j.Name)
	}
	return append(families, waiting, givenUp, maintenance)
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
