package main

import (
	"errors"

	"github.com/spf13/cobra"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/history"
	"assay/internal/report"
	"assay/internal/shape"
	"assay/internal/shard"
)

type reportFlags struct {
	reports   []string
	baselines []string
	verbose   bool
}

func (p *program) reportCommand() *cobra.Command {
	f := &reportFlags{}
	c := &cobra.Command{
		Use:   "report FILE.json...",
		Short: "write, merge and compare JSON reports",
		Long: `report reads JSON reports of run, check, conform, exec, proxy or drift and writes any format of
them. Several reports become one: all shards of a run (--shard), or runs of different cases. They
must have used the same specifications. Of a case that is in two reports, the worse verdict stays.
With --baseline it says what is new, known, fixed or back again, and only what is new fails. The
exit code is that of the command that wrote the reports. More: assay help reports, assay help
findings.`,
		Example: `  assay report assay.json --report junit=assay.xml --report sarif=assay.sarif
  assay report shard-1.json shard-2.json --report json=all.json --report text
  assay report today.json --baseline yesterday.json
  assay report today.json --baseline last-week.json --baseline yesterday.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &exit{exitUsage, "report needs a JSON report", "`assay run --report json=assay.json` writes one"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return p.reports(f, args) },
	}
	addReportFlag(c, &f.reports)
	addBaselineFlag(c, &f.baselines)
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "list all cases and inconclusive rules in text reports")
	return c
}

func (p *program) reports(f *reportFlags, args []string) error {
	color, err := p.useColor(p.stdout)
	if err != nil {
		return err
	}
	to, err := parseReports(f.reports)
	if err != nil {
		return err
	}
	first, err := readReport(args[0])
	if err != nil {
		return err
	}
	how := report.How{Color: color, Verbose: f.verbose}
	if first.Drift != nil {
		return p.reportComparison(f, args, first.Drift, to, how)
	}
	all := []shard.Named{{File: args[0], Report: first.Run}} // read once: it may be a pipe
	for _, file := range args[1:] {
		r, err := readRunReport(file)
		if err != nil {
			return err
		}
		all = append(all, shard.Named{File: file, Report: r})
	}
	r, notes, err := shard.Merge(all)
	if err != nil {
		return mergeExit(err)
	}
	if r.Client != nil && len(all) > 1 {
		r.Client.Why = conform.WhyNot(r.Client, r.Results, func(f contract.Finding) bool {
			return !f.Expected && f.Waived == nil && f.Severity.AtLeast(r.FailOn)
		})
		r.Client.Conformant = r.Client.Why.Template == nil
	}
	for _, one := range notes {
		note(p.stderr, "%s", one)
	}
	if err := p.readBaselines(f.baselines, history.About(r), r.FailOn); err != nil {
		return err
	}
	if err := p.mark(r); err != nil {
		return err
	}
	if len(all) == 1 {
		how = asBefore(how, r.Reproduce)
	}
	how.Again = againOf(r)
	return after(p.writeRun(to, r, how), reportExit(r))
}

// asBefore keeps the command that wrote a report: what is read here is still its result.
func asBefore(how report.How, was *contract.Reproduce) report.How {
	if was != nil {
		how.Command, how.Seed = was.Command, was.Seed
	}
	return how
}

// mergeExit gives the exit for reports that cannot be put together.
func mergeExit(err error) error {
	var missing *shard.MissingError
	if errors.As(err, &missing) {
		return &exit{exitInconclusive, err.Error(), "give the reports of all shards; without them nothing is known of the other cases"}
	}
	return &exit{exitUsage, err.Error(), "`assay report ONE.json` writes other formats of one report"}
}

// againOf says how a failure of a report can be run again, as far as the report tells. The client
// under test is not known.
func againOf(r *contract.Report) report.Again {
	again := report.Again{NoSuite: true}
	if r.Client != nil {
		again.Command, again.Flags = "conform", []string{"--", "COMMAND"}
	}
	return again
}

// reportExit gives the exit code of the command that wrote the report.
func reportExit(r *contract.Report) error {
	switch {
	case r.Traffic != nil && r.Traffic.Partial:
		if err := trafficExit(r); err != nil {
			return err
		}
		return &exit{exitInconclusive, "the traffic was not read to its end", "run the command again"}
	case r.Traffic != nil:
		for _, one := range r.Results {
			if one.Operation == "" && one.Fails(r.FailOn) { // a specification below --data
				return &exit{code: exitFindings}
			}
		}
		return trafficExit(r)
	case r.Client != nil:
		return conformExit(r)
	}
	return runExit(r)
}

// reportComparison writes the formats of a report of assay drift.
func (p *program) reportComparison(f *reportFlags, args []string, d *contract.Drift, to []output, how report.How) error {
	if len(args) > 1 {
		return &exit{exitUsage, args[0] + " is a report of assay drift, and such reports cannot be merged", "compare it with an earlier one: assay report " + args[0] + " --baseline OLD.json"}
	}
	var earlier []history.EarlierDrift
	for _, file := range f.baselines {
		read, err := readReport(file)
		if err != nil {
			return err
		}
		if read.Drift == nil {
			return &exit{exitUsage, "--baseline " + file + ": it is no report of assay drift, and " + args[0] + " is one", ""}
		}
		earlier = append(earlier, history.EarlierDrift{File: file, Drift: read.Drift})
	}
	history.MarkDrift(d, earlier...)
	return after(p.writeDrift(to, d, asBefore(how, d.Reproduce)), comparisonExit(d))
}

// comparisonExit gives the exit code of assay drift.
func comparisonExit(d *contract.Drift) error {
	if d.Partial && d.Failing() == 0 {
		return &exit{exitInconclusive, "the comparison was interrupted", "run it again"}
	}
	if n := d.Old.Unreadable + d.New.Unreadable; n > 0 && d.Failing() == 0 {
		return &exit{exitInconclusive, contract.Plural(n, "entry") + " of the traffic could not be read", "`assay check` names each entry of a traffic file"}
	}
	return driftExit(d, &shape.ShapeSet{Omitted: d.Old.Omitted}, &shape.ShapeSet{Omitted: d.New.Omitted})
}
