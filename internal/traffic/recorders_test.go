package traffic_test

import (
	"bytes"
	"compress/zlib"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/traffic"
)

// TestRecorderFiles reads files in the shape of many recorders. All recorded the same
// exchange, and each must give it, whole: bodies in base64, compressed and in pieces, sizes of
// -1 or none, header lists in any form, pseudo-headers of HTTP/2, byte order marks, UTF-16.
func TestRecorderFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "recorders", "*"))
	if err != nil {
		t.Fatal(err)
	}
	hars := 0
	for _, path := range files {
		if strings.HasSuffix(path, ".har") {
			hars++
		}
		n := 0
		err := traffic.Read(t.Context(), []string{path}, nil, traffic.Options{}, func(e *traffic.Entry) error {
			n++
			ex, err := e.Exchange()
			if err != nil {
				t.Error(err)
				return nil
			}
			if got := ex.Request.Method + " " + ex.Request.URL.String(); got != "POST https://pay.example.com/v2/order?mid=M_TEST_1" {
				t.Errorf("%s: the request is %s", path, got)
			}
			if got := string(ex.Request.Body); got != `{"orderId":"O_TEST_1","amount":100,"note":"₹ 10"}` {
				t.Errorf("%s: the request has the body %s", path, got)
			}
			if got := string(ex.Response.Body); got != `{"status":"ok","token":"T_TEST_1","note":"₹ 10"}` || ex.Response.Status != 200 {
				t.Errorf("%s: the response has the status %d and the body %s", path, ex.Response.Status, got)
			}
			if ex.Request.Header.Get("Content-Type") != "application/json" || ex.Response.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: the headers are %v and %v", path, ex.Request.Header, ex.Response.Header)
			}
			for name := range ex.Request.Header {
				if strings.HasPrefix(name, ":") {
					t.Errorf("%s: the request has the header %s", path, name)
				}
			}
			if ex.Recorder == nil || strings.ContainsAny(strings.Join(placesOf(ex.Omitted), " "), "#") {
				t.Errorf("%s: recorded by %v, omitted %v", path, ex.Recorder, ex.Omitted)
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d entries, %v", path, n, err)
		}
	}
	if hars < 20 || len(files)-hars < 20 {
		t.Errorf("%d HAR files and %d cassettes; expected 20 of each", hars, len(files)-hars)
	}
}

// TestRecorderTable reads creators as programs write them.
func TestRecorderTable(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "recorders", "chrome.har"))
	if err != nil {
		t.Fatal(err)
	}
	for creator, want := range map[string]string{
		"WebInspector": "Chrome, Edge", "Firefox": "Firefox", "WebKit Web Inspector": "Safari", "Charles Proxy": "Charles",
		"mitmproxy har_dump": "mitmproxy", "OWASP ZAP": "ZAP", "Fiddler Everywhere": "Fiddler", "k6 Studio": "k6",
		"something": "another program", "": "another program",
	} {
		text := strings.Replace(string(raw), `"name": "WebInspector"`, `"name": "`+creator+`"`, 1)
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if err != nil || ex.Recorder.Name != want {
				t.Errorf("%q: %v, %v", creator, ex.Recorder, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	seen := map[string]bool{}
	for _, r := range traffic.Recorders() {
		if seen[r.Name] || r.Name == "" || r.Leaves == "" || r.Instead == "" {
			t.Errorf("%+v stands twice or leaves something out", r)
		}
		seen[r.Name] = true
	}
}

// TestZHAR reads what mitmproxy writes to a file that ends in .zhar: HAR in zlib.
func TestZHAR(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "recorders", "mitmproxy.har"))
	if err != nil {
		t.Fatal(err)
	}
	for level := zlib.NoCompression; level <= zlib.BestCompression; level++ {
		if level > 1 && level < 6 {
			continue // these begin like a text
		}
		var b bytes.Buffer
		z, err := zlib.NewWriterLevel(&b, level)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		for whole, text := range map[bool][]byte{true: b.Bytes(), false: b.Bytes()[:b.Len()/2]} {
			n := 0
			err = traffic.Read(t.Context(), []string{"-"}, bytes.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
				if _, err := e.Exchange(); (err == nil) != whole {
					t.Errorf("level %d, whole %t: %v", level, whole, err)
				}
				n++
				return nil
			})
			if err != nil || n != 1 {
				t.Errorf("level %d, whole %t: %d entries, %v", level, whole, n, err)
			}
		}
	}
}
