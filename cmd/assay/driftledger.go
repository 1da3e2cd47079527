package main

import (
	"fmt"
	"strings"

	"assay/internal/contract"
	"assay/internal/disk"
	"assay/internal/drift"
	"assay/internal/engine"
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

// proposed writes an overlay that says in the specification what has changed.
// What no overlay can say is told on standard error.
func (p *program) proposed(path string, e *engine.Engine, found []drift.Change) error {
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
		raw, err := p.document(s.File)
		if err != nil {
			return err
		}
		made, err := overlay.Propose(s, raw, neutral(changes))
		if err != nil {
			return &exit{exitUsage, "--overlay: " + err.Error(), ""}
		}
		for _, left := range made.Left {
			_, _ = fmt.Fprintf(p.stderr, "not proposed: %s %s %s: %s\n", left.Change.Kind, left.Change.Operation, left.Change.At, left.Why) // nowhere left to say so
		}
		if made.Document == nil {
			return nil
		}
		if err := disk.Replace(path, made.Document); err != nil {
			return &exit{exitUsage, "--overlay: " + err.Error(), ""}
		}
		_, _ = fmt.Fprintf(p.stderr, "%s written: read it, correct it, and apply it to specs/%s\n", path, s.File) // nowhere left to say so
	}
	return nil
}
