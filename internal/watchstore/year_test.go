package watchstore_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/testsize"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// size gives the bytes of a file, its write-ahead log and the index of that.
func size(t testing.TB, path string) (sum int64) {
	t.Helper()
	all, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	return sum
}

// sizes gives the bytes that each table has on the disk.
func sizes(t testing.TB, s *watchstore.Store) map[string]int64 {
	t.Helper()
	found, err := s.Database().QueryContext(t.Context(), "SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // read to its end
	all := map[string]int64{}
	for found.Next() {
		var name string
		var n int64
		if err := found.Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		all[name] = n
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// limit is how large the file of a year may be.
const limit = 200e6

// yearRows are the rows that each table has at most after a year with the default retention.
// Compact ran up to an hour ago.
func yearRows() map[string]float64 {
	const things, jobs, hours, events = 12, 4, 24, 12 * 20 * 365 // 20 events of each thing a day: far too many
	return map[string]float64{
		"watch_single": things * (2*1440 + 60), "watch_minute": things * (14*1440 + 60), "watch_hour": things * (183*hours + 1), "watch_day": things * 366,
		"watch_run": jobs * (2*1440 + 60), "watch_calls": jobs * (183*hours + 1), "watch_event": events, "watch_delivered": 2 * events,
	}
}

// TestYear watches for a day with an outage, and computes from the rows of each table how large
// the file of a year is. TestAttackYear watches for the year.
func TestYear(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if raced {
		t.Skip("one goroutine, and thousands of runs")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	s := opened(t, path)
	sim := newSimulation(t, s)
	const from = 1990
	const minutes = time.Duration(700)
	for m := range minutes {
		sim.minute(from + int(m))
	}
	later := start.Add((from + minutes) * time.Minute)
	// Runs are deleted, so that their requests are counted by hour.
	if err := s.Compact(t.Context(), later, watch.Retention{Single: minutes / 2 * time.Minute, Minute: 48 * time.Hour, Hour: 48 * time.Hour, Day: 48 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	page := 4096.
	sum := 1e6 + 4*2<<20 // tables of a few rows; the log, once while it is used and once more
	for table, rows := range yearRows() {
		var n, content float64
		if err := s.Database().QueryRowContext(t.Context(), "SELECT count(*), sum(length(data)) FROM "+table).Scan(&n, &content); err != nil || n == 0 {
			t.Fatalf("%s has %v rows, %v", table, n, err)
		}
		// Pages that are written in many places are half full; a key and its header have up to
		// 32 bytes.
		bytes := 2 * (content/n + 32) * rows
		most := map[string]float64{"watch_event": 800, "watch_hour": 110, "watch_day": 110}[table]
		if most = max(most, 80); content/n+32 > most {
			t.Errorf("a row of %s has %.0f bytes, and may have %.0f", table, content/n+32, most)
		}
		if disk := float64(sizes(t, s)[table]); disk > 2*(content+32*n)+20*page {
			t.Errorf("%s has %.0f bytes on the disk for %.0f bytes of content", table, disk, content)
		}
		t.Logf("%-16s %8.0f rows of %4.0f bytes: %6.1f MB at most", table, rows, content/n+32, bytes/1e6)
		sum += bytes
	}
	t.Logf("a year has at most %.0f MB", sum/1e6)
	if sum > limit {
		t.Errorf("a year has %.0f MB", sum/1e6)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSteady watches for much longer than anything is kept: the file does not grow.
func TestSteady(t *testing.T) {
	testsize.SkipUnlessFull(t)
	if raced {
		t.Skip("one goroutine, and thousands of runs")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	s := opened(t, path)
	sim := newSimulation(t, s)
	keep := watch.Retention{Single: 10 * time.Minute, Minute: 20 * time.Minute, Hour: 30 * time.Minute, Day: 40 * time.Minute}
	var before, after int64
	for m := range 250 {
		sim.minute(2000 + m)
		if m%5 == 4 {
			if err := s.Compact(t.Context(), start.Add(time.Duration(2000+m)*time.Minute), keep); err != nil {
				t.Fatal(err)
			}
		}
		switch m {
		case 99:
			before = pages(t, s)
		case 249:
			after = pages(t, s)
		}
	}
	if after > before+before/4 {
		t.Errorf("the file has grown from %d to %d pages", before, after)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// pages gives the pages of a file.
func pages(t *testing.T, s *watchstore.Store) (n int64) {
	t.Helper()
	if err := s.Database().QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAttackYear watches for the whole year.
func TestAttackYear(t *testing.T) {
	if !testsize.Long() {
		t.Skip("make attack runs it: 2.1 million runs take minutes")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assay.db")
	s := opened(t, path)
	sim := newSimulation(t, s)
	began, most := time.Now(), int64(0)
	for m := range 365 * 1440 {
		sim.minute(m)
		if m%60 == 59 {
			if err := s.Compact(t.Context(), start.Add(time.Duration(m)*time.Minute), watch.DefaultRetention()); err != nil {
				t.Fatal(err)
			}
			most = max(most, size(t, path))
		}
	}
	all := sizes(t, s)
	t.Logf("%d runs in %v; at most %d bytes with the log, %d at the end: %v", sim.commits, time.Since(began).Round(time.Second), most, size(t, path), all)
	if most > limit {
		t.Errorf("the file had %d bytes", most)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	s = opened(t, path)
	t.Logf("it opens in %v", time.Since(began))
	for step, least := range map[watch.Step]int{watch.Single: 2880, watch.Minute: 14 * 1440, watch.Hour: 183 * 24, watch.Day: 365} {
		began = time.Now()
		points, err := s.History(t.Context(), "provider0-live provider0/operation0", step, time.Time{}, start.AddDate(2, 0, 0))
		if err != nil || len(points) < least || len(points) > least+61 {
			t.Errorf("%s: %d points, %v", step, len(points), err)
		}
		t.Logf("%s: %d points in %v", step, len(points), time.Since(began))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
