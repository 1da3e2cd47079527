package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/internal/adapter"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/testsize"
)

// plantedCase is the case that the panics below are planted for.
const plantedCase = "paytm/createOrder/accepted"

// panicking is a reader that gives some text and then panics.
type panicking struct{ text io.Reader }

func (p panicking) Read(b []byte) (int, error) {
	n, err := p.text.Read(b)
	if err != nil {
		panic("planted-value")
	}
	return n, nil
}

func plantedRule() catalog.Options {
	return catalog.Options{Rules: []rule.Rule{{ID: "planted", Title: "is planted", Family: "response", Side: contract.ProviderSide, Severity: contract.Error, Run: func(p *rule.Subject) {
		if p.Case == nil || p.Case.Name == plantedCase {
			panic("planted-value")
		}
	}}}}
}

func plantedAdapter() catalog.Options {
	return catalog.Options{Adapters: map[string]func(contract.Setup) *contract.Adapter{"paytm": func(setup contract.Setup) *contract.Adapter {
		a := *adapter.Providers()["paytm"](setup)
		a.Operations = slices.Clone(a.Operations)
		for i := range a.Operations {
			a.Operations[i].Read = func(contract.Exchange) contract.Outcome { panic("planted-value") }
		}
		return &a
	}}}
}

// plantedFormat is the list of formats with one that panics over a case; always: over any
// report.
func plantedFormat(always bool) report.Formats[*contract.Report] {
	all := report.Runs()
	write := all[1].Write
	all[1].Write = func(w io.Writer, r *contract.Report, how report.How) error {
		for _, result := range r.Results {
			if always || result.Case == plantedCase && len(result.Checked) > 0 {
				panic("planted-value")
			}
		}
		return write(w, r, how)
	}
	return all
}

// TestPanics plants a panic in each layer that a command calls. The command ends with 3, every
// report is written and has the error, and no output holds the planted value. The stack stands in
// the text with --verbose only, with function names.
func TestPanics(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	traffic, err := filepath.Abs(filepath.Join("..", "..", "cassettes", "paytm", "createOrder", "accepted.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]struct {
		args    []string
		planted *program
		says    string
		lost    bool // the json report cannot be written
	}{
		"rule":             {[]string{"run", "paytm"}, &program{more: plantedRule()}, "rule planted panicked", false},
		"rule in sandbox":  {[]string{"run", "paytm", "--sandbox"}, &program{more: plantedRule()}, "rule planted panicked", false},
		"rule for traffic": {[]string{"check", traffic}, &program{more: plantedRule()}, "rule planted panicked", false},
		"adapter":          {[]string{"run", "paytm"}, &program{more: plantedAdapter()}, "panicked: a value of type string", false},
		"reader":           {[]string{"check", "-", traffic}, &program{stdin: panicking{strings.NewReader("{")}}, "panicked: a value of type string", false},
		"format":           {[]string{"run", "paytm"}, &program{formats: plantedFormat(false)}, "writing the report as json panicked", false},
		"format, always":   {[]string{"run", "paytm"}, &program{formats: plantedFormat(true)}, "writing the report as json panicked", true},
	}
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verbose := range []bool{false, true} {
				dir := t.TempDir()
				var stdout, stderr bytes.Buffer
				p := &program{stdin: c.planted.stdin, more: c.planted.more, formats: c.planted.formats, stdout: &stdout, stderr: &stderr}
				if p.stdin == nil {
					p.stdin = strings.NewReader("")
				}
				args := append(slices.Clone(c.args), "--report", "json="+filepath.Join(dir, "r.json"), "--report", "text", "--report", "junit="+filepath.Join(dir, "r.xml"))
				if verbose {
					args = append(args, "--verbose")
				}
				if code := p.execute(t.Context(), args); code != exitInconclusive {
					t.Errorf("exit %d\n%s", code, stderr.String())
				}
				written, _ := os.ReadFile(filepath.Join(dir, "r.json"))
				junit, _ := os.ReadFile(filepath.Join(dir, "r.xml"))
				if c.lost {
					written = []byte("{}")
				}
				if !json.Valid(written) || xml.Unmarshal(junit, new(any)) != nil && len(junit) == 0 {
					t.Errorf("the reports are %q and %q", written, junit)
				}
				text := stdout.String() + stderr.String()
				all := text + string(written) + string(junit)
				for _, part := range []string{c.says, crash.Report} {
					if !strings.Contains(text, part) || !c.lost && !strings.Contains(string(written), part) {
						t.Errorf("no output says %q:\n%s\n%s", part, text, written)
					}
				}
				if strings.Contains(all, "planted-value") || strings.Contains(all, "goroutine ") {
					t.Errorf("an output holds the value or a raw stack")
				}
				if shown := strings.Contains(text, "crash_test.go:"); shown != verbose || strings.Contains(string(written)+string(junit), "crash_test.go:") {
					t.Errorf("verbose %t: the stack is shown: %t\n%s", verbose, shown, text)
				}
			}
		})
	}
}

// TestPanicsDrift plants a panic in an adapter: the changes are listed, rated without it,
// and the exit code is 3. The baseline is not changed.
func TestPanicsDrift(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, more: plantedAdapter()}
	file := filepath.Join(t.TempDir(), "d.json")
	code := p.execute(t.Context(), []string{"drift", "spec", "cases", "--provider", "paytm", "--report", "text", "--report", "json=" + file})
	if _, err := os.Stat(file); err != nil || code != exitInconclusive {
		t.Errorf("exit %d, %v", code, err)
	}
	if text := stderr.String(); !strings.Contains(text, "the adapter for paytm/createOrder panicked") || !strings.Contains(text, crash.Report) || strings.Contains(text, "planted-value") {
		t.Error(text)
	}
}

// TestPanicsServer plants a panic in the handler of a server. The client gets no response,
// standard error has the error, and the next request is served.
func TestPanicsServer(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	p := &program{stderr: &stderr}
	server := httptest.NewServer(p.contained("the sandbox", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/panic":
			panic("planted-value")
		case "/abort":
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "served")
	})))
	for _, path := range []string{"/panic", "/abort", "/"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(r)
		if (err == nil) != (path == "/") {
			t.Errorf("%s: %v", path, err)
		}
		if response != nil {
			_ = response.Body.Close()
		}
	}
	server.Close()
	if text := stderr.String(); strings.Count(text, "the sandbox panicked") != 1 || !strings.Contains(text, crash.Report) || strings.Contains(text, "planted-value") {
		t.Error(text)
	}
}
