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

	"assay/internal/engine"
	"assay/internal/sandbox"
	"assay/internal/spec"
	"assay/specs"
)

// What is asked of each: connections side by side, and for how long.
const (
	side = 16
	long = time.Minute
)

// peer is a proxy in a process of its own.
type peer struct {
	name    string
	command []string // with HOST and PORT of where it listens
}

// measured is what a peer took.
type measured struct {
	rate   float64       // requests a second
	cpu    time.Duration // for each
	memory int64         // bytes resident, at most
	own    int64         // bytes of it that no file holds, under load
}

// TestPeers measures the proxy beside Prism's, in front of the same sandbox, and
// beside itself where nothing that passes is documented: a minute each.
func TestPeers(t *testing.T) {
	prism := filepath.Join("testdata", "peers", "node_modules", ".bin", "prism")
	if _, err := os.Stat(prism); err != nil {
		t.Fatal("Prism is not installed: make bench-peers does that, and needs Node")
	}
	binary := filepath.Join(t.TempDir(), "assay")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build has it
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	document := filepath.Join(t.TempDir(), "ipayments.yaml")
	raw, err := specs.Files.ReadFile("ipayments.yaml")
	if err == nil {
		err = os.WriteFile(document, raw, 0o600)
	}
	loaded, also := spec.LoadAll(specs.Files)
	box, third := sandbox.New(loaded, sandbox.Options{})
	if err != nil || also != nil || third != nil {
		t.Fatal(err, also, third)
	}
	upstream := httptest.NewServer(box)
	defer upstream.Close()
	body := sent(t)
	to := upstream.URL + "/ipayments"
	results := map[string]measured{}
	for _, p := range []peer{
		{"prism proxy", []string{prism, "proxy", document, to, "--host", "127.0.0.1", "--port", "PORT", "--errors=false"}},
		{"assay proxy", []string{binary, "proxy", "ipayments", "--to", to, "--addr", "127.0.0.1:PORT"}},
		{"assay proxy, checks off", []string{binary, "proxy", "paytm", "--to", to, "--addr", "127.0.0.1:PORT"}},
	} {
		m := p.measure(t, body)
		results[p.name] = m
		fmt.Printf("%-24s %7.0f requests/s  %6.0f µs CPU a request  %4d MB resident, %4d MB of it its own\n", p.name, m.rate, float64(m.cpu)/1e3, m.memory>>20, m.own>>20)
	}
	ours, prisms, off := results["assay proxy"], results["prism proxy"], results["assay proxy, checks off"]
	fmt.Printf("beside Prism: %.1f times the requests a second, 1/%.1f of the CPU, 1/%.1f of the memory, 1/%.1f of the memory of its own; %.0f %% fewer requests than with checks off\n",
		ours.rate/prisms.rate, float64(prisms.cpu)/float64(ours.cpu), float64(prisms.memory)/float64(ours.memory), float64(prisms.own)/float64(ours.own), 100*(1-ours.rate/off.rate))
}

// sent is a KYC request that is documented.
func sent(t *testing.T) []byte {
	t.Helper()
	e, err := engine.New(engine.Embedded(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	play := e.Play(t.Context(), e.Fixtures.Case("ipayments/initKyc/accepted"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	return play.Exchange.Request.Body
}

func (p peer) measure(t *testing.T, body []byte) measured {
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
	url := "http://" + address + "/v1/service/paycc/init/kyc"
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: side}, Timeout: 30 * time.Second}
	ask := func() error {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json")
		r.SetBasicAuth("test-client-key", "test-client-secret")
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer func() { _ = answer.Body.Close() }()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("HTTP status %d", answer.StatusCode)
		}
		return nil
	}
	deadline := time.Now().Add(time.Minute)
	for ask() != nil {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer", p.name)
		}
		time.Sleep(50 * time.Millisecond)
	}
	var n atomic.Int64
	var all sync.WaitGroup
	from := time.Now()
	for range side {
		all.Go(func() {
			for time.Since(from) < long {
				if err := ask(); err != nil {
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
	_ = c.Wait() // its exit code says what it found
	return measured{float64(n.Load()) / took.Seconds(), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()) / time.Duration(max(n.Load(), 1)), most, own}
}

// memory tells what a process holds: what was resident of it at most, and what of
// it stands in no file, which is what a machine has to have for it; the pages of a
// program are shared and can be dropped. wait4 would tell the former too, but
// counts what was resident of us when the process began.
func memory(t *testing.T, pid int) (most, own int64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal("memory is told by Linux only: ", err)
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
