package suites

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/atomicfile"
	"assay/internal/catalog"
	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/report"
	"assay/internal/rule"
)

// failOn is the severity from which on a finding fails.
const failOn = contract.Error

// run holds one client to the cases of a provider. Conform and Describe show it as a tree.
type run struct {
	provider string
	cases    []*contract.Case
	session  *conform.Session
	client   *local
	outputs  []output
	played   map[string]func() contract.Result // by case; each is played once

	mu      sync.Mutex
	results map[string]contract.Result // of the cases that were played
}

// newRun loads the data and checks the options.
func newRun(ctx context.Context, provider string, client Client, s *settings) (*run, error) {
	data := catalog.Embedded()
	if s.data != "" {
		var err error
		if data, err = data.Over(s.data); err != nil {
			return nil, err
		}
	}
	k, err := catalog.Load(data, catalog.Options{Now: time.Now(), Wants: catalog.Named(provider)})
	if err != nil {
		return nil, err
	}
	r := &run{provider: provider, outputs: s.reports, played: map[string]func() contract.Result{}, results: map[string]contract.Result{}}
	for _, c := range k.Fixtures.Cases {
		if c.Provider() == provider {
			r.cases = append(r.cases, c)
			r.played[c.Name] = sync.OnceValue(func() contract.Result { return r.play(ctx, c) })
		}
	}
	switch {
	case k.Spec(provider) == nil:
		return nil, fmt.Errorf("there is no provider %q%s (there are %s)", provider, catalog.DidYouMean(provider, k.Providers()), strings.Join(k.Providers(), ", "))
	case len(r.cases) == 0:
		return nil, fmt.Errorf("%s has no cases, so there is nothing to hold a client to. fixtures/README.md says how to write them", provider)
	}
	if err := s.check(k, provider); err != nil {
		return nil, err
	}
	e := engine.New(k, engine.Cassettes(k))
	if err := e.Ready(r.cases); err != nil {
		return nil, err
	}
	o := conform.Options{Timeout: s.timeout, Skips: s.skips}
	var roots *x509.CertPool
	if s.tls {
		authority, err := conform.NewAuthority()
		if err != nil {
			return nil, err
		}
		o.Authority, roots = authority, x509.NewCertPool()
		roots.AppendCertsFromPEM(authority.PEM())
	}
	r.client = newLocal(client, s.hello, s.timeout, roots)
	o.Client = r.client
	r.session = conform.New(e, o)
	if unknown := r.unknownSkips(s.skips); unknown != nil {
		return nil, unknown
	}
	return r, nil
}

// check checks the options, and completes the names of the operations.
func (s *settings) check(k *catalog.Catalog, provider string) error {
	var faults []error
	spec := k.Spec(provider)
	for _, name := range s.operations {
		id := strings.TrimPrefix(name, provider+"/")
		if spec.Operation(id) == nil {
			faults = append(faults, fmt.Errorf("Operations: %s has no operation %q", provider, id))
		}
		s.hello.Operations = append(s.hello.Operations, provider+"/"+id)
	}
	for _, skip := range s.skips {
		if strings.TrimSpace(skip.Reason) == "" {
			faults = append(faults, fmt.Errorf("Skip(%q): a skip needs a reason", skip.What))
		}
	}
	for _, o := range s.reports {
		if formats := report.Runs(); !slices.Contains(formats.Names(), o.format) {
			faults = append(faults, fmt.Errorf("Report: there is no format %q%s (there are %s)", o.format, catalog.DidYouMean(o.format, formats.Names()), formats))
		}
	}
	return errors.Join(append(faults, s.limits()...)...)
}

// limits checks the options that are numbers.
func (s *settings) limits() []error {
	var faults []error
	if s.hello.Concurrency < 1 {
		faults = append(faults, errors.New("Concurrency: it is 1 or more"))
	}
	if s.timeout <= 0 {
		faults = append(faults, errors.New("Timeout: it is more than 0"))
	}
	return faults
}

// unknownSkips returns an error if a skip concerns nothing: then its name is wrong.
func (r *run) unknownSkips(skips []conform.Skip) error {
	var faults []error
	for _, skip := range skips {
		concerns := slices.ContainsFunc(r.cases, func(c *contract.Case) bool {
			return slices.ContainsFunc(r.session.Rules(c), func(one rule.Rule) bool { return conform.Skips(skip.What, c, one) })
		})
		if !concerns {
			faults = append(faults, fmt.Errorf("Skip(%q): there is no such rule, family of rules or case at %s", skip.What, r.provider))
		}
	}
	return errors.Join(faults...)
}

// play plays a case with all of its rules.
func (r *run) play(ctx context.Context, c *contract.Case) contract.Result {
	result := r.session.Result(ctx, c)
	result.Verdict = result.VerdictAt(failOn)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[c.Name] = result
	return result
}

// verdict is what became of one rule in one case.
type verdict struct {
	findings []contract.Finding
	failure  string // the text of a failure; "": there is none
	skipped  string // why nothing was checked; "": it was
	doc      string
}

// verdict plays a case, unless it was played, and says what became of a rule.
func (r *run) verdict(c *contract.Case, one rule.Rule) verdict {
	if reason, ok := r.session.Skipped(c, one); ok {
		return verdict{skipped: "skipped: " + reason}
	}
	result := r.played[c.Name]()
	v := verdict{findings: ofRule(result.Findings, one.ID)}
	if failing := failing(v.findings); len(failing) > 0 {
		v.failure = report.Failure(c.Name, failing, nil)
		return v
	}
	for _, gap := range result.Inconclusive {
		if gap.Rule == one.ID && len(v.findings) == 0 {
			v.skipped = "inconclusive: " + report.Sentence(gap.Why)
		}
	}
	switch {
	case result.Verdict == contract.Inconclusive && len(result.Checked) == 0 && len(result.Inconclusive) == 0:
		v.skipped = "inconclusive: " + report.Errors(result.Why)
	case result.Verdict == contract.Errored && !slices.Contains(result.Checked, one.ID):
		v.skipped = "not checked: the case has no result"
	}
	return v
}

// wrong returns why a case has no result, or what else is wrong with it: the client returned
// an error, or the findings are about other requests than that of the case. It is called
// after a rule of the case.
func (r *run) wrong(c *contract.Case) (text string, ok bool) {
	r.mu.Lock()
	result, played := r.results[c.Name]
	r.mu.Unlock()
	if !played {
		return "", false
	}
	var texts []string
	if result.Verdict == contract.Errored {
		texts = append(texts, report.Unchecked(result, nil))
	}
	if failed := r.client.failed(c.Name); failed != "" && result.Verdict != contract.Pass {
		texts = append(texts, "error "+c.Name+"\n  the client returned an error: "+failed)
	}
	others := slices.DeleteFunc(failing(result.Findings), func(f contract.Finding) bool {
		return slices.ContainsFunc(r.session.Rules(c), func(one rule.Rule) bool { return one.ID == f.Rule })
	})
	if len(others) > 0 {
		texts = append(texts, report.Failure(c.Name, others, nil))
	}
	return strings.Join(texts, "\n\n"), len(texts) > 0
}

// finish writes the reports of the cases that were played, and returns the last line: whether
// the client is conformant. It is empty if no case was played. It is an error if all cases
// were played and none passed or failed: then nothing is known about the client.
func (r *run) finish() (last string, err error) {
	var results []contract.Result
	for _, c := range r.cases {
		if result, played := r.results[c.Name]; played {
			results = append(results, result)
		}
	}
	if len(results) == 0 {
		return "", nil
	}
	made := r.session.Report(results, failOn, version())
	var faults []error
	if !slices.ContainsFunc(results, func(one contract.Result) bool { return one.Verdict != contract.Inconclusive }) && len(results) == len(r.cases) {
		faults = append(faults, errors.New("no case gave a result, so nothing is known about the client"))
	}
	for _, o := range r.outputs {
		var b bytes.Buffer
		if err := report.Runs().Write(&b, o.format, made, report.How{Families: rule.Families(), Again: report.Again{NoSuite: true}}); err != nil {
			faults = append(faults, err)
			continue
		}
		if err := atomicfile.Replace(o.path, b.Bytes()); err != nil {
			faults = append(faults, fmt.Errorf("the report cannot be written: %w", err))
		}
	}
	return report.Conformance(made), errors.Join(faults...)
}

// version returns the version of the module of this package; "": it is not known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == "assay" {
			return m.Version
		}
	}
	return ""
}

// ofRule returns the findings of a rule.
func ofRule(findings []contract.Finding, id string) []contract.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f contract.Finding) bool { return f.Rule != id })
}

// failing returns the findings that fail a run.
func failing(findings []contract.Finding) []contract.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f contract.Finding) bool {
		return !f.Counts() || !f.Severity.AtLeast(failOn)
	})
}
