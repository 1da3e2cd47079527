package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/atomicfile"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/interrupt"
	"assay/internal/ledger"
	"assay/internal/overlay"
	"assay/internal/report"
	"assay/internal/shape"
)

// recordChanges records changes in a ledger and gives those of the report their status.
// compared are the operations that the run compared.
func (p *program) recordChanges(ctx context.Context, file string, r *contract.Drift, changes []contract.Change, compared []string) error {
	since, err := p.recordRun(ctx, file, changes, compared...)
	if err != nil {
		return err
	}
	status := map[string]string{}
	for name, entries := range map[string][]ledger.Entry{"new": since.New, "back": since.Back, "known": since.Known, contract.Acknowledged: since.Acknowledged} {
		for _, e := range entries {
			status[e.ID] = name
		}
	}
	for i := range r.Changes {
		r.Changes[i].Status = status[r.Changes[i].ID]
	}
	if r.Timeline, err = timelineOf(ctx, file, compared); err != nil {
		return err
	}
	note(p.stderr, "%s: %d new, %d back, %d known, %d acknowledged; %d did not occur, %d of them are resolved",
		file, len(since.New), len(since.Back), len(since.Known), len(since.Acknowledged), len(since.Absent), len(since.Resolved))
	return nil
}

// timelineOf reads the history of the changes of some operations; none: of all.
func timelineOf(ctx context.Context, file string, operations []string) ([]contract.TimelineEntry, error) {
	l, err := openLedger(ctx, file)
	if err != nil {
		return nil, err
	}
	entries, err := l.List(ctx)
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	return timeline(entries, operations), nil
}

// timeline is the history of the entries of some operations; none: of all.
func timeline(entries []ledger.Entry, operations []string) []contract.TimelineEntry {
	return ledger.Timeline(slices.DeleteFunc(slices.Clone(entries), func(e ledger.Entry) bool {
		return len(operations) > 0 && !slices.Contains(operations, e.Operation)
	}))
}

// checkLedger finds out whether an existing ledger can be read, before the command does
// anything else.
func checkLedger(ctx context.Context, file string) error {
	if file == "" {
		return nil
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	l, err := ledger.Open(ctx, file)
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	return nil
}

// markChanges gives changes their status without writing to the ledger.
func markChanges(ctx context.Context, file string, r *contract.Drift) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	l, err := openLedger(ctx, file)
	if err != nil {
		return err
	}
	entries, err := l.List(ctx)
	if err := errors.Join(err, l.Close()); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	status := map[string]string{}
	for _, e := range entries {
		status[e.ID] = map[ledger.Status]string{ledger.New: "known", ledger.Acknowledged: contract.Acknowledged, ledger.Resolved: "back"}[e.Status]
	}
	r.Timeline = timeline(entries, r.Compared)
	for i := range r.Changes {
		r.Changes[i].Status = cmp.Or(status[r.Changes[i].ID], "new")
	}
	return nil
}

// compareDocuments reports what a new version of the documents changes.
func (p *program) compareDocuments(c *cobra.Command, f *driftFlags, k *catalog.Catalog, to []output, color bool, args []string) error {
	found, err := specChanges(c.Context(), k, args[0], args[1])
	if err != nil {
		return err
	}
	r := &contract.Drift{
		Schema: contract.DriftSchema, Assay: version, FailOn: contract.Impact(f.failOn), Compared: []string{}, Missing: []string{}, Skipped: []string{}, Changes: []contract.Change{},
		Old: contract.DriftSide{Name: args[0]}, New: contract.DriftSide{Name: args[1]}, Partial: c.Context().Err() != nil, Specs: found.digests,
	}
	for _, name := range found.compared {
		if f.selects(name) {
			r.Compared = append(r.Compared, name)
		}
	}
	for _, change := range found.changes {
		change.Command = p.rerunDrift(f, append([]string{"--spec"}, args...), change.ID)
		if f.selectsChange(change) {
			r.Changes = append(r.Changes, change)
		}
	}
	switch {
	case r.Partial:
	case changeID().MatchString(f.only) && len(r.Changes) == 0:
		return &exit{exitInconclusive, "no change has the id " + f.only, "without --only, the report lists every change with its id"}
	case len(r.Compared) == 0:
		return &exit{exitInconclusive, "inconclusive: neither document has a selected operation", "check --provider and --only"}
	}
	if f.ledger != "" && !r.Partial {
		err = p.recordChanges(c.Context(), f.ledger, r, found.changes, found.compared)
	}
	if err != nil && c.Context().Err() == nil {
		return err
	}
	written := p.writeDrift(to, r, report.How{Color: color})
	if c.Context().Err() != nil {
		return after(written, interrupted("the comparison is complete; nothing else is written"))
	}
	return after(written, driftExit(r, &shape.ShapeSet{}, &shape.ShapeSet{}))
}

// specComparison is what a comparison of two documents found.
type specComparison struct {
	changes  []contract.Change
	compared []string
	digests  map[string]string // of the two documents
}

// specChanges compares two documents. If it is interrupted, nothing is compared.
func specChanges(ctx context.Context, k *catalog.Catalog, older, newer string) (specComparison, error) {
	var found specComparison
	var err error
	finished := interrupt.Do(ctx, func() {
		if crashed := crash.Contain("comparing the specifications", func() { found, err = compareSpecs(k, older, newer) }); crashed != nil {
			err = crashed
		}
	})
	if !finished {
		return specComparison{}, nil
	}
	return found, err
}

// writeOverlay writes an overlay that brings the changes into the specification. It
// lists on standard error the changes that an overlay cannot express.
func (p *program) writeOverlay(file string, k *catalog.Catalog, found []contract.Change) error {
	providers := map[string][]contract.Change{}
	for _, c := range found {
		provider, _, _ := strings.Cut(c.Operation, "/")
		providers[provider] = append(providers[provider], c)
	}
	switch {
	case len(providers) == 0:
		_, _ = fmt.Fprintln(p.stderr, "nothing has changed; no overlay is written") // there is no other place to report it
		return nil
	case len(providers) > 1:
		return &exit{exitUsage, "--overlay: several providers have changed, and an overlay is for one document", "select one with --provider or --only"}
	}
	for provider, changes := range providers {
		s := k.Spec(provider)
		raw, err := p.document(path.Base(s.File))
		if err != nil {
			return err
		}
		made, err := overlay.Propose(s, raw, changes)
		if err != nil {
			return &exit{exitUsage, "--overlay: " + err.Error(), ""}
		}
		for _, left := range made.Skipped {
			note(p.stderr, "not proposed: %s %s %s: %s", left.Change.Kind, left.Change.Operation, left.Change.At, report.Sentence(left.Reason))
		}
		if made.Document == nil {
			return nil
		}
		if err := atomicfile.Replace(file, made.Document); err != nil {
			return &exit{exitUsage, "--overlay: " + err.Error(), ""}
		}
		note(p.stderr, "%s written: review it, correct it, and apply it to %s", file, s.File)
	}
	return nil
}
