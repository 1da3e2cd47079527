package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPeerEcho has a provider repeat the credentials in responses that net/http refuses.
// No command that sends prints or writes them.
func TestPeerEcho(t *testing.T) {
	t.Setenv("ASSAY_IPAYMENTS_CLIENT_KEY", "kanary-client-id")
	t.Setenv("ASSAY_IPAYMENTS_CLIENT_SECRET", "kanary-secret-key")
	t.Setenv("ASSAY_IPAYMENTS_MERCHANT_CODE", "KANARY00001")
	basic := base64.StdEncoding.EncodeToString([]byte("kanary-client-id:kanary-secret-key"))
	for title, form := range map[string]string{
		"a status line":       "%s kanary-secret-key\r\n\r\n",
		"a header":            "HTTP/1.1 200 OK\r\n%s kanary-secret-key\r\n\r\n",
		"the name of one":     "HTTP/1.1 200 OK\r\n(%s kanary-secret-key): 1\r\n\r\n",
		"the size of a chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s kanary-secret-key\r\n",
		"a trailer":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n%s kanary-secret-key\r\n\r\n",
		"a length":            "HTTP/1.1 200 OK\r\nContent-Length: %s kanary-secret-key\r\n\r\n",
		"a transfer encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s kanary-secret-key\r\n\r\n",
	} {
		base := echoing(t, form)
		dir, _ := canaryData(t)
		for _, args := range []string{
			"run ipayments/createOrder/accepted --live --report json --report junit=" + filepath.Join(dir, "junit.xml"),
			"run ipayments/createOrder/accepted --live -v",
			"record ipayments/createOrder/accepted --live --yes --anyway",
			"drift live --provider ipayments --max-calls 2 --report text",
		} {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), append(strings.Fields(args), "--data", dir, "--rate", "1000", "--base", "ipayments="+base), nil, &stdout, &stderr)
			text := stdout.String() + stderr.String()
			if code == exitConforms || code == exitUsage {
				t.Errorf("%s, %s: exit %d\n%s", title, args, code, text)
			}
			noEcho(t, title+", "+args, text, basic)
		}
		noEcho(t, title+", proxy", proxied(t, base, dir), basic)
		huntFiles(t, title, filepath.Join(dir, "cassettes"))
		raw, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
		if err != nil {
			t.Error(err)
		}
		noEcho(t, title+", JUnit", string(raw), basic)
	}
}

func noEcho(t *testing.T, where, text, basic string) {
	t.Helper()
	for _, secret := range []string{basic, "kanary-secret-key", "kanary-client-id"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s has %s:\n%s", where, secret, text)
		}
	}
}

// echoing serves every request with a response that has its Authorization.
func echoing(t *testing.T, form string) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
					_, _ = fmt.Fprintf(c, form, r.Header.Get("Authorization")) // the client may have gone
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// proxied sends a request through a proxy, and returns what it responds, prints and logs.
func proxied(t *testing.T, base, dir string) string {
	t.Helper()
	p := newRunningProxy(t, "ipayments", "--to", base, "--log", filepath.Join(dir, "log.ndjson"), "--record", filepath.Join(dir, "kept"), "-v")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.base+"/v1/service/paycc/order", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("kanary-client-id", "kanary-secret-key")
	var raw []byte
	refused := false
	if resp, err := http.DefaultClient.Do(req); err == nil { // a response without an end may be an error
		raw, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		refused = resp.Header.Get("Content-Type") == "application/problem+json"
	}
	p.end()
	logged, _ := os.ReadFile(filepath.Join(dir, "log.ndjson")) // there is none without findings
	text := p.out.String() + p.words.String() + string(logged)
	if refused { // else it is the provider's response
		text += string(raw)
	}
	return text
}
