package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/filelock"
	"assay/internal/report"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// withStore opens the store of the configuration for a command that does not watch.
func (p *program) withStore(ctx context.Context, create bool, do func(*watching, watch.Store) error) error {
	w, err := p.planWatch()
	if err != nil {
		return err
	}
	if _, err := os.Stat(w.conf.Store); errors.Is(err, fs.ErrNotExist) && !create {
		return &exit{exitInconclusive, w.conf.Store + ": there is no such file: nothing was watched yet", "`assay watch` and `assay watch once` make it"}
	}
	store, err := watchstore.Open(ctx, w.conf.Store)
	if err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	err = do(w, store)
	if closed := store.Close(); err == nil && closed != nil {
		err = &exit{exitInconclusive, closed.Error(), ""}
	}
	return err
}

// storeExit is the exit for a store that fails.
func storeExit(err error) error {
	if err == nil {
		return nil
	}
	return &exit{exitInconclusive, err.Error(), ""}
}

func (p *program) watchStatus() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "print the state of every thing, and end",
		Long: `status prints what watch remembers: the state of each thing, since when and why, maintenance that is
planned, and messages that could not be sent. The exit code is 0 if all is ok, 1 if something is
failing or degraded, and 3 if there is no data, or if a job has not run when it should.`,
		Example: `  assay watch status
  assay watch status --config deploy/assay.yaml`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.withStore(c.Context(), false, func(w *watching, s watch.Store) error { return p.printStatus(c.Context(), w, s) })
		},
	}
}

func (p *program) printStatus(ctx context.Context, w *watching, s watch.Store) error {
	things, err := s.Things(ctx)
	if err != nil {
		return storeExit(err)
	}
	things = watch.Configured(things, w.watchJobs())
	windows, err := s.Windows(ctx, p.time())
	if err != nil {
		return storeExit(err)
	}
	windows = append(windows, plannedWindows(w.conf.Maintenance, p.time())...)
	waiting, givenUp, err := s.Outbox(ctx)
	if err != nil {
		return storeExit(err)
	}
	slices.SortStableFunc(things, func(a, b watch.Thing) int {
		return slices.Index(worstFirst(), a.State) - slices.Index(worstFirst(), b.State)
	})
	var b strings.Builder
	code := exitConforms
	for _, t := range things {
		fmt.Fprintf(&b, "%-9s %s since %s: %s\n", t.State, t.Name, t.Since.Format(time.RFC3339), report.Foreign(t.Why))
		switch {
		case t.State.Bad() || t.Problem != nil:
			code = exitFindings
		case t.State == watch.NoData && code == exitConforms:
			code = exitInconclusive
		}
	}
	for _, j := range w.jobs {
		line, known, err := p.lateness(ctx, w, s, j.Job)
		if err != nil {
			return storeExit(err)
		}
		b.WriteString(line)
		if !known && code == exitConforms {
			code = exitInconclusive
		}
	}
	for _, w := range windows {
		fmt.Fprintf(&b, "maintenance of %s from %s to %s, by %s: %s (%s)\n", allOr(w.Provider), w.From.Format(time.RFC3339), w.To.Format(time.RFC3339), report.Foreign(w.By), report.Foreign(w.Why), w.ID)
	}
	if waiting+givenUp > 0 {
		fmt.Fprintf(&b, "messages: %d wait, %d given up\n", waiting, givenUp)
	}
	if _, err := io.WriteString(p.stdout, b.String()); err != nil {
		return err
	}
	switch {
	case len(things) == 0:
		return &exit{exitInconclusive, "nothing was watched yet", "`assay watch once` runs every job"}
	case code != exitConforms:
		return &exit{code: code}
	}
	return nil
}

// lateness says whether a job has not run when it should, or runs for longer than from one time
// to the next; "": neither. known reports whether its states are those of now.
func (p *program) lateness(ctx context.Context, w *watching, s watch.Store, j watch.Job) (line string, known bool, err error) {
	now := p.time().UTC()
	last, err := s.Last(ctx, j.Name)
	if err != nil {
		return "", false, err
	}
	at := last.Format(time.RFC3339)
	if j.Ahead(last, now) {
		return fmt.Sprintf("%-9s the latest run of %s was due at %s, which is not yet: the clock was set back, or was wrong\n", watch.NoData, j.Name, at), false, nil
	}
	windows, err := s.Windows(ctx, last)
	if err != nil {
		return "", false, err
	}
	around := func(at time.Time) []watch.Window { return append(plannedWindows(w.conf.Maintenance, at), windows...) }
	if j.Late(last, now, around).IsZero() {
		return "", true, nil
	}
	running, err := s.Interrupted(ctx)
	if err != nil {
		return "", false, err
	}
	watched, unknown := filelock.Held(w.conf.Store + ".lock")
	watched = watched && unknown == nil
	switch {
	case !watched:
		return fmt.Sprintf("%-9s %s has not run since %s: is assay watch running?\n", watch.NoData, j.Name, at), false, nil
	case slices.ContainsFunc(running, func(s watch.Slot) bool { return s.Job == j.Name }):
		return fmt.Sprintf("%-9s %s still runs, since %s\n", "-", j.Name, at), true, nil
	}
	return fmt.Sprintf("%-9s %s has not run since %s, although assay watch is running: other jobs run, or it says why on standard error\n", watch.NoData, j.Name, at), false, nil
}

func worstFirst() []watch.State {
	return []watch.State{watch.Failing, watch.Degraded, watch.NoData, watch.OK}
}

func allOr(provider string) string {
	if provider == "" {
		return "all providers"
	}
	return provider
}

func (p *program) watchPause() *cobra.Command {
	var length time.Duration
	var from, why, by string
	c := &cobra.Command{
		Use:   "pause [PROVIDER]",
		Short: "plan maintenance, in which no state changes and no message is sent",
		Long: `pause plans a maintenance window, of one provider or of all. Live jobs run in it, and what they find
stays in the history, but no state changes and no message is sent. Folders are read after it. It
works while watch runs.`,
		Example: `  assay watch pause paytm --for 2h --why "announced maintenance"
  assay watch pause --from 2026-12-01T02:00:00+05:30 --for 90m --why "move of the data centre"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			begin := p.time().UTC()
			if from != "" {
				at, err := time.Parse(time.RFC3339, from)
				if err != nil {
					return &exit{exitUsage, "--from: expected a time with its offset, such as 2026-12-01T02:00:00+05:30", ""}
				}
				begin = at.UTC()
			}
			if length <= 0 {
				return &exit{exitUsage, "--for: expected how long, over 0, such as 2h or 48h", ""}
			}
			if !begin.Add(length).After(p.time()) {
				return &exit{exitUsage, "the maintenance would be over already: --from " + from + " --for " + length.String(), ""}
			}
			provider, err := p.knownProvider(args)
			if err != nil {
				return err
			}
			w := watch.Window{ID: begin.Format("20060102T150405.000Z") + "-" + allOr(provider), Provider: provider, From: begin, To: begin.Add(length), Why: why, By: cmp.Or(by, os.Getenv("USER"), "somebody")}
			w.ID = strings.ReplaceAll(w.ID, " ", "-")
			return p.withStore(c.Context(), true, func(_ *watching, s watch.Store) error {
				if err := s.Plan(c.Context(), w); err != nil {
					return storeExit(err)
				}
				_, err := fmt.Fprintf(p.stdout, "maintenance of %s from %s to %s\n", allOr(provider), w.From.Format(time.RFC3339), w.To.Format(time.RFC3339))
				return err
			})
		},
	}
	c.Flags().DurationVar(&length, "for", 0, "how long, such as 2h")
	c.Flags().StringVar(&from, "from", "", "`TIME` at which it begins; now if it is not given")
	c.Flags().StringVar(&why, "why", "", "the `REASON`, which the page shows")
	c.Flags().StringVar(&by, "by", "", "`NAME` of who plans it; without it, USER of the environment")
	return c
}

// knownProvider gives the provider of the arguments; "": all.
func (p *program) knownProvider(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	k, err := p.catalog(catalog.Options{Now: p.time(), Wants: catalog.Named()})
	if err != nil {
		return "", err
	}
	if !slices.Contains(k.Providers(), args[0]) {
		return "", unknownName("provider", args[0], k.Providers(), "assay list providers")
	}
	return args[0], nil
}

func (p *program) watchResume() *cobra.Command {
	return &cobra.Command{
		Use:   "resume [PROVIDER]",
		Short: "end maintenance that pause began or planned",
		Long: `resume ends the maintenance windows of a provider, or of all, that watch pause planned: those in
force end now, and those to come are left out. Windows of assay.yaml stay.`,
		Example: `  assay watch resume paytm
  assay watch resume --config deploy/assay.yaml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			provider, err := p.knownProvider(args)
			if err != nil {
				return err
			}
			return p.withStore(c.Context(), false, func(_ *watching, s watch.Store) error {
				now := p.time().UTC()
				windows, err := s.Windows(c.Context(), now)
				if err != nil {
					return storeExit(err)
				}
				ended := 0
				for _, w := range windows {
					if w.Provider != provider && provider != "" {
						continue
					}
					if err := s.Cancel(c.Context(), w.ID, now); err != nil {
						return storeExit(err)
					}
					ended++
				}
				if ended == 0 {
					return &exit{exitInconclusive, "no maintenance of " + allOr(provider) + " is planned", "`assay watch status` lists it"}
				}
				_, err = fmt.Fprintf(p.stdout, "%s ended\n", contract.Plural(ended, "maintenance window"))
				return err
			})
		},
	}
}
