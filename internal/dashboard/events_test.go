package dashboard_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/watch"
)

// lines reads a stream of events.
type lines struct {
	*bufio.Scanner
	t *testing.T
}

// listen opens a stream; since is the revision that the client shows.
func listen(t *testing.T, server, since string) lines {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if since != "" {
		r.Header.Set("Last-Event-ID", since)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%s, %s", response.Status, kind)
	}
	l := lines{bufio.NewScanner(response.Body), t}
	l.want("retry: 5000")
	return l
}

// next is the next line that is not empty.
func (l lines) next() string {
	for l.Scan() {
		if l.Text() != "" {
			return l.Text()
		}
	}
	return "the end"
}

func (l lines) want(all ...string) {
	l.t.Helper()
	for _, want := range all {
		if got := l.next(); got != want {
			l.t.Fatalf("the stream has %q, want %q", got, want)
		}
	}
}

// revision is the one that the overview shows.
func revision(t *testing.T, h http.Handler) string {
	t.Helper()
	_, behind, ok := strings.Cut(text(t, get(t, h, "/"), http.StatusOK), `data-revision="`)
	found, _, _ := strings.Cut(behind, `"`)
	if !ok || found == "" {
		t.Fatal("the page has no revision")
	}
	return found
}

// TestEvents sends the revision after each change, once to a client that has an older one,
// and signs of life in between.
func TestEvents(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	t.Cleanup(d.Close)
	shown := revision(t, d)
	l := listen(t, server.URL, shown)
	d.Changed()
	second := revision(t, d)
	if second == shown {
		t.Fatal("the revision did not change")
	}
	l.want("id: "+second, "event: changed", "data: "+second)
	d.Committed(watch.Commit{Slot: watch.Slot{Job: "north-live"}})
	third := revision(t, d)
	l.want("id: "+third, "event: changed", "data: "+third)

	listen(t, server.URL, shown).want("id: "+third, "event: changed", "data: "+third)
	listen(t, server.URL, "from-another-process").want("id: " + third)
	listen(t, server.URL, "").want("id: " + third)

	d.SetHeartbeat(time.Millisecond)
	listen(t, server.URL, third).want(": still here", ": still here")

	d.Close()
	l.want("the end")
	d.Changed()
}

// TestEvents_bounded refuses streams over the limit, and takes new ones when others end.
func TestEvents_bounded(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	t.Cleanup(d.Close)
	for range dashboard.MaxStreams {
		listen(t, server.URL, "")
	}
	r := get(t, d, "/events")
	text(t, r, http.StatusServiceUnavailable)
	if r.Header.Get("Retry-After") == "" {
		t.Error("the response does not say when to try again")
	}
	d.Changed() // it does not wait for any of them
	text(t, get(t, d, "/"), http.StatusOK)
}

// stuck is the connection of a client that reads nothing: a write waits until its deadline.
type stuck struct {
	http.ResponseWriter
	guard    sync.Mutex
	writes   int
	late     bool // the deadline of a write is too far away
	deadline time.Time
}

func (s *stuck) SetWriteDeadline(at time.Time) error {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.deadline = at
	return nil
}

func (s *stuck) Flush() {}

func (s *stuck) Write(p []byte) (int, error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	if s.writes++; s.writes == 1 {
		return len(p), nil
	}
	if s.deadline.IsZero() || s.deadline.After(time.Now().Add(10*time.Second)) {
		s.late = true
	}
	return 0, os.ErrDeadlineExceeded
}

// TestEvents_slow drops a client that does not read.
func TestEvents_slow(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/events", nil)
	r.Host = "localhost"
	s := &stuck{ResponseWriter: httptest.NewRecorder()}
	d.ServeHTTP(s, r) // it returns
	if s.writes != 2 || s.late {
		t.Errorf("%d writes, deadline %s", s.writes, s.deadline)
	}
}

// TestEvents_limits lets a stream live longer than a server allows for other responses.
func TestEvents_limits(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	d.SetHeartbeat(time.Millisecond)
	server := httptest.NewUnstartedServer(d)
	server.Config.WriteTimeout = time.Nanosecond // it has passed when the handler begins
	server.Start()
	t.Cleanup(server.Close)
	t.Cleanup(d.Close)
	listen(t, server.URL, revision(t, d)).want(": still here", ": still here")
}
