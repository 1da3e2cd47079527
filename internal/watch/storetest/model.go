package storetest

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/watch"
)

// remembered is the history of a store, as observations.
type remembered struct {
	all   map[watch.Step][]watch.Observation
	since map[watch.Step]time.Time // the first step that is kept
}

func lengthOf(step watch.Step) time.Duration {
	return map[watch.Step]time.Duration{watch.Single: time.Millisecond, watch.Minute: time.Minute, watch.Hour: time.Hour, watch.Day: 24 * time.Hour}[step]
}

// observe adds an observation to the steps that are kept.
func (r *remembered) observe(o watch.Observation) {
	for _, step := range allSteps() {
		if !o.Time.Truncate(lengthOf(step)).Before(r.since[step]) {
			r.all[step] = append(r.all[step], o)
		}
	}
}

// compact forgets steps.
func (r *remembered) compact(at time.Time, keep watch.Retention) {
	for step, age := range map[watch.Step]time.Duration{watch.Single: keep.Single, watch.Minute: keep.Minute, watch.Hour: keep.Hour, watch.Day: keep.Day} {
		if since := at.Add(-age).Truncate(lengthOf(step)); since.After(r.since[step]) {
			r.since[step] = since
		}
	}
}

// history sums up what is remembered of a thing.
func (r *remembered) history(thing string, step watch.Step, from, to time.Time) []watch.Point {
	sums := map[int64]*watch.Point{}
	for _, o := range r.all[step] {
		at := o.Time.Truncate(lengthOf(step))
		if o.Thing != thing || at.Before(r.since[step]) || at.Before(from) || !at.Before(to) {
			continue
		}
		p := sums[at.UnixMilli()]
		if p == nil {
			p = &watch.Point{Time: at, States: map[watch.State]int{}, Codes: map[string]int{}, Findings: map[string]int{}}
			sums[at.UnixMilli()] = p
		}
		p.States[o.State]++
		for code, n := range o.Codes {
			p.Codes[code] += n
		}
		for _, f := range o.Findings {
			p.Findings[f.Rule+" "+f.Side]++
		}
		for _, ms := range o.Latencies {
			p.Responses++
			p.Latency += ms
			p.Slowest = max(p.Slowest, ms)
		}
		if o.Maintenance {
			p.Maintenance++
		}
	}
	var all []watch.Point
	for _, p := range sums {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b watch.Point) int { return a.Time.Compare(b.Time) })
	return all
}

// observation generates an observation of one of two things.
func observation(at time.Time) *rapid.Generator[watch.Observation] {
	return rapid.Custom(func(t *rapid.T) watch.Observation {
		o := watch.Observation{
			Thing:       rapid.SampledFrom([]string{"a", "b"}).Draw(t, "thing"),
			Time:        at.Add(time.Duration(rapid.IntRange(0, 3*86400_000).Draw(t, "ms")) * -time.Millisecond),
			State:       rapid.SampledFrom(watch.States()).Draw(t, "state"),
			Codes:       rapid.MapOfN(rapid.SampledFrom([]string{"0000", "1000", "undocumented", "2000/partly"}), rapid.IntRange(1, 5), 0, 3).Draw(t, "codes"),
			Latencies:   rapid.SliceOfN(rapid.IntRange(0, 40000), 0, 4).Draw(t, "latencies"),
			Maintenance: rapid.Bool().Draw(t, "maintenance"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "findings") {
			o.Findings = append(o.Findings, watch.Finding{
				Rule: rapid.SampledFrom([]string{"code-documented", "amount-same"}).Draw(t, "rule"),
				Side: rapid.SampledFrom([]string{"provider", "client"}).Draw(t, "side"),
			})
		}
		return o
	})
}

// retentionOf generates a retention that deletes something of three days.
func retentionOf() *rapid.Generator[watch.Retention] {
	return rapid.Custom(func(t *rapid.T) watch.Retention {
		hours := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 100*60).Draw(t, name)) * time.Minute
		}
		return watch.Retention{Single: hours("single"), Minute: hours("minute"), Hour: hours("hour"), Day: hours("day")}
	})
}

// model compares the history with that of a model, after any runs and compactions.
func model(t *testing.T, fresh func(t *testing.T) Open) {
	rapid.Check(t, func(rt *rapid.T) {
		s := start(t, fresh(t))
		r := &remembered{all: map[watch.Step][]watch.Observation{}, since: map[watch.Step]time.Time{}}
		now := noon
		for i := range rapid.IntRange(1, 9).Draw(rt, "actions") {
			now = now.Add(time.Duration(rapid.IntRange(1, 36000).Draw(rt, "seconds")) * time.Second)
			switch rapid.IntRange(0, 6).Draw(rt, "action") {
			case 0:
				keep := retentionOf().Draw(rt, "keep")
				r.compact(now, keep)
				s.must(s.Compact(t.Context(), now, keep))
			case 1:
				s.reopen()
			default:
				c := watch.Commit{Slot: watch.Slot{Job: job, Time: noon.AddDate(1, 0, i)}}
				c.Observations = rapid.SliceOfN(observation(now), 0, 6).Draw(rt, "observations")
				for _, o := range c.Observations {
					r.observe(o)
				}
				s.commit(c)
			}
		}
		from := noon.Add(time.Duration(rapid.IntRange(-4*86400, 86400).Draw(rt, "from")) * time.Second)
		for _, thing := range []string{"a", "b"} {
			for _, step := range allSteps() {
				for _, since := range []time.Time{{}, from} {
					got, err := s.History(t.Context(), thing, step, since, now)
					if want := r.history(thing, step, since, now); err != nil || !same(got, want) {
						rt.Fatalf("%s of %s since %v:\ngot  %+v\nwant %+v, %v", step, thing, since, got, want, err)
					}
				}
			}
		}
	})
}
