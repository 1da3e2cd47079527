package dashboard

import (
	"fmt"
	"strconv"
	"time"

	"assay/internal/report"
	"assay/internal/watch"
)

// moment is a time on a page.
type moment struct {
	Exact string // for programs
	Text  string // in UTC, to the minute
	Ago   string // such as "3 hours ago"
}

// at makes a moment; nil for the zero time.
func at(t, now time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	m := &moment{Exact: t.UTC().Format(time.RFC3339), Text: t.UTC().Format("2006-01-02 15:04"), Ago: "in " + length(t.Sub(now))}
	switch {
	case now.Sub(t) < time.Minute && t.Sub(now) < time.Minute:
		m.Ago = "now"
	case t.Before(now):
		m.Ago = length(now.Sub(t)) + " ago"
	}
	return m
}

// length says a duration in its largest unit.
func length(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int(d / unit.of); n > 1 || n == 1 && unit.of <= time.Hour {
			return plural(n, unit.name)
		}
	}
	return "a moment"
}

// plural says how many there are.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// grouped writes a number with commas.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// badge shows a state by a word, a mark and a colour.
type badge struct{ Class, Mark, Word string }

func badgeOf(s watch.State) badge {
	switch s {
	case watch.Failing:
		return badge{"error", "✗", "failing"}
	case watch.Degraded:
		return badge{"warning", "▲", "degraded"}
	case watch.OK:
		return badge{"ok", "✓", "ok"}
	case watch.NoData:
		return badge{"none", "?", "no data"}
	}
	return badge{"none", "?", report.Foreign(string(s))}
}

// rank orders states, the worst first. No data is worse than ok: something may be wrong.
func rank(s watch.State) int {
	switch s {
	case watch.Failing:
		return 0
	case watch.Degraded:
		return 1
	case watch.OK:
		return 3
	}
	return 2
}

// milliseconds writes a latency.
func milliseconds(ms int) string { return grouped(ms) + " ms" }

// share says a part of a whole in percent. What is not quite all is never 100.
func share(n, of int) string {
	switch {
	case of == 0:
		return "–"
	case n == of:
		return "100%"
	}
	return fmt.Sprintf("%.1f%%", min(99.9, float64(n)*100/float64(of)))
}
