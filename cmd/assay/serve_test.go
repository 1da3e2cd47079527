package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay/internal/testsize"
)

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

func dial(t *testing.T, base string) net.Conn {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSlowClients sends a header that never ends, and a body that never ends. The
// server closes both connections. A busy server may close the second before it reads
// the header; then the test sends it again.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	within := defaultLimits()
	within.header, within.request = 50*time.Millisecond, 100*time.Millisecond
	read := make(chan error, 1) // the result of reading a body
	base, stop, err := serve(t.Context(), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	}), "127.0.0.1:0", within)
	if err != nil {
		t.Fatal(err)
	}
	hungUp := func(begun string) {
		c := dial(t, base)
		if _, err := io.WriteString(c, begun); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); err != nil && !errors.Is(err, syscall.ECONNRESET) { // returns when the server closes the connection
			t.Error(err)
		}
		_ = c.Close()
	}
	hungUp("POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
	for asked := false; !asked; {
		hungUp("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nslow")
		select {
		case err := <-read:
			if asked = true; err == nil {
				t.Error("a body that never ended was read to its end")
			}
		case <-time.After(within.header):
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestManyClients opens more connections than the limit. The next one waits and is
// served after another is closed.
func TestManyClients(t *testing.T) {
	t.Parallel()
	within := defaultLimits()
	within.connections = 2
	base, stop, err := serve(t.Context(), http.HandlerFunc(hello), "127.0.0.1:0", within)
	if err != nil {
		t.Fatal(err)
	}
	var held []net.Conn
	for range 2 {
		c := dial(t, base)
		held = append(held, c)
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(c).ReadString('\n'); err != nil { // it is served and stays open
			t.Fatal(err)
		}
	}
	third := dial(t, base)
	if _, err := io.WriteString(third, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	served := make(chan string, 1)
	go func() {
		raw, _ := io.ReadAll(third)
		served <- string(raw)
	}()
	select {
	case got := <-served:
		t.Fatalf("a third connection is served while two are held: %q", got)
	default:
	}
	_ = held[0].Close()
	if got := <-served; !strings.HasSuffix(got, "hello") {
		t.Errorf("after one has gone the third gets %q", got)
	}
	_ = held[1].Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestStop checks that a request in progress is completed.
func TestStop(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}), make(chan struct{})
	base, stop, err := serve(t.Context(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-goOn
		hello(w, r)
	}), "127.0.0.1:0", defaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	go func() {
		c := dial(t, base)
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		raw, _ := io.ReadAll(c)
		got <- string(raw)
	}()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(goOn)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if text := <-got; !strings.HasSuffix(text, "hello") {
		t.Errorf("what had begun ended as %q", text)
	}
}

// TestLoad sends a thousand requests (ten thousand in make test-full) to a sandbox in a
// separate process, over 64 connections, each order twice. All are responded to, each
// order succeeds once, and the memory stays below 100 MB.
func TestLoad(t *testing.T) {
	t.Parallel()
	const connections, megabytes = 64, 100
	requests := 1_000
	if testsize.Full() {
		requests = 10_000
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "sandbox", "paytm")
	c.Args[0] = "assay"
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	codes := load(t, strings.Fields(line)[1], requests, connections)
	if codes["0000"] != requests/2 || codes["324"] != requests/2 {
		t.Errorf("%d requests gave %v", requests, codes)
	}
	// The maximum that wait reports counts the memory of this process as well, from before exec.
	if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid)); err == nil { // Linux has it
		found := peak.FindSubmatch(status)
		if found == nil {
			t.Fatalf("no peak in %s", status)
		}
		kilobytes, _ := strconv.Atoi(string(found[1]))
		t.Logf("%d requests, %d connections, %d MB at most", requests, connections, kilobytes/1024)
		if kilobytes/1024 >= megabytes && !raceDetector {
			t.Errorf("it took %d MB", kilobytes/1024)
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// load posts every order twice over a number of connections and counts the result
// codes.
func load(t *testing.T, base string, requests, connections int) map[string]int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	next := make(chan int)
	codes := map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for i := range next {
				code, err := order(t.Context(), client, base, fmt.Sprintf("LOAD%06d", i/2))
				if err != nil {
					code = err.Error()
				}
				mu.Lock()
				codes[code]++
				mu.Unlock()
			}
		})
	}
	for i := range requests {
		next <- i
	}
	close(next)
	wg.Wait()
	return codes
}

// order posts an order and gives the result code of the response.
func order(ctx context.Context, client *http.Client, base, id string) (string, error) {
	const mid = "216820000002516036253"
	body := fmt.Sprintf(`{"body":{"requestType":"PAYMENT","mid":%q,"orderId":%q,"websiteName":"retail","txnAmount":{"value":"1.00","currency":"INR"},"userInfo":{"custId":"C1"}}}`, mid, id)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/aoa-acquiring-biz/v2/order?mid="+mid+"&orderId="+id, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	var response struct {
		Body struct {
			ResultInfo struct{ ResultCode string }
		}
	}
	err = json.NewDecoder(bytes.NewReader(raw)).Decode(&response)
	return response.Body.ResultInfo.ResultCode, err
}
