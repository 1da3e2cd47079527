package month

import (
	"context"
	"hash/fnv"
	"time"

	"assay/internal/watch"
)

// History implements watch.Store. It computes the observations from the time.
func (s *Store) History(_ context.Context, thing string, step watch.Step, from, to time.Time) ([]watch.Point, error) {
	if err := s.fault(); err != nil {
		return nil, err
	}
	between := every
	if thing == "north-drift northpay" {
		between = 24 * time.Hour
	}
	first := on(1, 0, 0)
	if between > every {
		first = on(1, 2, 30)
	}
	var all []watch.Point
	for at := first; !at.After(Now()) && at.Before(to); at = at.Add(between) {
		if at.Before(from) {
			continue
		}
		start := at
		switch step {
		case watch.Minute:
			start = at.Truncate(time.Minute)
		case watch.Hour:
			start = at.Truncate(time.Hour)
		case watch.Day:
			start = at.Truncate(24 * time.Hour)
		}
		if n := len(all); n == 0 || !all[n-1].Time.Equal(start) {
			all = append(all, watch.Point{Time: start, States: map[watch.State]int{}, Codes: map[string]int{}, Findings: map[string]int{}})
		}
		observe(&all[len(all)-1], thing, at)
	}
	return all, nil
}

// observe adds one observation to a point.
func observe(p *watch.Point, thing string, at time.Time) {
	state := stateAt(thing, at)
	p.States[state]++
	random := number(thing, at)
	if at.Day() == 12 && at.Hour() < 2 && thing[:5] == "south" {
		p.Maintenance++
	}
	switch {
	case state == watch.NoData:
		return
	case thing == "north-drift northpay":
		if state == watch.Degraded {
			p.Findings["member-retyped provider"]++
		}
		return
	case state == watch.Failing && at.Day() == 9:
		return // no response
	}
	ms := 180 + random%90
	if at.Hour() >= 9 && at.Hour() < 17 {
		ms += 120 + random%140
	}
	if state == watch.Degraded {
		ms += 8_000 + random%1_500
	}
	p.Responses, p.Latency, p.Slowest = p.Responses+3, p.Latency+3*ms, max(p.Slowest, ms+random%400)
	p.Codes["0000"] += 2
	switch {
	case state == watch.Failing:
		p.Codes["undocumented"]++
		p.Findings["fields-required provider"]++
		p.Findings["code-documented provider"]++
	case random%23 == 0:
		p.Codes["501"]++
	default:
		p.Codes["334"]++
	}
}

// stateAt is what an observation says.
func stateAt(thing string, at time.Time) watch.State {
	within := func(from, to time.Time) bool { return !at.Before(from) && at.Before(to) }
	north, live := thing[:5] == "north", thing[5:10] == "-live"
	switch {
	case live && within(on(17, 2, 0), on(17, 5, 30)):
		return watch.NoData
	case north && live && within(on(9, 10, 0), on(9, 13, 20)):
		return watch.Failing
	case thing == "north-live northpay/createOrder" && !at.Before(on(29, 15, 45)):
		return watch.Failing
	case thing == "north-live northpay/refund" && !at.Before(on(29, 16, 25)):
		return watch.NoData
	case thing == "north-live northpay/refund" && !at.Before(on(28, 9, 0)):
		return watch.Degraded
	case thing == "north-drift northpay" && !at.Before(on(21, 0, 0)):
		return watch.Degraded
	case live && number(thing, at)%311 == 0:
		return watch.Failing
	}
	return watch.OK
}

// number is the same for the same thing and time.
func number(thing string, at time.Time) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(thing + at.Format(time.RFC3339))) // a hash does not fail
	return int(h.Sum32() >> 8)
}
