package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	applied "github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/traffic"
)

// overlayTest has the paths of the data, the traffic and the proposal.
type overlayTest struct {
	t                 *testing.T
	dir, mine, seen   string
	proposal, changed string
}

func newOverlayTest(t *testing.T) *overlayTest {
	t.Helper()
	dir := t.TempDir()
	p := &overlayTest{
		t: t, dir: dir, mine: filepath.Join(dir, "mine"), seen: filepath.Join(dir, "new.ndjson"),
		proposal: filepath.Join(dir, "o.yaml"), changed: filepath.Join(dir, "mine", "specs", "ipayments.yaml"),
	}
	export(t, p.mine)
	return p
}

func (p *overlayTest) assay(want int, args ...string) string {
	p.t.Helper()
	var out bytes.Buffer
	if code := run(p.t.Context(), args, strings.NewReader(""), &out, &out); code != want {
		p.t.Fatalf("assay %s: exit %d, want %d\n%s", strings.Join(args, " "), code, want, out.String())
	}
	return out.String()
}

// apply applies the proposal with an independent library.
func (p *overlayTest) apply() {
	p.t.Helper()
	raw, err := os.ReadFile(p.changed)
	if err != nil {
		p.t.Fatal(err)
	}
	o, err := applied.Parse(p.proposal)
	if err != nil {
		p.t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		p.t.Fatal(err)
	}
	if warnings, err := o.ApplyToStrict(&root); err != nil || len(warnings) > 0 {
		p.t.Fatal(err, warnings)
	}
	if raw, err = yaml.Marshal(&root); err == nil {
		err = os.WriteFile(p.changed, raw, 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// TestOverlayLeavesNoDrift proposes an overlay from traffic with changes and applies
// it. The same traffic then has no drift against the new specification.
func TestOverlayLeavesNoDrift(t *testing.T) {
	t.Parallel()
	p := newOverlayTest(t)
	writeTraffic(t, p.seen, func(i int, ex *contract.Exchange, body, data map[string]any) {
		switch {
		case i < 5:
			body["loyalty"] = map[string]any{"points": 7}
		case i < 10:
			data["kid"] = 4815162342
		case i == 10:
			body["code"] = "0x0210"
		case i == 11:
			delete(body, "message")
		}
	})
	if before := p.assay(1, "drift", p.seen, "--overlay", p.proposal); !strings.Contains(before, "2 breaks, 1 degrades, 1 harmless") || strings.Contains(before, "not proposed") {
		t.Errorf("there is not the drift that was made: %s", before)
	}
	p.apply()
	if after := p.assay(0, "drift", "spec", p.seen, "--data", p.mine, "--fail-on", "minor"); !strings.Contains(after, "no drift") {
		t.Errorf("drift remains: %s", after)
	}
	if checked := p.assay(0, "check", p.seen, "--data", p.mine); strings.Contains(checked, "error ") {
		t.Errorf("findings are left: %s", checked)
	}
}

// TestOverlayLeavesNothing does this for each kind of change. Neither the findings of the rules
// nor the drift remain. The short form has three of the kinds.
func TestOverlayLeavesNothing(t *testing.T) {
	t.Parallel()
	type exchange = contract.Exchange
	for name, c := range some(map[string]struct {
		from, to  string // an edit of the specification before the test
		change    func(ex *exchange, body, data map[string]any)
		finding   string // the rule that reports the traffic at first; "": none
		specDrift bool   // before, the traffic also has drift against the documented examples
	}{
		"status-changed":  {"", "", func(_ *exchange, body, _ map[string]any) { body["status"] = "DONE" }, "code-agrees", true},
		"message-changed": {"", "", func(_ *exchange, body, _ map[string]any) { body["message"] = "your request 'X1' is on its way" }, "", true},
		"http-changed":    {"", "", func(ex *exchange, _, _ map[string]any) { ex.Response.Status = 201 }, "status-documented", true},
		"media-changed": {"", "", func(ex *exchange, _, _ map[string]any) {
			ex.Response.Header = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
		}, "type-documented", true},
		"length-changed": {
			"            kid:\n              type: string\n", "            kid:\n              type: string\n              maxLength: 30\n",
			func(_ *exchange, _, data map[string]any) { data["kid"] = strings.Repeat("KID", 40) }, "fields-typed", false,
		},
		"format-changed": {
			"            kid:\n              type: string\n", "            kid:\n              type: string\n              format: hostname\n",
			func(_ *exchange, _, data map[string]any) { data["kid"] = "0aa5cf4c-92b1-4d8e-a0a1-3ad6e5a1a0aa" }, "", false,
		},
	}, 3) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newOverlayTest(t)
			edit(t, p.changed, c.from, c.to)
			writeTraffic(t, p.seen, func(_ int, ex *contract.Exchange, body, data map[string]any) { c.change(ex, body, data) })
			before := p.assay(1, "drift", p.seen, "--overlay", p.proposal, "--data", p.mine, "--fail-on", "minor")
			if !strings.Contains(before, "  "+name+"  ") || strings.Contains(before, "not proposed") {
				t.Errorf("the change is not reported, or not proposed: %s", before)
			}
			if against := p.assay(btoi(c.specDrift), "drift", "spec", p.seen, "--data", p.mine, "--fail-on", "minor"); c.specDrift == strings.Contains(against, "no drift") {
				t.Errorf("drift against the specification: %s", against)
			}
			var out bytes.Buffer
			run(t.Context(), []string{"check", p.seen, "--data", p.mine, "--fail-on", "warning", "-v"}, nil, &out, &out)
			if c.finding != "" && !strings.Contains(out.String(), c.finding) {
				t.Errorf("the rules find nothing: %s", out.String())
			}
			p.apply()
			if after := p.assay(0, "drift", "spec", p.seen, "--data", p.mine, "--fail-on", "minor"); !strings.Contains(after, "no drift") {
				t.Errorf("drift remains: %s", after)
			}
			if checked := p.assay(0, "check", p.seen, "--data", p.mine, "--fail-on", "warning", "-v"); c.finding != "" && strings.Contains(checked, c.finding) {
				t.Errorf("a finding is left: %s", checked)
			}
			if sound := p.assay(0, "run", "ipayments/initKyc/sample", "--data", p.mine, "--fail-on", "error"); strings.Contains(sound, "spec-sound") {
				t.Errorf("the specification contradicts itself: %s", sound)
			}
		})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// edit replaces a text that occurs once in a file.
func edit(t *testing.T, path, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := strings.Replace(string(raw), from, to, 1)
	if from != "" && after == string(raw) {
		t.Fatalf("%s has no %q", path, from)
	}
	if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeTraffic writes twenty exchanges, each changed by change.
func writeTraffic(t *testing.T, path string, change func(i int, ex *contract.Exchange, body, data map[string]any)) {
	t.Helper()
	if err := responses(path, change); err != nil {
		t.Fatal(err)
	}
}

// responses writes twenty exchanges, each changed by change.
func responses(path string, change func(i int, ex *contract.Exchange, body, data map[string]any)) error {
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		return err
	}
	e := engine.New(k, engine.Cassettes(k))
	play := e.Play(context.Background(), e.Fixtures.Case("ipayments/initKyc/accepted"))
	if play.Err != nil {
		return play.Err
	}
	var all []byte
	for i := range 20 {
		ex := *play.Exchange
		var body map[string]any
		if err := json.Unmarshal(ex.Response.Body, &body); err != nil {
			return err
		}
		data, _ := body["data"].(map[string]any)
		change(i, &ex, body, data)
		if ex.Response.Body, err = contract.Encode(body); err == nil {
			all, err = traffic.Append(all, ex)
		}
		if err != nil {
			return err
		}
	}
	return os.WriteFile(path, all, 0o600)
}
