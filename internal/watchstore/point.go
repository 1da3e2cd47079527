package watchstore

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"assay/internal/watch"
)

// point is a watch.Point without its time, with numbers in place of words.
type point struct {
	states                 [4]int64 // in the order of stateNames
	maintenance, responses int64
	latency, slowest       int64
	codes, findings        map[int64]int64
}

// stateNames gives the order in which the counts of states are stored. It must not change.
func stateNames() [4]watch.State {
	return [4]watch.State{watch.OK, watch.Degraded, watch.Failing, watch.NoData}
}

// pointOf is the point of one observation.
func (t *tx) pointOf(o watch.Observation) (point, error) {
	p := point{codes: map[int64]int64{}, findings: map[int64]int64{}, responses: int64(len(o.Latencies))}
	names := stateNames()
	i := slices.Index(names[:], o.State)
	if i < 0 {
		return point{}, fmt.Errorf("%s: an observation has the unknown state %q", o.Thing, o.State)
	}
	p.states[i] = 1
	if o.Maintenance {
		p.maintenance = 1
	}
	for i, ms := range o.Latencies {
		p.latency += int64(ms)
		if i == 0 || int64(ms) > p.slowest {
			p.slowest = int64(ms)
		}
	}
	for code, n := range o.Codes {
		if n == 0 {
			continue
		}
		id, err := t.word(code)
		if err != nil {
			return point{}, err
		}
		p.codes[id] += int64(n)
	}
	for _, f := range o.Findings {
		id, err := t.word(f.Rule + " " + f.Side)
		if err != nil {
			return point{}, err
		}
		p.findings[id]++
	}
	return p, nil
}

// add adds another point to this one.
func (p *point) add(q point) {
	for i, n := range q.states {
		p.states[i] += n
	}
	switch {
	case p.responses == 0:
		p.slowest = q.slowest
	case q.responses > 0:
		p.slowest = max(p.slowest, q.slowest)
	}
	p.maintenance += q.maintenance
	p.responses += q.responses
	p.latency += q.latency
	for id, n := range q.codes {
		p.codes[id] += n
	}
	for id, n := range q.findings {
		p.findings[id] += n
	}
}

// Each bit of the first byte says whether a number follows that is not 0.
const (
	hasMaintenance = 1 << (4 + iota)
	hasResponses
	hasCodes
	hasFindings
)

// encode writes a point.
func (p point) encode() []byte {
	content := make([]byte, 1, 32)
	var has byte
	number := func(bit byte, n int64) {
		if n != 0 {
			has |= bit
			content = binary.AppendVarint(content, n)
		}
	}
	for i, n := range p.states {
		number(1<<i, n)
	}
	number(hasMaintenance, p.maintenance)
	number(hasResponses, p.responses)
	if p.responses != 0 {
		content = binary.AppendVarint(content, p.latency)
		content = binary.AppendVarint(content, p.slowest)
	}
	counts := func(bit byte, all map[int64]int64) {
		number(bit, int64(len(all)))
		for _, id := range slices.Sorted(maps.Keys(all)) {
			content = binary.AppendVarint(content, id)
			content = binary.AppendVarint(content, all[id])
		}
	}
	counts(hasCodes, p.codes)
	counts(hasFindings, p.findings)
	content[0] = has
	return content
}

// decode reads a point.
func decode(content []byte) (point, error) {
	p := point{codes: map[int64]int64{}, findings: map[int64]int64{}}
	if len(content) == 0 {
		return p, damage("a row is empty")
	}
	has, r := content[0], reader{rest: content[1:]}
	number := func(bit byte, into *int64) {
		if has&bit != 0 {
			*into = r.int()
		}
	}
	for i := range p.states {
		number(1<<i, &p.states[i])
	}
	number(hasMaintenance, &p.maintenance)
	number(hasResponses, &p.responses)
	number(hasResponses, &p.latency)
	number(hasResponses, &p.slowest)
	counts := func(bit byte, all map[int64]int64) {
		if has&bit == 0 {
			return
		}
		for range r.count() {
			id := r.int()
			all[id] = r.int()
		}
	}
	counts(hasCodes, p.codes)
	counts(hasFindings, p.findings)
	return p, r.err
}

// shown is the point with its time and words.
func (t *tx) shown(p point, at time.Time) (watch.Point, error) {
	w := watch.Point{
		Time: at, States: map[watch.State]int{},
		Responses: int(p.responses), Latency: int(p.latency), Slowest: int(p.slowest), Maintenance: int(p.maintenance),
	}
	for i, name := range stateNames() {
		if p.states[i] != 0 {
			w.States[name] = int(p.states[i])
		}
	}
	for _, c := range []struct {
		from map[int64]int64
		to   *map[string]int
	}{{p.codes, &w.Codes}, {p.findings, &w.Findings}} {
		for id, n := range c.from {
			text, err := t.text(id)
			if err != nil {
				return watch.Point{}, err
			}
			if *c.to == nil {
				*c.to = map[string]int{}
			}
			(*c.to)[text] = int(n)
		}
	}
	return w, nil
}

// step is one of the steps of a history.
type step struct {
	name   watch.Step
	table  string
	number int64 // in watch_kept
	unit   int64 // milliseconds
}

// steps lists the steps, the shortest first.
func steps() []step {
	return []step{
		{watch.Single, "watch_single", 0, 1},
		{watch.Minute, "watch_minute", 1, time.Minute.Milliseconds()},
		{watch.Hour, "watch_hour", 2, time.Hour.Milliseconds()},
		{watch.Day, "watch_day", 3, 24 * time.Hour.Milliseconds()},
	}
}

// of gives the number of the step that a time is in.
func (s step) of(at time.Time) int64 {
	ms := at.UnixMilli()
	n := ms / s.unit
	if ms%s.unit < 0 { // before 1970
		n--
	}
	return n
}

// next gives the number of the first step that starts at or after a time.
func (s step) next(at time.Time) int64 {
	n := s.of(at)
	if s.start(n).Before(at) {
		n++
	}
	return n
}

// start gives the time at which a step starts.
func (s step) start(n int64) time.Time { return time.UnixMilli(n * s.unit).UTC() }
