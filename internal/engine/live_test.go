package engine_test

import (
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/openapi"
	"assay/internal/outage"
	"assay/internal/recording"
	"assay/internal/signature"
)

// counter responds to every order of Paytm with the documented success or duplicate, and
// keeps the requests.
type counter struct {
	mu      sync.Mutex
	op      *openapi.Operation
	own     map[string]string
	orders  map[string]int
	before  func(w http.ResponseWriter) bool // responds instead if it returns true; may be nil
	queries []string
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		return // asks whether this is an assay sandbox
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	reference := r.URL.Query().Get("orderId")
	c.orders[reference]++
	c.queries = append(c.queries, r.URL.RawQuery)
	if c.before != nil && c.before(w) {
		return
	}
	code := "0000"
	if c.orders[reference] > 1 {
		code = "324"
	}
	example, _ := c.op.Example(code)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(signature.Sign(c.op.Sign.Response, example.Body, c.own, signature.Zeros{}))
}

// own returns credentials that no fixture contains.
func own(env string) string {
	return map[string]string{"ASSAY_PAYTM_MID": "900000000000000000001", "ASSAY_PAYTM_MERCHANT_KEY": "live-key-16bytes"}[env]
}

func counting(t *testing.T) (*counter, *httptest.Server) {
	t.Helper()
	c := &counter{
		op: enginetest.Load(t).Spec("paytm").Operation("createOrder"), orders: map[string]int{},
		own: map[string]string{"merchantKey": own("ASSAY_PAYTM_MERCHANT_KEY")},
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server
}

func live(t *testing.T, base string, change func(*engine.Live)) (*engine.Engine, error) {
	t.Helper()
	l := &engine.Live{
		Bases: map[string]string{"paytm": base}, Getenv: own, Rate: 1e6, MaxCalls: 100, Timeout: 10 * time.Second,
		Transport: &http.Transport{},
	}
	if change != nil {
		change(l)
	}
	e := enginetest.LoadData(t, catalog.Embedded(), catalog.Options{})
	source, err := engine.Network(e.Catalog, *l)
	return engine.New(e.Catalog, source), err
}

func play(t *testing.T, e *engine.Engine, patterns ...string) map[string]contract.Result {
	t.Helper()
	selected, err := e.Select(patterns)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]contract.Result{}
	for _, r := range e.Run(t.Context(), selected, contract.Error, "test", nil).Results {
		all[strings.TrimPrefix(r.Case, "paytm/createOrder/")] = r
	}
	return all
}

// TestLive sends requests to a server on loopback: with credentials from the environment
// and new references, each once. Cases that no request can provoke are inconclusive.
func TestLive(t *testing.T) {
	t.Parallel()
	server, at := counting(t)
	for range 2 {
		e, err := live(t, at.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := play(t, e, "paytm/createOrder/accepted", "paytm/createOrder/duplicate", "paytm/createOrder/system-error", "paytm/createOrder/checksum-missing")
		for name, want := range map[string]contract.Verdict{"accepted": contract.Pass, "duplicate": contract.Pass, "system-error": contract.Inconclusive, "checksum-missing": contract.Inconclusive} {
			if r := got[name]; r.Verdict != want {
				t.Errorf("%s is %s: %s %+v", name, r.Verdict, r.Why, r.Findings)
			}
		}
		if r := got["accepted"]; r.Evidence != contract.Simulated || r.Origin != "live" || slices.Contains(r.Checked, "cassette-intact") {
			t.Errorf("a response of a program on loopback counts as %s from %s", r.Evidence, r.Origin)
		}
	}
	if len(server.orders) != 2 {
		t.Errorf("two runs sent %d orders: %v", len(server.orders), server.orders)
	}
	for reference, n := range server.orders {
		if n != 2 || reference == "OREDRID98765" || len(reference) != len("OREDRID98765") {
			t.Errorf("%s was sent %d times", reference, n)
		}
	}
	for _, q := range server.queries {
		if !strings.Contains(q, "mid=900000000000000000001") {
			t.Errorf("sent with %s", q)
		}
	}
}

// TestLiveSendsOnce loses every response: each order is sent once, and the error advises
// to inquire.
func TestLiveSendsOnce(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(http.ResponseWriter) bool{
		"cut off": func(w http.ResponseWriter) bool {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close()
			}
			return true
		},
		"half": func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"head":`)
			return true
		},
	} {
		server, at := counting(t)
		server.before = lose
		e, err := live(t, at.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := play(t, e, "paytm/createOrder/accepted", "paytm/createOrder/duplicate")
		if got := r["accepted"]; got.Verdict != contract.Errored || !strings.Contains(got.Why, "inquire about it, and do not send it again") {
			t.Errorf("%s: %s, %s", name, got.Verdict, got.Why)
		}
		for reference, n := range server.orders {
			if n != 1 {
				t.Errorf("%s: %s was sent %d times", name, reference, n)
			}
		}
		if len(server.orders) != 1 {
			t.Errorf("%s: the case that follows it was sent as well", name)
		}
	}
}

// TestLiveUnsent sends to a host that accepts no connection: it is certain that nothing was sent.
func TestLiveUnsent(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	e, err := live(t, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := play(t, e, "paytm/createOrder/accepted")["accepted"]
	if got.Verdict != contract.Errored || !got.NoResponse || !strings.HasSuffix(got.Why, "\nnothing was sent") || strings.Contains(got.Why, "inquire") {
		t.Errorf("%s, %q", got.Verdict, got.Why)
	}
}

// TestLiveRetryNever loses the response to an order in every way after which net/http
// would send it again. The order is sent and counted once, and the next case is played.
func TestLiveRetryNever(t *testing.T) {
	t.Parallel()
	for _, fault := range outage.Faults() {
		s := outage.New(t, fault, func(n int) bool { return n == 1 })
		over := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.Roots(), MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
		t.Cleanup(over.CloseIdleConnections)
		e, err := live(t, s.URL, func(l *engine.Live) { l.Transport, l.MaxCalls = over, 2 })
		if err != nil {
			t.Fatal(err)
		}
		accepted := e.Fixtures.Case("paytm/createOrder/accepted")
		if r := recording.Record(t.Context(), e, accepted, contract.Error, time.Now()); !strings.Contains(r.Why, "inquire about it, and do not send it again") || strings.Contains(r.Why, "GetBody") {
			t.Errorf("%s: not recorded: %s", fault, r.Why)
		}
		if n := s.Requests(); n != 1 {
			t.Errorf("%s: the order was sent %d times", fault, n)
		}
		r := play(t, e, "paytm/createOrder/accepted", "paytm/createOrder/everything")
		if got := r["accepted"]; got.Verdict != contract.Errored || !strings.Contains(got.Why, "inquire about it, and do not send it again") {
			t.Errorf("%s: %s, %s", fault, got.Verdict, got.Why)
		}
		if got := r["everything"]; got.Verdict == contract.Errored {
			t.Errorf("%s: the next case is %s: %s", fault, got.Verdict, got.Why)
		}
		if n := s.Requests(); n != 2 {
			t.Errorf("%s: two orders were sent %d times", fault, n)
		}
	}
}

func TestLiveBounds(t *testing.T) {
	t.Parallel()
	server, at := counting(t)
	e, err := live(t, at.URL, func(l *engine.Live) { l.MaxCalls = 1 })
	if err != nil {
		t.Fatal(err)
	}
	r := play(t, e, "paytm/createOrder/accepted", "paytm/createOrder/everything")
	if r["everything"].Verdict != contract.Errored || !strings.Contains(r["everything"].Why, "all of its 1 calls") || len(server.queries) != 1 {
		t.Errorf("a budget of one call: %d calls, %s", len(server.queries), r["everything"].Why)
	}
	for name, c := range map[string]struct {
		change func(*engine.Live)
		want   string
	}{
		"another provider": {func(l *engine.Live) { l.Bases = map[string]string{"paytn": "https://x.example.com"} }, "did you mean paytm?"},
		"plain http":       {func(l *engine.Live) { l.Bases["paytm"] = "http://pay.example.com" }, "http is for loopback only"},
		"not a URL":        {func(l *engine.Live) { l.Bases["paytm"] = "pay.example.com" }, "expected https://HOST"},
		"no rate":          {func(l *engine.Live) { l.Rate = 0 }, "must be above 0"},
		"no number":        {func(l *engine.Live) { l.Rate = math.NaN() }, "must be above 0"},
		"no limit":         {func(l *engine.Live) { l.Rate = math.Inf(1) }, "must be above 0"},
	} {
		if _, err := live(t, at.URL, c.change); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLiveNeedsCredentials(t *testing.T) {
	t.Parallel()
	e, err := live(t, "https://pay.example.com", func(l *engine.Live) {
		l.Getenv = func(env string) string {
			if env == "ASSAY_PAYTM_MID" {
				return "900000000000000000001"
			}
			return ""
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	selected, err := e.Select([]string{"paytm", "enkash"})
	if err != nil {
		t.Fatal(err)
	}
	err = e.Ready(selected)
	var lacks *catalog.CredentialsError
	if !errors.As(err, &lacks) {
		t.Fatalf("ready: %v", err)
	}
	for _, want := range []string{"paytm: ASSAY_PAYTM_MERCHANT_KEY not set", "enkash: ASSAY_ENKASH_"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "ASSAY_PAYTM_MID") || strings.Contains(err.Error(), "ASSAY_ENKASH_API_KEY") || strings.Contains(err.Error(), "9000000") {
		t.Errorf("%v names a credential that is set or optional, or shows a value", err)
	}
}

// TestUndocumentedStatus has signed responses with an undocumented HTTP status: the run
// goes on and reports it.
func TestUndocumentedStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusCreated, http.StatusServiceUnavailable} {
		c, server := counting(t)
		c.before = func(w http.ResponseWriter) bool {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			return false
		}
		e, err := live(t, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		report := e.Run(t.Context(), []*contract.Case{e.Fixtures.Case("paytm/createOrder/accepted")}, contract.Error, "test", nil)
		r := report.Results[0]
		if !slices.ContainsFunc(r.Findings, func(f contract.Finding) bool { return f.Rule == "status-documented" }) {
			t.Errorf("HTTP status %d: %+v", status, r)
		}
		if !slices.ContainsFunc(r.Inconclusive, func(g contract.Gap) bool { return g.Rule == "signature-verified" }) {
			t.Errorf("HTTP status %d: signature-verified: %+v", status, r.Inconclusive)
		}
	}
}

// TestLiveBases gives the base of a provider that is not loaded: a script may list
// the bases of all providers and run one.
func TestLiveBases(t *testing.T) {
	t.Parallel()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{Wants: catalog.Named("paytm")})
	if err != nil {
		t.Fatal(err)
	}
	asked := func(provider string) error {
		_, err := engine.Network(k, engine.Live{
			Bases: map[string]string{provider: "https://pay.example.com"}, Getenv: own, Rate: 1, MaxCalls: 1, Timeout: time.Second,
		})
		return err
	}
	if err := asked("enkash"); err != nil {
		t.Errorf("a base of a provider that is not loaded: %v", err)
	}
	if err := asked("enkas"); err == nil || !strings.Contains(err.Error(), "did you mean enkash?") {
		t.Errorf("a base of no provider: %v", err)
	}
}

// TestReadyCompilesPredecessors has a case follow one of another provider, whose
// specification does not compile: Ready reports it before anything is sent.
func TestReadyCompilesPredecessors(t *testing.T) {
	t.Parallel()
	data := catalog.Embedded()
	replaced := func(fsys fs.FS, file, old, replacement string) *fstest.MapFile {
		raw, err := fs.ReadFile(fsys, file)
		if err != nil || !strings.Contains(string(raw), old) {
			t.Fatalf("%s: %v", file, err)
		}
		return &fstest.MapFile{Data: []byte(strings.Replace(string(raw), old, replacement, 1))}
	}
	below := func(fsys fs.FS, file string, with *fstest.MapFile) fs.FS {
		all := fstest.MapFS{file: with}
		_ = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path != file {
				raw, _ := fs.ReadFile(fsys, path)
				all[path] = &fstest.MapFile{Data: raw}
			}
			return err
		})
		return all
	}
	data.Fixtures = below(data.Fixtures, "paytm/createOrder/follows.yaml",
		replaced(data.Fixtures, "paytm/createOrder/accepted.yaml", "\norder:", "\nafter: enkash/createOrder/accepted\norder:"))
	data.Specs = below(data.Specs, "enkash.yaml", replaced(data.Specs, "enkash.yaml", `when: authentication in ["missing", "invalid", "expired"]`, `when: "request.body.( =="`))
	e := enginetest.LoadData(t, data, catalog.Options{Wants: catalog.Named("paytm")})
	selected, err := e.Select([]string{"paytm/createOrder/follows"})
	if err != nil {
		t.Fatal(err)
	}
	var fault *openapi.ExpressionsError
	if err := e.Ready(selected); !errors.As(err, &fault) || !strings.Contains(err.Error(), "specs/enkash.yaml:") {
		t.Errorf("ready: %v", err)
	}
}

// hostCounter counts requests by host and responds to none.
type hostCounter struct {
	mu    sync.Mutex
	hosts map[string]int
}

func (a *hostCounter) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hosts[r.URL.Host]++
	return nil, errors.New("no response")
}

// TestLiveCallsSelectedProvidersOnly runs the cases of one provider with a waiver about all
// providers: nothing is sent to the others, and the waiver is not reported as unused.
func TestLiveCallsSelectedProvidersOnly(t *testing.T) {
	t.Parallel()
	waiver := contract.Waiver{
		Rule: "fields-documented", Where: "*", Owner: "payments", Reason: "new members", Evidence: "ticket", Source: "waivers.yaml:1",
		Expires: time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	e := enginetest.LoadData(t, catalog.Embedded(), catalog.Options{Waivers: []contract.Waiver{waiver}})
	hosts := &hostCounter{hosts: map[string]int{}}
	e = enginetest.OverNetwork(t, e, engine.Live{
		Bases: map[string]string{"paytm": "https://paytm.example"}, Getenv: own, Rate: 1e6, MaxCalls: 1000, Timeout: 10 * time.Second, Transport: hosts,
	})
	got := play(t, e, "paytm")
	if len(hosts.hosts) != 1 || hosts.hosts["paytm.example"] == 0 {
		t.Errorf("requests went to %v", hosts.hosts)
	}
	for _, f := range got["paytm"].Findings {
		if f.Rule == "waiver-used" {
			t.Errorf("a waiver about providers that were not called is reported as unused: %+v", f)
		}
	}
}
