package engine_test

import (
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/adapter"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/rule"
	"assay/internal/testsize"
)

// The case and the provider that the panics below are planted for.
const (
	plantedProvider = "paytm"
	plantedCase     = "paytm/createOrder/accepted"
)

// plantedRule panics for one case, at the given place.
func plantedRule(applies bool, whole bool) rule.Rule {
	panics := func(p *rule.Subject) bool {
		var nothing *contract.Case
		if whole && p.Spec.Provider == plantedProvider || p.Case != nil && p.Case.Name == plantedCase {
			return nothing.Fixed
		}
		return true
	}
	r := rule.Rule{ID: "planted", Title: "is planted", Family: "response", Side: contract.ProviderSide, Severity: contract.Error, Whole: whole, Run: func(p *rule.Subject) {
		p.Report(contract.Finding{Message: noMessage.Says(), Severity: contract.Info})
		panics(p)
	}}
	if applies {
		r.Applies, r.Run = panics, func(*rule.Subject) {}
	}
	return r
}

// panickingFS panics over the cassette of one case.
type panickingFS struct{ fs.FS }

func (p panickingFS) ReadFile(name string) ([]byte, error) {
	if name == plantedCase+".yaml" {
		panic("a value")
	}
	return fs.ReadFile(p.FS, name)
}

var noMessage = &contract.Template{ID: "planted", Text: "planted"}

// plantedAdapter is the adapter of a provider with a change for one reference.
func plantedAdapter(change func(*contract.Operation)) func(contract.Setup) *contract.Adapter {
	return func(setup contract.Setup) *contract.Adapter {
		a := *adapter.Providers()[plantedProvider](setup)
		a.Operations = slices.Clone(a.Operations)
		for i := range a.Operations {
			change(&a.Operations[i])
		}
		return &a
	}
}

// TestPanics plants a panic in each layer that plays or checks a case. Only the cases that
// meet it become errors; they name what panicked and ask for a report. All others have the
// results that they have without it. The short form has the cases of one provider.
func TestPanics(t *testing.T) {
	t.Parallel()
	read := func(o *contract.Operation) {
		o.Read = func(contract.Exchange) contract.Outcome { panic("a value") }
	}
	plain := enginetest.Load(t)
	providers := []string{plantedProvider}
	if testsize.Full() {
		providers = append(providers, "enkash")
	}
	few := func(e *engine.Engine) []*contract.Case {
		return slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool { return !slices.Contains(providers, c.Provider()) })
	}
	want := plain.Run(t.Context(), few(plain), contract.Error, "test", nil)
	all := func(r contract.Result) bool { return r.Provider == plantedProvider && r.Operation != "" }
	for name, c := range map[string]struct {
		options catalog.Options
		says    string
		fails   func(contract.Result) bool
	}{
		"rule":         {catalog.Options{Rules: []rule.Rule{plantedRule(false, false)}}, "rule planted panicked", func(r contract.Result) bool { return r.Case == plantedCase }},
		"rule applies": {catalog.Options{Rules: []rule.Rule{plantedRule(true, false)}}, "rule planted panicked", func(r contract.Result) bool { return r.Case == plantedCase }},
		"rule whole":   {catalog.Options{Rules: []rule.Rule{plantedRule(false, true)}}, "rule planted panicked", func(r contract.Result) bool { return r.Case == plantedProvider }},
		"cassette": {catalog.Options{}, "reading the cassette of " + plantedCase + " panicked", func(r contract.Result) bool {
			c := plain.Fixtures.Case(r.Case)
			return c != nil && (c.Name == plantedCase || c.After == plantedCase)
		}},
		"adapter": {catalog.Options{Adapters: map[string]func(contract.Setup) *contract.Adapter{
			plantedProvider: func(contract.Setup) *contract.Adapter { panic("a value") },
		}}, "the adapter of paytm panicked", all},
		"adapter request": {catalog.Options{Adapters: map[string]func(contract.Setup) *contract.Adapter{
			plantedProvider: plantedAdapter(func(o *contract.Operation) {
				o.Request = func(contract.Call) (*http.Request, error) { panic("a value") }
			}),
		}}, "the adapter of paytm panicked", all},
		"adapter read": {catalog.Options{Adapters: map[string]func(contract.Setup) *contract.Adapter{plantedProvider: plantedAdapter(read)}}, "panicked: a value of type string", all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := catalog.Data{Specs: os.DirFS("../../specs"), Fixtures: os.DirFS("../../fixtures"), Cassettes: os.DirFS("../../cassettes")}
			if name == "cassette" {
				data.Cassettes = panickingFS{data.Cassettes}
			}
			k, err := catalog.Load(data, c.options)
			if err != nil {
				t.Fatal(err)
			}
			e := engine.New(k, engine.Cassettes(k))
			if err := e.Ready(few(e)); err != nil {
				t.Fatal(err)
			}
			r := e.Run(t.Context(), few(e), contract.Error, "test", nil)
			if len(r.Results) != len(want.Results) {
				t.Fatalf("%d results, want %d", len(r.Results), len(want.Results))
			}
			errors := 0
			for i, result := range r.Results {
				if !c.fails(result) {
					if result.Verdict != want.Results[i].Verdict && result.Operation != "" {
						t.Errorf("%s is %s: %s", result.Case, result.Verdict, result.Why)
					}
					continue
				}
				errors++
				if result.Verdict != contract.Errored || !strings.Contains(result.Why, c.says) || !strings.Contains(result.Why, crash.Report) || len(result.Stack) == 0 {
					t.Errorf("%s is %s: %s %q", result.Case, result.Verdict, result.Why, result.Stack)
				}
				if strings.HasPrefix(name, "rule") && (len(result.Checked) < len(want.Results[i].Checked) || result.Code != want.Results[i].Code || result.Origin != want.Results[i].Origin) {
					t.Errorf("%s: the other rules did not go on: %q, code %s from %s", result.Case, result.Checked, result.Code, result.Origin)
				}
			}
			if errors == 0 {
				t.Error("no result has the error")
			}
			e.LearnCases(t.Context(), few(e), nil)
		})
	}
}
