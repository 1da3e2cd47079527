package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/config"
	"assay/internal/contract"
	"assay/internal/dashboard"
	"assay/internal/ledger"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/watch"
)

func (p *program) watchCommand() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "watch",
		Short: "watch providers on a schedule, with history, a page and notifications",
		Long: `watch runs the jobs that assay.yaml lists under watch: live cases of a provider, recordings and logs
that are put into a folder, and comparisons with accepted shapes. It remembers what it finds in the
file of the ledger, shows it on a page, and notifies somebody when a state changes. It sends each
request once, and goes on where it was if it is ended at any moment.
See assay help watch for assay.yaml, the states, the page and the notifications.`,
		Example: `  assay watch check
  assay watch --listen 127.0.0.1:9480
  assay watch once
  assay watch pause paytm --for 2h --why "announced maintenance"`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.runWatch(c, listen) },
	}
	c.Flags().StringVar(&listen, "listen", "", "serve the page at `HOST:PORT`, not where watch.listen of the file says")
	c.AddCommand(p.watchCheck(), p.watchOnce(), p.watchStatus(), p.watchPause(), p.watchResume())
	return c
}

// drainPage is how long requests of the page may take after the signal.
const drainPage = 500 * time.Millisecond

func (p *program) runWatch(c *cobra.Command, listen string) error {
	ctx := c.Context()
	w, err := p.planWatch()
	if err != nil {
		return err
	}
	if listen != "" {
		w.conf.Listen = listen
	}
	token, err := pageToken(w.conf)
	if err != nil {
		return err
	}
	if err := p.openWatch(ctx, w); err != nil {
		return err
	}
	defer func() { _ = w.close() }() // everything that was found is stored
	defer p.untilStored(ctx)()
	for _, one := range w.notes {
		note(p.stderr, "%s", one)
	}
	stop := func() error { return nil }
	if w.conf.Listen != "" {
		if stop, err = p.servePage(ctx, w, token); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(p.stderr, "watching: %s; press Ctrl-C to stop\n", strings.Join(namesOfJobs(w), ", ")) // there is no other place to report it
	err = w.watcher.Loop(ctx)
	if stopped := stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return &exit{exitInconclusive, err.Error(), ""}
	}
	return nil
}

// watchJobs gives the jobs as the loop knows them.
func (w *watching) watchJobs() []watch.Job {
	var all []watch.Job
	for _, j := range w.jobs {
		all = append(all, j.Job)
	}
	return all
}

// storing is how long the ends of runs may take to be stored after a signal.
const storing = 20 * time.Second

// untilStored lets the command go on after a signal until what was found is stored, but not
// longer than storing. Call what it returns when the command ends.
func (p *program) untilStored(ctx context.Context) (stop func()) {
	ended := context.AfterFunc(ctx, func() {
		p.unhurried.Store(true)
		time.AfterFunc(storing, func() { p.unhurried.Store(false) })
	})
	return func() { ended() }
}

func namesOfJobs(w *watching) []string {
	var all []string
	for _, j := range w.jobs {
		all = append(all, j.Name)
	}
	return all
}

// minToken is the fewest characters of a token.
const minToken = 16

// pageToken gives the token of the page. Beyond this machine the page needs one.
func pageToken(conf *config.Watch) (token string, err error) {
	if conf.Token != "" {
		if token = os.Getenv(conf.Token); len(token) < minToken {
			return "", &exit{exitUsage, fmt.Sprintf("%s is not set, or has fewer than %d characters", conf.Token, minToken), "it is the token of the page: watch: token-variable"}
		}
	}
	if conf.Listen == "" {
		return token, nil
	}
	host, _, err := net.SplitHostPort(conf.Listen)
	if err != nil {
		return "", &exit{exitUsage, "--listen: expected HOST:PORT, such as 127.0.0.1:9480", ""}
	}
	if ip := net.ParseIP(host); token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", &exit{exitUsage, "a page that other machines can reach needs a token", "name the variable that holds it: watch: token-variable; or listen on 127.0.0.1"}
	}
	return token, nil
}

// servePage serves the page.
func (p *program) servePage(ctx context.Context, w *watching, token string) (func() error, error) {
	page := dashboard.New(dashboard.Options{
		Store: w.store, Jobs: w.watcher.Jobs, Now: w.watcher.Clock.Now, Token: token, Version: version,
		Ledger:  func(ctx context.Context) ([]contract.TimelineEntry, error) { return ledgerTimeline(ctx, w.conf.Store) },
		Planned: w.watcher.Planned,
		Status:  func() dashboard.Status { return pageStatus(w.watcher) }, Families: rule.Families(),
	})
	w.watcher.Committed = func(c watch.Commit) {
		p.logEvents(c)
		page.Committed(c)
	}
	within := defaultLimits()
	within.drain = drainPage
	base, stop, err := serve(ctx, p.contained("the page", page), w.conf.Listen, within)
	if err != nil {
		return nil, &exit{exitInconclusive, err.Error(), "--listen 127.0.0.1:0 uses a free port"}
	}
	_, _ = fmt.Fprintln(p.stderr, "page: "+base+"/") // there is no other place to report it
	return func() error {
		page.Close()
		return stop()
	}, nil
}

// ledgerTimeline reads the known changes.
func ledgerTimeline(ctx context.Context, file string) ([]contract.TimelineEntry, error) {
	l, err := ledger.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	l.Sentence = report.Sentence
	entries, err := l.List(ctx)
	if closed := l.Close(); err == nil {
		err = closed
	}
	return ledger.Timeline(entries), err
}

// pageStatus is what the watcher knows, for the page.
func pageStatus(w *watch.Watcher) dashboard.Status {
	s := w.Status()
	shown := dashboard.Status{Started: s.Started, Offline: trouble(s.Offline), Store: trouble(s.Fault)}
	for _, j := range w.Jobs {
		if at, ok := s.Next[j.Name]; ok {
			shown.Next = append(shown.Next, dashboard.Run{Job: j.Name, Due: at, Start: at})
		}
		if at, ok := s.Running[j.Name]; ok {
			shown.Running = append(shown.Running, dashboard.Run{Job: j.Name, Due: at, Start: at})
		}
	}
	return shown
}

func trouble(t watch.Trouble) dashboard.Trouble {
	if t.Err == nil {
		return dashboard.Trouble{}
	}
	return dashboard.Trouble{Since: t.Since, Why: report.Errors(t.Err.Error())}
}

// nextRuns is how many next runs of a job check lists.
const nextRuns = 3

func (p *program) watchCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "say what the configuration would do, with the next runs",
		Long: `check reads assay.yaml as watch does, and says what it would do: the jobs, what each sends and looks
at, where requests go, the next runs, and which variables are not set. It runs and sends nothing.`,
		Example: `  assay watch check
  assay watch check --config deploy/assay.yaml`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w, err := p.planWatch()
			if err != nil {
				return err
			}
			if _, err := pageToken(w.conf); err != nil {
				return err
			}
			if _, err := p.channels(w.conf); err != nil {
				return err
			}
			if err := w.checkPaths(); err != nil {
				return err
			}
			if err := checkLedger(c.Context(), w.conf.Store); err != nil {
				return err
			}
			return writePlan(p.stdout, w, p.time())
		},
	}
}

// writePlan says what watching would do.
func writePlan(to io.Writer, w *watching, now time.Time) error {
	var b strings.Builder
	line := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		rest := strings.TrimLeft(text, "\n")
		b.WriteString(text[:len(text)-len(rest)] + report.Visible(rest) + "\n")
	}
	page := "no page"
	if w.conf.Listen != "" {
		page = "page at http://" + w.conf.Listen + "/"
	}
	line("store %s, %s, at most %s at a time", w.conf.Store, page, contract.Plural(max(1, w.conf.Parallel), "job"))
	for _, j := range w.jobs {
		line("\n%s: %s, %s", j.Name, j.Kind, j.Provider)
		switch {
		case j.Kind == watch.Live && j.Sandbox:
			line("  plays     %s against a sandbox; nothing leaves this machine", strings.Join(j.Selection, " "))
		case j.Kind == watch.Live:
			line("  sends     %s to %s, at most %s a run (a case may need a second one, for a token), each once", strings.Join(j.Selection, " "), masked(w.hosts[j.Provider]), contract.Plural(j.Calls, "request"))
			if len(j.Budgets) == 0 {
				line("  budget    none: every run may send")
			}
		case j.Kind == watch.Folder:
			line("  reads     what is new in %s", j.Folder)
		default:
			line("  compares  %s with the accepted baseline", j.Folder)
		}
		for _, budget := range j.Budgets {
			line("  budget    %s in %s", contract.Plural(budget.Calls, "request"), budget.Per)
		}
		if j.Drift {
			line("  compares  the responses with the accepted baseline, and records changes in the store")
		}
		line("  fails on  %s; the state changes after %s, %s or %s without data in a row", j.FailOn,
			contract.Plural(j.Thresholds.Failures, "failure"), contract.Plural(j.Thresholds.Successes, "success"), contract.Plural(j.Thresholds.NoData, "run"))
		if len(j.Notify) > 0 {
			remind := ""
			if j.Remind > 0 {
				remind = "; reminds every " + j.Remind.String()
			}
			line("  notifies  %s%s", strings.Join(j.Notify, ", "), remind)
		}
		var next []string
		due := now
		for range nextRuns {
			if due = j.Schedule.Next(due); due.IsZero() {
				break
			}
			next = append(next, j.Schedule.Start(j.Name, due).Format(time.RFC3339))
		}
		line("  runs      %s; next %s", j.Schedule, strings.Join(next, ", "))
	}
	for _, c := range w.conf.Channels {
		line("\nchannel %s: %s", c.Name, c.Kind)
	}
	for _, m := range w.conf.Maintenance {
		if m.For > 0 {
			line("\nmaintenance of %s: %s, for %s", allOr(m.Provider), m.Schedule, m.For)
		} else {
			line("\nmaintenance of %s: from %s to %s", allOr(m.Provider), m.From.Format(time.RFC3339), m.To.Format(time.RFC3339))
		}
	}
	if len(w.targets) > 0 {
		line("\nconnectivity: %s", strings.Join(w.targets, ", "))
	}
	for _, one := range append(slices.Clone(w.notes), w.missing...) {
		line("note: %s", one)
	}
	_, err := io.WriteString(to, b.String())
	return err
}

func (p *program) watchOnce() *cobra.Command {
	return &cobra.Command{
		Use:   "once",
		Short: "run every job now, and end",
		Long: `once runs every job of assay.yaml now, one after the other, stores what they find as watch does,
and sends the notifications that are due. It prints what this run found, not the states. The exit
code is 0 if all conforms, 1 with findings, 2 if something is wrong, 3 without data.`,
		Example: `  assay watch once
  assay watch once --config deploy/assay.yaml`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w, err := p.planWatch()
			if err != nil {
				return err
			}
			if err := p.openWatch(c.Context(), w); err != nil {
				return err
			}
			defer func() { _ = w.close() }() // everything that was found is stored
			defer p.untilStored(c.Context())()
			outcomes, err := w.watcher.Once(c.Context())
			if err != nil {
				return &exit{exitInconclusive, err.Error(), ""}
			}
			return p.printOutcomes(w, outcomes)
		},
	}
}

// printOutcomes prints what each job found, and gives the exit code.
func (p *program) printOutcomes(w *watching, all []watch.Outcome) error {
	code := exitConforms
	seen := false
	var b strings.Builder
	for i, o := range all {
		code = worseExit(code, o.Exit)
		if o.NoData != "" {
			fmt.Fprintf(&b, "%-9s %s: %s\n", watch.NoData, w.jobs[i].Name, report.Errors(o.NoData))
		} else if len(o.Observations) == 0 {
			fmt.Fprintf(&b, "%-9s %s: nothing new\n", "-", w.jobs[i].Name)
		}
		for _, one := range o.Observations {
			seen = seen || one.State != watch.NoData
			fmt.Fprintf(&b, "%-9s %s: %s\n", one.State, report.Visible(one.Thing), report.Visible(one.Why))
		}
	}
	if _, err := io.WriteString(p.stdout, b.String()); err != nil {
		return err
	}
	switch {
	case code != exitConforms:
		return &exit{code: code}
	case !seen:
		return &exit{exitInconclusive, "inconclusive: no job had anything to look at", ""}
	case len(all) < len(w.jobs):
		return interrupted("the other jobs did not run")
	}
	return nil
}
