package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/openapi"
)

// liveFlags are the flags of commands that can send requests.
type liveFlags struct {
	live     bool
	sandbox  bool
	bases    []string
	rate     float64
	maxCalls int
	timeout  time.Duration
}

func (f *liveFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.live, "live", false, "ask the providers themselves; credentials come from the environment")
	c.Flags().BoolVar(&f.sandbox, "sandbox", false, "ask a sandbox that is started for the run, on loopback")
	c.Flags().StringArrayVar(&f.bases, "base", nil, "`PROVIDER=URL` to ask there, with --live; repeatable")
	c.Flags().Float64Var(&f.rate, "rate", 2, "the most `CALLS` a second, with --live")
	c.Flags().IntVar(&f.maxCalls, "max-calls", 200, "the most `CALLS` of the run, with --live")
	c.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "how long a response may take, with --live")
}

// credited adds the environment to a command's help, once somebody asks for it:
// reading the specifications takes longer than most commands.
func credited(c *cobra.Command) {
	help := c.HelpFunc()
	c.SetHelpFunc(func(c *cobra.Command, args []string) {
		c.Long += "\n\n" + environment()
		help(c, args)
	})
}

// environment names the variables that hold the credentials of --live, provider
// by provider, as the embedded specifications do.
func environment() string {
	var b strings.Builder
	b.WriteString("--live takes credentials from the environment:")
	all, err := openapi.LoadAll(catalog.Embedded().Specs)
	if err != nil {
		return "--live takes credentials from the environment; `assay list providers` names them." // the command says what is wrong
	}
	for _, s := range all {
		for _, c := range s.Credentials {
			about := c.About
			if c.Optional {
				about += "; may be left out"
			}
			fmt.Fprintf(&b, "\n  %-31s %s", c.Env, about)
		}
	}
	return b.String()
}

// options gives nil if the cases are run from cassettes.
func (f *liveFlags) options(c *cobra.Command) (*engine.Live, error) {
	if f.live && f.sandbox {
		return nil, &exit{exitUsage, "--sandbox and --live cannot be combined", "--sandbox sends requests to a sandbox on this machine, --live to the providers"}
	}
	if !f.live {
		for _, name := range []string{"base", "rate", "max-calls", "timeout"} {
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
	return &engine.Live{Bases: bases, Getenv: os.Getenv, Rate: f.rate, MaxCalls: f.maxCalls, Timeout: f.timeout}, nil
}

// parseBases reads --base.
func parseBases(texts []string) (map[string]string, error) {
	bases := map[string]string{}
	for _, base := range texts {
		provider, url, ok := strings.Cut(base, "=")
		if !ok || provider == "" || url == "" {
			return nil, &exit{exitUsage, fmt.Sprintf("--base %s: expected PROVIDER=URL", base), ""}
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
		line := fmt.Sprintf("%d of %d: %s %s", done, total, r.Case, r.Verdict)
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
