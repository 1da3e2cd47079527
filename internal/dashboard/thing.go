package dashboard

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/internal/report"
	"assay/internal/watch"
)

// maxRows is how many points the history of a thing shows.
const maxRows = 400

// steps are the histories that the page of a thing offers.
func steps() []struct {
	step       watch.Step
	size, span time.Duration
	label      string
} {
	const day = 24 * time.Hour
	return []struct {
		step       watch.Step
		size, span time.Duration
		label      string
	}{
		{watch.Single, time.Minute, 3 * time.Hour, "3 hours by run"},
		{watch.Minute, time.Minute, 6 * time.Hour, "6 hours by minute"},
		{watch.Hour, time.Hour, 7 * day, "7 days by hour"},
		{watch.Day, day, 90 * day, "90 days by day"},
	}
}

// thingPage is the history of one thing.
type thingPage struct {
	frame
	Alerts         []alert
	Thing          thingView
	From, To       string // of the history
	Steps          []stepLink
	Earlier, Later string
	States         chart
	Latency        chart
	Slowest        string // the top of the chart of latencies
	Codes          []codeLine
	MoreCodes      int
	Rows           []pointView
	MoreRows       int
	Events         []eventView
}

// stepLink leads to another history.
type stepLink struct {
	Label, Link string
	Current     bool
}

// pointView are the numbers of one step.
type pointView struct {
	Time, Exact                                string
	OK, Degraded, Failing, NoData, Maintenance int
	Responses                                  int
	Mean, Slowest                              string
	Codes, Findings                            string
}

// serveThing responds with the history of a thing.
func (d *Dashboard) serveThing(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	s, wrong := d.spanOf(r)
	if wrong != "" {
		d.refuse(w, r, http.StatusBadRequest, wrong)
		return
	}
	revision := d.hub.revision()
	all := d.read(r.Context())
	if all.storeErr != nil {
		d.fail(w, r, "The history", all.storeErr)
		return
	}
	i := slices.IndexFunc(all.things, func(t watch.Thing) bool { return t.Name == name })
	if i < 0 {
		d.refuse(w, r, http.StatusNotFound, "There is no thing called "+report.Foreign(strconv.Quote(name))+".")
		return
	}
	thing := all.things[i]
	points, err := d.Store.History(r.Context(), name, s.step, s.from, s.to)
	if err != nil {
		d.fail(w, r, "The history", err)
		return
	}
	events, err := d.eventsOf(r.Context(), name, all.now)
	if err != nil {
		d.fail(w, r, "The events", err)
		return
	}
	p := thingPage{frame: frame{Title: report.Foreign(name), Version: d.Version, When: at(all.now, all.now), Revision: revision}, Alerts: alerts(all), Thing: d.thing(thing, all), Events: eventViews(events, all.now)}
	p.Mark, p.Head = p.Thing.Mark, p.Thing.Name+": "+p.Thing.Word
	p.Verdict = map[watch.State]string{watch.OK: "passed", watch.Degraded: "unsure", watch.Failing: "failed"}[thing.State]
	if p.Verdict == "" {
		p.Verdict = "history"
	}
	p.fill(s, points, name, all.now)
	page, err := render("thing", p)
	if err != nil {
		d.refuse(w, r, http.StatusInternalServerError, "The page cannot be made.")
		return
	}
	write(w, http.StatusOK, page)
}

// spanOf reads which history a request wants; wrong says why it is none.
func (d *Dashboard) spanOf(r *http.Request) (s span, wrong string) {
	q := r.URL.Query()
	step, to := watch.Step(q.Get("step")), d.Now().UTC()
	if step == "" {
		step = watch.Hour
	}
	if text := q.Get("to"); text != "" {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil || t.Year() < 2000 || t.Year() > 2200 {
			return s, "to is no time, such as 2026-11-29T18:00:00Z."
		}
		to = t.UTC()
	}
	for _, one := range steps() {
		if one.step == step {
			end := to.Truncate(one.size)
			if !end.Equal(to) || q.Get("to") == "" {
				end = end.Add(one.size)
			}
			return span{step: step, from: end.Add(-one.span), to: end, size: one.size}, ""
		}
	}
	return s, "step is run, minute, hour or day."
}

// eventsOf gives the newest events of a thing.
func (d *Dashboard) eventsOf(ctx context.Context, name string, now time.Time) ([]watch.Event, error) {
	events, err := d.Store.Events(ctx, now.AddDate(-1, 0, 0), eventsRead)
	return changes(events, name), err
}

// fill draws the history and lists its numbers, the newest first.
func (p *thingPage) fill(s span, points []watch.Point, name string, now time.Time) {
	const face = "2006-01-02 15:04"
	p.From, p.To = s.from.Format(face), s.to.Format(face)
	for _, one := range steps() {
		p.Steps = append(p.Steps, stepLink{one.label, link("/thing", "name", name, "step", string(one.step)), one.step == s.step})
	}
	p.Earlier = link("/thing", "name", name, "step", string(s.step), "to", s.from.Format(time.RFC3339))
	switch later := s.to.Add(s.to.Sub(s.from)); {
	case later.Before(now):
		p.Later = link("/thing", "name", name, "step", string(s.step), "to", later.Format(time.RFC3339))
	case s.to.Before(now):
		p.Later = link("/thing", "name", name, "step", string(s.step))
	}
	p.States = s.states(points)
	most := 0
	p.Latency, most = s.latency(points)
	p.Slowest = milliseconds(most)
	p.Codes, p.MoreCodes = s.codes(points, 20)
	for _, one := range slices.Backward(points) {
		if len(p.Rows) == maxRows {
			p.MoreRows = len(points) - maxRows
			break
		}
		p.Rows = append(p.Rows, row(one, s.step))
	}
}

// row makes the numbers of a point.
func row(p watch.Point, step watch.Step) pointView {
	v := pointView{
		Time: p.Time.UTC().Format("2006-01-02 15:04"), Exact: p.Time.UTC().Format(time.RFC3339), OK: p.States[watch.OK], Degraded: p.States[watch.Degraded], Failing: p.States[watch.Failing],
		NoData: p.States[watch.NoData], Maintenance: p.Maintenance, Responses: p.Responses, Mean: "–", Slowest: "–", Codes: counted(p.Codes), Findings: counted(p.Findings),
	}
	switch step {
	case watch.Single:
		v.Time = p.Time.UTC().Format("2006-01-02 15:04:05")
	case watch.Day:
		v.Time = p.Time.UTC().Format(time.DateOnly)
	}
	if p.Responses > 0 {
		v.Mean, v.Slowest = milliseconds(p.Latency/p.Responses), milliseconds(p.Slowest)
	}
	return v
}

// counted lists names with their numbers.
func counted(all map[string]int) string {
	const most = 12
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if len(parts) == most {
			parts = append(parts, "and "+strconv.Itoa(len(all)-most)+" more")
			break
		}
		parts = append(parts, report.Foreign(name)+" ×"+grouped(all[name]))
	}
	return strings.Join(parts, ", ")
}
