package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/engine"
	"assay/internal/judge"
	"assay/internal/negative"
	"assay/internal/overlay"
	"assay/internal/proxy"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/specdiff"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// nonsenseText is every sentence of a process whose templates are nonsense.
const nonsenseText = "’Twas brillig"

// templates lists every template of the command, except the reasons of package overlay,
// which TestDriftNonsense compares.
func templates() []*contract.Template {
	return slices.Concat(rule.Templates(), engine.Templates(), conform.Templates(), drift.Templates(), specdiff.Templates(), negative.Reasons(), judge.Templates(), proxy.Reasons(), report.Reasons())
}

// nonsense runs commands in a separate process in which every template has the same
// nonsense text: nonsense DIR.
func nonsense() {
	for _, t := range templates() {
		t.Text, t.WayOut = nonsenseText, ""
	}
	if err := runScenes(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestNonsense replaces the text of every template. Exit codes, waivers, fingerprints
// and JSON members other than sentences of run, check and proxy stay the same, so no
// code depends on a sentence.
func TestNonsense(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	plain, other := t.TempDir(), t.TempDir()
	done := make(chan error, 1)
	go func() {
		output, err := exec.CommandContext(t.Context(), "nonsense", other).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, output)
		}
		done <- err
	}()
	if err := runScenes(plain); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(plain)
	if err != nil {
		t.Fatal(err)
	}
	sentences := 0
	for _, f := range files {
		was, _ := withoutText(t, filepath.Join(plain, f.Name()))
		is, output := withoutText(t, filepath.Join(other, f.Name()))
		is = append(is, make([]string, max(0, len(was)-len(is)))...)
		for i, line := range append(was, make([]string, max(0, len(is)-len(was)))...) {
			if line != is[i] {
				t.Errorf("%s depends on sentences, in line %d of what is left without them: %s", f.Name(), i+1, line)
				break
			}
		}
		sentences += len(output)
		for _, sentence := range output {
			if sentence != nonsenseText {
				t.Errorf("%s: %q is not made of a template that is listed", f.Name(), sentence)
			}
		}
	}
	if len(files) < 13 || sentences < 500 {
		t.Errorf("%d files with %d sentences only", len(files), sentences)
	}
}

// runScenes runs the commands and writes their output to a folder.
func runScenes(dir string) error {
	at := func(name string) string { return filepath.Join(dir, name) }
	waivers := filepath.Join("testdata", "nonsense-waivers.yaml")
	exchanges, err := spoiledTraffic()
	if err != nil {
		return err
	}
	scenes := map[string][]string{
		"run":    {"run", "--fail-on", "error"},
		"strict": {"run", "--profile", "strict", "--fail-on", "info,inconclusive", "--waivers", waivers},
		"check":  {"check", "-", "--fail-on", "warning", "--waivers", waivers, "--max-findings", "1000"},
	}
	for name, args := range scenes {
		var output bytes.Buffer
		code := run(context.Background(), append(args, "--report", "json="+at(name+".json")), bytes.NewReader(exchanges), &output, &output)
		if err := os.WriteFile(at(name+".exit"), []byte(strconv.Itoa(code)), 0o600); err != nil {
			return err
		}
	}
	return proxyScene(at)
}

// proxyScene runs a proxy that refuses some exchanges and passes others on.
func proxyScene(at func(name string) string) error {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
		_, _ = w.Write([]byte(r.Header.Get("X-Say"))) // an error means that the client has closed the connection
	}))
	defer up.Close()
	p, err := startProxy("paytm", "--to", up.URL+"/paytm", "--enforce", "--log", at("log"), "--report", "json="+at("proxy.json"), "--waivers", filepath.Join("testdata", "nonsense-waivers.yaml"))
	if err != nil {
		return err
	}
	defer p.interrupt()
	for i, body := range []string{orderBody("N1"), `{"body":{}}`, orderBody("N3"), orderBody("N4"), orderBody("N5")} {
		say := []string{`{"body":{"resultInfo":{"resultStatus":"F","resultCode":"324","resultMsg":"x"}}}`, "", `{"body":{"resultInfo":{"resultStatus":7}}}`, "<html>", `{"body":{"resultInfo":{"resultStatus":"F","resultCode":"no such code"},"more":1}}`}[i]
		response, _ := postOrder(context.Background(), http.DefaultClient, p.base, fmt.Sprintf("N%d", i+1), body, map[string]string{"X-Say": say})
		out := struct {
			Status   int
			Findings string
			Problem  json.RawMessage
		}{response.Status, response.Header.Get("Assay-Findings"), nil}
		if json.Valid(response.Body) {
			out.Problem = response.Body
		}
		raw, err := json.Marshal(out)
		if err != nil {
			return err
		}
		if err := os.WriteFile(at(fmt.Sprintf("response-%d.json", i)), raw, 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(at("proxy.exit"), []byte(strconv.Itoa(p.end())), 0o600)
}

// spoiledTraffic gives exchanges of cases, unchanged and changed in several ways, one a
// line.
func spoiledTraffic() ([]byte, error) {
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		return nil, err
	}
	e := engine.New(k, engine.Cassettes(k))
	var lines []byte
	for i, c := range e.Fixtures.Cases {
		if i%5 != 0 {
			continue
		}
		play := e.Play(context.Background(), c)
		if play.Err != nil {
			continue
		}
		for _, change := range []func(ex *contract.Exchange){
			func(*contract.Exchange) {},
			func(ex *contract.Exchange) { ex.Response.Status = http.StatusTeapot },
			func(ex *contract.Exchange) { ex.Response.Body = ex.Response.Body[:len(ex.Response.Body)/2] },
			func(ex *contract.Exchange) { ex.Request.Body = nil },
			func(ex *contract.Exchange) { ex.Request.Header = http.Header{"Content-Type": {"text/plain"}} },
			func(ex *contract.Exchange) {
				ex.Response.Body = []byte(strings.ReplaceAll(strings.Replace(string(ex.Response.Body), "{", `{"nobodyDocumentsThis":7,`, 1), `":"`, `":7,"x":"`))
			},
			func(ex *contract.Exchange) {
				ex.Request.Body = []byte(strings.ReplaceAll(strings.Replace(string(ex.Request.Body), "{", `{"nobodyDocumentsThis":7,`, 1), `":"`, `":"~`))
			},
		} {
			ex := *play.Exchange
			change(&ex)
			if lines, err = traffic.Append(lines, ex); err != nil {
				return nil, err
			}
		}
	}
	return lines, nil
}

// withoutText gives a file without sentences and times, rewritten line by line, and the
// sentences apart.
func withoutText(t *testing.T, path string) (lines, sentences []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var strip func(value any)
	strip = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			if _, isFinding := v["rule"]; isFinding {
				for _, name := range []string{"message", "why"} {
					if sentence, ok := v[name].(string); ok {
						sentences = append(sentences, sentence)
						delete(v, name)
					}
				}
			}
			if sentence, ok := v["why"].(string); ok && (v["differs"] != nil || v["verdict"] == string(contract.Inconclusive)) { // a cell or a result
				sentences = append(sentences, sentence)
				delete(v, "why")
			}
			delete(v, "time")
			delete(v, "durationMs")
			delete(v, "reproduce") // it names the file
			for _, item := range v {
				strip(item)
			}
		case []any:
			for _, item := range v {
				strip(item)
			}
		}
	}
	for d := json.NewDecoder(bytes.NewReader(raw)); d.More(); {
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		strip(value)
		anew, err := json.MarshalIndent(value, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(anew), "\n")...)
	}
	return lines, sentences
}

// hole matches an argument in a template; internal/report/sentence.go lists the forms.
var hole = regexp.MustCompile(`\{[a-zA-Z]+(\|(or|and|space|no|a|quoted|words|characters|items|members))?\}`)

// TestTemplates checks that each template has its own id and known forms of arguments,
// and that the list has all templates of the packages. Each reason why something was not
// checked names a way out.
func TestTemplates(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	all := append(templates(), overlay.Reasons()...)
	for _, template := range all {
		if template.ID == "" || template.Text == "" || ids[template.ID] {
			t.Errorf("%q, %q: the id is missing or stands twice, or there is no text", template.ID, template.Text)
		}
		ids[template.ID] = true
		if strings.ContainsAny(hole.ReplaceAllString(template.Text+template.WayOut, ""), "{}") {
			t.Errorf("%s: %q has an argument without a name, or in a form that there is not", template.ID, template.Text)
		}
	}
	reasons := slices.Concat(rule.Reasons(), engine.Reasons(), conform.Reasons(), negative.Reasons(), judge.Reasons(), proxy.Reasons(), report.Reasons(), overlay.Reasons())
	for _, reason := range reasons {
		if reason.WayOut == "" || strings.ContainsAny(reason.WayOut[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ(") || strings.HasSuffix(reason.WayOut, ".") {
			t.Errorf("%s: %q is followed by (%s): say in a clause what the user can do", reason.ID, reason.Text, reason.WayOut)
		}
	}
	for _, template := range all {
		if template.WayOut != "" && !slices.Contains(reasons, template) {
			t.Errorf("%s has a way out and is on no list of reasons", template.ID)
		}
	}
	declared := regexp.MustCompile(`(contract\.Template\{ID: |\b(?:damage|fault|because|reason)\()"([^"]+)", (?:Text: )?"`)
	below := map[string]string{"damage(": "damage.", "fault(": "fault.", "because(": "violation.", "reason(": "overlay."}
	for _, folder := range []string{"rule", "engine", "conform", "view", "openapi", "drift", "specdiff", "negative", "judge", "report", "overlay"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "internal", folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal("no files", err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range declared.FindAllSubmatch(raw, -1) {
				if id := below[string(found[1])] + string(found[2]); !strings.HasSuffix(file, "_test.go") && !ids[id] {
					t.Errorf("%s: %s is on no list", file, id)
				}
			}
		}
	}
}
