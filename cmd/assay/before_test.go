package main

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// TestNothingSentBefore has, for each command that sends live requests, one thing that
// cannot be written, read or confirmed. Not one request is sent. With all of them in order
// the same commands send.
func TestNothingSentBefore(t *testing.T) {
	t.Setenv("ASSAY_PAYTM_MID", "216820000000000077910")
	t.Setenv("ASSAY_PAYTM_MERCHANT_KEY", "0123456789abcdef")
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodOptions {
			asked.Add(1)
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(server.Close)
	const one = "paytm/createOrder/accepted"
	live := func(words ...string) []string {
		return append([]string{words[0], "--base", "paytm=" + server.URL, "--max-calls", "1", "--journal", "JOURNAL"}, words[1:]...)
	}
	for name, c := range map[string]struct {
		args  []string
		spoil func(t *testing.T, dir string)
		sends int64
	}{
		"run, a report in no folder":             {live("run", one, "--live", "--report", "text", "--report", "json=DIR/none/r.json"), nil, 0},
		"run, a report below a file":             {live("run", one, "--live", "--report", "junit=DIR/file/r.xml"), nil, 0},
		"run, a report that is a folder":         {live("run", one, "--live", "--report", "json=DIR"), nil, 0},
		"run, the same report twice":             {live("run", one, "--live", "--report", "json=DIR/r", "--report", "junit=DIR/./r"), nil, 0},
		"run, a journal below a file":            {live("run", one, "--live", "--journal", "DIR/file/j"), nil, 0},
		"run, a journal that is another file":    {live("run", one, "--live", "--journal", "DIR/file"), nil, 0},
		"run, a journal that is a folder":        {live("run", one, "--live", "--journal", "DIR"), nil, 0},
		"run, waivers that do not exist":         {live("run", one, "--live", "--waivers", "DIR/none"), nil, 0},
		"run":                                    {live("run", one, "--live", "--report", "json=DIR/r.json"), nil, 1},
		"record, no confirmation":                {live("record", one, "--live", "--data", "DIR/data"), nil, 0},
		"record, a journal below a file":         {live("record", one, "--live", "--yes", "--data", "DIR/data", "--journal", "DIR/file/j"), nil, 0},
		"record, a file in place of a folder":    {live("record", one, "--live", "--yes", "--data", "DIR/data"), replaceByFile("data/cassettes/paytm/createOrder"), 0},
		"record, a file in place of the folders": {live("record", one, "--live", "--yes", "--data", "DIR/data"), replaceByFile("data/cassettes/paytm"), 0},
		"record, no manifest":                    {live("record", one, "--live", "--yes", "--data", "DIR"), nil, 0},
		"record":                                 {live("record", one, "--live", "--yes", "--data", "DIR/data"), nil, 1},
		"drift, a report in no folder":           {live("drift", "live", "--provider", "paytm", "--report", "markdown=DIR/none/d.md"), nil, 0},
		"drift, a ledger below a file":           {live("drift", "live", "--provider", "paytm", "--ledger", "DIR/file/l.db"), nil, 0},
		"drift, a ledger that is another file":   {live("drift", "live", "--provider", "paytm", "--ledger", "DIR/file"), nil, 0},
		"drift, an overlay in no folder":         {live("drift", "live", "--provider", "paytm", "--overlay", "DIR/none/o.yaml"), nil, 0},
		"drift, NEW does not exist":              {live("drift", "live", "DIR/none.har", "--provider", "paytm"), nil, 0},
		"drift, OLD does not exist":              {live("drift", "DIR/none.har", "live", "--provider", "paytm"), nil, 0},
		"drift, NEW has nothing":                 {live("drift", "live", "DIR/file", "--provider", "paytm"), nil, 0},
		"drift, a journal below a file":          {live("drift", "live", "--provider", "paytm", "--journal", "DIR/file/j"), nil, 0},
		"drift":                                  {live("drift", "live", "--provider", "paytm"), nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "file"), []byte("hello"), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			export(t, filepath.Join(dir, "data"))
			if c.spoil != nil {
				c.spoil(t, dir)
			}
			args := make([]string, len(c.args))
			for i, arg := range c.args {
				args[i] = strings.NewReplacer("JOURNAL", filepath.Join(dir, "journal"), "DIR", dir).Replace(arg)
			}
			asked.Store(0)
			stderr.Reset()
			code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
			if n := asked.Load(); n != c.sends {
				t.Errorf("%d requests were sent; exit %d, %s", n, code, stderr.String())
			}
			if c.sends == 0 && code != exitUsage && code != exitInconclusive {
				t.Errorf("exit %d: %s", code, stderr.String())
			}
			if raw, err := os.ReadFile(filepath.Join(dir, "file")); err != nil || string(raw) != "hello" {
				t.Errorf("another file was changed: %q, %v", raw, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".assay-*")); len(left) > 0 {
				t.Errorf("%q are left", left)
			}
		})
	}
}

// replaceByFile puts a file in the place of a folder.
func replaceByFile(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}
