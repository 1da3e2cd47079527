package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime/debug"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/report"
)

type proxyFlags struct {
	trafficFlags
	to, addr, admin, ca string
	log, record         string
	enforce             bool
	maxBody             int64
	maxHeader           int
	connections         int
	header, idle        time.Duration
	check, drain        time.Duration
}

func (p *program) proxy() *cobra.Command {
	f := &proxyFlags{}
	c := &cobra.Command{
		Use:   "proxy provider --to URL",
		Short: "check traffic as it passes, in any language",
		Long: `proxy stands between a client and one provider until it is interrupted. Give the
client its address as the base URL; every exchange of a documented operation is
held to the documents as it passes. Bodies, statuses, headers and trailers are
passed on as they are, and nothing but a GET, HEAD, OPTIONS or TRACE whose
connection broke is ever sent twice.

A judged response has the header Assay-Findings: how many findings of the exchange
count, of any severity. Findings come to standard error, each kind once, and to
--log as a line of JSON for each exchange that has some; the report comes at the
end. No body, no value of a header and no credential is written anywhere.

It observes, unless --enforce makes it refuse what has findings at or above
--fail-on, with application/problem+json: a request with 400 before it is sent, an
response with 502. A refused response was given to a request that WAS sent: inquire,
and do not send it again. What cannot be judged is passed on: of no documented
operation, larger than --max-body, in a Content-Encoding other than gzip,
deflate, br and zstd, a stream of events, or not judged within --check-timeout.

--keys names a file with the merchant's credentials, to verify signatures and
authorization with; where it has none, the environment does. Without either they
are inconclusive.

  paytm:
    mid: "216820000002516036253"
    merchantKey: 0123456789abcdef

--record keeps the first exchange of each operation, result code and shape as a
cassette, redacted and searched as ` + "`assay record`" + ` does; for that it needs the
credentials. What fails is not kept.

--admin serves /healthz, /readyz and /metrics (Prometheus) at an address of its
own.

After an interrupt it takes no more connections, and gives what has begun
--drain to come to its end. Exit codes: 0 no exchange fails, 1 one does, 2 usage, 3
nothing was looked at, or an exchange of a documented operation could not be.`,
		Example: `  assay proxy paytm --to https://stage-router.paytm.in
  assay proxy paytm --to https://stage-router.paytm.in --addr 127.0.0.1:8080 --keys keys.yaml --log findings.ndjson
  assay proxy paytm --to http://127.0.0.1:9000/paytm --enforce --fail-on warning
  assay proxy enkash --to https://olympus-pg-uat.enkash.in --record cassettes-seen --admin 127.0.0.1:9090`,
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
	flags.StringVar(&f.addr, "addr", "127.0.0.1:0", "`HOST:PORT` to listen on; port 0 is a free one")
	flags.StringVar(&f.admin, "admin", "", "`HOST:PORT` for /healthz, /readyz and /metrics")
	flags.StringVar(&f.ca, "ca", "", "`FILE` of PEM certificates to trust beside the system's")
	flags.BoolVar(&f.enforce, "enforce", false, "refuse what has findings at or above --fail-on")
	flags.StringVar(&f.log, "log", "", "`FILE` to add a line of JSON to for each exchange with findings")
	flags.StringVar(&f.record, "record", "", "`DIR` to keep redacted cassettes in")
	flags.Int64Var(&f.maxBody, "max-body", 1<<20, "`BYTES` of a body that is judged; a larger one is passed on unread")
	flags.IntVar(&f.maxHeader, "max-header", 64<<10, "`BYTES` of a request's header")
	flags.IntVar(&f.connections, "connections", 512, "the most connections at a time; more wait")
	flags.DurationVar(&f.header, "header-timeout", 5*time.Second, "how long a request's header may take")
	flags.DurationVar(&f.idle, "idle-timeout", time.Minute, "how long a connection may be idle, and a piece of a body take")
	flags.DurationVar(&f.check, "check-timeout", time.Second, "how long a response waits to be judged")
	flags.DurationVar(&f.drain, "drain", 10*time.Second, "how long what has begun may take after an interrupt")
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
	if p.ownsProcess {
		debug.SetGCPercent(75) // a proxy runs for days; less memory costs it little time
	}
	session, err := p.newProxyRun(f, provider)
	if err != nil {
		return err
	}
	within := limits{connections: f.connections, header: f.header, idle: f.idle, size: f.maxHeader, drain: f.drain}
	base, stop, err := serve(ctx, session.proxy, f.addr, within)
	if err != nil {
		return errors.Join(&exit{exitInconclusive, err.Error(), "--addr 127.0.0.1:0 uses a free port"}, session.close())
	}
	admin, stopAdmin := "", func() error { return nil }
	if f.admin != "" {
		if admin, stopAdmin, err = serve(ctx, session.proxy.Admin(), f.admin, defaultLimits()); err != nil {
			return errors.Join(&exit{exitInconclusive, err.Error(), "--admin 127.0.0.1:0 uses a free port"}, stop(), session.close())
		}
	}
	err = p.announceProxy(session, f, provider, base, admin)
	if err == nil {
		<-ctx.Done()
	}
	session.proxy.Drain()
	fault := errors.Join(err, stop(), session.close(), stopAdmin())
	verdict := p.reportProxy(session, f)
	if fault != nil {
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
	if session.log, err = p.newProxyLog(f, session, provider, f.credentials[provider]); err != nil {
		return nil, err
	}
	session.proxy, err = proxy.New(proxy.Options{
		Provider: provider, To: session.to, Transport: proxy.Transport(roots), Judge: proxyJudge(j),
		Evidence: catalog.Evidence(session.catalog.Spec(provider), session.to.String()), Enforce: f.enforce, FailOn: session.failOn,
		MaxBody: f.maxBody, CheckTimeout: f.check, IdleTimeout: f.idle, Observe: session.log.observe,
	})
	if err != nil {
		return nil, errors.Join(&exit{exitUsage, err.Error(), ""}, session.log.close())
	}
	if f.shapes {
		session.log.tally.LearnShapes(j)
	}
	session.log.start(session.proxy)
	session.catalog.Only(provider)
	session.catalog.Spec(provider).Prepare()
	return session, nil
}

// checkLimits checks the limits of the flags.
func (f *proxyFlags) checkLimits() error {
	if f.maxBody <= 0 || f.maxHeader <= 0 || f.connections <= 0 || f.header <= 0 || f.idle <= 0 || f.check <= 0 || f.drain <= 0 {
		return &exit{exitUsage, "--max-body, --max-header, --connections, --header-timeout, --idle-timeout, --check-timeout and --drain must be greater than 0", ""}
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
		JudgeRequest: j.JudgeRequest, JudgeExchange: j.Judge,
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
		_, _ = fmt.Fprintf(p.stderr, "assay: warning: anyone who can reach %s can send requests to %s through this proxy, and this traffic is not encrypted\n", f.addr, provider) // there is no other place to report it
	}
	mode := "observing"
	if f.enforce {
		mode = "enforcing"
	}
	_, _ = fmt.Fprintln(p.stderr, mode+"; press Ctrl-C to stop") // there is no other place to report it
	return nil
}

// close waits until everything observed is written.
func (w *proxyRun) close() error {
	w.proxy.Close()
	return w.log.close()
}

// reportProxy writes the reports and gives the exit code.
func (p *program) reportProxy(session *proxyRun, f *proxyFlags) error {
	r := session.log.tally.Report(session.catalog, version, f.maxFindings)
	var err error
	if r.Shapes, err = session.log.tally.Shapes(); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	for _, o := range session.outputs {
		if err := p.write(o, r, report.How{Color: session.color, Verbose: f.verbose}); err != nil {
			return err
		}
	}
	switch t := r.Traffic; {
	case t.Failing > 0:
		return &exit{code: exitFindings}
	case t.Unreadable > 0:
		return &exit{exitInconclusive, countNoun(t.Unreadable, "exchange") + " of a documented operation could not be checked", ""}
	case t.Conforming == 0:
		return &exit{exitInconclusive, "inconclusive: no exchange matched a documented operation", "`assay list operations` lists the documented operations"}
	}
	return nil
}
