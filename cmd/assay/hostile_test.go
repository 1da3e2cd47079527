//go:build linux

package main

import (
	"bytes"
	"fmt"
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
	"syscall"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/hostile"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

var peak = regexp.MustCompile(`(?m)^VmHWM:\s*([0-9]+) kB$`)

// What a command may use for bodies of 10 MB: bytes, and seconds of a processor. The
// seconds are three times those of the README, because attacks run on busy machines.
const (
	mostMemory = 200 << 20
	mostTime   = 6 * time.Second
)

// startMeasured starts the command like start. stop waits for its end and checks what it
// used.
func startMeasured(t *testing.T, args ...string) (s *started, stop func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "memory")
	s = startAs(t, "measured", nil, []string{memoryEnv + "=" + file}, args...)
	return s, func() {
		t.Helper()
		code := s.wait()
		megabytes := megabytesOf(t, s, file)
		took := s.ProcessState.UserTime() + s.ProcessState.SystemTime()
		t.Logf("%.1f s, %d MB, exit %d", took.Seconds(), megabytes, code)
		if testsize.Long() && took > mostTime {
			t.Errorf("it took %s", took)
		}
		if strings.Contains(s.errors(), "panic") || code < exitConforms || code > exitInconclusive {
			t.Errorf("exit %d: %s", code, s.errors())
		}
	}
}

// megabytesOf returns the most memory that a command used, which ended. It may not be more
// than mostMemory; under the race detector it takes several times as much.
func megabytesOf(t *testing.T, s *started, file string) int {
	t.Helper()
	raw, err := os.ReadFile(file)
	found := peak.FindSubmatch(raw)
	if err != nil || found == nil {
		t.Fatalf("%s, %v: %s", s.ProcessState, err, s.errors())
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil || kilobytes<<10 > mostMemory && !raceDetector {
		t.Errorf("it used %d MB, %v", kilobytes>>10, err)
	}
	return kilobytes >> 10
}

// hostileResponses returns responses that keep a reader busy, as a provider could send
// them: JSON beside the members that it documents, and anything else.
func hostileResponses(size int) map[string]hostile.Body {
	all := hostile.Bodies(size)
	for kind, value := range hostile.Values(size) {
		all[kind] = hostile.Body{Media: "application/json", Raw: []byte(`{"more":` + value + `,"head":{"signature":"x"},"body":{"resultInfo":{"resultCode":"0000","resultStatus":"S","resultMsg":"Success"},"txnToken":"t"}}`)}
		all[kind+", whole"] = hostile.Body{Media: "application/json", Raw: []byte(value)}
	}
	for kind, h := range hostile.Heads(size - 1<<20) { // net/http reads 10 MB of a header
		all["header, "+kind] = hostile.Body{Media: "application/json", Raw: []byte("{}"), More: h}
	}
	return all
}

// TestAttackHostileBodies gives hostile responses to every command that reads some, each
// to a process of its own, and measures the process. In make attack, each kind goes to each command,
// and is large; otherwise a third of the kinds goes to one command each.
func TestAttackHostileBodies(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	size := 3 << 19
	if testsize.Long() {
		size = 10<<20 - 1<<10 // with the members around it the largest response that assay reads
	}
	data := filepath.Join(t.TempDir(), "data")
	export(t, data)
	commands := map[string]func(t *testing.T, body hostile.Body){
		"check": checkHostile,
		"run": func(t *testing.T, body hostile.Body) {
			askHostile(t, body, "run", "--live", "paytm/createOrder/accepted")
		},
		"record": func(t *testing.T, body hostile.Body) {
			askHostile(t, body, "record", "--live", "--yes", "--anyway", "paytm/createOrder/accepted", "--data", data)
		},
		"drift": func(t *testing.T, body hostile.Body) {
			askHostile(t, body, "drift", "live", "--provider", "paytm", "--max-calls", "1")
		},
		"proxy": proxyHostile,
	}
	names := slices.Sorted(maps.Keys(commands))
	responses := hostileResponses(size)
	type pair struct{ name, kind string }
	var pairs []pair
	for i, kind := range slices.Sorted(maps.Keys(responses)) {
		for j, name := range names {
			if testsize.Long() || i%3 == 0 && i%len(names) == j {
				pairs = append(pairs, pair{name, kind})
			}
		}
	}
	for _, p := range pairs {
		t.Run(p.name+"/"+p.kind, func(t *testing.T) {
			if !testsize.Long() {
				t.Parallel()
			}
			commands[p.name](t, responses[p.kind])
		})
	}
}

// serveHostile serves a body as the response to every request.
func serveHostile(t *testing.T, body hostile.Body) (base string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			return
		}
		maps.Copy(w.Header(), body.Head())
		_, _ = w.Write(body.Raw) // the client may be gone
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func askHostile(t *testing.T, body hostile.Body, args ...string) {
	t.Helper()
	_, stop := startMeasured(t, append(args, "--base", "paytm="+serveHostile(t, body), "--rate", "1000")...)
	stop()
}

// hostileLine is a line of NDJSON with the body as the response.
func hostileLine(t *testing.T, body hostile.Body) []byte {
	t.Helper()
	at, err := url.Parse("https://stage-router.paytm.in/aoa-acquiring-biz/v2/order?mid=x&orderId=y")
	if err != nil {
		t.Fatal(err)
	}
	line, err := traffic.Append(nil, contract.Exchange{
		Request:  contract.Request{Method: http.MethodPost, URL: at, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}")},
		Response: contract.Response{Status: http.StatusOK, Header: body.Head(), Body: body.Raw},
	})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// checkHostile checks a line with the body.
func checkHostile(t *testing.T, body hostile.Body) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "traffic.ndjson")
	if err := os.WriteFile(file, hostileLine(t, body), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stop := startMeasured(t, "check", file, "--report", "text", "--report", "json=r.json", "--report", "junit=r.xml")
	stop()
}

// proxyHostile sends a request through a proxy that records and logs, three times.
func proxyHostile(t *testing.T, body hostile.Body) {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys.yaml")
	if err := os.WriteFile(keys, []byte("paytm: {mid: \"216820000002516036253\", merchantKey: \"0123456789abcdef\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, stop := startMeasured(t, "proxy", "paytm", "--to", serveHostile(t, body), "--addr", "127.0.0.1:0", "--max-body", fmt.Sprint(11<<20), "--keys", keys, "--record", "recorded", "--log", "log.ndjson", "--report", "json", "--report", "text=r.txt")
	fields := strings.Fields(s.waitFor("http://127.0.0.1:"))
	for range 3 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fields[1]+"/aoa-acquiring-biz/v2/order?mid=x&orderId=y", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	stop()
}

// TestAttackHostileLines gives many large lines to many workers: those that wait take no
// more memory than one.
func TestAttackHostileLines(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	size := 1 << 20
	if testsize.Long() {
		size = 10 << 20
	}
	line := hostileLine(t, hostile.Body{Media: "application/json", Raw: []byte(hostile.Values(size)["many members"])})
	file := filepath.Join(t.TempDir(), "traffic.ndjson")
	if err := os.WriteFile(file, bytes.Repeat(line, 16), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", file, "--workers", "8"}, {"drift", file}} {
		t.Run(args[0], func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "memory")
			s := startAs(t, "measured", nil, []string{memoryEnv + "=" + file}, args...)
			s.wait()
			t.Logf("%d MB", megabytesOf(t, s, file))
		})
	}
}
