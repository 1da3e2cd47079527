package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/history"
	"assay/internal/protocol"
	"assay/internal/report"
	"assay/internal/rule"
)

type conformFlags struct {
	runFlags
	client  string // a URL
	wait    time.Duration
	skips   []string
	tls     bool
	schema  bool
	command []string
}

func (p *program) conform() *cobra.Command {
	f := &conformFlags{}
	c := &cobra.Command{
		Use:   "conform provider[/operation[/case]]... [-- COMMAND...]",
		Short: "hold a client in any language to the cases",
		Long: `conform holds a client of a provider, in any language, to the selected cases. It starts COMMAND, or
uses the service at --client, and gives it one call after another, each with an address to send the
request to. There assay plays the provider: it checks what the client sends, what the client makes
of the response, and what it does when something fails. ` + "`assay help conform`" + ` shows the messages and
how to write a client.`,
		Example: `  assay conform paytm -- python3 client.py
  assay conform paytm/createOrder --client http://127.0.0.1:9000/call
  assay conform paytm --skip strict-interpretation='ticket 7' -- node client.js`,
		ValidArgsFunction: p.completeCases,
		RunE:              func(c *cobra.Command, args []string) error { return p.conformCases(c, f, args) },
	}
	c.Flags().StringVar(&f.client, "client", "", "`URL` on this machine of a client inside a running service")
	c.Flags().DurationVar(&f.wait, "client-timeout", conform.DefaultTimeout, "wait this `TIME` for the client's reply to a call")
	c.Flags().BoolVar(&f.tls, "tls", false, "also check that the client verifies certificates")
	c.Flags().BoolVar(&f.schema, "schema", false, "print the JSON Schema of the messages, and do nothing else")
	c.Flags().StringArrayVar(&f.skips, "skip", nil, "`WHAT=REASON`: do not check a rule, a family or cases; repeatable")
	addReportFlag(c, &f.reports)
	c.Flags().StringVar(&f.failOn, "fail-on", "error", "fail on `LEVEL` or worse; see assay help exit-codes")
	addProfileFlag(c, &f.profile)
	f.live.add(c)
	f.live.addSeed(c)
	f.gate.add(c)
	addWaiversFlag(c, &f.waivers)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list all cases and inconclusive rules in text reports")
	return c
}

// clientOf separates the selection from the command of the client.
func (f *conformFlags) clientOf(c *cobra.Command, args, chosen []string) (selection []string, err error) {
	const hint = "assay conform paytm -- python3 client.py"
	dash := c.ArgsLenAtDash()
	if selection = args; dash >= 0 {
		selection, f.command = args[:dash], args[dash:]
	}
	switch {
	case f.client != "" && dash >= 0:
		return nil, &exit{exitUsage, "both a command and --client are given", "give one of them"}
	case f.client == "" && len(f.command) == 0:
		return nil, &exit{exitUsage, "conform needs a client: a command after --, or --client URL", hint}
	case f.client != "" && f.tls:
		return nil, &exit{exitUsage, "--tls needs a command: a service that runs already does not learn the authority of this run", hint}
	case len(selection) == 0 && len(chosen) == 0:
		return nil, &exit{exitUsage, "conform needs a provider before --", hint}
	case f.wait <= 0:
		return nil, &exit{exitUsage, "--client-timeout: expected a time such as 10s", ""}
	}
	if f.client != "" {
		if err := protocol.CheckAddress(f.client); err != nil {
			return nil, &exit{exitUsage, "--client " + masked(f.client) + ": " + err.Error(), "--client http://127.0.0.1:9000/call"}
		}
	}
	return selection, nil
}

func (p *program) conformCases(c *cobra.Command, f *conformFlags, args []string) error {
	if f.schema {
		_, err := p.stdout.Write(protocol.Schema)
		return err
	}
	selection, err := f.clientOf(c, args, p.chosen)
	if err != nil {
		return err
	}
	color, outputs, err := p.outputsOf(&f.runFlags)
	if err != nil {
		return err
	}
	failOn, inconclusive, err := f.levels()
	if err != nil {
		return err
	}
	waivers, err := readWaivers(f.waivers)
	if err != nil {
		return err
	}
	if err := p.checkPart(&f.gate, history.Client, failOn, f.live.live); err != nil {
		return err
	}
	e, selected, stop, err := p.prepare(c, &f.live, catalog.Options{Strict: f.profile == "strict", Now: p.time(), Waivers: waivers}, selection)
	if err != nil {
		return err
	}
	defer stop()
	skips, err := parseSkips(e, f.skips)
	if err != nil {
		return err
	}
	if selected, err = p.failing(&f.gate, e, selected); err != nil || f.gate.failed != nil && len(selected) == 0 {
		return err
	}
	part := f.partOf(e, &selected)
	if part != nil && len(selected) == 0 {
		p.emptyPart(&f.gate)
	}
	options := conform.Options{Items: part != nil, Forward: f.live.live || f.live.sandbox, Timeout: f.wait, Skips: skips, Secrets: p.secrets()}
	var env []string
	if f.tls {
		authority, variables, remove, err := trusted()
		if err != nil {
			return err
		}
		defer remove()
		options.Authority, env = authority, variables
	}
	if options.Client, err = f.start(c.Context(), env); err != nil {
		return err
	}
	s := conform.New(e, options)
	r := s.Run(c.Context(), selected, failOn, version, p.streamed(outputs, p.progress(f.live.live || isTerminal(p.stderr), len(selected))))
	_ = options.Client.Close() // its replies are in the report
	r.FailOnInconclusive, r.Shard = inconclusive, part
	noteIdleWaivers(p.stderr, e.Catalog, r)
	if err := p.mark(r); err != nil {
		return err
	}
	how := report.How{Color: color, Verbose: f.verbose, Again: p.conformAgain(f), Seed: f.live.seedOf()}
	written := p.writeRun(outputs, r, how)
	if c.Context().Err() != nil {
		return after(written, interrupted("the report covers what was played before"))
	}
	if part != nil && len(selected) == 0 {
		return written
	}
	return after(written, conformExit(r))
}

// partOf keeps the selected cases of the part that --shard selects; nil: all.
func (f *conformFlags) partOf(e *engine.Engine, selected *[]*contract.Case) *contract.Shard {
	if f.gate.part == nil {
		return nil
	}
	part, has := *f.gate.part, f.gate.has(e)
	part.Total, part.Positions = len(*selected), []int{}
	var mine []*contract.Case
	for i, c := range *selected {
		if has(c.Name) {
			mine, part.Positions = append(mine, c), append(part.Positions, i)
		}
	}
	*selected = mine
	return &part
}

// conformExit gives the exit code of a run with a client.
func conformExit(r *contract.Report) error {
	if err := runExit(r); err != nil || r.Client.Conformant {
		return err
	}
	counts := func(f contract.Finding) bool { return f.Counts() && f.Severity.AtLeast(r.FailOn) }
	if r.Baseline != nil && conform.WhyNot(r.Client, r.Results, counts).Template == nil {
		return nil // what it violates is known
	}
	return &exit{exitInconclusive, "inconclusive: the client is not conformant, because something was not checked", "the end of the report says what"}
}

// trusted makes the authority of a run. It returns the environment of a client that trusts
// it, and what removes the file with its certificate.
func trusted() (authority conform.Authority, env []string, remove func(), err error) {
	made, err := conform.NewAuthority()
	if err != nil {
		return nil, nil, nil, err
	}
	dir, err := os.MkdirTemp("", "assay-authority-")
	if err != nil {
		return nil, nil, nil, &exit{exitInconclusive, err.Error(), ""}
	}
	remove = func() { _ = os.RemoveAll(dir) } // it holds no secret
	file := filepath.Join(dir, "authority.pem")
	if err := os.WriteFile(file, made.PEM(), 0o600); err != nil {
		remove()
		return nil, nil, nil, &exit{exitInconclusive, err.Error(), ""}
	}
	env = os.Environ()
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"} {
		env = append(env, name+"="+file)
	}
	return made, env, remove, nil
}

// start starts the client, or connects to it. env is its environment; nil: that of assay.
func (f *conformFlags) start(ctx context.Context, env []string) (protocol.Client, error) {
	if f.client != "" {
		client, err := protocol.Connect(ctx, f.client)
		if err != nil {
			return nil, startExit(ctx, err, "--client "+masked(f.client))
		}
		return client, nil
	}
	client, err := protocol.Start(ctx, f.command, env)
	if err != nil {
		return nil, startExit(ctx, err, f.command[0])
	}
	return client, nil
}

// startExit gives the exit if a client could not be started. what is the client.
func startExit(ctx context.Context, err error, what string) error {
	var noReply *protocol.NoReplyError
	switch {
	case ctx.Err() != nil:
		return interrupted("the client was not called")
	case errors.As(err, &noReply):
		return &exit{exitInconclusive, what + ": " + err.Error(), "`assay help conform` shows the messages"}
	}
	return commandExit(err, what)
}

// commandExit gives the exit if a command of the user cannot be run.
func commandExit(err error, command string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &exit{exitUsage, "there is no command " + command, "write a path to a file in this folder as ./" + command}
	}
	return &exit{exitUsage, "the command " + command + " cannot be run: " + err.Error(), ""}
}

// parseSkips reads --skip.
func parseSkips(e *engine.Engine, texts []string) ([]contract.Skip, error) {
	var all []contract.Skip
	for _, text := range texts {
		what, reason, _ := strings.Cut(text, "=")
		if what == "" || strings.TrimSpace(reason) == "" {
			return nil, &exit{exitUsage, fmt.Sprintf("--skip %s: expected WHAT=REASON", text), "the reason stands in the report: --skip gives-up='fixed in 2.4, ticket 7'"}
		}
		if err := knownSkip(e, what); err != nil {
			return nil, err
		}
		all = append(all, contract.Skip{What: what, Reason: reason})
	}
	return all, nil
}

// knownSkip returns an error if --skip names neither a rule, nor a family, nor cases.
func knownSkip(e *engine.Engine, what string) error {
	var names []string
	for _, r := range rule.Rules() {
		names = append(names, r.ID, r.Family)
	}
	prefix := strings.TrimSuffix(what, "/")
	if slices.Contains(names, what) || slices.ContainsFunc(e.Fixtures.Cases, func(c *contract.Case) bool {
		return c.Name == what || strings.HasPrefix(c.Name, prefix+"/")
	}) {
		return nil
	}
	return &exit{exitUsage, fmt.Sprintf("--skip: there is no rule, family or case %q%s", what, catalog.DidYouMean(what, names)), "`assay list rules` and `assay list cases` list them"}
}

// conformAgain gives the flags and the client with which a failure can be repeated.
func (p *program) conformAgain(f *conformFlags) report.Again {
	a := p.rerun(&f.runFlags)
	a.Command, a.NoSuite = "conform", true
	if f.tls {
		a.Flags = append(a.Flags, "--tls")
	}
	for _, skip := range f.skips {
		a.Flags = append(a.Flags, "--skip", skip)
	}
	if f.wait != conform.DefaultTimeout {
		a.Flags = append(a.Flags, "--client-timeout", f.wait.String())
	}
	if f.client != "" {
		a.Flags = p.shownWords(append(a.Flags, "--client", f.client))
		return a
	}
	a.Flags = append(a.Flags, "--")
	a.Flags = p.shownWords(append(a.Flags, f.command...))
	return a
}
