package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/history"
	"assay/internal/judge"
	"assay/internal/openapi"
	"assay/internal/report"
)

// trafficFlags are the flags of check and proxy, the commands that judge traffic.
type trafficFlags struct {
	bases       []string
	keys        string
	reports     []string
	failOn      string
	profile     string
	waivers     []string
	maxFindings int
	verbose     bool
	shapes      bool
	baselines   []string
	// credentials come from --keys and the environment, and inconclusive from --fail-on.
	// trafficData sets them.
	credentials  map[string]map[string]string
	inconclusive bool
}

// addShapesFlag adds --shapes, which means the same everywhere.
func addShapesFlag(c *cobra.Command, shapes *bool) {
	c.Flags().BoolVar(shapes, "shapes", false, "add shapes (members and types) to JSON reports, for assay drift")
}

// addReportFlag adds --report, which means the same everywhere.
func addReportFlag(c *cobra.Command, reports *[]string) {
	c.Flags().StringArrayVar(reports, "report", []string{"text"}, "`FORMAT[=PATH]`; repeatable; see assay help reports")
}

// addProfileFlag adds --profile, which means the same everywhere.
func addProfileFlag(c *cobra.Command, profile *string) {
	c.Flags().StringVar(profile, "profile", "default", "`PROFILE`: default or strict (assay help dialect)")
}

// addWaiversFlag adds --waivers, which means the same everywhere.
func addWaiversFlag(c *cobra.Command, waivers *[]string) {
	c.Flags().StringArrayVar(waivers, "waivers", nil, "read more waivers from `FILE`; repeatable")
}

// addSkipFlag adds --skip-unreadable, which means the same everywhere.
func addSkipFlag(c *cobra.Command, skip *bool) {
	c.Flags().BoolVar(skip, "skip-unreadable", false, "pass over files that are empty or no recording")
}

func (f *trafficFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.keys, "keys", "", "verify signatures and authorization with credentials in `FILE`")
	addReportFlag(c, &f.reports)
	c.Flags().StringVar(&f.failOn, "fail-on", "error", "fail on `LEVEL` or worse; see assay help exit-codes")
	addProfileFlag(c, &f.profile)
	addWaiversFlag(c, &f.waivers)
	c.Flags().IntVar(&f.maxFindings, "max-findings", 100, "list at most `N` different findings")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list infos in text reports")
	addShapesFlag(c, &f.shapes)
	addBaselineFlag(c, &f.baselines)
}

// trafficData is what the flags of a command that judges traffic select.
type trafficData struct {
	catalog *catalog.Catalog
	bases   map[string]string
	failOn  contract.Severity
	outputs []output // where the reports go
}

// trafficData reads the flags, and loads the named providers; without a name all. Recorded
// traffic can be of any provider.
func (p *program) trafficData(f *trafficFlags, recorded, inconclusive bool, providers ...string) (d trafficData, err error) {
	if d.outputs, err = parseReports(f.reports); err == nil {
		err = checkOutputs(d.outputs, !recorded)
	}
	if err != nil {
		return d, err
	}
	d.failOn, f.inconclusive, err = parseFailOn(f.failOn)
	switch {
	case err != nil:
		return d, err
	case f.inconclusive && !inconclusive:
		return d, &exit{exitUsage, "--fail-on inconclusive: use error, warning or info", "`assay run` and `assay check` also accept inconclusive"}
	case f.profile != "default" && f.profile != "strict":
		return d, &exit{exitUsage, fmt.Sprintf("--profile %s: use default or strict", f.profile), ""}
	case f.maxFindings < 1:
		return d, &exit{exitUsage, "--max-findings: expected at least 1", ""}
	}
	waivers, err := readWaivers(f.waivers)
	if err != nil {
		return d, err
	}
	if err := p.readBaselines(f.baselines, history.Traffic, d.failOn); err != nil {
		return d, err
	}
	options := catalog.Options{Strict: f.profile == "strict", Now: p.time(), Waivers: waivers, Traffic: true, Wants: catalog.Named(providers...)}
	p.lintsLater = recorded // which providers the traffic has is not known yet
	if d.catalog, err = p.catalog(options); err != nil {
		return d, err
	}
	if d.bases, err = parseBases(f.bases); err != nil {
		return d, err
	}
	raw, err := readKeys(f.keys)
	if err != nil {
		return d, err
	}
	if err := p.need(d.catalog, slices.Concat(slices.Collect(maps.Keys(d.bases)), providersOf(raw, d.catalog.Providers()))...); err != nil {
		return d, err
	}
	if f.credentials, err = p.loadKeys(f.keys, raw, d.catalog.Specs); err != nil {
		return d, err
	}
	if warning := permissionWarning(f.keys); warning != "" {
		note(p.stderr, "%s", warning)
	}
	return d, nil
}

// judge reads the flags. It gives the catalog, a judge with the credentials, the
// severity that fails, and where the reports go.
func (p *program) judge(f *trafficFlags, how judge.Options) (k *catalog.Catalog, j *judge.Judge, failOn contract.Severity, to []output, err error) {
	var providers []string
	if how.Provider != "" {
		providers = []string{how.Provider}
	}
	d, err := p.trafficData(f, how.Recorded, how.Recorded, providers...)
	if err != nil {
		return nil, nil, "", nil, err
	}
	how.Bases, how.Keys = d.bases, f.credentials
	if j, err = judge.New(d.catalog, how); err != nil {
		return nil, nil, "", nil, &exit{exitUsage, err.Error(), ""}
	}
	return d.catalog, j, d.failOn, d.outputs, nil
}

func (p *program) check() *cobra.Command {
	f := &trafficFlags{}
	var provider, format string
	var workers int
	var skip bool
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: "check recorded traffic: HAR, NDJSON, cassettes",
		Long: `check checks recorded requests and responses of any client against the documents. It reads files,
folders, globs and - (standard input) with HAR, NDJSON or cassettes of go-vcr, VCR.py and others.
The host of a URL, --base or --provider decides which provider an exchange belongs to. See assay
help traffic for what matches, and what recorders leave out. A line of NDJSON is
  {"request": {"method": "POST", "url": "https://…", "headers": {}, "body": "…"},
   "response": {"status": 200, "headers": {}, "body": "…"}}
A file of --keys has a provider's credentials: paytm: {mid: "21…", merchantKey: "01…"}. Without
it the environment is used; see assay help live. See also assay help reports.`,
		Example: `  assay check traffic.har
  assay check cassettes/ 'logs/*.ndjson.gz' --keys keys.yaml --report junit=assay.xml
  assay check traffic.har --base paytm=https://gateway.example.com/paytm
  zcat big.ndjson.gz | assay check -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &exit{exitUsage, "check needs a file", "- is standard input"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			color, err := p.useColor(p.stdout)
			if err != nil {
				return err
			}
			if workers < 0 {
				return &exit{exitUsage, "--workers: expected 0 (one for each core) or more", ""}
			}
			k, j, failOn, to, err := p.judge(f, judge.Options{Provider: provider, Recorded: true})
			if err != nil {
				return err
			}
			// Most of what is read becomes garbage at once. Collecting it less
			// often is faster, and the limit bounds the memory that this costs.
			p.heap.often(400)
			p.heap.bound(34 << 20)
			progress, done := p.readProgress()
			options := judge.CheckOptions{FailOn: failOn, Format: format, Workers: workers, Progress: progress, Shapes: f.shapes, SkipUnreadable: skip}
			if each := p.stream(to); each != nil {
				options.Each = func(r contract.Result) { each(r, "") }
			}
			tally, err := j.Check(c.Context(), args, p.input(c.Context()), options)
			done()
			stopped := c.Context().Err() != nil
			if faults := new(openapi.ExpressionsError); errors.As(err, &faults) {
				return p.loadError(err)
			}
			if err != nil && !stopped {
				return &exit{exitUsage, err.Error(), "name files, folders or globs; - is standard input"}
			}
			r := tally.Report(k, version, f.kinds())
			r.Results = append(r.Results, p.laidResults(k, func(name string) bool {
				return name != provider && !slices.ContainsFunc(r.Results, func(one contract.Result) bool { return one.Provider == name })
			})...)
			r.Traffic.Partial, r.FailOnInconclusive = stopped, f.inconclusive
			if r.Shapes, err = tally.Shapes(); err != nil {
				return &exit{exitUsage, err.Error(), ""}
			}
			if err := p.markTraffic(k, r, f); err != nil {
				return err
			}
			how := report.How{Color: color, Verbose: f.verbose}
			how.Again.Whole = p.recheck(f, args, provider, format, skip)
			written := p.writeRun(to, r, how)
			if stopped {
				return after(written, interrupted("the report covers what was read before"))
			}
			return after(written, trafficExit(r))
		},
	}
	c.Flags().StringVar(&provider, "provider", "", "all traffic belongs to this `PROVIDER`, whatever its host")
	c.Flags().StringArrayVar(&f.bases, "base", nil, "`PROVIDER=URL`: traffic to URL also belongs to PROVIDER; repeatable")
	c.Flags().StringVar(&format, "format", "", "read files as har, ndjson or cassette instead of detecting it")
	addSkipFlag(c, &skip)
	c.Flags().IntVar(&workers, "workers", 0, "check with this `NUMBER` of workers; 0: one for each core")
	f.add(c)
	return c
}

// trafficExit gives the exit code of a report about traffic.
func trafficExit(r *contract.Report) error {
	t := r.Traffic
	switch {
	case r.TrafficFails():
		return &exit{code: exitFindings}
	case t.Unreadable > 0:
		return &exit{exitInconclusive, fmt.Sprintf("%d of %d entries could not be read", t.Unreadable, t.Unreadable+t.Exchanges), "the report has the reason for each; correct or record them again"}
	case t.Exchanges == 0:
		return &exit{exitInconclusive, "inconclusive: the input has no exchange", "assay reads HAR, NDJSON with one exchange per line, and cassettes; see assay help traffic"}
	case t.Assumed > 0:
		return &exit{exitInconclusive, fmt.Sprintf("inconclusive: the specification assumes facts about the operations of %s", contract.Plural(t.Assumed, "exchange")), "compare each x-assumed in the specification with the provider's documents, and remove the mark"}
	case t.Conforming == 0 && t.Failing == 0:
		return &exit{exitInconclusive, fmt.Sprintf("inconclusive: none of %s matched a documented operation", contract.Plural(t.Exchanges, "exchange")), "name the provider with --provider, or its address with --base PROVIDER=URL"}
	case r.FailOnInconclusive && len(r.Inconclusive()) > 0:
		return &exit{exitInconclusive, "inconclusive: " + strings.Join(r.Inconclusive(), ", ") + " checked no exchange", "the report gives the reasons; signatures and authorization need --keys FILE"}
	}
	return nil
}
