package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/sandbox"
)

// TestSandboxLog sends requests to a sandbox, and expects a line for each on the terminal
// and in the log, unless --quiet is given. A full log is renamed.
func TestSandboxLog(t *testing.T) {
	t.Parallel()
	for title, c := range map[string]struct {
		flags       []string
		lines, logs int
	}{
		"both":  {[]string{"--log", "log"}, 3, 3},
		"quiet": {[]string{"--log", "log", "--quiet"}, 0, 3},
		"full":  {[]string{"--log", "log", "--quiet", "--log-size", "1"}, 0, 1},
		"none":  {[]string{"--quiet"}, 0, 0},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "log")
			args := append([]string{"sandbox", "paytm"}, c.flags...)
			for i := range args {
				if args[i] == "log" {
					args[i] = path
				}
			}
			printed := sandboxed(t, args, 3)
			if n := strings.Count(printed, "paytm/createOrder ORDER-7: 501 (HTTP 200), forced by Prefer"); n != c.lines {
				t.Errorf("%d lines on the terminal; want %d: %s", n, c.lines, printed)
			}
			raw, err := os.ReadFile(path)
			if (err != nil) != (c.logs == 0) || strings.Count(string(raw), "\n") != c.logs {
				t.Fatalf("%v, %d lines in the log; want %d", err, strings.Count(string(raw), "\n"), c.logs)
			}
			if title == "full" {
				if _, err := os.Stat(path + ".2"); err != nil {
					t.Error(err)
				}
			}
			schema := compiled(t, sandbox.LogSchema)
			for line := range strings.Lines(string(raw)) {
				value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Validate(value); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// sandboxed sends the same request a number of times to a sandbox, ends it, and returns
// what it printed on standard error.
func sandboxed(t *testing.T, args []string, times int) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	output, done := make(chan string, 1), make(chan int, 1)
	var printed bytes.Buffer
	go func() { done <- run(ctx, args, nil, &firstLine{output: output}, &printed) }()
	words := strings.Fields(<-output)
	for range times {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, words[1]+"/aoa-acquiring-biz/v2/order?mid=1&orderId=ORDER-7", strings.NewReader(`{"body":{"orderId":"ORDER-7"}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Prefer", "code=501")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	stop()
	if code := <-done; code != exitConforms {
		t.Errorf("the sandbox ended with %d: %s", code, printed.String())
	}
	return printed.String()
}
