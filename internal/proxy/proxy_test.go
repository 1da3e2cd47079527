package proxy_test

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// observations collects the exchanges that a proxy observes.
type observations struct {
	mu    sync.Mutex
	all   []proxy.Observed
	added *sync.Cond
}

func newObservations() *observations {
	s := &observations{}
	s.added = sync.NewCond(&s.mu)
	return s
}

func (s *observations) add(one proxy.Observed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
	s.added.Broadcast()
}

// waitForOne waits for the only exchange. A streamed response is observed when it is
// complete, and its client may have it earlier.
func (s *observations) waitForOne(t *testing.T) proxy.Observed {
	t.Helper()
	return s.waitFor(t, 1)
}

// waitFor waits for n exchanges and returns the last.
func (s *observations) waitFor(t *testing.T, n int) proxy.Observed {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.all) < n {
		s.added.Wait()
	}
	if len(s.all) != n {
		t.Fatalf("%d exchanges observed, want %d", len(s.all), n)
	}
	return s.all[n-1]
}

// newProxy returns a proxy to a base URL, with a judge that finds nothing. change changes
// its options.
func newProxy(t *testing.T, base string, change func(*proxy.Options)) (*proxy.Proxy, *observations) {
	t.Helper()
	to, err := proxy.Upstream(base)
	if err != nil {
		t.Fatal(err)
	}
	all := newObservations()
	options := proxy.Options{
		Provider: "shop", To: to, Transport: proxy.Transport(nil), Judge: noFindings(true), FailOn: contract.Error,
		MaxBody: 1 << 20, CheckTimeout: time.Minute, IdleTimeout: time.Minute, Observe: all.add,
	}
	if change != nil {
		change(&options)
	}
	p, err := proxy.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, all
}

// serveProxy serves a proxy that newProxy makes.
func serveProxy(t *testing.T, base string, change func(*proxy.Options)) (address string, all *observations) {
	t.Helper()
	p, all := newProxy(t, base, change)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL, all
}
