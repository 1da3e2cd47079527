package proxy_test

import (
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/proxy"
)

// seen collects what a proxy tells.
type seen struct {
	mu   sync.Mutex
	all  []proxy.Observed
	came *sync.Cond
}

func newSeen() *seen {
	s := &seen{}
	s.came = sync.NewCond(&s.mu)
	return s
}

func (s *seen) add(one proxy.Observed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
	s.came.Broadcast()
}

// only waits for the one exchange that there was: what is streamed is told of
// once it is over, and its client may know sooner.
func (s *seen) only(t *testing.T) proxy.Observed {
	t.Helper()
	return s.nth(t, 1)
}

// nth waits for the last of n exchanges.
func (s *seen) nth(t *testing.T, n int) proxy.Observed {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.all) < n {
		s.came.Wait()
	}
	if len(s.all) != n {
		t.Fatalf("%d exchanges were told of, want %d", len(s.all), n)
	}
	return s.all[n-1]
}

// made is a proxy in front of a base that judges everything mildly, unless
// change says otherwise.
func made(t *testing.T, base string, change func(*proxy.Options)) (*proxy.Proxy, *seen) {
	t.Helper()
	to, err := proxy.Upstream(base)
	if err != nil {
		t.Fatal(err)
	}
	all := newSeen()
	options := proxy.Options{
		Provider: "shop", To: to, Transport: proxy.Transport(nil), Judge: mild(true), FailOn: contract.Error,
		MaxBody: 1 << 20, CheckTimeout: time.Minute, Idle: time.Minute, Observed: all.add,
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

// stand serves such a proxy.
func stand(t *testing.T, base string, change func(*proxy.Options)) (address string, all *seen) {
	t.Helper()
	p, all := made(t, base, change)
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL, all
}
