package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/child"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/judge"
	"assay/internal/openapi"
	"assay/internal/proxy"
	"assay/internal/report"
	"assay/internal/sandbox"
)

type execFlags struct {
	trafficFlags
	sandbox bool
	seed    uint64
	to      []string
	ca      string
	maxBody int64
}

func (p *program) exec() *cobra.Command {
	f := &execFlags{}
	c := &cobra.Command{
		Use:   "exec provider... {--sandbox | --to URL} -- COMMAND [ARGUMENT]...",
		Short: "run your own tests, and check what they send and get",
		Long: `exec runs a command behind a proxy that checks each exchange; --sandbox simulates the provider. The
command finds the proxy's address in ASSAY_PROVIDER_URL, and the credentials in the variables that
assay help live lists. Its input, output and exit code pass through; reports without a path go to
standard error. See assay help exit-codes. A test can add two headers, which go no further:
  Assay-Case: NAME               findings carry this name
  Assay-Expect: RULE[@PLACE],…   these findings must come, and do not fail the run`,
		Example: `  assay exec paytm --sandbox -- pytest
  assay exec paytm enkash --sandbox --report text --report junit=assay.xml -- go test ./...
  assay exec paytm --to https://stage-router.paytm.in --keys keys.yaml -- npm test
  assay exec paytm --sandbox --fail-on warning,inconclusive -- mvn -q verify`,
		Args: func(c *cobra.Command, args []string) error {
			switch at := c.ArgsLenAtDash(); {
			case at < 0 || at == len(args):
				return &exit{exitUsage, "exec needs a command after --", "assay exec paytm --sandbox -- pytest"}
			case at == 0:
				return &exit{exitUsage, "exec needs a provider before --", "`assay list providers` lists them"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			at := c.ArgsLenAtDash()
			return p.runExec(c.Context(), f, args[:at], args[at:])
		},
	}
	f.add(c)
	c.Flags().BoolVar(&f.sandbox, "sandbox", false, "simulate the providers, with test credentials or yours")
	c.Flags().Uint64Var(&f.seed, "seed", firstSeed, "with --sandbox: `NUMBER` to derive ids from")
	c.Flags().StringArrayVar(&f.to, "to", nil, "`[PROVIDER=]URL`: forward to this base URL; repeatable")
	c.Flags().StringVar(&f.ca, "ca", "", "with --to: also trust the PEM certificates in `FILE`")
	c.Flags().Int64Var(&f.maxBody, "max-body", 16<<20, "forward bodies over this number of `BYTES` unchecked")
	return c
}

// seedOf is the seed that reports show.
func (f *execFlags) seedOf() string {
	if f.sandbox {
		return strconv.FormatUint(f.seed, 10)
	}
	return nothingRandom
}

// execRun is everything that serves the command of `assay exec`.
type execRun struct {
	trafficData
	color     bool
	each      func(r contract.Result, test string) // of ndjson reports; nil: there are none
	keys      map[string]map[string]string         // the credentials of each provider
	providers []*execProvider
	stops     []func() error // in the order of starting
}

// execProvider is the proxy to one provider.
type execProvider struct {
	spec  *openapi.Spec
	base  string // where the command sends its requests
	proxy *proxy.Proxy
	log   *proxyLog
	seen  atomic.Int64 // requests
}

// runExec runs a command behind proxies, and writes the reports.
func (p *program) runExec(ctx context.Context, f *execFlags, providers, command []string) error {
	p.reportsTo = p.stderr
	path, err := exec.LookPath(command[0])
	if err != nil {
		return commandExit(err, command[0])
	}
	session, err := p.startExec(ctx, f, providers)
	if err != nil {
		return errors.Join(err, session.stop())
	}
	c := child.New(path, command, isTerminal(p.stdin))
	c.Env = append(os.Environ(), session.environment()...)
	c.Stdin, c.Stdout, c.Stderr = p.stdin, p.stdout, p.stderr
	quit := c.Kill
	p.abandon.Store(&quit)
	code, err := c.Run(ctx, func() { p.unhurried.Store(true) }) // this is bounded
	p.abandon.Store(nil)
	stopped := ctx.Err() != nil
	p.unhurried.Store(true)
	session.drain(ctx, stopped)
	fault := session.stop()
	if err != nil {
		return commandExit(err, command[0])
	}
	written, verdict := p.reportExec(session, f, stopped)
	switch {
	case stopped:
		return after(written, interrupted(fmt.Sprintf("the command was ended, and the report covers what it sent before; %s", contract.Plural(session.seen(), "request"))))
	case errors.As(fault, new(*crash.Error)):
		verdict = &exit{exitInconclusive, fault.Error(), ""}
	}
	return closing(code, after(written, verdict))
}

// startExec starts the sandbox and the proxies. It gives what it started, also with an error.
func (p *program) startExec(ctx context.Context, f *execFlags, names []string) (session *execRun, err error) {
	session = &execRun{}
	if session.color, err = p.useColor(p.stderr); err != nil {
		return session, err
	}
	upstream, err := f.upstreams(names)
	if err != nil {
		return session, err
	}
	if f.maxBody <= 0 {
		return session, &exit{exitUsage, "--max-body must be greater than 0", ""}
	}
	roots, err := certificates(f.ca)
	if err != nil {
		return session, err
	}
	if session.trafficData, err = p.trafficData(&f.trafficFlags, false, true, names...); err != nil {
		return session, err
	}
	specs, err := specsNamed(session.catalog, names)
	if err != nil {
		return session, err
	}
	session.keys = f.credentials
	if f.sandbox {
		box, err := sandbox.New(specs, sandbox.Options{Credentials: f.credentials, Seed: f.seed})
		if err != nil {
			return session, p.loadError(err)
		}
		base, err := session.serve(ctx, p.contained("the sandbox", box))
		if err != nil {
			return session, err
		}
		for _, s := range specs {
			session.keys[s.Provider] = box.Credentials(s)
			upstream[s.Provider], _ = url.Parse(base + "/" + s.Provider) // it is one: serve made it
		}
	}
	session.each = p.stream(session.outputs)
	numbers := &atomic.Int64{}
	for _, s := range specs {
		if err := s.Compile(); err != nil {
			return session, p.loadError(err)
		}
		if err := p.startExecProxy(ctx, f, session, s, proxy.Options{
			Provider: s.Provider, To: upstream[s.Provider], Transport: proxy.Transport(roots), Numbers: numbers,
		}); err != nil {
			return session, err
		}
	}
	return session, nil
}

// startExecProxy starts the proxy to one provider. No client but the command uses it, so its
// limits are wide.
func (p *program) startExecProxy(ctx context.Context, f *execFlags, session *execRun, s *openapi.Spec, options proxy.Options) error {
	j, err := judge.New(session.catalog, judge.Options{Provider: s.Provider, Bases: map[string]string{s.Provider: options.To.String()}, Keys: session.keys})
	if err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	one := &execProvider{spec: s, log: &proxyLog{judge: j, tally: judge.NewTally(session.failOn)}}
	if f.shapes {
		one.log.tally.LearnShapes(j)
	}
	one.log.stream(session.each)
	options.Judge, options.Evidence, options.FailOn = proxyJudge(j), catalog.Evidence(s, options.To.String()), session.failOn
	options.MaxBody, options.BodyMemory, options.CheckTimeout = f.maxBody, 512<<20+4*f.maxBody, time.Minute
	options.Test = func(names, expected []string) (*contract.Test, error) {
		return judge.ReadTest(session.hidden(names), session.hidden(expected))
	}
	if f.sandbox {
		options.Loses = func(r contract.Request) bool { return sandbox.Loses(r.Header) }
	}
	options.Observe = func(o proxy.Observed) {
		one.seen.Add(1)
		one.log.observe(o)
	}
	if one.proxy, err = proxy.New(options); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	one.log.proxy = one.proxy
	session.providers = append(session.providers, one)
	one.base, err = session.serve(ctx, p.contained("the proxy", one.proxy))
	return err
}

// serve serves on a free port of this machine until stop is called.
func (w *execRun) serve(ctx context.Context, handler http.Handler) (base string, err error) {
	within := limits{connections: 4096, size: 1 << 20, drain: 100 * time.Millisecond}
	base, stop, err := serve(context.WithoutCancel(ctx), handler, "127.0.0.1:0", within)
	if err != nil {
		return "", &exit{exitInconclusive, err.Error(), ""}
	}
	w.stops = append(w.stops, stop)
	return base, nil
}

// hidden gives texts of a test without the credentials of the run.
func (w *execRun) hidden(texts []string) []string {
	all := slices.Clone(texts)
	for i := range all {
		for _, own := range w.keys {
			for _, value := range own {
				if value != "" {
					all[i] = strings.ReplaceAll(all[i], value, "{…}")
				}
			}
		}
	}
	return all
}

// upstreams gives the base URL of each provider from --to.
func (f *execFlags) upstreams(providers []string) (map[string]*url.URL, error) {
	all := map[string]*url.URL{}
	for i, name := range providers {
		if slices.Contains(providers[:i], name) {
			return nil, &exit{exitUsage, name + " is named twice", ""}
		}
	}
	if f.sandbox == (len(f.to) > 0) {
		return nil, &exit{exitUsage, "exec needs either --sandbox or --to URL", "--sandbox simulates the providers on this machine; --to names the address of a real one"}
	}
	if f.sandbox && f.ca != "" {
		return nil, &exit{exitUsage, "--ca needs --to", ""}
	}
	if !f.sandbox && f.seed != firstSeed {
		return nil, &exit{exitUsage, "--seed needs --sandbox", "nothing else is random"}
	}
	for _, to := range f.to {
		name, text, named := strings.Cut(to, "=")
		switch {
		case !named && len(providers) == 1:
			name, text = providers[0], to
		case !named || !slices.Contains(providers, name):
			return nil, &exit{exitUsage, "--to " + masked(to) + ": expected PROVIDER=URL for one of " + strings.Join(providers, ", "), "`assay list providers` lists the documented URLs"}
		}
		u, err := proxy.Upstream(text)
		if err != nil {
			return nil, &exit{exitUsage, "--to: " + err.Error(), "--to takes the base URL of the provider; `assay list providers` lists the documented URLs"}
		}
		if all[name] != nil {
			return nil, &exit{exitUsage, "--to is given twice for " + name, ""}
		}
		all[name] = u
	}
	for _, name := range providers {
		if all[name] == nil && !f.sandbox {
			return nil, &exit{exitUsage, "--to: no URL for " + name, "--to " + name + "=URL, as for the other providers"}
		}
	}
	return all, nil
}

// variable gives the name of the variable with the address for a provider.
func variable(provider string) string {
	return "ASSAY_" + strings.ToUpper(strings.ReplaceAll(provider, "-", "_")) + "_URL"
}

// environment gives the variables that the command gets in addition to those of assay.
func (w *execRun) environment() []string {
	var all []string
	for _, one := range w.providers {
		all = append(all, variable(one.spec.Provider)+"="+one.base)
		for _, c := range one.spec.Credentials {
			if value := w.keys[one.spec.Provider][c.Name]; value != "" {
				all = append(all, c.Env+"="+value)
			}
		}
	}
	return all
}

// seen counts the requests to all providers.
func (w *execRun) seen() (n int64) {
	for _, one := range w.providers {
		n += one.seen.Load()
	}
	return n
}

// drain waits a moment for exchanges that are in progress, whose client has ended.
func (w *execRun) drain(ctx context.Context, stopped bool) {
	patience := time.Second
	if stopped {
		patience = 100 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, one := range w.providers {
		one.proxy.Drain()
	}
	for _, one := range w.providers {
		one.proxy.Drained(ctx)
		one.proxy.Close()
	}
}

// stop ends all servers, the last one first.
func (w *execRun) stop() error {
	var faults []error
	for _, one := range w.providers {
		one.proxy.Close()
	}
	for _, stop := range slices.Backward(w.stops) {
		faults = append(faults, stop())
	}
	return errors.Join(faults...)
}

// reportExec writes the reports. It gives what could not be written, and the verdict about the
// traffic: nil if it conforms.
func (p *program) reportExec(session *execRun, f *execFlags, stopped bool) (written, verdict error) {
	first := session.providers[0].log.tally
	for _, one := range session.providers[1:] {
		first.Merge(one.log.tally)
	}
	r := first.Report(session.catalog, version, f.kinds())
	r.Traffic.Partial, r.FailOnInconclusive = stopped, f.inconclusive
	var err error
	if r.Shapes, err = first.Shapes(); err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	if err := p.markTraffic(session.catalog, r, &f.trafficFlags); err != nil {
		return nil, err
	}
	written = p.writeRun(session.outputs, r, report.How{Color: session.color, Verbose: f.verbose, Seed: f.seedOf()})
	lost := int64(0)
	for _, one := range session.providers {
		lost += one.log.lost
	}
	if lost > 0 {
		note(p.stderr, "assay: %s had no whole response, because the test asked for that (Prefer: fault=…); only the request was checked", contract.Plural(lost, "exchange"))
	}
	for _, one := range session.providers {
		if one.seen.Load() == 0 && session.seen() > 0 {
			note(p.stderr, "assay: warning: no request came to %s", variable(one.spec.Provider))
		}
	}
	return written, execExit(session, r)
}

// execExit gives the exit of the traffic of a command.
func execExit(session *execRun, r *contract.Report) error {
	t := r.Traffic
	switch {
	case r.TrafficFails():
		return &exit{exitFindings, "its requests and responses do not conform", ""}
	case t.Unreadable > 0:
		return &exit{exitInconclusive, contract.Plural(t.Unreadable, "exchange") + " could not be checked", "the report has the reason for each, and what to do"}
	case t.Exchanges == 0:
		return &exit{exitInconclusive, "no request came to " + strings.Join(session.variables(), " or "), "make the tests read the provider's base URL from there"}
	case t.Assumed > 0:
		return &exit{exitInconclusive, fmt.Sprintf("the specification assumes facts about the operations of %s", contract.Plural(t.Assumed, "exchange")), "compare each x-assumed in the specification with the provider's documents, and remove the mark"}
	case t.Conforming == 0 && t.Failing == 0:
		return &exit{exitInconclusive, fmt.Sprintf("none of %s matched a documented operation", contract.Plural(t.Exchanges, "exchange")), "`assay list operations` lists the documented operations"}
	case r.FailOnInconclusive && len(r.Inconclusive()) > 0:
		return &exit{exitInconclusive, strings.Join(r.Inconclusive(), ", ") + " checked no exchange", "the report gives the reasons"}
	}
	return nil
}

// variables gives the names of the variables with addresses.
func (w *execRun) variables() []string {
	var all []string
	for _, one := range w.providers {
		all = append(all, variable(one.spec.Provider))
	}
	return all
}

// closing joins the exit code of the command with the verdict about its traffic.
func closing(code int, verdict error) error {
	of := &exit{exitConforms, "its requests and responses conform", ""}
	if verdict != nil {
		of, _ = exitOf(verdict)
	}
	switch {
	case code != 0:
		return &exit{code, fmt.Sprintf("the command ended with %d; %s (%d)", code, of.text, of.code), of.hint}
	case verdict == nil:
		return nil
	}
	return &exit{of.code, "the command ended with 0; " + of.text, of.hint}
}
