package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/report"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/testsize"
)

// runningProxy is a proxy that a test started, with the code of the command.
type runningProxy struct {
	base, admin string
	out, words  *outputBuffer
	interrupt   context.CancelFunc
	done        chan int
}

// outputBuffer collects output and can be read at the same time.
type outputBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	want  string // heard is closed when this text was written
	heard chan struct{}
}

func (s *outputBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.want != "" && bytes.Contains(s.b.Bytes(), []byte(s.want))
	s.b.Write(p)
	if s.want != "" && !before && bytes.Contains(s.b.Bytes(), []byte(s.want)) {
		close(s.heard)
	}
	return len(p), nil
}

func (s *outputBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// startProxy runs `assay proxy` until it serves. It gives nil if the command ends
// before. The check timeout is long, so that a busy machine makes no difference.
func startProxy(args ...string) (*runningProxy, error) {
	ctx, interrupt := context.WithCancel(context.Background())
	s := &runningProxy{out: &outputBuffer{}, words: &outputBuffer{want: "press Ctrl-C to stop", heard: make(chan struct{})}, interrupt: interrupt, done: make(chan int, 1)}
	go func() {
		s.done <- run(ctx, append([]string{"proxy", "--check-timeout", "10m"}, args...), nil, s.out, s.words)
	}()
	select {
	case <-s.words.heard:
	case code := <-s.done:
		interrupt()
		return nil, fmt.Errorf("it ended with %d: %s", code, s.words)
	}
	announced := s.out.String() + s.words.String()
	s.base = regexp.MustCompile(`(?m)^\w+ +(http://\S+) +to `).FindStringSubmatch(announced)[1]
	if m := regexp.MustCompile(`(?m)^admin +(\S+)/metrics$`).FindStringSubmatch(announced); m != nil {
		s.admin = m[1]
	}
	return s, nil
}

func newRunningProxy(t testing.TB, args ...string) *runningProxy {
	t.Helper()
	s, err := startProxy(args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.interrupt)
	return s
}

// end interrupts the proxy and gives the exit code.
func (s *runningProxy) end() int {
	s.interrupt()
	return <-s.done
}

// proxyForScript starts a proxy for the rest of a script and sets PROXY to its address:
// proxied ARGUMENT...
func proxyForScript(stands *sync.Map) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		for i, arg := range args { // relative to the folder of the script
			if i > 0 && (args[i-1] == "--keys" || args[i-1] == "--log" || args[i-1] == "--data" || args[i-1] == "--record") {
				args[i] = ts.MkAbs(arg)
			}
		}
		s, err := startProxy(args...)
		if err != nil {
			ts.Fatalf("%v", err)
		}
		ts.Defer(s.interrupt)
		ts.Setenv("PROXY", s.base)
		ts.Setenv("ADMIN", s.admin)
		stands.Store(ts.Getenv("WORK"), s)
	}
}

// stopProxy interrupts the proxy and checks the exit code; proxy.out and proxy.err have
// its output: ended CODE.
func stopProxy(stands *sync.Map) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		v, _ := stands.Load(ts.Getenv("WORK"))
		s, ok := v.(*runningProxy)
		if !ok || len(args) != 1 {
			ts.Fatalf("usage: ended CODE, after proxied")
		}
		code := s.end()
		ts.Check(os.WriteFile(ts.MkAbs("proxy.out"), []byte(s.out.String()), 0o600))
		ts.Check(os.WriteFile(ts.MkAbs("proxy.err"), []byte(s.words.String()), 0o600))
		if strconv.Itoa(code) != args[0] {
			ts.Fatalf("assay proxy ended with %d, want %s\n%s%s", code, args[0], s.out, s.words)
		}
	}
}

// newSandbox makes a sandbox of Paytm.
func newSandbox(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := sandbox.New(k.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// keyFile writes a key file with the credentials of the sandbox.
func keyFile(t testing.TB) string {
	t.Helper()
	return tempFile(t, "paytm:\n  mid: \"216820000002516036253\"\n  merchantKey: 0123456789abcdef\n")
}

// tempFile writes a text to a new file and gives its path.
func tempFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// postOrder posts an order and gives the response as the client sees it: the part of
// the body that arrived, and whether it was complete. Without a response the status is
// 0.
func postOrder(ctx context.Context, client *http.Client, base, id, body string, header map[string]string) (response contract.Response, whole bool) {
	const mid = "216820000002516036253"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/aoa-acquiring-biz/v2/order?mid="+mid+"&orderId="+id, strings.NewReader(body))
	if err != nil {
		return response, false
	}
	req.Header.Set("Content-Type", "application/json")
	for name, v := range header {
		req.Header.Set(name, v)
	}
	resp, err := client.Do(req)
	if err != nil {
		return response, false
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return contract.Response{Status: resp.StatusCode, Header: resp.Header, Body: raw}, err == nil
}

func orderBody(id string) string {
	return fmt.Sprintf(`{"body":{"requestType":"PAYMENT","mid":"216820000002516036253","orderId":%q,"websiteName":"retail","txnAmount":{"value":"1.00","currency":"INR"},"userInfo":{"custId":"C1"}}}`, id)
}

// bodyDigests has a digest of each request and response body, as seen at one end.
type bodyDigests struct {
	mu  sync.Mutex
	all map[string][2][32]byte // by order id: request and response
}

func (e *bodyDigests) put(id string, asked, responded []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all[id] = [2][32]byte{sha256.Sum256(asked), sha256.Sum256(responded)}
}

// recordBodies wraps a handler and stores the digests of its bodies.
func recordBodies(h http.Handler, e *bodyDigests) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
		o := &bodyRecorder{ResponseWriter: w}
		defer func() { e.put(r.Header.Get("X-Id"), asked, o.got.Bytes()) }()
		h.ServeHTTP(o, r)
	})
}

type bodyRecorder struct {
	http.ResponseWriter
	got bytes.Buffer
}

func (o *bodyRecorder) Write(p []byte) (int, error) {
	o.got.Write(p)
	return o.ResponseWriter.Write(p)
}

func (o *bodyRecorder) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// sandboxFaults gives the rules that report each fault of the sandbox. The order has no
// head, so an ambiguity is reported for every order.
func sandboxFaults() map[string][]string {
	const head = "strict-interpretation"
	return map[string][]string{
		"":                 {head},
		"extra-field":      {head, "fields-documented"},
		"number-as-string": {head, "fields-typed", "code-documented"},
		"missing-field":    {head, "fields-required", "code-documented"},
		"unknown-code":     {head, "code-documented"},
		"html-502":         {head, "status-documented"},
		"too-many":         {head, "status-documented"},
		"half-character":   {head, "type-documented"},
		"unsigned":         {head, "response-signed"},
		"truncated":        nil, // the response cannot be checked
		"reset":            nil,
	}
}

// TestProxyUnderLoad sends exchanges from 16 clients to a sandbox that injects faults:
// 22 from each, so that each client meets every fault twice, or 200 in make test-full. Every
// body is the same at both ends. Header, log, metrics and report count the injected
// faults.
func TestProxyUnderLoad(t *testing.T) {
	t.Parallel()
	const clients = 16
	each := 22
	if testsize.Full() {
		each = 200
	}
	there, here := &bodyDigests{all: map[string][2][32]byte{}}, &bodyDigests{all: map[string][2][32]byte{}}
	up := httptest.NewServer(recordBodies(newSandbox(t), there))
	defer up.Close()
	dir := t.TempDir()
	lined, reported := filepath.Join(dir, "log"), filepath.Join(dir, "report.json")
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--keys", keyFile(t), "--admin", "127.0.0.1:0", "--log", lined, "--report", "json="+reported)
	faults := sandboxFaults()
	names := slices.Sorted(maps.Keys(faults))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	want, exchanges, lines, unreadable := map[string]int{}, 0, 0, 0
	var wrong atomic.Int64
	var wg sync.WaitGroup
	for c := range clients {
		for i := range each {
			fault := names[(c*7+i)%len(names)]
			exchanges++
			for _, rule := range faults[fault] {
				want[rule]++
			}
			lines += min(1, len(faults[fault]))
			if fault == "truncated" || fault == "reset" {
				unreadable++
			}
		}
		wg.Go(func() {
			for i := range each {
				fault, id := names[(c*7+i)%len(names)], fmt.Sprintf("LOAD%03dX%05d", c, i)
				header := map[string]string{"X-Id": id}
				if fault != "" {
					header["Prefer"] = "fault=" + fault
				}
				body := orderBody(id)
				response, whole := postOrder(t.Context(), client, p.base, id, body, header)
				got, expected := response.Header.Get(proxy.FindingsHeader), strconv.Itoa(len(faults[fault]))
				if fault == "truncated" || fault == "reset" {
					expected = ""
				}
				if response.Status == 0 || whole == (fault == "truncated") || got != expected {
					wrong.Add(1)
					t.Errorf("%s: responded %d, whole: %t, %s findings, want %s", fault, response.Status, whole, got, expected)
				}
				if fault == "reset" {
					response.Body = nil // the body is a message of the proxy
				}
				here.put(id, []byte(body), response.Body)
			}
		})
	}
	wg.Wait()
	if wrong.Load() > 0 {
		t.FailNow()
	}
	metrics := scrapeMetrics(t, p.admin)
	if code := p.end(); code != exitFindings {
		t.Errorf("it ended with %d\n%s", code, p.words)
	}
	up.Close() // waits until its handlers return
	if !maps.Equal(there.all, here.all) {
		t.Error("the bodies at both ends are not the same")
	}
	dropped := int(metrics[`assay_dropped_total{provider="paytm"}`])
	if got := logLines(t, lined); got+dropped != lines {
		t.Errorf("%d lines of log and %d dropped, want %d", got, dropped, lines)
	}
	got := map[string]int{}
	for series, n := range metrics {
		if m := regexp.MustCompile(`^assay_findings\{.*rule="([^"]*)"`).FindStringSubmatch(series); m != nil {
			got[m[1]] += int(n)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("metrics count %v, want %v", got, want)
	}
	r := reportOf(t, reported)
	got = map[string]int{}
	for _, g := range r.Traffic.Groups {
		got[g.Finding.Rule] += int(g.Count)
	}
	if !maps.Equal(got, want) {
		t.Errorf("the report counts %v, want %v", got, want)
	}
	if int(r.Traffic.Unreadable) != unreadable || int(r.Traffic.Exchanges)+unreadable != exchanges || r.Traffic.Unmatched != 0 {
		t.Errorf("the report counts %+v, want %d exchanges, %d of them unreadable", r.Traffic, exchanges, unreadable)
	}
	t.Logf("%d exchanges, %v, %d unreadable, %d dropped", exchanges, want, unreadable, dropped)
}

// reportOf reads a JSON report and checks it against the schema.
func reportOf(t *testing.T, path string) *contract.Report {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t, report.Schema).Validate(value); err != nil {
		t.Error(err)
	}
	var r contract.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func compiled(t *testing.T, raw []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// logLines checks every line of a log against the schema and counts the lines.
func logLines(t *testing.T, path string) int {
	t.Helper()
	schema := compiled(t, proxy.LogSchema)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(raw)) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// scrapeMetrics reads /metrics and gives the value of every series.
func scrapeMetrics(t *testing.T, admin string) map[string]float64 {
	t.Helper()
	status, text := page(t, admin+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: %d", status)
	}
	all := map[string]float64{}
	form := regexp.MustCompile(`^([a-z_]+(?:\{(?:[a-z]+="[^"]*",?)*\})?) (\S+)$`)
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		m := form.FindStringSubmatch(s.Text())
		if m == nil {
			t.Fatalf("/metrics: %q", s.Text())
		}
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		all[m[1]] = n
	}
	return all
}

func page(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// TestProxyDrains checks that requests in progress are completed after an interrupt,
// and that /readyz fails meanwhile.
func TestProxyDrains(t *testing.T) {
	t.Parallel()
	asked, goOn := make(chan struct{}), make(chan struct{})
	inner := newSandbox(t)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-goOn
		inner.ServeHTTP(w, r)
	}))
	defer up.Close()
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--keys", keyFile(t), "--admin", "127.0.0.1:0", "--drain", "1m")
	if status, word := page(t, p.admin+"/readyz"); status != http.StatusOK || word != "ready\n" {
		t.Errorf("/readyz: %d %s", status, word)
	}
	responded := make(chan string, 1)
	go func() {
		response, whole := postOrder(context.Background(), http.DefaultClient, p.base, "DRAIN001", orderBody("DRAIN001"), nil)
		responded <- fmt.Sprint(whole, " ", strings.Contains(string(response.Body), `"0000"`))
	}()
	<-asked
	if n := scrapeMetrics(t, p.admin)[`assay_in_flight{provider="paytm"}`]; n != 1 {
		t.Errorf("%v in flight, want 1", n)
	}
	p.interrupt()
	for status := http.StatusOK; status != http.StatusServiceUnavailable; {
		status, _ = page(t, p.admin+"/readyz")
	}
	if status, word := page(t, p.admin+"/healthz"); status != http.StatusOK || word != "ok\n" {
		t.Errorf("/healthz: %d %s", status, word)
	}
	close(goOn)
	if got := <-responded; got != "true true" {
		t.Errorf("what had begun ended with %s", got)
	}
	if code := <-p.done; code != exitConforms {
		t.Errorf("it ended with %d\n%s%s", code, p.out, p.words)
	}
}

// TestProxyDrainEnds checks that a request which does not end is stopped after --drain,
// and reported.
func TestProxyDrainEnds(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(asked)
		<-r.Context().Done()
	}))
	defer up.Close()
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--drain", "10ms")
	gone := make(chan bool, 1)
	go func() {
		response, _ := postOrder(context.Background(), http.DefaultClient, p.base, "DRAIN002", orderBody("DRAIN002"), nil)
		gone <- response.Status == 0 || response.Status == http.StatusBadGateway
	}()
	<-asked
	if code := p.end(); code != exitInconclusive || !strings.Contains(p.words.String(), "could not be checked") {
		t.Errorf("it ended with %d\n%s", code, p.words)
	}
	if !<-gone {
		t.Error("a response came from nowhere")
	}
}

// BenchmarkProxy measures requests per second through a proxy with a judge and through
// one without, in turns, in front of the same upstream. Each order has an id of its own: a repeated
// one would be a finding.
func BenchmarkProxy(b *testing.B) {
	const clients, turn = 16, 800
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := engine.New(k, engine.Cassettes(k))
	play := e.Play(b.Context(), e.Fixtures.Case("paytm/createOrder/accepted"))
	if play.Err != nil {
		b.Fatal(play.Err)
	}
	order := *play.Exchange
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(order.Response.Body)
	}))
	defer up.Close()
	judged, err := judge.New(k, judge.Options{Provider: "paytm", Bases: map[string]string{"paytm": up.URL}, Keys: map[string]map[string]string{"paytm": e.Spec("paytm").TestCredentials()}})
	if err != nil {
		b.Fatal(err)
	}
	on := proxyJudge(judged)
	off := on
	off.Operation = func(contract.Request) string { return "" }
	bases := map[string]string{"direct": up.URL, "on": proxyURL(b, up.URL, on), "off": proxyURL(b, up.URL, off)}
	sign, credentials := e.Spec("paytm").Operation("createOrder").Sign.Request, e.Spec("paytm").TestCredentials()
	var orders atomic.Int64
	another := func() (id, body string) {
		id = fmt.Sprintf("ORDER%09d", orders.Add(1))
		raw := contract.Replace(order.Request.Body, "/body/orderId", json.RawMessage(strconv.Quote(id)))
		return id, string(signature.Sign(sign, raw, credentials, signature.Zeros{}))
	}
	took, asked := map[string]time.Duration{}, 0
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	for b.Loop() {
		asked += turn
		for _, how := range []string{"direct", "off", "on"} {
			began := time.Now()
			var wg sync.WaitGroup
			for range clients {
				wg.Go(func() {
					for range turn / clients {
						id, body := another()
						response, whole := postOrder(b.Context(), client, bases[how], id, body, nil)
						if !whole || (response.Header.Get(proxy.FindingsHeader) == "0") != (how == "on") {
							b.Errorf("%s: whole: %t, findings: %s", how, whole, response.Header.Get(proxy.FindingsHeader))
							return
						}
					}
				})
			}
			wg.Wait()
			took[how] += time.Since(began)
		}
	}
	for how, d := range took {
		b.ReportMetric(float64(asked)/d.Seconds(), how+"-req/s")
	}
	b.ReportMetric(took["on"].Seconds()/took["off"].Seconds(), "on/off-time")
}

func proxyURL(b *testing.B, base string, judge proxy.Judge) string {
	b.Helper()
	to, err := proxy.Upstream(base)
	if err != nil {
		b.Fatal(err)
	}
	p, err := proxy.New(proxy.Options{Provider: "paytm", To: to, Transport: proxy.Transport(nil), Judge: judge, FailOn: contract.Error, MaxBody: 1 << 20, CheckTimeout: time.Minute, IdleTimeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	s := httptest.NewServer(p)
	b.Cleanup(func() {
		s.Close()
		p.Close()
	})
	return s.URL
}

// TestProxyLeavesNoCanary sends credentials and personal data in every part of requests
// and responses, documented or not, valid or not. They are passed on, but no log,
// report, metric, recording or message contains them.
func TestProxyLeavesNoCanary(t *testing.T) {
	for _, env := range []string{"ASSAY_PAYTM_MID", "ASSAY_PAYTM_MERCHANT_KEY"} {
		t.Setenv(env, "")
	}
	c := canaries()
	inner := echoProvider(t, func(v string) string { return "what about " + v + "?" })
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization")+c["email"])
		switch r.Header.Get("X-Do") {
		case "cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, c["email"])
		case "odd":
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, "<p>"+c["email"])
		case "reset":
			panic(http.ErrAbortHandler)
		default:
			inner.ServeHTTP(w, r)
		}
	}))
	up.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer up.Close()
	keyed := tempFile(t, "paytm:\n  mid: \""+c["ASSAY_PAYTM_MID"]+"\"\n  merchantKey: "+c["ASSAY_PAYTM_MERCHANT_KEY"]+"\n")
	for _, enforce := range []bool{false, true} {
		dir := t.TempDir()
		at := func(name string) string { return filepath.Join(dir, name) }
		p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--keys", keyed, "--admin", "127.0.0.1:0", "--log", at("log"), "--record", at("kept"), "-v", fmt.Sprintf("--enforce=%t", enforce), "--shapes",
			"--report", "text", "--report", "json="+at("json"), "--report", "junit="+at("junit"))
		person := fmt.Sprintf(`"custId":"C1","mobile":%q,"email":%q,"firstName":%q,"lastName":%q`, c["mobile"], c["email"], c["name"], c["street"])
		bodies := map[string]string{
			"good":         `{"body":{"requestType":"PAYMENT","mid":"%s","orderId":"%s","websiteName":"retail","txnAmount":{"value":"1.00","currency":"INR"},"userInfo":{` + person + `}}}`,
			"undocumented": `{"head":{"a":"` + c["email"] + `"},"body":{"requestType":"PAYMENT","mid":"%s","orderId":"%s","websiteName":"retail","txnAmount":{"value":"1.00","currency":"INR"},"userInfo":{` + person + `},"more":["` + c["mobile"] + `"]}}`,
			"wrong":        `{"head":{"signature":"` + c["ASSAY_PAYTM_MERCHANT_KEY"] + `"},"body":{"requestType":"` + c["email"] + `","mid":"%s","orderId":"%s","websiteName":7,"txnAmount":{"value":"` + c["mobile"] + `x","currency":"` + c["name"] + `"},"userInfo":{"custId":"C1","mobile":` + c["mobile"] + `,"email":"` + c["street"] + `"}}}`,
			"no JSON":      `{"` + c["email"] + `": %s %s`,
		}
		n, refused := 0, 0
		for name, body := range bodies {
			for _, do := range []string{"", "cut", "odd", "reset"} {
				n++
				id := fmt.Sprintf("KAN%05d", n)
				u := p.base + "/aoa-acquiring-biz/v2/order?mid=" + c["ASSAY_PAYTM_MID"] + "&orderId=" + id + "&who=" + url.QueryEscape(c["email"])
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u, strings.NewReader(fmt.Sprintf(body, c["ASSAY_PAYTM_MID"], id)))
				if err != nil {
					t.Fatal(err)
				}
				req.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + c["ASSAY_PAYTM_MERCHANT_KEY"]}, "Cookie": {"a=" + c["name"]}, "X-Do": {do}}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				raw, _ := io.ReadAll(resp.Body) // truncated ones end with an error
				_ = resp.Body.Close()
				if resp.Header.Get("Content-Type") == "application/problem+json" {
					hunt(t, "refusal", raw)
					if bytes.Contains(raw, []byte(`"args"`)) {
						refused++
					}
				}
				if do == "" && !enforce && !bytes.Contains(raw, []byte(c["email"])) {
					t.Errorf("%s: what the provider echoes does not pass: %s", name, raw)
				}
			}
		}
		if (refused > 0) != enforce {
			t.Errorf("%d are refused for findings, with --enforce=%t", refused, enforce)
		}
		_, _ = page(t, p.base+"/"+c["mobile"]+"?"+c["email"])
		_, metrics := page(t, p.admin+"/metrics")
		if code := p.end(); code != exitFindings {
			t.Errorf("it ended with %d\n%s", code, p.words)
		}
		hunt(t, "metrics", []byte(metrics))
		hunt(t, "standard output", []byte(p.out.String()))
		hunt(t, "standard error", []byte(p.words.String()))
		if !strings.Contains(p.words.String(), "    sent: POST /aoa-acquiring-biz/v2/order\n") || !strings.Contains(p.out.String(), "    received: ") {
			t.Errorf("no excerpt is printed, or none is reported:\n%s\n%s", p.words.String(), p.out.String())
		}
		huntFiles(t, "files", dir)
		if r := reportOf(t, at("json")); len(r.Shapes) == 0 {
			t.Error("the report contains no shapes")
		}
		if logLines(t, at("log")) == 0 {
			t.Error("nothing was logged")
		}
		if kept, err := os.ReadDir(at("kept/paytm/createOrder")); err != nil || len(kept) == 0 {
			t.Errorf("nothing was kept: %v\n%s", err, p.words)
		}
	}
}

// TestProxyOverTLS checks that the proxy verifies the certificate of the provider,
// against the roots of the system and of --ca, and that it uses HTTP/2 if the provider
// does.
func TestProxyOverTLS(t *testing.T) {
	t.Parallel()
	protocols := make(chan string, 1)
	inner := newSandbox(t)
	up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocols <- r.Proto
		inner.ServeHTTP(w, r)
	}))
	up.EnableHTTP2 = true
	up.Config.ErrorLog = log.New(io.Discard, "", 0)
	up.StartTLS()
	defer up.Close()
	root := tempFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: up.Certificate().Raw})))
	for _, trusted := range []bool{true, false} {
		args := []string{"paytm", "--to", up.URL + "/paytm", "--keys", keyFile(t)}
		if trusted {
			args = append(args, "--ca", root)
		}
		p := newRunningProxy(t, args...)
		response, _ := postOrder(t.Context(), http.DefaultClient, p.base, "TLS00001", orderBody("TLS00001"), nil)
		want, code := http.StatusOK, exitConforms
		if !trusted {
			want, code = http.StatusBadGateway, exitInconclusive
		}
		if got := p.end(); response.Status != want || got != code {
			t.Errorf("trusted: %t: responded %d %s, ended with %d\n%s", trusted, response.Status, response.Body, got, p.words)
		}
	}
	if got := <-protocols; got != "HTTP/2.0" {
		t.Errorf("spoken over %s", got)
	}
}

// TestProxyLimits checks the limits: a larger header is refused; a larger body is
// passed on but not checked.
func TestProxyLimits(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(newSandbox(t))
	defer up.Close()
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--max-body", "100", "--max-header", "5000", "--addr", "127.0.0.1:0", "--max-findings", "1", "-v")
	response, whole := postOrder(t.Context(), http.DefaultClient, p.base, "LIMIT001", orderBody("LIMIT001"), nil)
	if _, judged := response.Header[proxy.FindingsHeader]; response.Status != http.StatusOK || !whole || judged {
		t.Errorf("a larger body: %d, judged: %t", response.Status, judged)
	}
	response, _ = postOrder(t.Context(), http.DefaultClient, p.base, "LIMIT002", orderBody("LIMIT002"), map[string]string{"X-Large": strings.Repeat("x", 20000)})
	if response.Status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a larger header: %d", response.Status)
	}
	for range 2 {
		_, _ = postOrder(t.Context(), http.DefaultClient, p.base, "LIMIT003", `{"body":{},"a":1}`, nil) // the response is larger than a hundred bytes, too
	}
	if code := p.end(); code != exitInconclusive || strings.Count(p.words.String(), "not checked: a body is too large to check") != 1 || !strings.Contains(p.words.String(), "3 exchanges of a documented operation could not be checked") {
		t.Errorf("it ended with %d\n%s", code, p.words)
	}
}

// TestProxyPrintsOnce checks that each kind of finding is printed once, up to
// --max-findings kinds, and that a message reports further ones.
func TestProxyPrintsOnce(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(newSandbox(t))
	defer up.Close()
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--max-findings", "2", "--addr", "localhost:0")
	for range 3 {
		_, _ = postOrder(t.Context(), http.DefaultClient, p.base, "ONCE0001", `{"body":{"a":1,"b":2,"c":3}}`, nil)
	}
	if code := p.end(); code != exitFindings {
		t.Errorf("it ended with %d", code)
	}
	printed, limit := strings.Count(p.words.String(), "(client)  once"), strings.Count(p.words.String(), "further kinds of findings are only counted")
	if printed != 2 || limit != 1 || strings.Contains(p.words.String(), "warning: anyone who can reach") {
		t.Errorf("%d kinds of findings were printed, and the limit %d times\n%s", printed, limit, p.words)
	}
}

// TestProxyLogFails makes the log unwritable. Traffic is passed on, one message reports
// the error, and so does the exit code.
func TestProxyLogFails(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	up := httptest.NewServer(newSandbox(t))
	defer up.Close()
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--log", "/dev/full")
	for n := range 3 {
		reference := fmt.Sprintf("FULL000%d", n)
		if response, whole := postOrder(t.Context(), http.DefaultClient, p.base, reference, orderBody(reference), nil); !whole || response.Header.Get(proxy.FindingsHeader) != "1" {
			t.Errorf("responded %d", response.Status)
		}
	}
	if code := p.end(); code != exitUsage || strings.Count(p.words.String(), "nothing more is written there") != 1 || !strings.Contains(p.out.String(), "paytm/createOrder") {
		t.Errorf("it ended with %d\n%s%s", code, p.out, p.words)
	}
}
