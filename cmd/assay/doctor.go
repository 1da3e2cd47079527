package main

import (
	"context"
	_ "embed" // for the schema
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/report"
)

// doctorSchema is the schema of what `assay doctor --json` prints.
const doctorSchema = "assay.doctor/v1"

// diagnosesSchema is the JSON Schema of what doctor --json writes.
//
//go:embed doctor.schema.json
var diagnosesSchema []byte

// status is the result of a check of doctor.
type status string

// The results. Skipped is what doctor did not check.
const (
	statusOK      status = "ok"
	statusWarning status = "warning"
	statusFailed  status = "failed"
	statusSkipped status = "skipped"
)

// diagnosis is a line of doctor. It holds no credential.
type diagnosis struct {
	Check   string `json:"check"`
	Subject string `json:"subject"`
	Status  status `json:"status"`
	Text    string `json:"text"`
	Remedy  string `json:"remedy,omitempty"` // what to do, unless the status is ok
	code    int    // the exit code, if the check failed
}

// doctor collects diagnoses.
type doctor struct {
	program *program
	now     time.Time
	live    bool
	over    http.RoundTripper
	lines   []diagnosis
}

func (d *doctor) ok(check, subject, text string) {
	d.lines = append(d.lines, diagnosis{check, subject, statusOK, text, "", 0})
}

func (d *doctor) warn(check, subject, text, remedy string) {
	d.lines = append(d.lines, diagnosis{check, subject, statusWarning, text, remedy, 0})
}

// fail adds a line for each line of the text.
func (d *doctor) fail(code int, check, subject, text, remedy string) {
	for one := range strings.SplitSeq(text, "\n") {
		d.lines = append(d.lines, diagnosis{check, subject, statusFailed, one, remedy, code})
	}
}

func (d *doctor) skip(check, subject, text, remedy string) {
	d.lines = append(d.lines, diagnosis{check, subject, statusSkipped, text, remedy, 0})
}

type doctorFlags struct {
	live, json bool
	bases      []string
	waivers    []string
}

func (p *program) doctorCommand() *cobra.Command {
	f := &doctorFlags{}
	c := &cobra.Command{
		Use:   "doctor [PROVIDER]...",
		Short: "check what assay needs: settings, data, credentials, hosts",
		Long: `doctor checks what a run depends on: assay.yaml, the specifications, the digests and the age of the
recordings, waivers, and which credentials are set. With --live it also asks each host, by one
OPTIONS request without credentials, and checks the clock and the certificates. Each line says ok,
warning, failed or skipped, and what to do. Only what failed changes the exit code.
More: assay help config, assay help exit-codes.`,
		Example: `  assay doctor
  assay doctor paytm --json
  assay doctor paytm --live`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error { return p.diagnose(c, f, args) },
	}
	c.Flags().BoolVar(&f.live, "live", false, "ask the hosts; credentials are then required")
	c.Flags().StringArrayVar(&f.bases, "base", nil, "`PROVIDER=URL` to ask in place of the documented host; repeatable")
	addWaiversFlag(c, &f.waivers)
	c.Flags().BoolVar(&f.json, "json", false, "write JSON (schema "+doctorSchema+") instead of a table")
	return c
}

// diagnose runs all checks and prints them.
func (p *program) diagnose(c *cobra.Command, f *doctorFlags, args []string) error {
	d := &doctor{program: p, now: time.Now(), live: f.live, over: hostTransport()}
	d.settings(c)
	bases, err := parseBases(f.bases)
	if err != nil {
		return err
	}
	p.lintsLater = true
	k, err := p.catalog(catalog.Options{Now: d.now})
	if err != nil {
		known := &exit{code: exitUsage}
		_ = errors.As(err, &known)
		d.fail(exitUsage, "data", "specifications, cases", err.Error(), known.hint)
		return d.finish(f.json)
	}
	specs, err := specsNamed(k, args)
	if err != nil {
		return err
	}
	for _, s := range specs {
		d.specification(k, s)
		d.recordings(k, s)
	}
	d.waivers(k, f.waivers)
	for _, s := range specs {
		d.credentials(s)
	}
	d.hosts(c.Context(), specs, bases)
	return d.finish(f.json)
}

// settings checks assay.yaml and applies it.
func (d *doctor) settings(c *cobra.Command) {
	p := d.program
	path, err := p.configPath()
	if err == nil {
		p.config, err = p.readConfig()
	}
	if err == nil {
		err = p.apply(c, nil)
	}
	switch {
	case err != nil:
		d.fail(exitUsage, "settings", path, err.Error(), configHint)
	case path == "":
		d.ok("settings", "assay.yaml", "no file is used; `assay help config` says what one can set")
	default:
		d.ok("settings", path, "every member is known; `assay config` shows what is in force")
	}
}

// finish prints the lines, and gives the exit code: 2 wins over 1, and 1 over 3.
func (d *doctor) finish(asJSON bool) error {
	counts, codes := map[status]int{}, map[int]bool{}
	for i, line := range d.lines {
		counts[line.Status]++
		codes[line.code] = true
		d.lines[i].Text, d.lines[i].Subject, d.lines[i].Remedy = report.Foreign(line.Text), report.Foreign(line.Subject), report.Foreign(line.Remedy)
	}
	var err error
	if asJSON {
		err = d.program.writeJSON(map[string]any{"schema": doctorSchema, "checks": d.lines})
	} else {
		err = d.write(counts)
	}
	if err != nil {
		return err
	}
	for _, code := range []int{exitUsage, exitFindings, exitInconclusive} {
		if codes[code] {
			return &exit{code: code}
		}
	}
	return nil
}

// write prints a table. What to do stands on a line below each check that needs it.
func (d *doctor) write(counts map[status]int) error {
	t := tabwriter.NewWriter(d.program.stdout, 0, 0, 2, ' ', 0)
	for _, line := range d.lines {
		row(t, string(line.Status), line.Check, line.Subject, line.Text)
		if line.Remedy != "" {
			row(t, "", "", "", "-> "+line.Remedy)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(d.program.stdout, "\n%d ok, %d warnings, %d failed, %d skipped\n", counts[statusOK], counts[statusWarning], counts[statusFailed], counts[statusSkipped])
	return err
}

// credentials checks which credentials of a provider are set, and their lengths.
func (d *doctor) credentials(s *openapi.Spec) {
	var missing, optional []string
	wrong := false
	for i := range s.Credentials {
		c := &s.Credentials[i]
		name := d.program.variable(c.Env)
		switch {
		case os.Getenv(name) == "" && c.Optional:
			optional = append(optional, name)
		case os.Getenv(name) == "":
			missing = append(missing, name)
		default:
			err := catalog.CheckCredentials(s, func(other *openapi.Credential) string {
				if other.Name != c.Name {
					return ""
				}
				return os.Getenv(name)
			})
			if err != nil {
				wrong = true
				d.fail(exitFindings, "credentials", s.Provider, name+": "+err.Error(), "correct it in the environment; it may be cut off, or of another account")
			}
		}
	}
	text := strings.Join(missing, ", ") + " not set"
	switch {
	case len(missing) > 0 && d.live:
		d.fail(exitInconclusive, "credentials", s.Provider, text, "set them in the environment; assay.yaml can name other variables under keys")
	case len(missing) > 0 && len(missing) < len(slices.DeleteFunc(slices.Clone(s.Credentials), func(c openapi.Credential) bool { return c.Optional })):
		d.warn("credentials", s.Provider, text+", but others are", "set all of them; --live needs them")
	case len(missing) > 0:
		d.skip("credentials", s.Provider, text, "only --live, and signatures in check and proxy, need them")
	case !wrong && len(optional) > 0:
		d.ok("credentials", s.Provider, "all required are set; "+strings.Join(optional, ", ")+" may be left out")
	case !wrong:
		d.ok("credentials", s.Provider, "all are set")
	}
}

// hosts asks the host of each provider, all at the same time, or says that it does not.
func (d *doctor) hosts(ctx context.Context, specs []*openapi.Spec, bases map[string]string) {
	each := make([]doctor, len(specs))
	var wait sync.WaitGroup
	for i, s := range specs {
		one := &each[i]
		*one = doctor{program: d.program, now: d.now, live: d.live, over: d.over}
		base := bases[s.Provider]
		if base == "" && len(s.Servers) > 0 {
			base = s.Servers[0].URL
		}
		switch {
		case base == "":
			one.skip("host", s.Provider, "the specification names no server", "give one under hosts in assay.yaml")
		case !d.live:
			one.skip("host", s.Provider, masked(base)+": not asked, so neither are clock and certificates", "`assay doctor "+s.Provider+" --live` asks it")
		default:
			wait.Go(func() {
				if crashed := crash.Contain("asking the host", func() { one.host(ctx, s.Provider, base) }); crashed != nil {
					one.fail(exitInconclusive, "host", s.Provider, crashed.Error(), "please report it")
				}
			})
		}
	}
	wait.Wait()
	for _, one := range each {
		d.lines = append(d.lines, one.lines...)
	}
}
