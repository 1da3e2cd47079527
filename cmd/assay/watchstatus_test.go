package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/filelock"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// TestWatchStatusLate prints the status some time after the latest run of two jobs: one that
// plays cases every ten seconds, and one that reads a folder.
func TestWatchStatusLate(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	const asks, ahead = "has not run since 2026-03-01T12:00:00Z: is assay watch running?", "was due at 2026-03-01T12:00:00Z, which is not yet"
	for name, c := range map[string]struct {
		after   time.Duration
		held    bool // assay watch runs
		open    bool // the run of live goes on
		paused  time.Duration
		planned bool // by assay.yaml
		live    string
		logs    string
		code    int
	}{
		"in time":                       {after: 15 * time.Second, held: true},
		"it has ended":                  {after: time.Minute, live: asks, logs: asks, code: exitInconclusive},
		"killed during a run":           {after: time.Minute, open: true, live: asks, logs: asks, code: exitInconclusive},
		"a long run":                    {after: time.Minute, held: true, open: true, live: "still runs, since 2026-03-01T12:00:00Z", logs: "although assay watch is running", code: exitInconclusive},
		"it runs and does nothing":      {after: time.Minute, held: true, live: "although assay watch is running", logs: "although assay watch is running", code: exitInconclusive},
		"maintenance":                   {after: time.Minute, held: true, paused: time.Hour, open: true, live: "still runs"},
		"planned maintenance":           {after: time.Minute, held: true, planned: true, open: true, live: "still runs"},
		"after maintenance":             {after: time.Minute + 5*time.Second, held: true, paused: time.Minute, open: true, live: "still runs"},
		"maintenance, and it has ended": {after: time.Minute, paused: time.Hour, live: asks, code: exitInconclusive},
		"the clock was set back":        {after: -time.Hour, held: true, live: ahead, logs: ahead, code: exitInconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file, path := filepath.Join(dir, "assay.yaml"), filepath.Join(dir, "watch.db")
			text := "watch:\n  store: watch.db\n  jobs:\n    live: {kind: live, provider: paytm, sandbox: true, every: 10s}\n    logs: {kind: folder, provider: paytm, folder: ., every: 10s}\n"
			if c.planned {
				text += "  maintenance:\n    - {provider: paytm, from: 2026-03-01T12:00:01Z, to: 2026-03-01T13:00:00Z, why: announced}\n"
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := watchstore.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			for _, job := range []string{"live", "logs"} {
				slot := watch.Slot{Job: job, Time: noon}
				_, begun := s.Begin(t.Context(), slot, noon)
				err = errors.Join(err, begun)
				if job == "live" && c.open {
					continue
				}
				name := watch.ThingName(job, "paytm/createOrder")
				err = errors.Join(err, s.Commit(t.Context(), watch.Commit{
					Slot: slot, Ended: noon, Things: []watch.Thing{{Name: name, Job: job, Provider: "paytm", State: watch.OK, Since: noon, Seen: noon, Why: "1 response conforms"}},
				}))
			}
			if c.paused > 0 {
				err = errors.Join(err, s.Plan(t.Context(), watch.Window{ID: "x", Provider: "paytm", From: noon.Add(time.Second), To: noon.Add(c.paused)}))
			}
			if err := errors.Join(err, s.Close()); err != nil {
				t.Fatal(err)
			}
			if c.held {
				lock, err := filelock.Try(path + ".lock")
				if err != nil || lock == nil {
					t.Fatal(lock, err)
				}
				defer lock.Unlock()
			}
			var out, said strings.Builder
			p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &said, now: func() time.Time { return noon.Add(c.after) }}
			if code := p.execute(t.Context(), []string{"watch", "status", "--config", file}); code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, said.String())
			}
			for job, want := range map[string]string{"live": c.live, "logs": c.logs} {
				found := ""
				for line := range strings.Lines(out.String()) {
					if strings.Contains(line, " "+job+" ") && !strings.Contains(line, "paytm/createOrder") {
						found += line
					}
				}
				if !strings.Contains(found, want) || (want == "") != (found == "") {
					t.Errorf("%s: %q, want %q", job, found, want)
				}
			}
		})
	}
}
