//go:build linux

package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// get gets a page, with a header.
func get(t *testing.T, address, token string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(raw)
}

// TestWatchPage serves the page until a signal, and lets no second watch use the same store.
func TestWatchPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "assay.yaml")
	text := "watch: {store: watch.db, token-variable: PAGE_TOKEN, jobs: {trial: {kind: live, provider: paytm, sandbox: true, selection: paytm/createOrder/accepted, every: 1s}}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const token = "a-token-of-the-test"
	s := start(t, nil, []string{"PAGE_TOKEN=" + token}, "watch", "--config", file, "--listen", "127.0.0.1:0")
	base := strings.TrimSpace(strings.TrimPrefix(s.waitFor("page: "), "page: "))
	s.waitFor("press Ctrl-C to stop")
	if status, _ := get(t, base, ""); status != http.StatusUnauthorized {
		t.Errorf("without the token the page is %d", status)
	}
	s.poll("a run", func() bool {
		_, body := get(t, base+"metrics", token)
		return strings.Contains(body, `assay_watch_state{job="trial",provider="paytm",state="ok",thing="paytm/createOrder"} 1`)
	})
	if status, body := get(t, base, token); status != http.StatusOK || !strings.Contains(body, "paytm/createOrder") || strings.Contains(body, token) {
		t.Errorf("the page is %d, %d bytes", status, len(body))
	}
	if status, body := get(t, base+"report?job=trial", token); status != http.StatusOK || !strings.Contains(body, "<html") {
		t.Errorf("the report is %d: %.200s", status, body)
	}
	if status, body := get(t, base+"readyz", token); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	second := start(t, nil, nil, "watch", "once", "--config", file)
	second.waitFor("another assay watches with it (process ")
	if err := second.Wait(); second.ProcessState.ExitCode() != exitInconclusive {
		t.Errorf("a second one: %v", err)
	}
	s.ends(exitConforms, syscall.SIGTERM)
	if left, err := filepath.Glob(filepath.Join(dir, "*.lock")); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
	if code := run(t.Context(), []string{"watch", "status", "--config", file}, nil, io.Discard, t.Output()); code != exitConforms {
		t.Errorf("status: exit %d", code)
	}
}

// TestWatchSignal ends assay watch while a live request is in flight. It is stored why there is
// no data, the provider is not blamed, and the next run names the request.
func TestWatchSignal(t *testing.T) {
	t.Parallel()
	base, asked := hanging(t, 1)
	dir := t.TempDir()
	file := filepath.Join(dir, "assay.yaml")
	text := "hosts: {paytm: '" + base + "'}\nwatch: {store: watch.db, connectivity: '" + base + "', jobs: {live: {kind: live, provider: paytm, selection: paytm/createOrder/accepted, every: 1s, thresholds: {no-data: 1, failures: 1}}}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, nil, nil, "watch", "--config", file)
	s.waitFor("press Ctrl-C to stop")
	s.until(asked, 1)
	s.ends(exitConforms, syscall.SIGTERM)
	var out strings.Builder
	if code := run(t.Context(), []string{"watch", "status", "--config", file}, nil, &out, t.Output()); code != exitInconclusive {
		t.Errorf("status: exit %d", code)
	}
	if got := out.String(); !strings.HasPrefix(got, "no data   live paytm/createOrder since ") || !strings.Contains(got, "assay was ended while a request was in flight") {
		t.Error(got)
	}
	if n := len(asked); n > 1 {
		t.Errorf("%d more requests", n)
	}
}
