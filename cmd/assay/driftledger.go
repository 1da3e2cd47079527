package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/contract"
	"assay/internal/disk"
	"assay/internal/drift"
	"assay/internal/engine"
	"assay/internal/ledger"
	"assay/internal/overlay"
)

// neutral says changes in the words that the ledger keeps and the overlay reads.
func neutral(changes []drift.Change) []contract.Change {
	var all []contract.Change
	for _, c := range changes {
		kind := string(c.Kind)
		if other, ok := map[drift.Kind]string{
			drift.MemberAbsent: "became-absent", drift.MemberNull: "became-null", drift.StatusChanged: "code-status", drift.MessageChanged: "code-message",
			drift.HTTPChanged: "http-status", drift.MediaChanged: "content-type", drift.SizeChanged: "length-changed",
		}[c.Kind]; ok {
			kind = other
		}
		is := c.Example
		if c.Kind == drift.EnumWidened && c.Is.N > 0 && !strings.Contains(c.Message, "many values") {
			is = fmt.Sprintf("%q", c.Example)
		}
		one := contract.Change{
			Operation: c.Operation, Kind: kind, Code: c.Code, At: c.At, Impact: contract.Impact(c.Impact), Was: c.Was.String(), Is: is,
			Message: c.Message, Count: c.Is.N, First: c.First, Last: c.Last,
		}
		one.Identify()
		all = append(all, one)
	}
	return all
}

// remembered records changes in a ledger, and marks those of a report with what
// the ledger knew of them.
func (p *program) remembered(ctx context.Context, file string, r *drift.Report, changes []contract.Change) error {
	since, err := p.ledger(ctx, file, changes, r.Compared...)
	if err != nil {
		return err
	}
	status := map[string]string{}
	for name, entries := range map[string][]ledger.Entry{"new": since.New, "back": since.Back, "known": since.Known, drift.Acknowledged: since.Acknowledged} {
		for _, e := range entries {
			status[e.Fingerprint] = name
		}
	}
	for i, c := range neutral(r.Changes) {
		r.Changes[i].Status = status[c.Fingerprint]
	}
	_, _ = fmt.Fprintf(p.stderr, "%s: %d new, %d back, %d known, %d acknowledged; %d stayed away, %d of them resolved\n",
		file, len(since.New), len(since.Back), len(since.Known), len(since.Acknowledged), len(since.Absent), len(since.Resolved)) // nowhere left to say so
	return nil
}

// compareDocuments tells what a changed documentation means.
func (p *program) compareDocuments(c *cobra.Command, f *driftFlags, to []output, color bool, args []string) error {
	changes, err := p.documents(args[0], args[1])
	if err != nil {
		return err
	}
	r := &drift.Report{
		Schema: drift.ReportVersion, Assay: version, FailOn: drift.Impact(f.failOn), Compared: []string{}, Missing: []string{}, Changes: []drift.Change{},
		Old: drift.Side{Name: args[0]}, New: drift.Side{Name: args[1]},
	}
	for _, one := range changes {
		if !slices.Contains(r.Compared, one.Operation) {
			r.Compared = append(r.Compared, one.Operation)
		}
		change := drift.Change{
			ID: one.Fingerprint[:12], Kind: drift.Kind(one.Kind), Impact: drift.Impact(one.Impact), Operation: one.Operation, Code: one.Code, At: one.At,
			Message: one.Message, First: one.First, Last: one.Last, Command: p.again(f, append([]string{"--spec"}, args...), one.Fingerprint[:12]),
		}
		if one.Was != "" || one.Is != "" {
			change.Example = fmt.Sprintf("%s (was %s)", dash(one.Is), dash(one.Was))
		}
		if f.only == "" || f.only == change.ID || strings.HasPrefix(change.Operation+"/", f.only+"/") {
			r.Changes = append(r.Changes, change)
		}
	}
	r.Changes = drift.Sorted(r.Changes)
	if f.ledger != "" {
		if err := p.remembered(c.Context(), f.ledger, r, neutral(r.Changes)); err != nil {
			return err
		}
	}
	for _, o := range to {
		if err := p.writeDrift(o, r, color); err != nil {
			return err
		}
	}
	if r.Failing() > 0 {
		return &exit{code: exitFindings}
	}
	return nil
}

// proposed writes an overlay that says in the specification what has changed.
// What no overlay can say is told on standard error.
func (p *program) proposed(file string, e *engine.Engine, found []drift.Change) error {
	providers := map[string][]drift.Change{}
	for _, c := range found {
		provider, _, _ := strings.Cut(c.Operation, "/")
		providers[provider] = append(providers[provider], c)
	}
	switch {
	case len(providers) == 0:
		_, _ = fmt.Fprintln(p.stderr, "nothing has changed, so there is nothing to propose") // nowhere left to say so
		return nil
	case len(providers) > 1:
		return &exit{exitUsage, "--overlay: an overlay is for one document, and several providers have changed", "--provider or --only names one"}
	}
	for provider, changes := range providers {
		s := e.Spec(provider)
		raw, err := p.document(path.Base(s.File))
		if err != nil {
			return err
		}
		said := neutral(changes)
		for i := range said {
			if said[i].Kind == string(drift.CodeNew) && said[i].At == "answer#" { // no code at all
				said[i].Code = ""
			}
		}
		made, err := overlay.Propose(s, raw, said)
		if err != nil {
			return &exit{exitUsage, "--overlay: " + err.Error(), ""}
		}
		for _, left := range made.Left {
			_, _ = fmt.Fprintf(p.stderr, "not proposed: %s %s %s: %s\n", left.Change.Kind, left.Change.Operation, left.Change.At, left.Why) // nowhere left to say so
		}
		if made.Document == nil {
			return nil
		}
		if err := disk.Replace(file, made.Document); err != nil {
			return &exit{exitUsage, "--overlay: " + err.Error(), ""}
		}
		_, _ = fmt.Fprintf(p.stderr, "%s written: read it, correct it, and apply it to %s\n", file, s.File) // nowhere left to say so
	}
	return nil
}
