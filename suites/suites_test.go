// Package suites_test says the contract in sentences: a container a case, a
// sentence a rule. It asserts through check.Apply only, so it can know no more
// than `assay run` does, and no less: see doors_test.go.
package suites_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/sandbox"
)

var (
	sandboxed = flag.Bool("sandbox", false, "ask a sandbox on loopback in place of the cassettes")
	live      = flag.Bool("live", false, "ask the providers themselves, with credentials from the environment")
)

// house is what the suites look at. It is set once, before the tree is built.
var house *engine.Engine

func TestContracts(t *testing.T) {
	RegisterFailHandler(Fail)
	opened, err := open(t)
	if err != nil {
		t.Fatal(err)
	}
	house = opened
	// A sentence needs the rules that apply to its case while the tree is built,
	// so nothing is played before a sentence runs, and then once a case.
	for _, s := range house.Specs {
		provider(s.Provider)
	}
	ReportAfterSuite("both doors", bothDoors)
	suite, reporter := GinkgoConfiguration()
	suite.FailOnEmpty = true // a filter that selects nothing has proved nothing
	RunSpecs(t, "provider contracts", suite, reporter)
}

// open loads the embedded data, and says whom to ask.
func open(t *testing.T) (*engine.Engine, error) {
	t.Helper()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Now: time.Now()})
	if err != nil {
		return nil, err
	}
	source := engine.Cassettes(k)
	switch {
	case *sandboxed && *live:
		err = errors.New("--sandbox and --live ask two different sides: give one of them")
	case *live:
		log.SetOutput(io.Discard) // net/http quotes there what providers say
		source, err = engine.Network(k, engine.Live{Getenv: os.Getenv, Rate: 2, MaxCalls: 200, Timeout: 30 * time.Second})
	case *sandboxed:
		source, err = simulate(t, k)
	}
	if err != nil {
		return nil, err
	}
	e := engine.New(k, source)
	return e, e.Ready(k.Fixtures.Cases)
}

// simulate starts a sandbox for the run, as the source to ask.
func simulate(t *testing.T, k *catalog.Catalog) (engine.Source, error) {
	t.Helper()
	box, err := sandbox.New(k.Specs, sandbox.Options{})
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	return engine.Network(k, *engine.Simulated(k.Specs, server.URL))
}

func provider(name string) {
	labels := []string{name}
	if *live {
		labels = append(labels, "live")
	}
	Describe(name, Label(labels...), func() {
		var cases []*contract.Case
		for _, c := range house.Fixtures.Cases {
			if c.Provider() == name {
				cases = append(cases, c)
				played(c)
			}
		}
		whole := func(ctx context.Context) *rule.Subject { return house.SpecSubject(ctx, name, cases) }
		said(name, rule.For(&rule.Subject{Spec: house.Spec(name)}), func(ctx context.Context) (*rule.Subject, string) { return whole(ctx), "" })
	})
}

// played describes one case.
func played(c *contract.Case) {
	said(c.Name, rule.For(house.EmptySubject(c)), func(ctx context.Context) (*rule.Subject, string) {
		pass, play := house.Subject(ctx, c)
		if why := play.Inconclusive(); why != "" {
			return nil, "inconclusive: " + why
		}
		Expect(play.Err).NotTo(HaveOccurred(), "broken: "+c.Name)
		return pass, ""
	}, c.Operation())
}

// said says rules, family by family: "paytm/createOrder/duplicate, the response".
func said(name string, rules []rule.Rule, pass func(context.Context) (*rule.Subject, string), labels ...string) {
	for len(rules) > 0 {
		family := rules[0].Family
		Describe(name+", "+subject(family), Label(append(labels, family)...), func() {
			for len(rules) > 0 && rules[0].Family == family {
				sentence(rules[0], pass)
				rules = rules[1:]
			}
		})
	}
}

// subject is what the sentences of a family are about.
func subject(family string) string {
	if family == "cassette" {
		return "the recording"
	}
	return "the " + family
}

// sentence says one rule of one pass. A rule that could prove nothing is
// skipped with the reason, which is what inconclusive means.
func sentence(r rule.Rule, pass func(context.Context) (*rule.Subject, string)) {
	It(r.Title, Label(r.ID), func(ctx SpecContext) {
		p, inconclusive := pass(ctx)
		if inconclusive != "" {
			Skip(inconclusive)
		}
		applied := rule.Apply(r, p)
		note(r, p, applied.Findings)
		Expect(applied.Findings).To(conform())
		if applied.Inconclusive != nil && len(applied.Findings) == 0 {
			Skip("inconclusive: " + report.Sentence(applied.Inconclusive.Says()))
		}
	})
}

// note puts rule, side and document into the reports, JUnit's properties among
// them.
func note(r rule.Rule, p *rule.Subject, findings []contract.Finding) {
	side, doc := string(r.Side), ""
	if p.Operation != nil {
		doc = p.Operation.URL
	}
	for _, f := range findings {
		if f.Counts() {
			side, doc = string(f.Side), f.Doc
			break
		}
	}
	AddReportEntry("rule", r.ID, ReportEntryVisibilityNever)
	AddReportEntry("side", side, ReportEntryVisibilityNever)
	AddReportEntry("doc", doc, ReportEntryVisibilityNever)
}

// conform matches findings of which none fails a run.
func conform() types.GomegaMatcher {
	return gcustom.MakeMatcher(func(findings []contract.Finding) (bool, error) {
		return len(failing(findings)) == 0, nil
	}).WithTemplate("{{.FormattedActual}}\nfails the contract")
}

func failing(findings []contract.Finding) []string {
	var all []string
	for _, f := range findings {
		if f.Counts() && f.Severity.AtLeast(contract.Error) {
			all = append(all, strings.Join([]string{string(f.Severity), string(f.At), report.Sentence(f.Message), f.Doc}, " | "))
		}
	}
	return all
}
