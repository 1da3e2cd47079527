package report_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
)

// TestFailureText writes the findings of one rule, with everything that a finding has.
func TestFailureText(t *testing.T) {
	t.Parallel()
	bad := sample().Results[1]
	again := &report.Again{Flags: []string{"--sandbox"}, SuiteFlags: []string{"--sandbox"}}
	const want = `error p/createOrder/bad  code-agrees  (provider, recorded response)
  response#/status: code 0 comes with <another> status
    https://docs.example.com/order (on the page: Codes > 0)
    id: 0123456789abcdef
    specification: specs/p.yaml:209 (embedded)
    fixture: fixtures/p/createOrder/bad.yaml:3
    cassette: cassettes/p/createOrder/bad.yaml
    sent: POST /order
    received: HTTP 200
        {
      >   "status": "a\u202eb"
        }
  again: assay run p/createOrder/bad -v --sandbox
     or: ginkgo --focus ' p/createOrder/bad: ' --label-filter code-agrees ./suites -- --sandbox`
	if got := report.Failure(bad.Case, bad.Findings, again); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestFailurePlace writes the place once where the message begins with it.
func TestFailurePlace(t *testing.T) {
	t.Parallel()
	missing := &contract.Template{ID: "x", Text: "{place} is missing"}
	f := contract.Finding{Rule: "r", Severity: contract.Error, Side: contract.ProviderSide, At: "response#/a", Message: missing.Says(contract.ArgPlace("place", "response#/a"))}
	if got := report.Failure("p/o/c", []contract.Finding{f}, nil); got != "error p/o/c  r  (provider)\n  response#/a: is missing" {
		t.Error(got)
	}
}

// TestFailureOrder writes a changed cassette first: it can cause the other findings.
func TestFailureOrder(t *testing.T) {
	t.Parallel()
	of := func(rule string) contract.Finding {
		return contract.Finding{Rule: rule, Severity: contract.Error, Side: contract.TestDataSide}
	}
	got := report.Failure("p/o/c", []contract.Finding{of("fields-typed"), of("cassette-intact"), of("code-agrees")}, nil)
	if intact, typed := strings.Index(got, "cassette-intact"), strings.Index(got, "fields-typed"); intact < 0 || intact > typed || strings.Index(got, "code-agrees") < typed {
		t.Error(got)
	}
}

// TestCommands has a shell read the commands back, also where a name has characters that
// mean something to a shell or in a regular expression.
func TestCommands(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"p/o/c": {
			"assay run p/o/c -v --data my data", "ginkgo --focus  p/o/c:  --label-filter r ./suites -- --data my data",
		},
		"p/o/negative/body.list.*.a's$(x)/enum": {
			"assay run p/o/negative/body.list.*.a's$(x)/enum -v --data my data",
			`ginkgo --focus  p/o/negative/body\.list\.\*\.a's\$\(x\)/enum:  --label-filter r ./suites -- --data my data`,
		},
	} {
		again := &report.Again{Flags: []string{"--data", "my data"}, SuiteFlags: []string{"--data", "my data"}}
		var got []string
		for _, command := range again.Commands(name, "r") {
			out, err := exec.CommandContext(t.Context(), "sh", "-c", "echo "+command).Output()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.TrimSuffix(string(out), "\n"))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := (&report.Again{NoSuite: true}).Commands("p/o/c", "r"); len(got) != 1 {
		t.Errorf("the suites cannot run it, and %q", got)
	}
	if got := (*report.Again)(nil).Commands("p/o/c", "r"); len(got) != 0 {
		t.Errorf("no case was run, and %q", got)
	}
}
