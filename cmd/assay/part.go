package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/history"
	"assay/internal/openapi"
	"assay/internal/shard"
)

// partFlags are the flags that select a part of the cases, and the one that gates on what is
// new.
type partFlags struct {
	baselines  []string
	onlyFailed string
	shard      string

	// checkPart sets the fields below.
	failed *contract.Report // the report of --only-failed
	part   *contract.Shard
}

func (f *partFlags) add(c *cobra.Command) {
	addBaselineFlag(c, &f.baselines)
	c.Flags().StringVar(&f.onlyFailed, "only-failed", "", "play only what failed or was in error in this JSON `REPORT`")
	c.Flags().StringVar(&f.shard, "shard", "", "play part `I/N` of the cases; assay report merges the parts")
}

// checkPart reads the files of the flags. about is what the run is about.
func (p *program) checkPart(f *partFlags, about history.Subject, failOn contract.Severity, live bool) error {
	err := p.readBaselines(f.baselines, about, failOn)
	if err != nil {
		return err
	}
	if f.onlyFailed != "" {
		if f.failed, err = readRunReport(f.onlyFailed); err != nil {
			return err
		}
		if is := history.About(f.failed); is == history.Traffic {
			return &exit{exitUsage, "--only-failed " + f.onlyFailed + ": it is a report about traffic, which has no cases", "give a report of run or conform"}
		}
	}
	if f.shard == "" {
		return nil
	}
	part, err := shard.Parse(f.shard)
	if err != nil {
		return &exit{exitUsage, "--shard: " + err.Error(), ""}
	}
	if live {
		return &exit{exitUsage, "--shard cannot be used with --live: the shard that judges a specification plays all its cases, so requests would be sent twice", "select cases by their names instead"}
	}
	f.part = &part
	return nil
}

// has returns the function that reports whether the part has a case or a specification.
func (f *partFlags) has(e *engine.Engine) func(name string) bool {
	return shard.Has(*f.part, e.Fixtures.Case)
}

// caseFailed reports whether a result of a report has to be played again.
func caseFailed(r contract.Result) bool {
	return r.Verdict == contract.Fail || r.Verdict == contract.Errored
}

// failing keeps the selected cases that failed or were in error in the report of --only-failed.
// If the specification of a provider failed, all its cases are kept: only all of them show
// whether it still does. The error is the exit if none is left.
func (p *program) failing(f *partFlags, e *engine.Engine, selected []*contract.Case) ([]*contract.Case, error) {
	if f.failed == nil {
		return selected, nil
	}
	old := false // the report is about other specifications
	for _, s := range e.Specs {
		if digest := f.failed.Specs[s.Provider]; digest != "" && digest != "sha256:"+s.SHA256 {
			old = old || slices.ContainsFunc(selected, func(c *contract.Case) bool { return c.Provider() == s.Provider })
			note(p.stderr, "assay: warning: %s used another specification of %s", f.onlyFailed, s.Provider)
		}
	}
	again := map[string]bool{}
	before := *f.failed
	before.Results, before.Coverage = nil, nil
	for _, r := range f.failed.Results {
		if caseFailed(r) {
			again[r.Case] = true
		}
		if slices.ContainsFunc(selected, func(c *contract.Case) bool { return c.Name == r.Case || c.Provider() == r.Case }) {
			before.Results = append(before.Results, r)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(selected), func(c *contract.Case) bool { return !again[c.Name] && !again[c.Provider()] })
	var gone []string
	for _, name := range slices.Sorted(maps.Keys(again)) {
		if e.Fixtures.Case(name) == nil && e.Spec(name) == nil && slices.ContainsFunc(e.Specs, func(one *openapi.Spec) bool { return strings.HasPrefix(name, one.Provider+"/") }) {
			gone = append(gone, name)
		}
	}
	if len(gone) > 0 {
		note(p.stderr, "assay: warning: %s of %s are not there any more: %s", contract.Plural(len(gone), "case"), f.onlyFailed, strings.Join(gone, ", "))
	}
	switch {
	case len(kept) > 0:
		return kept, nil
	case len(gone) > 0:
		return nil, &exit{exitInconclusive, "none of the cases that failed in " + f.onlyFailed + " is there any more", "`assay list cases` lists the cases"}
	case len(before.Results) == 0:
		return nil, &exit{exitInconclusive, f.onlyFailed + " has none of the selected cases, so nothing was played", "run them without --only-failed"}
	}
	unseen := slices.DeleteFunc(slices.Clone(selected), func(c *contract.Case) bool {
		return slices.ContainsFunc(before.Results, func(r contract.Result) bool { return r.Case == c.Name })
	})
	if err := runExit(&before); err != nil || old || len(unseen) > 0 {
		return nil, &exit{exitInconclusive, "no selected case failed or was in error in " + f.onlyFailed + ", and it does not show that they conform; nothing was played", "run them without --only-failed"}
	}
	note(p.stderr, "no selected case failed or was in error in %s; nothing was played", f.onlyFailed)
	return nil, nil
}

// emptyPart says that a shard has no case.
func (p *program) emptyPart(f *partFlags) {
	note(p.stderr, "shard %s has none of the selected cases; the other shards have them", f.shard)
}
