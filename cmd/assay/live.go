package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/report"
)

// liveFlags are the flags of commands that can send requests.
type liveFlags struct {
	live     bool
	sandbox  bool
	bases    []string
	rate     float64
	maxCalls int
	timeout  time.Duration
	journal  string
	seed     uint64
	caseless bool // a selected provider without cases is no error
}

func (f *liveFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.live, "live", false, "send requests to the providers; see assay help live")
	c.Flags().BoolVar(&f.sandbox, "sandbox", false, "send requests to a simulated provider on this machine")
	c.Flags().StringArrayVar(&f.bases, "base", nil, "with --live: `PROVIDER=URL` to send requests to; repeatable")
	c.Flags().Float64Var(&f.rate, "rate", 2, "with --live: send at most `CALLS` a second")
	c.Flags().IntVar(&f.maxCalls, "max-calls", 200, "with --live: send at most `CALLS`")
	c.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "with --live: wait this `TIME` for a response")
	c.Flags().StringVar(&f.journal, "journal", "", "with --live: note in `FILE` what is sent; see assay help live")
}

// What reports say in place of a seed, and the seed that is used if none is given.
const (
	nothingRandom = "none (nothing is random)"
	newReferences = "none (each run has new references, so that no order is sent twice)"
	firstSeed     = 1
)

// addSeed adds the flag --seed to a command whose reports show the seed.
func (f *liveFlags) addSeed(c *cobra.Command) {
	c.Flags().Uint64Var(&f.seed, "seed", firstSeed, "with --sandbox: `NUMBER` to derive references and ids from")
}

// seedOf is the seed that reports show.
func (f *liveFlags) seedOf() string {
	switch {
	case f.live:
		return newReferences
	case f.sandbox:
		return strconv.FormatUint(f.seed, 10)
	}
	return nothingRandom
}

// options gives nil if the cases are run from cassettes.
func (f *liveFlags) options(c *cobra.Command) (*engine.Live, error) {
	if f.live && f.sandbox {
		return nil, &exit{exitUsage, "--sandbox and --live cannot be combined", "--sandbox sends requests to a sandbox on this machine, --live to the providers"}
	}
	if !f.sandbox && c.Flags().Changed("seed") {
		return nil, &exit{exitUsage, "--seed needs --sandbox", "nothing else is random; a live run has new references each time"}
	}
	if !f.live {
		for _, name := range []string{"base", "rate", "max-calls", "timeout", "journal"} {
			if c.Flags().Changed(name) {
				return nil, &exit{exitUsage, "--" + name + " needs --live", ""}
			}
		}
		return nil, nil
	}
	bases, err := parseBases(f.bases)
	if err != nil {
		return nil, err
	}
	return &engine.Live{Bases: bases, Rate: f.rate, MaxCalls: f.maxCalls, Timeout: f.timeout}, nil
}

// parseBases reads --base.
func parseBases(texts []string) (map[string]string, error) {
	bases := map[string]string{}
	for _, base := range texts {
		provider, url, ok := strings.Cut(base, "=")
		if !ok || provider == "" || url == "" {
			return nil, &exit{exitUsage, fmt.Sprintf("--base %s: expected PROVIDER=URL", masked(base)), ""}
		}
		if shown := masked(provider); shown != provider { // it is a URL without a provider
			return nil, &exit{exitUsage, fmt.Sprintf("--base %s: expected PROVIDER=URL", shown), ""}
		}
		if url, ok = withoutUser(url); !ok {
			return nil, &exit{exitUsage, "--base " + provider + ": the path of the URL has an @", "in a user or a password, / is written %2F and @ is written %40"}
		}
		if had, named := bases[provider]; named && had != url {
			return nil, &exit{exitUsage, "--base " + provider + " is given twice with different URLs", "run the command once for each URL"}
		}
		bases[provider] = url
	}
	return bases, nil
}

// progress prints each result of a live run at once: on a terminal always on the same
// line, otherwise one line each. Runs from cassettes are too short for that.
func (p *program) progress(live bool, total int) func(contract.Result) {
	if !live {
		return nil
	}
	done := 0
	return func(r contract.Result) {
		if r.Operation == "" {
			return
		}
		done++
		line := fmt.Sprintf("%d of %d: %s %s", done, total, report.Foreign(r.Case), r.Verdict)
		if !isTerminal(p.stderr) {
			_, _ = fmt.Fprintln(p.stderr, line) // there is no other place to report it
			return
		}
		_, _ = fmt.Fprintf(p.stderr, "\r\x1b[K%s", line)
		if done == total {
			_, _ = fmt.Fprint(p.stderr, "\r\x1b[K")
		}
	}
}
