package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/dashboard"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// TestWatchLeavesNoCanary puts traffic with secrets and personal data at every place into the
// folder of a job. None of them reaches the store, a message, the page or its report. The short
// form has four of the places.
func TestWatchLeavesNoCanary(t *testing.T) {
	t.Parallel()
	sample := sampleExchange(t)
	puts := places()
	for _, name := range []string{"the name of a member", "a name further below", "a name with more in it", "a name in the request", "the query", "the code"} {
		delete(puts, name) // the place of a finding has the name, its message a code that is one word
	}
	var all []byte
	for _, put := range some(puts, 4) {
		for _, v := range canaries() {
			all = append(all, canaryExchanges(t, withCredentials(sample), spoiled(put), v)...)
		}
	}
	traffic, dir := t.TempDir(), t.TempDir()
	text := "watch:\n  store: watch.db\n  channels: {pager: {kind: command, command: [sh, -c, 'cat >> \"" + filepath.Join(dir, "events.ndjson") + "\"']}}\n" +
		"  jobs: {logs: {kind: folder, provider: paytm, folder: '" + traffic + "', every: 1h, drift: true, notify: pager}}\n"
	file := filepath.Join(dir, "assay.yaml")
	for name, raw := range map[string][]byte{file: []byte(text), filepath.Join(traffic, "a.ndjson"): all} {
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	for _, command := range []string{"once", "status"} {
		if code := run(t.Context(), []string{"watch", command, "--config", file}, nil, &out, &out); code != exitFindings {
			t.Errorf("%s: exit code %d: %s", command, code, out.String())
		}
	}
	hunt(t, "output", out.Bytes())
	huntFiles(t, "file", dir)
	store, err := watchstore.Open(t.Context(), filepath.Join(dir, "watch.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }() // it was only read
	now := time.Now().Add(time.Minute)
	raw, _, err := store.Report(t.Context(), "logs")
	if err != nil || len(raw) == 0 {
		t.Fatal("no report", err)
	}
	hunt(t, "report in the store", raw)
	events, err := store.Events(t.Context(), time.Time{}, 1000)
	if err != nil || len(events) == 0 {
		t.Fatal("no event", err)
	}
	things, err := store.Things(t.Context())
	if err != nil || len(things) == 0 {
		t.Fatal("no thing", err)
	}
	points, err := store.History(t.Context(), things[0].Name, watch.Day, now.AddDate(0, 0, -2), now)
	if err != nil || len(points) == 0 {
		t.Fatal("no history", err)
	}
	for name, value := range map[string]any{"events": events, "things": things, "history": points} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		hunt(t, name, text)
	}
	page := dashboard.New(dashboard.Options{
		Store: store, Jobs: []watch.Job{{Name: "logs", Provider: "paytm", Kind: watch.Folder}},
	})
	defer page.Close()
	for _, path := range []string{"/", "/thing?name=" + url.QueryEscape(things[0].Name), "/report?job=logs", "/metrics", "/api/things"} {
		recorded := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+path, nil)
		page.ServeHTTP(recorded, r)
		if recorded.Code != http.StatusOK {
			t.Errorf("%s: %d", path, recorded.Code)
		}
		hunt(t, path, recorded.Body.Bytes())
	}
	if !bytes.Contains(all, []byte(canaries()["ASSAY_PAYTM_MERCHANT_KEY"])) {
		t.Error("the traffic has no canary")
	}
}
