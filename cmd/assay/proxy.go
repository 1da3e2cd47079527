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
		Short: "check traffic of any client as it passes",
		Long: `proxy forwards requests to one provider and checks each exchange. Give its address to your client
as the base URL. It refuses nothing unless --enforce is given. It stops at an interrupt and then
reports. See assay help reports: headers, refusals, limits, the log, recordings.`,
		Example: `  assay proxy paytm --to https://stage-router.paytm.in
  assay proxy paytm --to https://stage-router.paytm.in --keys keys.yaml --log findings.ndjson
  assay proxy paytm --to http://127.0.0.1:9000/paytm --enforce --fail-on warning
  assay proxy paytm --to https://stage-router.paytm.in --keys keys.yaml --record recorded`,
		Args: cobra.MatchAll(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return p.pass(c.Context(), f, args[0]) },
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
	flags.StringVar(&f.log, "log", "", "append a JSON line to `FILE` for each exchange with findings")
	flags.StringVar(&f.record, "record", "", "write redacted cassettes to `DIR`; needs credentials")
	flags.Int64Var(&f.maxBody, "max-body", 1<<20, "forward bodies over this number of `BYTES` unchecked")
	flags.IntVar(&f.maxHeader, "max-header", 64<<10, "accept request headers up to this number of `BYTES`")
	flags.IntVar(&f.connections, "connections", 512, "serve this `NUMBER` of connections; others wait")
	flags.DurationVar(&f.header, "header-timeout", 5*time.Second, "wait this `TIME` for a request's header")
	flags.DurationVar(&f.idle, "idle-timeout", time.Minute, "wait this `TIME` for a request, or part of a body")
	flags.DurationVar(&f.check, "check-timeout", time.Second, "after this `TIME`, forward a response unchecked")
	flags.DurationVar(&f.drain, "drain", 10*time.Second, "after an interrupt, finish requests within this `TIME`")
}

// passage is a proxy that is ready to be served.
type passage struct {
	catalog  *catalog.Catalog
	to       *url.URL
	proxy    *proxy.Proxy
	notebook *notebook
	failOn   contract.Severity
	outputs  []output
	color    bool
}

// pass serves a proxy until it is interrupted, and reports.
func (p *program) pass(ctx context.Context, f *proxyFlags, provider string) error {
	if p.alone {
		debug.SetGCPercent(75) // it stands for days beside what it watches: smaller costs little
	}
	way, err := p.passage(f, provider)
	if err != nil {
		return err
	}
	within := limits{connections: f.connections, header: f.header, idle: f.idle, size: f.maxHeader, drain: f.drain}
	base, stop, err := serve(ctx, way.proxy, f.addr, within)
	if err != nil {
		return errors.Join(&exit{exitBlind, err.Error(), "--addr 127.0.0.1:0 takes a free port"}, way.end())
	}
	admin, stopAdmin := "", func() error { return nil }
	if f.admin != "" {
		if admin, stopAdmin, err = serve(ctx, way.proxy.Admin(), f.admin, bounds()); err != nil {
			return errors.Join(&exit{exitBlind, err.Error(), "--admin 127.0.0.1:0 takes a free port"}, stop(), way.end())
		}
	}
	err = p.point(way, f, provider, base, admin)
	if err == nil {
		<-ctx.Done()
	}
	way.proxy.Drain()
	fault := errors.Join(err, stop(), way.end(), stopAdmin())
	verdict := p.reported(way, f)
	if fault != nil {
		return &exit{exitUsage, fault.Error(), ""}
	}
	return verdict
}

// passage puts together what the flags say. Nothing listens yet.
func (p *program) passage(f *proxyFlags, provider string) (*passage, error) {
	way := &passage{}
	var err error
	if way.color, err = p.coloured(p.stdout); err != nil {
		return nil, err
	}
	if err := f.valid(); err != nil {
		return nil, err
	}
	if way.to, err = proxy.Upstream(f.to); err != nil {
		return nil, &exit{exitUsage, "--to: " + err.Error(), "--to takes the base URL of the provider; `assay list providers` knows the documented ones"}
	}
	f.bases = []string{provider + "=" + way.to.String()}
	var judging *judge.Judge
	if way.catalog, judging, way.failOn, way.outputs, err = p.judge(&f.trafficFlags, judge.Options{Provider: provider}); err != nil {
		return nil, err
	}
	if err := way.catalog.Spec(provider).Compile(); err != nil {
		return nil, p.unloaded(err)
	}
	roots, err := roots(f.ca)
	if err != nil {
		return nil, err
	}
	if way.notebook, err = p.notebook(f, way, provider, f.known[provider]); err != nil {
		return nil, err
	}
	way.proxy, err = proxy.New(proxy.Options{
		Provider: provider, To: way.to, Transport: proxy.Transport(roots), Judge: passed(judging),
		Evidence: catalog.Evidence(way.catalog.Spec(provider), way.to.String()), Enforce: f.enforce, FailOn: way.failOn,
		MaxBody: f.maxBody, CheckTimeout: f.check, IdleTimeout: f.idle, Observe: way.notebook.seen,
	})
	if err != nil {
		return nil, errors.Join(&exit{exitUsage, err.Error(), ""}, way.notebook.close())
	}
	if f.shapes {
		way.notebook.tally.LearnShapes(judging)
	}
	way.notebook.begin(way.proxy)
	way.catalog.Restrict(provider)
	way.catalog.Spec(provider).Prepare()
	return way, nil
}

// valid holds the limits to what they can mean.
func (f *proxyFlags) valid() error {
	if f.maxBody <= 0 || f.maxHeader <= 0 || f.connections <= 0 || f.header <= 0 || f.idle <= 0 || f.check <= 0 || f.drain <= 0 {
		return &exit{exitUsage, "--max-body, --max-header, --connections, --header-timeout, --idle-timeout, --check-timeout and --drain take more than nothing", ""}
	}
	return nil
}

// passed lets a judge look at what passes.
func passed(j *judge.Judge) proxy.Judge {
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

// roots are the system's certificates and those of a file; nil: the system's.
func roots(path string) (*x509.CertPool, error) {
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
		return nil, &exit{exitUsage, "--ca: " + path + " holds no certificate in PEM", ""}
	}
	return pool, nil
}

// point prints what to point a client at: on standard output, unless a report
// for a program goes there.
func (p *program) point(way *passage, f *proxyFlags, provider, base, admin string) error {
	w := p.stdout
	for _, o := range way.outputs {
		if o.path == "" && o.format != "text" {
			w = p.stderr
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row(t, provider, base, "to "+way.to.String())
	if admin != "" {
		row(t, "admin", admin+"/metrics")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if host, _, err := net.SplitHostPort(f.addr); err == nil && !proxy.Loopback(host) {
		_, _ = fmt.Fprintf(p.stderr, "assay: warning: whoever reaches %s speaks to %s through it, and what they say can be read on the way\n", f.addr, provider) // nowhere left to say so
	}
	doing := "observing"
	if f.enforce {
		doing = "enforcing"
	}
	_, _ = fmt.Fprintln(p.stderr, doing+" until it is interrupted") // nowhere left to say so
	return nil
}

// end lets everything that was seen be written down.
func (w *passage) end() error {
	w.proxy.Close()
	return w.notebook.close()
}

// reported writes the reports, and gives the exit code.
func (p *program) reported(way *passage, f *proxyFlags) error {
	r := way.notebook.tally.Report(way.catalog, version, f.most)
	var err error
	if r.Shapes, err = way.notebook.tally.Shapes(); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	for _, o := range way.outputs {
		if err := p.write(o, r, report.How{Color: way.color, Verbose: f.verbose}); err != nil {
			return err
		}
	}
	switch t := r.Traffic; {
	case t.Failing > 0:
		return &exit{code: exitFindings}
	case t.Unreadable > 0:
		return &exit{exitBlind, counted(t.Unreadable, "exchange") + " of a documented operation could not be looked at", ""}
	case t.Conforming == 0:
		return &exit{exitBlind, "nothing was looked at: no exchange of a documented operation passed", "`assay list operations` lists what is documented"}
	}
	return nil
}
