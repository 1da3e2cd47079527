package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/contract"
	"assay/internal/ledger"
	"assay/internal/report"
)

// ledgerSchema names the format of ledger --json.
const ledgerSchema = "assay.ledger/v1"

// recordRun records the changes of a run in a ledger and gives what differs from
// earlier runs. compared are the operations of the run, as provider/operation; none:
// all.
func (p *program) recordRun(ctx context.Context, path string, changes []contract.Change, compared ...string) (since ledger.RunDiff, err error) {
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return since, &exit{exitUsage, err.Error(), ""}
	}
	l.Sentence, l.Source = report.Sentence, p.source
	since, err = l.Record(ctx, p.time(), changes, compared...)
	if err = errors.Join(err, l.Close()); err != nil {
		return ledger.RunDiff{}, &exit{exitUsage, err.Error(), "nothing was recorded"}
	}
	return since, nil
}

// openLedger opens an existing ledger.
func openLedger(ctx context.Context, path string) (*ledger.Ledger, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &exit{exitUsage, err.Error(), "`assay drift --ledger FILE` creates a ledger"}
	}
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	return l, nil
}

func (p *program) ledgerCommand() *cobra.Command {
	var status string
	var asJSON bool
	var reports []string
	c := &cobra.Command{
		Use:   "ledger FILE",
		Short: "list the changes that assay drift recorded, and acknowledge them",
		Long: `ledger lists the changes in a file of assay drift --ledger: when each was first and last found, in
how many runs, and who acknowledged it. A change is new until somebody acknowledges it, and resolved
after three runs in a row without it. An acknowledged change fails no run.`,
		Example: `  assay drift monday.ndjson tuesday.ndjson.gz --ledger drift.db
  assay ledger drift.db --status new
  assay ledger drift.db --report html=drift.html
  assay ledger ack drift.db 9edd3d77941f --by asha --why "announced for March"`,
		Args: oneFile("ledger"),
		RunE: func(c *cobra.Command, args []string) error {
			var wanted []ledger.Status
			if status != "" {
				wanted = []ledger.Status{ledger.Status(status)}
				if !slices.Contains(ledger.Statuses(), wanted[0]) {
					return &exit{exitUsage, fmt.Sprintf("--status %s: use new, acknowledged or resolved", status), ""}
				}
			}
			to, err := parseReportsOf(reports, report.Ledgers().Names())
			if err != nil {
				return err
			}
			if err := checkWritable(to); err != nil {
				return err
			}
			l, err := openLedger(c.Context(), args[0])
			if err != nil {
				return err
			}
			entries, err := l.List(c.Context(), wanted...)
			runs, more := l.Runs(c.Context())
			if err := errors.Join(err, more, l.Close()); err != nil {
				return &exit{exitUsage, err.Error(), ""}
			}
			written := p.writeAll(to, render(report.Ledgers(), to, ledger.Timeline(entries), p.reproduced(report.How{})), nil)
			switch {
			case slices.ContainsFunc(to, func(o output) bool { return o.path == "" }): // the page has standard output
				return written
			case asJSON:
				return after(written, p.writeEntriesJSON(runs, entries))
			}
			return after(written, p.writeEntries(entries))
		},
	}
	c.Flags().StringVar(&status, "status", "", "list only changes with this `STATUS`: new, acknowledged, resolved")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringArrayVar(&reports, "report", nil, "`html=PATH`: also write a page with the timeline")
	c.AddCommand(p.acknowledge())
	return c
}

func oneFile(name string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		if len(args) > 1 && !strings.ContainsAny(args[0], "./") {
			return &exit{exitUsage, fmt.Sprintf("%s takes one file; %s is not a subcommand", name, args[0]), "the only subcommand is ack"}
		}
		return &exit{exitUsage, name + " takes one file", ""}
	}
}

func (p *program) writeEntriesJSON(runs int64, entries []ledger.Entry) error {
	entries = slices.Clone(entries)
	for i := range entries {
		e := &entries[i]
		e.Change, e.Message, e.By, e.Why = report.NamedChange(e.Change), report.Errors(e.Message), report.Named(e.By), report.Named(e.Why)
	}
	return p.writeJSON(struct {
		Schema  string         `json:"schema"`
		Runs    int64          `json:"runs"`
		Entries []ledger.Entry `json:"entries"`
	}{ledgerSchema, runs, append([]ledger.Entry{}, entries...)})
}

func (p *program) writeEntries(entries []ledger.Entry) error {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	row(t, "STATUS", "IMPACT", "OPERATION", "CODE", "KIND", "AT", "FIRST SEEN", "LAST SEEN", "RUNS", "TIMES", "ID", "ACKNOWLEDGED")
	day := func(at time.Time) string { return at.UTC().Format(time.DateOnly) }
	for _, e := range entries {
		known := "-"
		if e.By != "" {
			known = "by " + report.Foreign(e.By) + ": " + report.Foreign(e.Why)
		}
		row(t, e.Status, e.Impact, e.Operation, dash(report.Foreign(e.Code)), e.Kind, dash(report.Foreign(string(e.At))), day(e.FirstSeen), day(e.LastSeen), e.Runs, e.Count, e.ID, known)
	}
	return t.Flush()
}

func (p *program) acknowledge() *cobra.Command {
	var who, why string
	c := &cobra.Command{
		Use:   "ack FILE ID",
		Short: "acknowledge a change",
		Long: `ack records that a change is acknowledged, by whom and why. Then it fails no run, until it is
resolved and comes back. The report of assay drift and assay ledger FILE show the ids.`,
		Example: `  assay ledger ack drift.db 9edd3d77941f --by asha --why "announced for March"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &exit{exitUsage, "ledger ack takes a file and an id", "`assay ledger FILE` lists the ids"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			l, err := openLedger(c.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = l.Acknowledge(c.Context(), args[1], who, why)
			hint := ""
			switch {
			case errors.Is(err, ledger.ErrUnknown):
				hint = "`assay ledger " + args[0] + "` lists the ids"
			case errors.Is(err, ledger.ErrNoReason):
				hint = "give --by NAME and --why TEXT"
			}
			if err := errors.Join(err, l.Close()); err != nil {
				return &exit{exitUsage, err.Error(), hint}
			}
			return nil
		},
	}
	c.Flags().StringVar(&who, "by", "", "the `NAME` of the person who acknowledges it")
	c.Flags().StringVar(&why, "why", "", "the reason, a `TEXT`")
	return c
}
