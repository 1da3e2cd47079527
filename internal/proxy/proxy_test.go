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
	mu  sync.Mutex
	all []proxy.Seen
}

func (s *seen) add(one proxy.Seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, one)
}

// only is the one exchange that there was.
func (s *seen) only(t *testing.T) proxy.Seen {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) != 1 {
		t.Fatalf("%d exchanges were told of, want 1", len(s.all))
	}
	return s.all[0]
}

// made is a proxy in front of a base that judges everything mildly, unless
// change says otherwise.
func made(t *testing.T, base string, change func(*proxy.Options)) (*proxy.Proxy, *seen) {
	t.Helper()
	to, err := proxy.Upstream(base)
	if err != nil {
		t.Fatal(err)
	}
	all := &seen{}
	options := proxy.Options{
		Provider: "shop", To: to, Transport: proxy.Transport(nil), Judge: mild(true), FailOn: contract.Error,
		MaxBody: 1 << 20, CheckTimeout: time.Minute, Idle: time.Minute, Seen: all.add,
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
