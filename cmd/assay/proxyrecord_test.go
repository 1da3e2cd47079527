package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/proxy"
	"assay/internal/recording"
	"assay/internal/testsize"
)

// outcomes counts what a recorder reports.
type outcomes struct {
	mu  sync.Mutex
	all map[string]int
}

func (o *outcomes) add(outcome string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all[outcome]++
}

// TestAttackSlowRecording hands a recorder an exchange that it searches without end, and
// then more than may wait. Nothing waits for it: further exchanges are counted as late,
// and the end of the proxy gives up the rest and says how many they were.
func TestAttackSlowRecording(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	var words outputBuffer
	counted := outcomes{all: map[string]int{}}
	searching, goOn := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(goOn) })
	r := newProxyRecorder(func(contract.Exchange, contract.Result) (string, []recording.Leak, error) {
		close(searching) // a second call would panic
		<-goOn
		return "", nil, nil
	}, counted.add, &words)
	r.add(proxy.Observed{Number: 1})
	<-searching
	for n := range maxQueuedBodies + 10 {
		r.add(proxy.Observed{Number: int64(n + 2)})
	}
	if counted.all["late"] != 10 {
		t.Errorf("counted %v, want 10 late ones", counted.all)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.close(ended); err != nil {
		t.Error(err)
	}
	if want := fmt.Sprintf("%d exchanges not recorded, because there was no time left; --drain raises the limit\n", maxQueuedBodies+1); words.String() != want {
		t.Errorf("it says %q, want %q", words.String(), want)
	}
}

// TestRecorderPanics checks that a recorder that panics ends nothing but the recording,
// and quotes no value.
func TestRecorderPanics(t *testing.T) {
	t.Parallel()
	var words outputBuffer
	counted := outcomes{all: map[string]int{}}
	r := newProxyRecorder(func(contract.Exchange, contract.Result) (string, []recording.Leak, error) { panic("secret") }, counted.add, &words)
	r.add(proxy.Observed{Number: 1})
	r.add(proxy.Observed{Number: 2})
	err := r.close(t.Context())
	if err == nil || !strings.Contains(err.Error(), "recording proxy#1 panicked") || strings.Contains(err.Error()+words.String(), "secret") {
		t.Errorf("%v\n%s", err, words.String())
	}
	if counted.all["error"] != 1 {
		t.Errorf("counted %v", counted.all)
	}
}

// TestDrainRefusesNewRequests interrupts a proxy while an exchange is in progress. A new
// request gets 503 with Retry-After and is in no report; the other one is completed.
func TestDrainRefusesNewRequests(t *testing.T) {
	t.Parallel()
	asked, goOn := make(chan struct{}), make(chan struct{})
	inner := newSandbox(t)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(asked) // a second request would panic
		<-goOn
		inner.ServeHTTP(w, r)
	}))
	defer up.Close()
	p := newRunningProxy(t, "paytm", "--to", up.URL+"/paytm", "--keys", keyFile(t), "--admin", "127.0.0.1:0", "--drain", "1h")
	inProgress := make(chan string, 1)
	go func() {
		response, _ := postOrder(context.Background(), http.DefaultClient, p.base, "DRAIN003", orderBody("DRAIN003"), nil)
		inProgress <- fmt.Sprint(response.Status, string(response.Body))
	}()
	<-asked
	p.interrupt()
	for status := http.StatusOK; status != http.StatusServiceUnavailable; {
		status, _ = page(t, p.admin+"/readyz")
	}
	response, _ := postOrder(t.Context(), http.DefaultClient, p.base, "DRAIN004", orderBody("DRAIN004"), nil)
	if response.Status != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("a new request got %d %v", response.Status, response.Header)
	}
	close(goOn)
	if got := <-inProgress; !strings.HasPrefix(got, "200") {
		t.Errorf("the request in progress got %s", got)
	}
	if code := <-p.done; code != exitConforms {
		t.Errorf("it ended with %d\n%s%s", code, p.out, p.words)
	}
}
