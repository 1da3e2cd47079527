//go:build peers

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/specs"
)

// How each program is measured: parallel connections and the time.
const (
	side = 16
	long = time.Minute
)

// peer is a program in a separate process.
type peer struct {
	name    string
	command []string // PORT stands for the port to listen on
	below   string   // the path prefix of the provider
}

// measurement is the result for one program.
type measurement struct {
	rate   float64       // requests per second
	cpu    time.Duration // processor time per request
	memory int64         // largest resident set, in bytes
	own    int64         // its part that belongs to no file, under load
}

func (m measurement) print(name string) {
	fmt.Printf("%-24s %7.0f requests/s  %6.0f µs CPU a request  %4d MB resident, %4d MB of it its own\n", name, m.rate, float64(m.cpu)/1e3, m.memory>>20, m.own>>20)
}

// workload is a series of requests and its limits.
type workload struct {
	provider string             // the provider whose credentials are sent
	next     func() peerRequest // gives the next request
	first    []peerRequest      // requests sent before the measurement
	long     time.Duration      // the length of the measurement
	most     int64              // the most requests; 0: no limit
}

// peerRequest is a request with a text that its response must contain.
type peerRequest struct {
	to   string // path and query
	body []byte
	want string // the response contains it
}

// TestPeers measures our proxy and Prism's in front of the same sandbox, and our proxy
// with undocumented traffic, for a minute each.
func TestPeers(t *testing.T) {
	prism, binary := programs(t)
	document := document(t, "ipayments")
	loaded, err := openapi.LoadAll(specs.Files)
	box, also := sandbox.New(loaded, sandbox.Options{})
	if err != nil || also != nil {
		t.Fatal(err, also)
	}
	upstream := httptest.NewServer(box)
	defer upstream.Close()
	body := request(t, "ipayments/initKyc/accepted").Body
	asked := workload{
		next: func() peerRequest { return peerRequest{"/v1/service/paycc/init/kyc", body, ""} }, provider: "ipayments", long: long,
	}
	to := upstream.URL + "/ipayments"
	results := map[string]measurement{}
	for _, p := range []peer{
		{"prism proxy", []string{prism, "proxy", document, to, "--host", "127.0.0.1", "--port", "PORT", "--errors=false"}, ""},
		{"assay proxy", []string{binary, "proxy", "ipayments", "--to", to, "--addr", "127.0.0.1:PORT"}, ""},
		{"assay proxy, checks off", []string{binary, "proxy", "paytm", "--to", to, "--addr", "127.0.0.1:PORT"}, ""},
	} {
		results[p.name] = p.measure(t, asked)
		results[p.name].print(p.name)
	}
	ours, prisms, off := results["assay proxy"], results["prism proxy"], results["assay proxy, checks off"]
	fmt.Printf("beside Prism: %.1f times the requests a second, 1/%.1f of the CPU, 1/%.1f of the memory, 1/%.1f of the memory of its own; %.0f %% fewer requests than with checks off\n",
		ours.rate/prisms.rate, float64(prisms.cpu)/float64(ours.cpu), float64(prisms.memory)/float64(ours.memory), float64(prisms.own)/float64(ours.own), 100*(1-ours.rate/off.rate))
}

// programs gives the paths of Prism and of assay.
func programs(t *testing.T) (prism, ours string) {
	t.Helper()
	prism = filepath.Join("testdata", "peers", "node_modules", ".bin", "prism")
	if _, err := os.Stat(prism); err != nil {
		t.Fatal("Prism is not installed: make bench-peers does that, and needs Node")
	}
	ours = filepath.Join(t.TempDir(), "assay")
	build := exec.Command("go", "build", "-o", ours, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build has it
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return prism, ours
}

// document writes a provider's specification to a file.
func document(t *testing.T, provider string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), provider+".yaml")
	raw, err := specs.Files.ReadFile(provider + ".yaml")
	if err == nil {
		err = os.WriteFile(to, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// request gives the request of a case, as our adapter sends it.
func request(t *testing.T, name string) contract.Request {
	t.Helper()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(k, engine.Cassettes(k))
	play := e.Play(t.Context(), e.Fixtures.Case(name))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	return play.Exchange.Request
}

func (p peer) measure(t *testing.T, asked workload) measurement {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	_ = l.Close()
	args := make([]string, len(p.command))
	for i, a := range p.command {
		args[i] = string(bytes.ReplaceAll([]byte(a), []byte("PORT"), []byte(port)))
	}
	c := exec.Command(args[0], args[1:]...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: side}, Timeout: 30 * time.Second}
	ask := func(o peerRequest) error {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+address+p.below+o.to, bytes.NewReader(o.body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json")
		if asked.provider == "ipayments" {
			r.SetBasicAuth("test-client-key", "test-client-secret")
		}
		response, err := client.Do(r)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		output, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK || !strings.Contains(string(output), o.want) {
			return fmt.Errorf("HTTP status %d: %s", response.StatusCode, output)
		}
		return nil
	}
	deadline := time.Now().Add(time.Minute)
	for ask(asked.next()) != nil {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not respond", p.name)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, o := range asked.first {
		if err := ask(o); err != nil {
			t.Fatalf("%s: want %s: %v", p.name, o.want, err)
		}
	}
	var n atomic.Int64
	var all sync.WaitGroup
	from := time.Now()
	for range side {
		all.Go(func() {
			for time.Since(from) < asked.long {
				if asked.most > 0 && n.Load() >= asked.most {
					return
				}
				if err := ask(asked.next()); err != nil {
					t.Error(err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	took := time.Since(from)
	most, own := memory(t, c.Process.Pid)
	client.CloseIdleConnections()
	_ = c.Process.Signal(os.Interrupt)
	_ = c.Wait() // the exit code depends on the findings
	return measurement{float64(n.Load()) / took.Seconds(), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()) / time.Duration(max(n.Load(), 1)), most, own}
}

// memory reads the memory of a process: its largest resident set, and the part that
// belongs to no file. Pages of a file are shared and can be dropped. wait4 also gives
// the first number, but counts pages of this process from before the start.
func memory(t *testing.T, pid int) (most, own int64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal("memory is known on Linux only: ", err)
	}
	kilobytes := func(name string) (n int64) {
		_, rest, _ := strings.Cut(string(raw), name+":")
		if _, err := fmt.Sscan(rest, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	return kilobytes("VmHWM") << 10, kilobytes("RssAnon") << 10
}
