package main

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/internal/outage"
	"assay/internal/testsize"
)

// TestAttackSentOnce has a provider lose every response, in every way, and counts the
// requests of every command that sends some: one leaves for each case, and never more
// than --max-calls.
func TestAttackSentOnce(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	export(t, data)
	faults := []outage.Fault{outage.Close, outage.GoAway, outage.Refuse}
	if testsize.Long() {
		faults = slices.Concat(outage.Faults(), outage.Cuts())
	}
	one, two := "paytm/createOrder/accepted", "paytm/createOrder/everything"
	all := map[string]struct {
		args []string
		want int
	}{
		"run":    {[]string{"run", one, two}, 2},
		"budget": {[]string{"run", one, two, "--max-calls", "1"}, 1},
		"record": {[]string{"record", one, two, "--data", data, "--yes"}, 2},
		"drift":  {[]string{"drift", "live", "--provider", "paytm", "--max-calls", "2"}, 2},
	}
	for _, sender := range slices.Sorted(maps.Keys(all)) {
		c := all[sender]
		for _, fault := range faults {
			t.Run(sender+"/"+string(fault), func(t *testing.T) {
				s := outage.New(t, fault, func(int) bool { return true })
				args := append(slices.Clone(c.args), "--rate", "1000", "--base", "paytm="+s.URL)
				if c.args[0] != "drift" {
					args = append(args, "--live")
				}
				roots := filepath.Join(t.TempDir(), "ca.pem")
				if err := os.WriteFile(roots, s.PEM(), 0o600); err != nil {
					t.Fatal(err)
				}
				command := exec.CommandContext(t.Context(), "assay", args...)
				command.Env = append(os.Environ(), "SSL_CERT_FILE="+roots, "XDG_STATE_HOME="+t.TempDir(), "NO_COLOR=1",
					"ASSAY_PAYTM_MID=216820000002516036253", "ASSAY_PAYTM_MERCHANT_KEY=0123456789abcdef")
				out, err := command.CombinedOutput()
				if err == nil || command.ProcessState.ExitCode() != exitInconclusive {
					t.Errorf("it ended with %v\n%s", err, out)
				}
				if n := s.Requests(); n != c.want {
					t.Errorf("%d requests left, want %d\n%s", n, c.want, out)
				}
				if strings.Contains(string(out), "GetBody") {
					t.Errorf("advice for programmers:\n%s", out)
				}
			})
		}
	}
}

// TestAttackProxySendsOnce has a provider lose every response to requests through the
// proxy: an order, and requests without a body.
func TestAttackProxySendsOnce(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	faults := []outage.Fault{outage.Close, outage.GoAway, outage.Refuse}
	if testsize.Long() {
		faults = slices.Concat(outage.Faults(), outage.Cuts())
	}
	for _, fault := range faults {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := outage.New(t, fault, func(int) bool { return true })
			args := []string{"paytm", "--to", s.URL, "--keys", keyFile(t)}
			if pem := s.PEM(); pem != nil {
				args = append(args, "--ca", tempFile(t, string(pem)))
			}
			p := newRunningProxy(t, args...)
			for n, request := range []struct{ method, path, body string }{
				{http.MethodPost, "/aoa-acquiring-biz/v2/order", orderBody("ONCE0002")},
				{http.MethodPost, "/aoa-acquiring-biz/v2/order", ""},
				{http.MethodPost, "/elsewhere", ""},
				{http.MethodPut, "/elsewhere", ""},
				{http.MethodDelete, "/elsewhere", ""},
			} {
				req, err := http.NewRequestWithContext(t.Context(), request.method, p.base+request.path, strings.NewReader(request.body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Idempotency-Key", fmt.Sprint(n))
				resp, err := http.DefaultClient.Do(req)
				if err != nil && !slices.Contains(outage.Cuts(), fault) { // a response without end is passed on as it is
					t.Fatal(err)
				}
				if err == nil {
					_ = resp.Body.Close()
				}
				if got := s.Requests(); got != n+1 {
					t.Errorf("%s %s: %d requests left in all, want %d", request.method, request.path, got, n+1)
				}
			}
			if code := p.end(); code != exitInconclusive {
				t.Errorf("it ended with %d\n%s", code, p.words)
			}
		})
	}
}

// TestAttackLargeTraffic checks a HAR and a line that are too large to hold: the memory of
// the process does not grow with them.
func TestAttackLargeTraffic(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	size := 16 << 20
	if testsize.Long() {
		size = 500 << 20
	}
	const most = 400 << 20 // bytes of memory; without traffic it is 60 million, and a line may have 64 million
	entry := `{"startedDateTime":"2026-01-01T00:00:00Z","time":1,"request":{"method":"POST","url":"https://shop.example.com/pay","headers":[]},"response":{"status":200,"headers":[],"content":{"mimeType":"text/plain","text":"` + strings.Repeat("x", 1000) + `"}}}`
	for title, c := range map[string]struct{ head, piece, between, tail string }{
		"a HAR of many entries":  {`{"log":{"version":"1.2","creator":{"name":"a","version":"1"},"entries":[`, entry, ",", `]}}`},
		"a HAR with one entry":   {`{"log":{"version":"1.2","creator":{"name":"a","version":"1"},"entries":[` + strings.TrimSuffix(entry, `"}}}`), strings.Repeat("x", 1<<16), "", `"}}}]}}`},
		"many lines":             {"", `{"request":{"method":"GET","url":"https://shop.example.com/"},"response":{"status":200,"body":"` + strings.Repeat("x", 1000) + `"}}`, "\n", "\n"},
		"one line":               {`{"request":{"method":"GET","url":"https://shop.example.com/"},"response":{"status":200,"body":"`, strings.Repeat("x", 1<<16), "", `"}}` + "\n"},
		"lines that are no JSON": {"", strings.Repeat("{", 100), "\n", "\n"},
	} {
		t.Run(title, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "traffic")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			w := bufio.NewWriter(f)
			_, _ = w.WriteString(c.head) // Flush has the error
			for n := 0; n < size; n += len(c.piece) {
				if n > 0 {
					_, _ = w.WriteString(c.between)
				}
				_, _ = w.WriteString(c.piece)
			}
			_, _ = w.WriteString(c.tail)
			if err := errors.Join(w.Flush(), f.Close()); err != nil {
				t.Fatal(err)
			}
			memory := filepath.Join(t.TempDir(), "memory")
			command := exec.CommandContext(t.Context(), "measured", "check", path)
			command.Env = append(os.Environ(), "GOMEMLIMIT=off", memoryEnv+"="+memory)
			out, err := command.CombinedOutput()
			if command.ProcessState.ExitCode() != exitInconclusive {
				t.Errorf("it ended with %v\n%.1000s", err, out)
			}
			status, err := os.ReadFile(memory)
			if runtime.GOOS != "linux" {
				t.Skip("only Linux tells the peak of memory")
			}
			found := peak.FindSubmatch(status)
			if err != nil || found == nil {
				t.Fatalf("no peak: %v", err)
			}
			if kilobytes, _ := strconv.Atoi(string(found[1])); kilobytes<<10 > most {
				t.Errorf("it used %d MB of memory", kilobytes>>10)
			}
		})
	}
}
