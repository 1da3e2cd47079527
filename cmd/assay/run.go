package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/fixture"
	"assay/internal/history"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/shape"
)

type runFlags struct {
	reports []string
	failOn  string
	profile string
	verbose bool
	waivers []string
	// negative adds cases derived from the constraints of the specifications.
	negative bool
	shapes   bool
	live     liveFlags
	gate     partFlags
}

func (p *program) run() *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "run [provider[/operation[/case]]]...",
		Short: "play cases and report what conforms",
		Long: `run plays the selected cases, or all cases, and checks each request, each response and what the
adapters of assay read. It uses recorded responses unless --sandbox or --live is given. A selection
is a provider, provider/operation or provider/operation/case; * matches any characters except a
slash.
More: assay help live, assay help evidence, assay help reports, assay help exit-codes.`,
		Example: `  assay run paytm '*/createOrder/sample' --verbose
  assay run --report junit=assay.xml --report json=assay.json --fail-on warning,inconclusive
  assay run --sandbox --negative '*/*/negative'
  assay run paytm --live --max-calls 20`,
		ValidArgsFunction: p.completeCases,
		RunE:              func(c *cobra.Command, args []string) error { return p.runCases(c, f, args) },
	}
	addReportFlag(c, &f.reports)
	c.Flags().StringVar(&f.failOn, "fail-on", "error", "fail on `LEVEL` or worse; see assay help exit-codes")
	addProfileFlag(c, &f.profile)
	c.Flags().BoolVar(&f.negative, "negative", false, "with --sandbox or --live: also send requests with one violation each")
	f.live.add(c)
	f.live.addSeed(c)
	addWaiversFlag(c, &f.waivers)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list all cases and inconclusive rules in text reports")
	addShapesFlag(c, &f.shapes)
	f.gate.add(c)
	return c
}

func (p *program) runCases(c *cobra.Command, f *runFlags, args []string) error {
	color, outputs, err := p.outputsOf(f)
	if err != nil {
		return err
	}
	failOn, inconclusive, err := f.levels()
	if err != nil {
		return err
	}
	if f.negative && !f.live.live && !f.live.sandbox {
		return &exit{exitUsage, "--negative needs --sandbox or --live: cassettes have no responses to derived requests", "`assay run --negative --sandbox` sends them to a sandbox on this machine"}
	}
	waivers, err := readWaivers(f.waivers)
	if err != nil {
		return err
	}
	if err := p.checkPart(&f.gate, history.Cases, failOn, f.live.live); err != nil {
		return err
	}
	f.live.caseless, p.lintsLater = true, true
	p.heap.often(400) // most of what a case needs becomes garbage when the next one is played
	e, selected, stop, err := p.prepare(c, &f.live, catalog.Options{Strict: f.profile == "strict", Now: p.time(), Waivers: waivers, Negative: f.negative}, args)
	if err != nil {
		return err
	}
	defer stop()
	if selected, err = p.failing(&f.gate, e, selected); err != nil || f.gate.failed != nil && len(selected) == 0 {
		return err
	}
	r, played := p.playPart(c, f, e, selected, failOn, outputs)
	r.FailOnInconclusive = inconclusive
	if err := p.mark(r); err != nil {
		return err
	}
	selected = played
	if f.shapes {
		if r.Shapes, err = shape.MarshalReport(e.LearnCases(c.Context(), selected, nil).Shapes); err != nil {
			return &exit{exitUsage, err.Error(), ""}
		}
	}
	how := report.How{Color: color, Verbose: f.verbose, Again: p.rerun(f), Seed: f.live.seedOf()}
	written := p.writeRun(outputs, r, how)
	if c.Context().Err() != nil {
		return after(written, interrupted("the report covers what was played before"))
	}
	if r.Shard != nil && len(played) == 0 && !slices.ContainsFunc(r.Results, func(one contract.Result) bool { return caseFailed(one) || one.Fails(failOn) }) {
		p.emptyPart(&f.gate)
		return written
	}
	return after(written, runExit(r))
}

// playPart plays the selected cases, or the part of them that --shard selects, and returns them
// with the report.
func (p *program) playPart(c *cobra.Command, f *runFlags, e *engine.Engine, selected []*contract.Case, failOn contract.Severity, outputs []output) (*contract.Report, []*contract.Case) {
	if f.gate.part == nil {
		r := e.Run(c.Context(), selected, failOn, version, p.streamed(outputs, p.progress(f.live.live, len(selected))))
		r.Results = append(r.Results, p.laidResults(e.Catalog, func(provider string) bool {
			return slices.ContainsFunc(r.Results, func(one contract.Result) bool { return one.Case == provider })
		})...)
		return r, selected
	}
	has := f.gate.has(e)
	played := slices.DeleteFunc(slices.Clone(selected), func(one *contract.Case) bool { return !has(one.Name) })
	r := e.RunShard(c.Context(), selected, failOn, version, p.streamed(outputs, p.progress(false, len(played))), *f.gate.part, has)
	for _, laid := range p.laidResults(e.Catalog, func(provider string) bool { return e.Whole(provider, selected) }) {
		r.Shard.Total++
		if has(laid.Case) {
			r.Results, r.Shard.Positions = append(r.Results, laid), append(r.Shard.Positions, r.Shard.Total-1)
		}
	}
	return r, played
}

// outputsOf reads --color and --report. A live run checks that the reports can be written.
func (p *program) outputsOf(f *runFlags) (color bool, outputs []output, err error) {
	if color, err = p.useColor(p.stdout); err != nil {
		return false, nil, err
	}
	if outputs, err = parseReports(f.reports); err == nil {
		err = checkOutputs(outputs, f.live.live)
	}
	return color, outputs, err
}

// levels reads --fail-on and --profile.
func (f *runFlags) levels() (failOn contract.Severity, inconclusive bool, err error) {
	if failOn, inconclusive, err = parseFailOn(f.failOn); err != nil {
		return "", false, err
	}
	if f.profile != "default" && f.profile != "strict" {
		return "", false, &exit{exitUsage, fmt.Sprintf("--profile %s: use default or strict", f.profile), ""}
	}
	return failOn, inconclusive, nil
}

// prepare loads the data, connects to cassettes, a sandbox or the providers, and
// selects the cases. The caller must call stop, which ends the sandbox.
func (p *program) prepare(c *cobra.Command, f *liveFlags, options catalog.Options, args []string) (e *engine.Engine, selected []*contract.Case, stop func(), err error) {
	stop = func() {}
	live, err := f.options(c)
	if err != nil {
		return nil, nil, stop, err
	}
	if len(args) == 0 {
		args = p.chosen
	}
	options.Wants = catalog.Selected(args)
	k, err := p.catalog(options)
	if err != nil {
		return nil, nil, stop, err
	}
	if selected, err = k.Select(args); err != nil {
		hint := "`assay list cases` lists the cases"
		if strings.Contains(strings.Join(args, " "), "/negative") {
			hint = "`assay run --negative --sandbox -v` lists the cases that are derived"
		}
		return nil, nil, stop, &exit{exitUsage, err.Error(), hint}
	}
	if err := p.nameVariables(k); err != nil { // cases may have loaded more providers
		return nil, nil, stop, err
	}
	if len(selected) == 0 && (!f.caseless || !slices.ContainsFunc(k.Specs, k.Caseless)) {
		return nil, nil, stop, &exit{exitInconclusive, "no case matches " + strings.Join(args, " "), "`assay list cases` lists the cases"}
	}
	if f.sandbox {
		var end func() error
		if live, end, err = p.startSandbox(c.Context(), k, f.seed); err != nil {
			return nil, nil, stop, err
		}
		stop = func() { _ = end() } // the run is over; a late error changes nothing
	}
	source := engine.Cassettes(k)
	notes := lateJournal{sent: &p.requests}
	if f.live {
		live.Journal, live.Getenv = &notes, p.getenv
		p.noteHosts(selected)
	}
	if live != nil {
		if source, err = engine.Network(k, *live); err != nil {
			return nil, nil, stop, &exit{exitUsage, err.Error(), ""}
		}
	}
	e = engine.New(k, source)
	err = e.Ready(selected)
	var faults *openapi.ExpressionsError
	var credentials *catalog.CredentialsError
	var size *catalog.CredentialSizeError
	switch {
	case errors.As(err, &faults):
		err = p.loadError(err)
	case errors.As(err, &size):
		err = &exit{exitUsage, size.Error(), "correct it in the environment; `assay list providers` names the variables"}
	case errors.As(err, &credentials):
		for i, env := range credentials.Env {
			credentials.Env[i] = p.variable(env)
		}
		err = &exit{exitInconclusive, err.Error(), "set them in the environment; without --live, assay uses cassettes and needs none"}
	case err != nil:
		err = &exit{exitUsage, err.Error(), "record the cassette again, or delete it: the embedded recording is then used, and without one the case is inconclusive"}
	}
	if err == nil && f.live {
		notes.Journal, err = p.openJournal(f.journal)
		stop = func() { _ = notes.Close() } // every line is on the disk already
	}
	return e, selected, stop, err
}

// parseFailOn reads --fail-on: a severity, inconclusive, or both.
func parseFailOn(text string) (failOn contract.Severity, inconclusive bool, err error) {
	failOn = contract.Error
	for _, one := range strings.Split(text, ",") {
		switch severity := contract.Severity(strings.TrimSpace(one)); {
		case severity == contract.Severity(contract.Inconclusive):
			inconclusive = true
		case slices.Contains(contract.Severities(), severity):
			failOn = severity
		default:
			return "", false, &exit{exitUsage, fmt.Sprintf("--fail-on %s: use error, warning, info or inconclusive", one), "--fail-on warning,inconclusive fails for either"}
		}
	}
	return failOn, inconclusive, nil
}

// runExit gives the exit code of a run. Findings count more than errors.
func runExit(r *contract.Report) error {
	counts := report.Counts(r)
	cases := slices.DeleteFunc(slices.Clone(r.Results), func(r contract.Result) bool { return r.Operation == "" })
	proved := slices.ContainsFunc(cases, func(r contract.Result) bool {
		return r.Verdict == contract.Pass || r.Verdict == contract.Fail
	})
	switch {
	case counts[contract.Fail] > 0, r.FailOnInconclusive && len(r.Inconclusive()) > 0, slices.ContainsFunc(r.Results, func(one contract.Result) bool { return one.Fails(r.FailOn) }):
		return &exit{code: exitFindings}
	case counts[contract.Errored] > 0:
		return &exit{exitInconclusive, fmt.Sprintf("%d of %d cases could not be checked", counts[contract.Errored], len(cases)), "the report has the reason for each"}
	case !proved:
		return &exit{exitInconclusive, "inconclusive: no selected case had a response to check", "the report has the reason for each, and what to do"}
	}
	return nil
}

// completeCases offers the next part of a case name to the shell.
func (p *program) completeCases(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	data, err := p.loadData()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	cases, err := fixture.Names(data.Fixtures)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	offered := map[string]bool{}
	for _, name := range cases {
		rest, ok := strings.CutPrefix(name, begun)
		if !ok {
			continue
		}
		next, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		if strings.HasPrefix(rest, "/") {
			next = "/" + next
		}
		offered[begun+next] = true
	}
	var names []string
	for name := range offered {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
