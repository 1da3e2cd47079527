//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay/internal/database"
	"assay/internal/testsize"
	"assay/internal/watch"
	"assay/internal/watchstore"
)

// watchByWorld is assay watch by the clock of the test at WORLD: no time passes that the test does
// not want.
func watchByWorld() {
	c := &worldClock{base: os.Getenv("WORLD")}
	if err := c.ask(time.Time{}); err != nil {
		panic(err)
	}
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, clock: c, now: c.Now}
	os.Exit(p.execute(context.Background(), os.Args[1:]))
}

// worldClock is a clock that a test keeps.
type worldClock struct {
	base string
	mu   sync.Mutex
	now  time.Time
}

func (c *worldClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Wait tells the test what time it becomes, in the first round of each hour: the world changes at
// full hours only, and most of the 43,200 rounds of a month look at the outbox and wait again. The
// test ends the command by an error.
func (c *worldClock) Wait(_ context.Context, until time.Time, _ <-chan struct{}) error {
	now := c.Now()
	switch {
	case !until.After(now):
		return nil
	case until.Truncate(time.Hour).After(now):
		return c.ask(until)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = until
	return nil
}

func (c *worldClock) ask(until time.Time) error {
	text := ""
	if !until.IsZero() {
		text = until.Format(time.RFC3339Nano)
	}
	response, err := http.Get(c.base + "/time?" + url.Values{"until": {text}}.Encode()) //nolint:noctx // of the test itself
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errors.New("the end")
	}
	now, err := time.Parse(time.RFC3339Nano, string(raw))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
	return err
}

// The month, in days after its beginning. A live job runs every twelve hours.
const (
	drifts, driftsNot      = 3, 5   // the provider's responses are other ones
	outageFrom, outageTo   = 8, 9   // the provider gives no response
	networkFrom, networkTo = 12, 13 // there is no network
	bothFrom               = 16     // the provider gives no response …
	bothNetwork            = 17     // … then there is no network …
	bothBack               = 18     // … then there is one again …
	bothTo                 = 19     // … and then the provider responds
	fullFrom, fullTo       = 21, 22 // the disk is full
	killInRequest          = 24     // SIGKILL while a request is in flight
	killInNotice           = 26     // an outage; SIGKILL while its notice is being sent
	killOutageTo           = 27
	monthEnds              = 30
)

// world is what surrounds assay watch in the month: the provider, the network, the disk, and
// the receiver of notices.
type world struct {
	t       *testing.T
	mu      sync.Mutex
	now     time.Time
	begin   time.Time
	sandbox *httputil.ReverseProxy
	network net.Listener // that shows connectivity
	address string
	disk    string // the folder of the store; "" if it cannot be filled
	filler  string
	process *os.Process

	orders  map[string]int // by their reference
	offline int            // requests that came without a network
	notices []notice
	killed  map[int]bool // by day
	full    bool
}

type notice struct {
	ID   string `json:"id"`
	Data struct {
		Kind  string `json:"kind"`
		Thing string `json:"thing"`
	} `json:"data"`
	At time.Time `json:"timestamp"`
}

func (w *world) day(now time.Time) float64 { return now.Sub(w.begin).Hours() / 24 }

func within(day float64, from, to int) bool { return day >= float64(from) && day < float64(to) }

func (w *world) offlineAt(day float64) bool {
	return within(day, networkFrom, networkTo) || within(day, bothNetwork, bothBack)
}

func (w *world) silentAt(day float64) bool {
	return within(day, outageFrom, outageTo) || within(day, bothFrom, bothTo) || within(day, killInNotice, killOutageTo)
}

// turn sets the time, and makes the world as it is then.
func (w *world) turn(r http.ResponseWriter, request *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until, err := time.Parse(time.RFC3339Nano, request.FormValue("until")); err == nil {
		if w.day(until) >= monthEnds {
			http.Error(r, "the end", http.StatusGone)
			return
		}
		w.now = until
	}
	day := w.day(w.now)
	if offline := w.offlineAt(day); offline != (w.network == nil) {
		if offline {
			_ = w.network.Close()
			w.network = nil
		} else {
			w.connect()
		}
	}
	if full := within(day, fullFrom, fullTo); full != w.full {
		w.fill(full)
		w.full = full
	}
	_, _ = io.WriteString(r, w.now.Format(time.RFC3339Nano))
}

// connect lets connections to the address of the network succeed.
func (w *world) connect() {
	l, err := net.Listen("tcp", w.address) //nolint:noctx // loopback
	if err != nil {
		w.t.Error(err)
		return
	}
	w.network, w.address = l, l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
}

// fill fills the disk, or makes room again.
func (w *world) fill(full bool) {
	if w.disk == "" {
		return
	}
	if !full {
		if err := os.Remove(w.filler); err != nil {
			w.t.Error(err)
		}
		return
	}
	w.truncateLog()
	f, err := os.Create(w.filler)
	if err != nil {
		w.t.Error(err)
		return
	}
	for _, size := range []int{1 << 16, 1 << 10, 1} { // to the last byte
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		w.t.Error(err)
	}
	_ = f.Close()
}

// truncateLog empties the write-ahead log of the store, whose space could be used again on a
// disk that is full. Assay watch waits meanwhile.
func (w *world) truncateLog() {
	file, err := database.Open(w.t.Context(), filepath.Join(w.disk, "watch.db"))
	if err == nil {
		_, err = file.DB().ExecContext(w.t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		w.t.Error(err)
	}
}

// kill ends assay watch, once on each day.
func (w *world) kill(day int) bool {
	if w.killed[day] {
		return false
	}
	w.killed[day] = true
	if err := w.process.Kill(); err != nil {
		w.t.Error(err)
	}
	return true
}

// provide is the provider.
func (w *world) provide(r http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodOptions {
		w.sandbox.ServeHTTP(r, request)
		return
	}
	raw, err := io.ReadAll(request.Body)
	if err != nil {
		w.t.Error(err)
	}
	request.Body = io.NopCloser(bytes.NewReader(raw))
	var order struct {
		Reference string `json:"receipt_id"`
	}
	if json.Unmarshal(raw, &order) != nil || order.Reference == "" {
		w.t.Errorf("an order without a reference: %s", raw)
	}
	w.mu.Lock()
	day := w.day(w.now)
	w.orders[order.Reference]++
	if w.offlineAt(day) || w.full && w.disk != "" {
		w.offline++
	}
	silent := w.silentAt(day) || within(day, killInRequest, killInRequest+1) && w.kill(killInRequest)
	w.mu.Unlock()
	if silent {
		panic(http.ErrAbortHandler)
	}
	recorded := httptest.NewRecorder()
	w.sandbox.ServeHTTP(recorded, request)
	body := recorded.Body.Bytes()
	if within(day, drifts, driftsNot) {
		body = bytes.ReplaceAll(body, []byte(`"status":true`), []byte(`"status":"OK"`))
	}
	for name, values := range recorded.Header() {
		if name != "Content-Length" {
			r.Header()[name] = values
		}
	}
	r.WriteHeader(recorded.Code)
	_, _ = r.Write(body)
}

// receive gets the notices.
func (w *world) receive(r http.ResponseWriter, request *http.Request) {
	var n notice
	if err := json.NewDecoder(request.Body).Decode(&n); err != nil || n.ID != request.Header.Get("webhook-id") {
		w.t.Errorf("%v %+v", err, n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notices = append(w.notices, n)
	if within(w.day(w.now), killInNotice, killOutageTo) && w.kill(killInNotice) {
		panic(http.ErrAbortHandler)
	}
	r.WriteHeader(http.StatusNoContent)
}

// newWorld makes the world of the month.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, begin: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), orders: map[string]int{}, killed: map[int]bool{}}
	w.address = "127.0.0.2:0" // while there is no network, no server of another test may get its port
	w.now = w.begin
	w.connect()
	t.Cleanup(func() {
		if w.network != nil {
			_ = w.network.Close()
		}
	})
	ctx, stop := context.WithCancel(context.Background())
	output, done := make(chan string, 1), make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"sandbox", "paytring", "--quiet", "--credential", "paytring.key=" + monthKey, "--credential", "paytring.secret=" + monthSecret}, nil, &firstLine{output: output}, io.Discard)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	base, err := url.Parse(strings.Fields(<-output)[1])
	if err != nil {
		t.Fatal(err)
	}
	w.sandbox = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(base) }}
	return w
}

// The credentials of the month.
const (
	monthKey    = "test_key_of_the_month"
	monthSecret = "test_secret_of_the_month"
)

// smallDisk mounts a disk of a few megabytes, where the system permits that; otherwise it gives
// false.
func smallDisk(t *testing.T) (string, bool) {
	t.Helper()
	dir := watchFolder(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Log("no disk can be mounted, so none is filled: ", err)
		return dir, false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, true
}

// TestWatchMonth watches a provider for a month in which everything happens: drift, outages, a
// lost network, a full disk and two kills. The events are exactly those; each notice came once,
// or is recognisable as the same; no order was sent twice.
func TestWatchMonth(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	w := newWorld(t)
	disk, real := smallDisk(t)
	if real {
		w.disk, w.filler = disk, filepath.Join(disk, "filler")
	}
	provider := httptest.NewServer(http.HandlerFunc(w.provide))
	defer provider.Close()
	control := http.NewServeMux()
	control.HandleFunc("/time", w.turn)
	control.HandleFunc("/notices", w.receive)
	surroundings := httptest.NewServer(control)
	defer surroundings.Close()
	dir := watchFolder(t)
	text := fmt.Sprintf(`hosts: {paytring: %q}
watch:
  store: %s
  connectivity: %q
  parallel: 1
  channels:
    hook: {kind: webhook, url: %q}
  jobs:
    live: {kind: live, provider: paytring, selection: paytring/createOrder/accepted, every: 12h, drift: true, notify: hook}
`, provider.URL, filepath.Join(disk, "watch.db"), w.address, surroundings.URL+"/notices")
	if err := os.WriteFile(filepath.Join(dir, "assay.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for starts := 0; ; starts++ {
		if starts > 3 {
			t.Fatalf("it ended %d times\n%s", starts, said.String())
		}
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Args, c.Dir, c.Stderr, c.WaitDelay = []string{"watching", "watch"}, dir, &said, 10*time.Second
		c.Env = append(os.Environ(), "WORLD="+surroundings.URL, "XDG_STATE_HOME="+dir, "TMPDIR="+dir, "ASSAY_PAYTRING_KEY="+monthKey, "ASSAY_PAYTRING_SECRET="+monthSecret)
		w.mu.Lock()
		err := c.Start()
		w.process = c.Process
		w.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		err = c.Wait()
		if err == nil {
			break
		}
		if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			t.Fatalf("%v\n%s", err, said.String())
		}
	}
	w.checkMonth(disk, real, said.String())
}

// checkMonth compares what is remembered with what happened.
func (w *world) checkMonth(disk string, full bool, said string) {
	t := w.t
	t.Helper()
	s, err := watchstore.Open(t.Context(), filepath.Join(disk, "watch.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // it was only read
	all, err := s.Events(t.Context(), w.begin, 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	var got []string
	ids := map[string]string{}
	for _, e := range all {
		line := fmt.Sprintf("day %.2f: %s, %s", w.day(e.Time), e.Kind, e.To)
		got = append(got, line)
		ids[line] = e.ID
	}
	want := []string{ // the second run in a row decides
		"day 3.50: began, failing", "day 5.50: over, ok",
		"day 8.50: began, failing", "day 9.50: over, ok",
		"day 12.50: lost, no data", "day 13.00: regained, ok",
		"day 16.50: began, failing", "day 17.50: lost, no data", "day 18.00: regained, failing", "day 19.50: over, ok",
		"day 26.50: began, failing", "day 27.50: over, ok",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the events are\n%s\nwant\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), said)
	}
	w.checkNotices(want)
	for reference, n := range w.orders {
		if n != 1 {
			t.Errorf("the order %s was sent %d times", reference, n)
		}
	}
	if w.offline > 0 || len(w.killed) != 2 {
		t.Errorf("%d orders were sent without a network or with a full disk; %d kills", w.offline, len(w.killed))
	}
	points, err := s.History(t.Context(), "live paytring/createOrder", watch.Day, w.begin, w.begin.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	w.checkHistory(points, full)
	timeline, err := ledgerTimeline(t.Context(), filepath.Join(disk, "watch.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range timeline {
		if w.day(e.FirstSeen) != drifts || w.day(e.LastSeen) != driftsNot-0.5 || e.Runs != 4 || w.day(e.Gone) != driftsNot+1 {
			t.Errorf("the ledger has %s from day %.2f to %.2f in %d runs, gone on day %.2f", e.Sentence, w.day(e.FirstSeen), w.day(e.LastSeen), e.Runs, w.day(e.Gone))
		}
	}
	if len(timeline) == 0 {
		t.Error("the ledger has no change")
	}
	if strings.Count(said, "an earlier run ended while the request of paytring/createOrder/accepted was in flight") != 1 {
		t.Errorf("the request that the kill left is not named once: %s", said)
	}
	if full && (strings.Count(said, "the store fails") != 1 || strings.Count(said, "the store works again") != 1 || !strings.Contains(said, "there is no room on the disk")) {
		t.Errorf("the full disk is not reported once: %s", said)
	}
}

// checkNotices holds the notices to the events: each came once, but for the one in which assay
// was killed, which came again with the same id.
func (w *world) checkNotices(events []string) {
	w.t.Helper()
	times := map[string]int{}
	var first []string
	for _, n := range w.notices {
		if times[n.ID]++; times[n.ID] == 1 {
			first = append(first, n.Data.Kind)
		}
	}
	var kinds []string
	for _, line := range events {
		kind, _, _ := strings.Cut(line[strings.Index(line, ": ")+2:], ",")
		kinds = append(kinds, kind)
	}
	if !slices.Equal(first, kinds) {
		w.t.Errorf("notices %v, want %v", first, kinds)
	}
	if len(w.notices) != len(events)+1 {
		w.t.Errorf("%d notices of %d events; one was interrupted", len(w.notices), len(events))
	}
}

// checkHistory holds the history by day to what happened.
func (w *world) checkHistory(points []watch.Point, full bool) {
	w.t.Helper()
	for day := range monthEnds {
		want := map[watch.State]int{watch.OK: 2}
		at := float64(day)
		switch {
		case w.offlineAt(at):
			want = map[watch.State]int{watch.NoData: 2}
		case w.silentAt(at), within(at, drifts, driftsNot):
			want = map[watch.State]int{watch.Failing: 2}
		case within(at, fullFrom, fullTo) && full:
			want = nil
		case day == killInRequest:
			want = map[watch.State]int{watch.OK: 1, watch.NoData: 1}
		}
		if day == 0 {
			want[watch.OK]-- // the first run is at the end of the first interval
		}
		got := map[watch.State]int(nil)
		for _, p := range points {
			if p.Time.Equal(w.begin.AddDate(0, 0, day)) {
				got = p.States
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			w.t.Errorf("day %s has %v, want %v", strconv.Itoa(day), got, want)
		}
	}
}

// watchFolder makes a folder whose path has no digits. The number in the name of t.TempDir can
// look like that of a card, and messages with such a path are redacted.
func watchFolder(t *testing.T) string {
	t.Helper()
	made := t.TempDir()
	plain := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + 'a'
		}
		return r
	}, filepath.Base(filepath.Dir(made))+"-"+filepath.Base(made))
	dir := filepath.Join(os.TempDir(), plain)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
