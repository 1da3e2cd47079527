package dashboard

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"assay/internal/report"
	"assay/internal/watch"
)

// cacheFor is how long an overview is shown again if the data has not changed.
const cacheFor = 5 * time.Second

// cache is the latest overview, so that many open pages cost as much as one.
type cache struct {
	guard    sync.Mutex
	revision string
	made     time.Time
	page     []byte
	status   int
}

// overview is the page with everything.
type overview struct {
	frame
	Alerts []alert
	Tiles  []tile
	Wrong  []thingView
	Notes  []alert
	Groups []jobView
	Events []eventView
	drift
	Windows []windowView
	Jobs    []jobView
}

// alert is something that concerns all things, and the command that helps.
type alert struct{ Class, Mark, Text, Command string }

// tile is a number in the head of the page.
type tile struct {
	Class, Mark, Label string
	N                  int
}

// drift are the changes in the ledger.
type drift struct {
	Ledger   bool // there is one
	Timeline template.HTML
	Known    int
	Left     int // changes that the timeline leaves out
}

// serveOverview responds with the overview.
func (d *Dashboard) serveOverview(w http.ResponseWriter, r *http.Request) {
	d.cache.guard.Lock()
	revision, now := d.hub.revision(), d.Now()
	if d.cache.page == nil || d.cache.revision != revision || now.Sub(d.cache.made) >= cacheFor || now.Before(d.cache.made) {
		// The page is for others, too, so it does not end with this client.
		ctx, stop := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
		page, status := d.overview(ctx, revision)
		stop()
		d.cache.page, d.cache.status, d.cache.revision, d.cache.made = page, status, revision, d.Now()
	}
	page, status := d.cache.page, d.cache.status
	d.cache.guard.Unlock()
	write(w, status, page)
}

// overview makes the overview and its HTTP status.
func (d *Dashboard) overview(ctx context.Context, revision string) ([]byte, int) {
	all := d.read(ctx)
	o := overview{frame: frame{Version: d.Version, When: at(all.now, all.now), Revision: revision, Home: true}}
	o.Verdict, o.Mark, o.Head = verdict(all)
	o.Title = o.Head
	s, history := d.day(ctx, all.now)
	views := map[string]thingView{}
	for _, t := range all.things {
		v := d.thing(t, all)
		if points, err := history(t.Name); err == nil {
			v.draw(s, points)
		} else if all.storeErr == nil {
			all.storeErr = err
			all.faults = append(all.faults, "The history cannot be read: "+cause(err)+".")
		}
		views[t.Name] = v
		if t.State != watch.OK {
			o.Wrong = append(o.Wrong, v)
		}
	}
	o.Groups, o.Jobs = d.groups(all, views), d.jobs(all)
	o.Events, o.Windows = eventViews(all.events, all.now), windowViews(all)
	o.Tiles, o.drift = tiles(all), driftOf(all, d.Ledger != nil)
	o.Alerts, o.Notes = alerts(all), notes(all)
	status := http.StatusOK
	if all.storeErr != nil {
		status = http.StatusServiceUnavailable
	}
	page, err := render("overview", o)
	if err != nil {
		page, status = []byte("assay watch: the page cannot be made"), http.StatusInternalServerError
	}
	return page, status
}

// verdict is the state of everything in a word, a mark and a sentence.
func verdict(all *data) (word, mark, head string) {
	n := len(all.things)
	var parts []string
	for _, one := range []struct {
		state watch.State
		text  string
	}{{watch.Failing, "failing"}, {watch.Degraded, "degraded"}, {watch.NoData, "without data"}} {
		if count := all.count(one.state); count > 0 {
			if len(parts) == 0 {
				one.text = "of " + plural(n, "thing") + " " + one.text
			}
			parts = append(parts, grouped(count)+" "+one.text)
		}
	}
	switch {
	case n == 0 && all.storeErr != nil:
		return "unsure", "?", "The store cannot be read: " + cause(all.storeErr)
	case n == 0:
		return "unsure", "?", "Nothing was observed yet"
	case all.count(watch.Failing)+all.count(watch.Degraded) > 0:
		return "failed", "✗", strings.Join(parts, ", ")
	case len(parts) > 0:
		return "unsure", "?", strings.Join(parts, ", ")
	case all.storeErr != nil || all.status.Store.Is() || all.status.Offline.Is():
		return "unsure", "?", "At the last look, " + allOK(n)
	}
	return "passed", "✓", strings.ToUpper(allOK(n)[:1]) + allOK(n)[1:]
}

func allOK(n int) string {
	if n == 1 {
		return "the only thing is ok"
	}
	return "all " + grouped(n) + " things are ok"
}

// alerts are the faults of assay itself: what the page shows may be old.
func alerts(all *data) []alert {
	var found []alert
	add := func(class, mark, text string) { found = append(found, alert{Class: class, Mark: mark, Text: text}) }
	since := func(t Trouble) string {
		if m := at(t.Since, all.now); m != nil {
			return " since " + m.Text + " UTC, " + m.Ago
		}
		return ""
	}
	if t := all.status.Store; t.Is() {
		add("error", "✗", "The store has a fault"+since(t)+": "+report.Errors(t.Why))
	}
	for _, text := range all.faults {
		add("error", "✗", text)
	}
	if t := all.status.Offline; t.Is() {
		add("warning", "▲", "This machine has no connection of its own"+since(t)+", so there is no verdict: "+report.Errors(t.Why))
	}
	if all.status.Started.IsZero() {
		add("warning", "▲", "The loop has not started, so nothing is observed.")
	}
	return found
}

// notes are what somebody has to do besides, and maintenance that is in force.
func notes(all *data) []alert {
	var found []alert
	if open := all.open(); len(open) > 0 {
		first := at(open[0].FirstSeen, all.now)
		found = append(found, alert{"warning", "▲", plural(len(open), "change") + " without an acknowledgement, the oldest since " + first.Text + " UTC, " + first.Ago + ".", "assay ledger ack FILE ID --by NAME --why REASON"})
	}
	if all.givenUp > 0 {
		found = append(found, alert{"error", "✗", plural(all.givenUp, "message") + " could not be delivered, and assay watch gave up.", "assay watch status"})
	}
	if all.waiting > 0 {
		found = append(found, alert{"info", "●", plural(all.waiting, "message") + " not delivered yet.", ""})
	}
	for _, w := range all.windows {
		if !all.now.Before(w.From) && all.now.Before(w.To) {
			found = append(found, alert{"info", "●", "Maintenance of " + providerName(w.Provider) + " until " + at(w.To, all.now).Text + " UTC: states do not change, and no message is sent.", ""})
		}
	}
	return found
}

// tiles are the numbers in the head.
func tiles(all *data) []tile {
	return []tile{
		{"error", "✗", "failing", all.count(watch.Failing)},
		{"warning", "▲", "degraded", all.count(watch.Degraded)},
		{"info", "?", "no data", all.count(watch.NoData)},
		{"ok", "✓", "ok", all.count(watch.OK)},
		{"warning", "▲", "changes to acknowledge", len(all.open())},
		{"error", "✗", "messages given up", all.givenUp},
	}
}

// providerName is what a window is for.
func providerName(name string) string {
	if name == "" {
		return "all providers"
	}
	return report.Foreign(name)
}

// link makes an address of this server.
func link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return path + "?" + q.Encode()
}
