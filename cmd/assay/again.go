package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"assay/internal/report"
)

// reproduced adds to the choices of a report how the command was started and when.
func (p *program) reproduced(how report.How) report.How {
	how.Folder, _ = os.Getwd() // without it, paths stay as they are
	if how.Command != "" {     // of a report that was read
		return how
	}
	how.Seed = cmp.Or(how.Seed, nothingRandom)
	how.Command, how.Began, how.Ended = p.commandLine(p.shownArgs()), p.began, time.Now()
	return how
}

// rerun gives the flags that change what a run finds. Reports print them in the
// commands that repeat a failure. The command for the suites is only useful in the
// repository.
func (p *program) rerun(f *runFlags) report.Again {
	var a report.Again
	if _, err := os.Stat("suites/suites_test.go"); err != nil {
		a.NoSuite = true // not in the repository of assay
	}
	both := func(flag string) {
		a.Flags, a.SuiteFlags = append(a.Flags, flag), append(a.SuiteFlags, flag)
	}
	only := func(flags ...string) { // the suites have no such flag
		a.Flags, a.NoSuite = append(a.Flags, flags...), true
	}
	if f.live.sandbox {
		both("--sandbox")
		if f.live.seed != firstSeed {
			only("--seed", strconv.FormatUint(f.live.seed, 10))
		}
	}
	if f.live.live {
		both("--live")
	}
	for _, base := range f.live.bases {
		if f.live.live { // without --live there is no such flag, but assay.yaml may have hosts
			only("--base", masked(base))
		}
	}
	if f.negative {
		only("--negative")
	}
	if f.profile == "strict" {
		only("--profile", f.profile)
	}
	for _, file := range f.waivers {
		only("--waivers", file)
	}
	if p.data != "" {
		a.Flags = append(a.Flags, "--data", p.data)
		if dir, err := filepath.Abs(p.data); err == nil { // the suites run in their own folder
			a.SuiteFlags = append(a.SuiteFlags, "--data", dir)
		}
	}
	a.Flags, a.SuiteFlags = p.shownWords(a.Flags), p.shownWords(a.SuiteFlags)
	return a
}

// mostFiles is how many files the command that checks traffic again may name.
const mostFiles = 5

// recheck gives the command that finds the same in the same traffic, without secrets. Standard
// input is gone.
func (p *program) recheck(f *trafficFlags, files []string, provider, format string, skip bool) string {
	if len(files) > mostFiles || slices.Contains(files, "-") {
		return ""
	}
	words := append([]string{"check"}, files...)
	for _, flag := range []struct{ name, value string }{{"--data", p.data}, {"--provider", provider}, {"--format", format}, {"--keys", f.keys}} {
		if flag.value != "" {
			words = append(words, flag.name, flag.value)
		}
	}
	if skip {
		words = append(words, "--skip-unreadable")
	}
	if f.profile == "strict" {
		words = append(words, "--profile", f.profile)
	}
	for _, base := range f.bases {
		words = append(words, "--base", base)
	}
	for _, file := range f.waivers {
		words = append(words, "--waivers", file)
	}
	return p.commandLine(words)
}

// shownArgs are the arguments that a report says to type.
func (p *program) shownArgs() []string {
	if p.shown != nil {
		return p.shown
	}
	return p.args
}
