package watch

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// minEvery is the shortest interval.
const minEvery = time.Second

// Schedule says when a job is due: at an interval, or as a cron expression says.
type Schedule struct {
	every  time.Duration // 0: cron
	cron   cron.Schedule
	text   string // the expression
	zone   *time.Location
	often  bool // a time that the clock repeats has two runs
	jitter time.Duration
}

// Every makes a schedule with an interval of whole seconds. Its times are multiples of the
// interval since 1970, so they are the same after a restart. Each run starts up to jitter
// later.
func Every(interval, jitter time.Duration) (Schedule, error) {
	if interval < minEvery || interval%time.Second != 0 {
		return Schedule{}, errors.New("expected an interval of whole seconds, such as 5m")
	}
	s := Schedule{every: interval, zone: time.UTC, jitter: jitter}
	return s, s.checkJitter(interval)
}

// Cron makes a schedule from an expression of five fields (minute, hour, day of the month,
// month, day of the week) in a time zone. A time that a change of the clock leaves out has no
// run. One that it repeats has two runs if the minute or the hour has * or a step: such a job
// runs all the time. Otherwise it has one, as in other crons.
func Cron(expression string, zone *time.Location, jitter time.Duration) (Schedule, error) {
	if strings.HasPrefix(expression, "@") {
		return Schedule{}, errors.New("expected five fields, such as 30 6 * * 1-5")
	}
	if strings.Contains(expression, "TZ=") {
		return Schedule{}, errors.New("expected five fields without a time zone: zone names it")
	}
	parsed, err := cron.ParseStandard(expression)
	if err != nil {
		return Schedule{}, fmt.Errorf("expected five fields, such as 30 6 * * 1-5: %w", err)
	}
	if spec, ok := parsed.(*cron.SpecSchedule); ok {
		spec.Location = zone
	}
	s := Schedule{cron: parsed, text: expression, zone: zone, jitter: jitter}
	s.often = strings.ContainsAny(strings.Join(strings.Fields(expression)[:2], ""), "*/")
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) // a leap year, so that every date is met
	first := s.Next(at)
	if first.IsZero() {
		return Schedule{}, errors.New("no date ever matches it")
	}
	return s, s.checkJitter(time.Minute)
}

// checkJitter refuses a jitter with which a run may start after the next one.
func (s Schedule) checkJitter(shortest time.Duration) error {
	if s.jitter < 0 || s.jitter >= shortest {
		return fmt.Errorf("expected a jitter under %s", shortest)
	}
	return nil
}

// Next gives the first time after another one at which a run is due, in UTC; zero: never.
func (s Schedule) Next(after time.Time) time.Time {
	if s.every > 0 {
		seconds := int64(s.every / time.Second)
		n := after.Unix() / seconds
		return time.Unix((n+1)*seconds, 0).UTC()
	}
	for at := after.In(s.zone); ; {
		at = s.cron.Next(at)
		if at.IsZero() {
			return time.Time{}
		}
		if s.often || !repeated(at) {
			return at.UTC()
		}
	}
}

// repeated reports whether the clock showed the same time before, because it was set back since.
func repeated(at time.Time) bool {
	changed, _ := at.ZoneBounds()
	if changed.IsZero() {
		return false
	}
	_, offset := at.Zone()
	_, before := changed.Add(-time.Second).Zone()
	return at.Sub(changed) < time.Duration(before-offset)*time.Second
}

// Start gives when the run of a job that is due at a time starts: up to the jitter later, the
// same for the same job and time.
func (s Schedule) Start(job string, due time.Time) time.Time {
	if s.jitter == 0 {
		return due
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %d", job, due.Unix()) // a hash does not fail
	return due.Add(time.Duration(h.Sum64() % uint64(s.jitter))).Truncate(time.Millisecond)
}

// String says the schedule, such as "every 5m0s" or "30 6 * * 1-5 Asia/Kolkata".
func (s Schedule) String() string {
	if s.every > 0 {
		return "every " + s.every.String()
	}
	return s.text + " " + s.zone.String()
}
