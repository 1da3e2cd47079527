package watchstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assay/internal/watch"
	"assay/internal/watchstore"
)

// start is when the simulated time begins.
var start = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)

// simulation watches four providers with three operations each, once a minute.
type simulation struct {
	t       testing.TB
	s       *watchstore.Store
	report  []byte
	things  map[string]watch.Thing
	jobs    []watch.Job
	commits int
}

// newSimulation opens a store. Its report is as large as one of a dozen cases.
func newSimulation(t testing.TB, s *watchstore.Store) *simulation {
	t.Helper()
	every, err := watch.Every(time.Minute, 0)
	if err != nil {
		t.Fatal(err)
	}
	sim := &simulation{t: t, s: s, things: map[string]watch.Thing{}}
	for i := range 4 {
		sim.jobs = append(sim.jobs, watch.Job{
			Name: fmt.Sprintf("provider%d-live", i), Provider: fmt.Sprintf("provider%d", i), Kind: watch.Live, Schedule: every,
			Thresholds: watch.Thresholds{Failures: 3, Successes: 2, NoData: 3}, Calls: 15, Remind: 6 * time.Hour, Notify: []string{"chat", "mail"},
		})
	}
	var b strings.Builder
	b.WriteString(`{"schema":"assay.run/v1","cases":[`)
	for i := range 12 {
		fmt.Fprintf(&b, `{"case":"provider/operation/case%d","outcome":"conforms","code":"%04d","latency":%d,"rules":["fields-required","code-documented","amount-same"]},`, i, i*37, 100+i*i)
	}
	b.WriteString(`{}]}`)
	sim.report = []byte(b.String())
	return sim
}

// state gives what a run finds at a minute: an outage of half an hour each week, a minute in
// which it could not look each day, and a time with findings each third day.
func state(operation, minute int) watch.State {
	week, day := minute%(7*1440), minute%1440
	switch {
	case week >= 2000+operation*300 && week < 2030+operation*300:
		return watch.Failing
	case day == 300:
		return watch.NoData
	case minute%(3*1440) >= 4000 && minute%(3*1440) < 4060:
		return watch.Degraded
	}
	return watch.OK
}

// observe makes an observation. Three cases succeed, and five to seven are refused with
// other codes.
func (sim *simulation) observe(job, operation, minute int, slot watch.Slot) watch.Observation {
	o := watch.Observation{
		Thing: fmt.Sprintf("%s provider%d/operation%d", slot.Job, job, operation), Slot: slot, Time: slot.Time.Add(time.Duration(137+minute%800) * time.Millisecond),
		State: state(operation, minute), Why: "5 cases conform",
	}
	if o.State == watch.NoData {
		o.Why = "no network"
		return o
	}
	o.Codes = map[string]int{}
	for i := range 5 {
		code := fmt.Sprintf("%04d", 1000*operation+i)
		if i == 4 && minute%10 != 0 {
			code = fmt.Sprintf("%04d", 1000*operation+3) // the sixth code is rare
		}
		if i == 0 && o.State == watch.Failing {
			code = "undocumented"
		}
		o.Codes[code]++
		o.Latencies = append(o.Latencies, 80+(minute*7919+i*104729+operation*31)%900)
	}
	if o.State.Bad() {
		o.Why = "2 findings"
		for i := range 2 + operation {
			o.Findings = append(o.Findings, watch.Finding{
				ID: fmt.Sprintf("%012x", 0xabcdef1234*(i+1+job*7)), Rule: []string{"code-documented", "fields-required", "amount-same", "signature-valid"}[i], Side: "provider", Severity: "error",
				Sentence: fmt.Sprintf("the response of operation%d: member response#/body/result/info%d is absent, and the documentation requires it", operation, i),
			})
		}
	}
	return o
}

// minute runs every job once.
func (sim *simulation) minute(minute int) {
	sim.t.Helper()
	ctx := sim.t.Context()
	for n, j := range sim.jobs {
		slot := watch.Slot{Job: j.Name, Time: start.Add(time.Duration(minute) * time.Minute), Calls: j.Calls}
		if ok, err := sim.s.Begin(ctx, slot, slot.Time); err != nil || !ok {
			sim.t.Fatalf("%v: %v, %v", slot, ok, err)
		}
		c := watch.Commit{Slot: slot, Ended: slot.Time.Add(7 * time.Second), Sent: j.Calls, Report: sim.report}
		for op := range 3 {
			o := sim.observe(n, op, minute, slot)
			thing, events := watch.Observe(sim.things[o.Thing], o, j)
			sim.things[o.Thing] = thing
			c.Observations, c.Things, c.Events = append(c.Observations, o), append(c.Things, thing), append(c.Events, events...)
		}
		for _, e := range c.Events {
			for _, channel := range j.Notify {
				c.Messages = append(c.Messages, watch.Message{ID: e.ID + "/" + channel, Channel: channel, Event: e, Created: e.Time, Next: e.Time})
			}
		}
		if err := sim.s.Commit(ctx, c); err != nil {
			sim.t.Fatal(err)
		}
		sim.commits++
		for _, m := range c.Messages {
			if err := sim.s.Delivered(ctx, m.ID, m.Created.Add(time.Second)); err != nil {
				sim.t.Fatal(err)
			}
		}
	}
}
