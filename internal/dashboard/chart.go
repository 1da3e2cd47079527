package dashboard

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"assay/internal/report"
	"assay/internal/watch"
)

// The drawing of a chart: each step is a column of this width, and charts are this high.
const (
	column = 10
	high   = 100
)

// bar is a rectangle of a chart.
type bar struct {
	Class      string
	X, Y, W, H int
}

// chart is a picture with a column for each step. Its numbers stand in a table beside it.
type chart struct {
	Width, Height int
	Say           string // what it shows, in words
	Bars          []bar
}

// span is the time of a history: its steps, from one time up to another.
type span struct {
	step     watch.Step
	from, to time.Time
	size     time.Duration
}

// columns is how many columns the charts of a span have.
func (s span) columns() int { return int((s.to.Sub(s.from) + s.size - 1) / s.size) }

// index is the column of a time; false: it is outside.
func (s span) index(t time.Time) (int, bool) {
	i := int(t.Sub(s.from) / s.size)
	return i, !t.Before(s.from) && i < s.columns()
}

// columned puts the points of one column together, so that they are not drawn over each other.
func (s span) columned(points []watch.Point) []watch.Point {
	var made []watch.Point
	for _, p := range points {
		i, ok := s.index(p.Time)
		if !ok {
			continue
		}
		p.Time = s.from.Add(time.Duration(i) * s.size)
		if n := len(made); n > 0 && made[n-1].Time.Equal(p.Time) {
			made[n-1] = sum(made[n-1], p)
			continue
		}
		made = append(made, p)
	}
	return made
}

// sum is a point with the observations of two.
func sum(a, b watch.Point) watch.Point {
	both := watch.Point{Time: a.Time, States: map[watch.State]int{}, Codes: map[string]int{}, Findings: map[string]int{}}
	for _, p := range []watch.Point{a, b} {
		for k, n := range p.States {
			both.States[k] += n
		}
		for k, n := range p.Codes {
			both.Codes[k] += n
		}
		for k, n := range p.Findings {
			both.Findings[k] += n
		}
		both.Responses, both.Latency, both.Maintenance = both.Responses+p.Responses, both.Latency+p.Latency, both.Maintenance+p.Maintenance
		both.Slowest = max(both.Slowest, p.Slowest)
	}
	return both
}

// states draws the state of each step. What fails hangs from the top over the whole width of
// its column, what is degraded is narrower, no data is a thin line, and what is ok stands on
// the ground: the place says the state, the colour repeats it.
func (s span) states(points []watch.Point) chart {
	c := chart{Width: s.columns() * column, Height: high + 12, Say: s.total(points)}
	for _, p := range s.columned(points) {
		i, _ := s.index(p.Time)
		all := observations(p)
		if all == 0 {
			continue
		}
		x, y := i*column, 0
		for _, part := range []struct {
			state     watch.State
			class     string
			left, own int
		}{{watch.Failing, "failing", 0, column - 1}, {watch.Degraded, "degraded", 2, column - 5}, {watch.NoData, "no-data", 4, 1}} {
			if n := p.States[part.state]; n > 0 {
				h := max(n*high/all, 16) // so that one run of a day is seen
				h = min(h, high-y)
				c.Bars = append(c.Bars, bar{part.class, x + part.left, y, part.own, h})
				y += h
			}
		}
		if p.States[watch.OK] > 0 && y < high {
			top := max(y, high-36)
			if y == 0 {
				top = high - 36
			}
			c.Bars = append(c.Bars, bar{"ok", x, top, column - 1, high - top})
		}
		if p.Maintenance > 0 {
			c.Bars = append(c.Bars, bar{"maintenance", x, high + 4, column, 8})
		}
	}
	return c
}

// total says how often each state was observed.
func (s span) total(points []watch.Point) string {
	counts := map[watch.State]int{}
	all, maintained := 0, 0
	for _, p := range points {
		for state, n := range p.States {
			counts[state] += n
			all += n
		}
		maintained += p.Maintenance
	}
	if all == 0 {
		return "no observations"
	}
	var parts []string
	for _, state := range watch.States() {
		if n := counts[state]; n > 0 {
			parts = append(parts, badgeOf(state).Word+" "+share(n, all))
		}
	}
	if maintained > 0 {
		parts = append(parts, grouped(maintained)+" in maintenance")
	}
	return strings.Join(parts, ", ") + " of " + plural(all, "observation")
}

// latency draws the mean and the slowest response of each step.
func (s span) latency(points []watch.Point) (c chart, most int) {
	c = chart{Width: s.columns() * column, Height: high}
	responses, milli := 0, 0
	for _, p := range points {
		most = max(most, p.Slowest)
		responses, milli = responses+p.Responses, milli+p.Latency
	}
	if responses == 0 {
		c.Say = "no responses"
		return c, 0
	}
	c.Say = "mean " + milliseconds(milli/responses) + ", slowest " + milliseconds(most)
	for _, p := range s.columned(points) {
		i, _ := s.index(p.Time)
		if p.Responses == 0 {
			continue
		}
		for _, part := range []struct {
			class string
			ms    int
		}{{"slowest", p.Slowest}, {"mean", p.Latency / p.Responses}} {
			h := max(part.ms*high/max(most, 1), 2)
			c.Bars = append(c.Bars, bar{part.class, i * column, high - h, column - 1, h})
		}
	}
	return c, most
}

// codeLine is how often a result code occurred.
type codeLine struct {
	Code  string
	N     int
	Often string // the same with commas
	Share string
	Chart chart
}

// codes draws each code, the most frequent first, and says how many were left out.
func (s span) codes(points []watch.Point, most int) (lines []codeLine, more int) {
	counts, all := map[string]int{}, 0
	points = s.columned(points)
	for _, p := range points {
		for code, n := range p.Codes {
			counts[code] += n
			all += n
		}
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	if len(names) > most {
		names, more = names[:most], len(names)-most
	}
	for _, name := range names {
		line := codeLine{Code: report.Foreign(name), N: counts[name], Often: grouped(counts[name]), Share: share(counts[name], all), Chart: chart{Width: s.columns() * column, Height: high}}
		peak := 1
		for _, p := range points {
			peak = max(peak, p.Codes[name])
		}
		for _, p := range points {
			if i, ok := s.index(p.Time); ok && p.Codes[name] > 0 {
				h := max(p.Codes[name]*high/peak, 8)
				line.Chart.Bars = append(line.Chart.Bars, bar{"code", i * column, high - h, column - 1, h})
			}
		}
		lines = append(lines, line)
	}
	return lines, more
}

// observations is how many observations a point has.
func observations(p watch.Point) int {
	all := 0
	for _, n := range p.States {
		all += n
	}
	return all
}
