package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecordDamaged damages a cassette in several ways. record reports it and writes it
// again.
func TestRecordDamaged(t *testing.T) {
	t.Parallel()
	const name = "paytm/createOrder/duplicate"
	for title, damage := range map[string]func(raw string) string{
		"empty":             func(string) string { return "" },
		"cut off":           func(raw string) string { return raw[:len(raw)/2] },
		"cut off at a line": func(raw string) string { return raw[:strings.LastIndex(raw, "\n      status:")+1] },
		"no YAML":           func(raw string) string { return "\x00\x01" + raw },
		"another document":  func(string) string { return "---\na: b\n" },
		"zeros":             func(raw string) string { return strings.Repeat("\x00", len(raw)) },
		"an edited value":   func(raw string) string { return strings.Replace(raw, "duration: 0s", "duration: 1s", 1) },
		"a comment":         func(raw string) string { return raw + "# x\n" },
	} {
		dir, _ := canaryData(t)
		path := filepath.Join(dir, "cassettes", name+".yaml")
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := replaced(path, []byte(damage(string(raw)))); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{"record", name, "--sandbox", "--yes", "--data", dir}, nil, &stdout, &stderr); code != exitConforms {
			t.Errorf("%s: exit %d\n%s%s", title, code, stdout.String(), stderr.String())
		}
		if !strings.Contains(stdout.String(), name+"  recorded again, simulated 324\n  the cassette was damaged: ") {
			t.Errorf("%s: it is not reported: %s%s", title, stdout.String(), stderr.String())
		}
		stdout.Reset()
		if code := run(t.Context(), []string{"run", name, "--data", dir}, nil, &stdout, &stderr); code != exitConforms {
			t.Errorf("%s: afterwards exit %d\n%s", title, code, stdout.String())
		}
	}
}
