package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	applied "github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/traffic"
)

// TestOverlayLeavesNoDrift proposes what new traffic shows, applies it with a
// library that nobody here wrote, and compares the same traffic with the changed
// specification.
func TestOverlayLeavesNoDrift(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine, seen, proposal := filepath.Join(dir, "mine"), filepath.Join(dir, "new.ndjson"), filepath.Join(dir, "o.yaml")
	writeTraffic(t, seen)
	say := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &out); code != want {
			t.Fatalf("assay %s: exit %d, want %d\n%s", strings.Join(args, " "), code, want, out.String())
		}
		return out.String()
	}
	say(0, "export", mine)
	if before := say(1, "drift", seen, "--overlay", proposal); !strings.Contains(before, "3 breaks, 1 harmless") || strings.Contains(before, "not proposed") {
		t.Errorf("there is not the drift that was made: %s", before)
	}
	document := filepath.Join(mine, "specs", "ipayments.yaml")
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	o, err := applied.Parse(proposal)
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	if warnings, err := o.ApplyToStrict(&root); err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if raw, err = yaml.Marshal(&root); err == nil {
		err = os.WriteFile(document, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if after := say(0, "drift", "spec", seen, "--data", mine, "--fail-on", "watch"); !strings.Contains(after, "no drift") {
		t.Errorf("drift is left: %s", after)
	}
	// The condition between members is a person's to look at, as the proposal says.
	if checked := say(1, "check", seen, "--data", mine); strings.Count(checked, "error ") != 1 || !strings.Contains(checked, "url-to-follow") {
		t.Errorf("something else than the condition is left: %s", checked)
	}
}

// writeTraffic writes twenty answers, some of which have a member more, a member
// of another type, a new code, or lack a member.
func writeTraffic(t *testing.T, path string) {
	t.Helper()
	e, err := engine.New(engine.Embedded(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	play := e.Play(t.Context(), e.Fixtures.Case("ipayments/initKyc/accepted"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	var all []byte
	for i := range 20 {
		ex := *play.Exchange
		var body map[string]any
		if err := json.Unmarshal(ex.Answer.Body, &body); err != nil {
			t.Fatal(err)
		}
		data, _ := body["data"].(map[string]any)
		switch {
		case i < 5:
			body["loyalty"] = map[string]any{"points": 7}
		case i < 10:
			data["kid"] = 4815162342
		case i == 10:
			body["code"] = "0x0210"
		case i == 11:
			delete(data, "url")
		}
		if ex.Answer.Body, err = contract.Encode(body); err == nil {
			all, err = traffic.Append(all, ex)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
}
