package watch_test

import (
	"strings"
	"testing"
	"time"

	"assay/internal/watch"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

// TestNext gives the next times of schedules, also where a zone changes its clock.
func TestNext(t *testing.T) {
	t.Parallel()
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	for name, test := range map[string]struct {
		every time.Duration
		cron  string
		zone  *time.Location
		after string
		want  []string
	}{
		"an interval is a multiple since 1970":   {every: 5 * time.Minute, after: "2026-12-01T00:01:07Z", want: []string{"2026-12-01T00:05:00Z", "2026-12-01T00:10:00Z"}},
		"at a time, the next one":                {every: time.Minute, after: "2026-12-01T00:01:00Z", want: []string{"2026-12-01T00:02:00Z"}},
		"in a zone":                              {cron: "30 6 * * 1-5", zone: zone("Asia/Kolkata"), after: "2026-11-27T01:00:00Z", want: []string{"2026-11-30T01:00:00Z", "2026-12-01T01:00:00Z"}},
		"the last day of February":               {cron: "0 0 29 2 *", zone: time.UTC, after: "2026-01-01T00:00:00Z", want: []string{"2028-02-29T00:00:00Z"}},
		"a time that does not exist is left out": {cron: "30 2 * * *", zone: zone("Europe/Berlin"), after: "2026-03-28T00:00:00Z", want: []string{"2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"}},
		"a time that comes twice counts once":    {cron: "30 2 * * *", zone: zone("Europe/Berlin"), after: "2026-10-24T00:00:00Z", want: []string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		"a step goes on when the hour repeats":   {cron: "*/30 1-2 7 11 *", zone: zone("America/New_York"), after: "2027-11-07T00:00:00Z", want: []string{"2027-11-07T05:00:00Z", "2027-11-07T05:30:00Z", "2027-11-07T06:00:00Z", "2027-11-07T06:30:00Z", "2027-11-07T07:00:00Z"}},
		"each hour, also one that repeats":       {cron: "15 * * * *", zone: zone("Europe/Berlin"), after: "2026-10-24T23:20:00Z", want: []string{"2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z", "2026-10-25T02:15:00Z"}},
		"a list of times counts once":            {cron: "0,30 2 * * *", zone: zone("Europe/Berlin"), after: "2026-10-24T23:20:00Z", want: []string{"2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z"}},
		"half an hour comes twice":               {cron: "45 1 * * *", zone: zone("Australia/Lord_Howe"), after: "2026-04-04T12:00:00Z", want: []string{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
		"two hours come twice":                   {cron: "30 1,2 * * *", zone: zone("Antarctica/Troll"), after: "2026-10-24T12:00:00Z", want: []string{"2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := watch.Every(test.every, 0)
			if test.cron != "" {
				s, err = watch.Cron(test.cron, test.zone, 0)
			}
			if err != nil {
				t.Fatal(err)
			}
			now := at(t, test.after)
			for _, want := range test.want {
				if now = s.Next(now); !now.Equal(at(t, want)) {
					t.Fatalf("%s, want %s", now, want)
				}
			}
		})
	}
}

// TestScheduleFaults refuses what could never be right.
func TestScheduleFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"no":                      "five fields",
		"TZ=Asia/Tokyo 0 6 * * *": "zone names it",
		"CRON_TZ=UTC":             "zone names it",
		"0 0 30 2 *":              "no date",
		"@every 5m":               "five fields",
		"@hourly":                 "five fields",
		"99 * * * *":              "five fields",
		"* * * * * *":             "five fields",
	} {
		if _, err := watch.Cron(text, time.UTC, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, every := range []time.Duration{0, -time.Minute, time.Millisecond, 1500 * time.Millisecond} {
		if _, err := watch.Every(every, 0); err == nil {
			t.Errorf("%s is accepted", every)
		}
	}
	if _, err := watch.Every(time.Minute, time.Minute); err == nil {
		t.Error("a run could start after the next one")
	}
	if _, err := watch.Cron("* * * * *", time.UTC, time.Minute); err == nil {
		t.Error("a run could start after the next one")
	}
}

// TestStart spreads the starts of jobs over the jitter, the same for the same job and time.
func TestStart(t *testing.T) {
	t.Parallel()
	s, err := watch.Every(time.Minute, 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	due := at(t, "2026-12-01T00:00:00Z")
	seen := map[time.Time]bool{}
	for _, job := range strings.Fields("a b c d e f g h") {
		start := s.Start(job, due)
		if start != s.Start(job, due) || start.Before(due) || !start.Before(due.Add(30*time.Second)) {
			t.Errorf("%s starts at %s", job, start)
		}
		seen[start] = true
	}
	if len(seen) < 6 {
		t.Errorf("eight jobs start at %d times", len(seen))
	}
}
