package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/report"
)

type proxyFlags struct {
	trafficFlags
	to, addr, admin, ca string
	log, record         string
	logSize             int64
	enforce             bool
	unjudged            string
	maxBody, bodyMemory int64
	maxHeader           int
	connections         int
	header, idle        time.Duration
	check, drain        time.Duration
}

// The values of --unjudged.
const (
	unjudgedRefuse = "refuse"
	unjudgedPass   = "pass"
)

func (p *program) proxy() *cobra.Command {
	f := &proxyFlags{}
	c := &cobra.Command{
		Use:   "proxy provider --to URL",
		Short: "check traffic of any client as it passes",
		Long: `proxy forwards requests to one provider and checks each exchange. Give its address to your client
as the base URL. An interrupt ends it, and it reports. More: assay help proxy, assay help reports.`,
		Example: `  assay proxy paytm --to https://stage-router.paytm.in
  assay proxy paytm --to https://stage-router.paytm.in --keys keys.yaml --log findings.ndjson
  assay proxy paytm --to https://stage-router.paytm.in --keys keys.yaml --record recorded`,
		Args: cobra.MatchAll(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return p.serveProxy(c.Context(), f, args[0]) },
	}
	f.add(c)
	return c
}

func (f *proxyFlags) add(c *cobra.Command) {
	f.trafficFlags.add(c)
	flags := c.Flags()
	flags.StringVar(&f.to, "to", "", "the provider's base `URL`; http for loopback only")
	flags.StringVar(&f.addr, "addr", "127.0.0.1:0", "listen on `HOST:PORT`; port 0 is a free one")
	flags.StringVar(&f.admin, "admin", "", "serve /healthz, /readyz and /metrics on `HOST:PORT`")
	flags.StringVar(&f.ca, "ca", "", "also trust the PEM certificates in `FILE`")
	flags.BoolVar(&f.enforce, "enforce", false, "refuse what has findings at or above --fail-on")
	flags.StringVar(&f.unjudged, "unjudged", "", "`refuse|pass` what cannot be checked (default: pass; --enforce: refuse)")
	flags.StringVar(&f.log, "log", "", "append a JSON line to `FILE` for each exchange with findings")
	flags.Int64Var(&f.logSize, "log-size", 100<<20, "start a new log after these `BYTES`; 0: never")
	flags.StringVar(&f.record, "record", "", "write redacted cassettes to `DIR`; needs credentials")
	flags.Int64Var(&f.maxBody, "max-body", 1<<20, "forward bodies over this number of `BYTES` unchecked")
	flags.Int64Var(&f.bodyMemory, "body-memory", 64<<20, "hold at most these `BYTES` of bodies at a time")
	flags.IntVar(&f.maxHeader, "max-header", 64<<10, "accept request headers up to this number of `BYTES`")
	flags.IntVar(&f.connections, "connections", 512, "serve this `NUMBER` of connections; others wait")
	flags.DurationVar(&f.header, "header-timeout", 5*time.Second, "wait this `TIME` for a request's header")
	flags.DurationVar(&f.idle, "idle-timeout", time.Minute, "wait this `TIME` for a request, or part of a body")
	flags.DurationVar(&f.check, "check-timeout", time.Second, "after this `TIME`, forward a response unchecked")
	flags.DurationVar(&f.drain, "drain", 10*time.Second, "after an interrupt, finish requests within this `TIME`")
}

// proxyRun is everything that a proxy needs while it runs.
type proxyRun struct {
	catalog *catalog.Catalog
	to      *url.URL
	proxy   *proxy.Proxy
	log     *proxyLog
	failOn  contract.Severity
	outputs []output
	color   bool
}

// serveProxy runs a proxy until it is interrupted, and writes the reports.
func (p *program) serveProxy(ctx context.Context, f *proxyFlags, provider string) error {
	p.heap.often(75) // a proxy runs for days; less memory costs it little time
	session, err := p.newProxyRun(f, provider)
	if err != nil {
		return err
	}
	within := limits{connections: f.connections, header: f.header, idle: f.idle, size: f.maxHeader, drain: time.Second} // every exchange has ended by then
	base, stop, err := serve(ctx, p.contained("the proxy", session.proxy), f.addr, within)
	if err != nil {
		return errors.Join(&exit{exitInconclusive, err.Error(), "--addr 127.0.0.1:0 uses a free port"}, session.close(ctx))
	}
	admin, stopAdmin := "", func() error { return nil }
	if f.admin != "" {
		if admin, stopAdmin, err = serve(ctx, p.contained("the admin address", session.proxy.Admin()), f.admin, defaultLimits()); err != nil {
			return errors.Join(&exit{exitInconclusive, err.Error(), "--admin 127.0.0.1:0 uses a free port"}, stop(), session.close(ctx))
		}
	}
	err = p.announceProxy(session, f, provider, base, admin)
	if err == nil {
		<-ctx.Done()
	}
	p.unhurried.Store(true)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.drain)
	defer cancel()
	session.drain(ending)
	fault := errors.Join(err, stop(), session.log.close(ending), stopAdmin())
	verdict := p.reportProxy(session, f)
	switch {
	case errors.As(fault, new(*crash.Error)):
		return errors.Join(fault, &exit{exitInconclusive, fault.Error(), ""})
	case fault != nil:
		return &exit{exitUsage, fault.Error(), ""}
	}
	return verdict
}

// newProxyRun makes a proxy from the flags. It does not listen yet.
func (p *program) newProxyRun(f *proxyFlags, provider string) (*proxyRun, error) {
	session := &proxyRun{}
	var err error
	if session.color, err = p.useColor(p.stdout); err != nil {
		return nil, err
	}
	if err := f.checkLimits(); err != nil {
		return nil, err
	}
	if session.to, err = proxy.Upstream(f.to); err != nil {
		return nil, &exit{exitUsage, "--to: " + err.Error(), "--to takes the base URL of the provider; `assay list providers` lists the documented URLs"}
	}
	f.bases = []string{provider + "=" + session.to.String()}
	var j *judge.Judge
	if session.catalog, j, session.failOn, session.outputs, err = p.judge(&f.trafficFlags, judge.Options{Provider: provider}); err != nil {
		return nil, err
	}
	if err := session.catalog.Spec(provider).Compile(); err != nil {
		return nil, p.loadError(err)
	}
	roots, err := certificates(f.ca)
	if err != nil {
		return nil, err
	}
	if session.log, err = p.newProxyLog(f, session, j, provider, f.credentials[provider]); err != nil {
		return nil, err
	}
	session.log.judge = j
	session.proxy, err = proxy.New(proxy.Options{
		Provider: provider, To: session.to, Transport: proxy.Transport(roots), Judge: proxyJudge(j),
		Evidence: catalog.Evidence(session.catalog.Spec(provider), session.to.String()), Enforce: f.enforce, FailOn: session.failOn, RefuseUnjudged: f.unjudged == unjudgedRefuse,
		MaxBody: f.maxBody, BodyMemory: f.bodyMemory, CheckTimeout: f.check, IdleTimeout: f.idle, Observe: session.log.observe,
	})
	if err != nil {
		return nil, errors.Join(&exit{exitUsage, err.Error(), ""}, session.log.close(context.Background()))
	}
	if f.shapes {
		session.log.tally.LearnShapes(j)
	}
	session.log.stream(p.stream(session.outputs))
	later(session.outputs)
	session.log.start(session.proxy)
	session.catalog.Restrict(provider)
	session.catalog.Spec(provider).Prepare()
	return session, nil
}

// checkLimits checks the limits of the flags.
func (f *proxyFlags) checkLimits() error {
	if f.maxBody <= 0 || f.bodyMemory <= 0 || f.maxHeader <= 0 || f.connections <= 0 || f.header <= 0 || f.idle <= 0 || f.check <= 0 || f.drain <= 0 || f.logSize < 0 {
		return &exit{exitUsage, "--max-body, --body-memory, --max-header, --connections, --header-timeout, --idle-timeout, --check-timeout and --drain must be greater than 0, and --log-size must not be negative", ""}
	}
	switch {
	case f.unjudged == "" && f.enforce:
		f.unjudged = unjudgedRefuse
	case f.unjudged != "" && f.unjudged != unjudgedRefuse && f.unjudged != unjudgedPass:
		return &exit{exitUsage, "--unjudged: expected refuse or pass", ""}
	}
	return nil
}

// proxyJudge makes the functions that the proxy needs from a judge.
func proxyJudge(j *judge.Judge) proxy.Judge {
	return proxy.Judge{
		Operation: func(r contract.Request) string {
			if o := j.Operation(r); o != nil {
				return o.Name()
			}
			return ""
		},
		JudgeRequest: j.JudgeRequest, JudgeExchange: j.Sequence().Judge,
	}
}

// certificates gives the certificates of the system and of a file; nil: those of the
// system.
func certificates(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, &exit{exitUsage, "--ca: " + err.Error(), ""}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(raw) {
		return nil, &exit{exitUsage, "--ca: " + path + " has no certificate in PEM format", ""}
	}
	return pool, nil
}

// announceProxy prints the address for the client. It goes to standard error if a
// machine-readable report goes to standard output.
func (p *program) announceProxy(session *proxyRun, f *proxyFlags, provider, base, admin string) error {
	w := p.stdout
	for _, o := range session.outputs {
		if o.path == "" && o.format != "text" {
			w = p.stderr
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row(t, provider, base, "to "+session.to.String())
	if admin != "" {
		row(t, "admin", admin+"/metrics")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if host, _, err := net.SplitHostPort(f.addr); err == nil && !proxy.Loopback(host) {
		note(p.stderr, "assay: warning: anyone who can reach %s can send requests to %s through this proxy, and this traffic is not encrypted", f.addr, provider)
	}
	mode := "observing"
	if f.enforce {
		mode = "enforcing"
	}
	_, _ = fmt.Fprintln(p.stderr, mode+"; press Ctrl-C to stop") // there is no other place to report it
	return nil
}

// drain refuses new requests and waits for those in progress until the context ends. Then
// it cancels them, and their clients get a response that says so.
func (w *proxyRun) drain(ctx context.Context) {
	w.proxy.Drain()
	w.proxy.Drained(ctx)
	w.proxy.Close()
}

// close ends a proxy that has served nothing.
func (w *proxyRun) close(ctx context.Context) error {
	w.proxy.Close()
	return w.log.close(ctx)
}

// reportProxy writes the reports and gives the exit code.
func (p *program) reportProxy(session *proxyRun, f *proxyFlags) error {
	r := session.log.tally.Report(session.catalog, version, f.kinds())
	var err error
	if r.Shapes, err = session.log.tally.Shapes(); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	if err := p.markTraffic(session.catalog, r, &f.trafficFlags); err != nil {
		return err
	}
	written := p.writeRun(session.outputs, r, report.How{Color: session.color, Verbose: f.verbose})
	return after(written, proxyExit(r))
}

// proxyExit gives the exit code of a proxy.
func proxyExit(r *contract.Report) error {
	switch t := r.Traffic; {
	case r.TrafficFails():
		return &exit{code: exitFindings}
	case t.Unreadable > 0:
		return &exit{exitInconclusive, contract.Plural(t.Unreadable, "exchange") + " of a documented operation could not be checked", "the report has the reason for each, and what to do"}
	case t.Assumed > 0:
		return &exit{exitInconclusive, fmt.Sprintf("inconclusive: the specification assumes facts about the operations of %s", contract.Plural(t.Assumed, "exchange")), "compare each x-assumed in the specification with the provider's documents, and remove the mark"}
	case t.Conforming == 0 && t.Failing == 0:
		return &exit{exitInconclusive, "inconclusive: no exchange matched a documented operation", "`assay list operations` lists the documented operations"}
	}
	return nil
}
