// Package suites_test writes the contract as sentences: a container for each case, a
// sentence for each rule. Each sentence applies one rule with rule.Apply, so the suites
// check exactly what `assay run` checks: see doors_test.go. output_test.go writes what
// became of the sentences.
package suites_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/engine"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/sandbox"
	"assay/suites"
)

var (
	sandboxed = flag.Bool("sandbox", false, "send requests to a sandbox on loopback instead of playing cassettes")
	live      = flag.Bool("live", false, "send requests to the providers, with credentials from the environment")
	data      = flag.String("data", "", "lay the folders specs, fixtures and cassettes of `DIR` over the embedded data")
)

// house plays the cases. It is set once, before the tree is built.
var house *engine.Engine

func TestContracts(t *testing.T) {
	RegisterFailHandler(Fail)
	opened, err := open(t)
	if err != nil {
		t.Fatal(err)
	}
	house = opened
	// The tree needs only the rules that apply to each case. A case is played when its
	// first sentence runs, and only then.
	for _, s := range house.Specs {
		provider(s.Provider)
	}
	suite, reporter := GinkgoConfiguration()
	out := newOutput(suite, &reporter)
	ReportAfterSuite("the suites check what `assay run` checks", func(ctx SpecContext, r Report) {
		out.summary(r)
		if wrong := InterceptGomegaFailures(func() { bothDoors(ctx, r) }); len(wrong) > 0 {
			out.suite(strings.Join(wrong, "\n"))
		}
	})
	suite.FailOnEmpty = true // a filter that selects nothing has checked nothing
	out.finish(RunSpecs(t, "provider contracts", suite, reporter))
}

// open loads the data and chooses who gets the requests.
func open(t *testing.T) (*engine.Engine, error) {
	t.Helper()
	laid := catalog.Embedded()
	if *data != "" {
		var err error
		if laid, err = laid.Over(*data); err != nil {
			return nil, err
		}
	}
	k, err := catalog.Load(laid, catalog.Options{Now: time.Now()})
	if err != nil {
		return nil, err
	}
	source := engine.Cassettes(k)
	switch {
	case *sandboxed && *live:
		err = errors.New("--sandbox and --live exclude each other: give one of them")
	case *live:
		log.SetOutput(io.Discard) // net/http quotes what providers send
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

// again says how this run was started.
func again() *report.Again {
	var flags []string
	if *sandboxed {
		flags = append(flags, "--sandbox")
	}
	if *live {
		flags = append(flags, "--live")
	}
	if dir, err := filepath.Abs(*data); *data != "" && err == nil {
		flags = append(flags, "--data", dir)
	}
	return &report.Again{Flags: flags, SuiteFlags: flags}
}

// simulate starts a sandbox for the run.
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

// provider describes the cases of a provider, and its specification as a whole.
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
				caseOf(c)
			}
		}
		spec := house.Spec(name)
		suites.Subject{
			Name: name, Rules: rule.For(&rule.Subject{Spec: spec}), At: types.CodeLocation{FileName: spec.File, LineNumber: 1},
			Check: func(ctx context.Context, r rule.Rule) suites.Verdict {
				return apply(name, r, house.SpecSubject(ctx, name, cases))
			},
		}.Describe()
	})
}

// caseOf describes one case.
func caseOf(c *contract.Case) {
	suites.Subject{
		Name: c.Name, Rules: rule.For(house.EmptySubject(c)), At: types.CodeLocation{FileName: c.File, LineNumber: 1}, Labels: []string{c.Operation()},
		Check: func(ctx context.Context, r rule.Rule) suites.Verdict {
			checked, play := house.Subject(ctx, c)
			switch why := play.Inconclusive(); {
			case why != "":
				return suites.Inconclusive(why)
			case play.Err != nil:
				return suites.Failed(report.Unchecked(contract.Result{Case: c.Name, Verdict: contract.Errored, Why: play.Err.Error()}, again()))
			}
			return apply(c.Name, r, checked)
		},
	}.Describe()
}

// apply applies a rule.
func apply(name string, r rule.Rule, checked *rule.Subject) suites.Verdict {
	var applied rule.Applied
	if crashed := crash.Contain("rule "+r.ID, func() { applied = rule.Apply(r, checked) }); crashed != nil {
		return suites.Failed(report.Unchecked(contract.Result{}.Crashed(crashed.Error(), crashed.Stack), again()))
	}
	return suites.Applied(name, applied, checked, again())
}
