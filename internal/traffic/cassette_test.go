package traffic_test

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	v2 "github.com/dnaeon/go-vcr/v2/recorder"
	v4 "gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"assay/cassettes"
	"assay/internal/cassette"
	"assay/internal/contract"
	"assay/internal/traffic"
)

// bodies are what a cassette has to bring through.
var bodies = []string{
	`{"mid":"M_TEST_1","email":"payer@example.com"}`,
	"",
	"- request:\n  url: x\n\n- more\n",
	"interactions:\n- a\n",
	"  leading blanks\n# and more\n---\n...\n",
	"half a character \xe2\x82 and \x00",
	"windows\r\nlines\r\n",
	strings.Repeat("long words ", 300),
	"trailing blanks  \n\n\n",
	"a tab\t- and\n\n  - another\t\n",
	`"quoted" 'text' \ with # and : and ₹`,
}

// shop responses what it is asked.
func shop(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Any", "one")
		w.Header().Add("X-Any", "two: #")
		w.WriteHeader(http.StatusCreated)
		if _, err := w.Write(body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestRecorders has go-vcr itself record, and reads what it wrote: the format 1
// of its second major version, and the format 2 of its fourth.
func TestRecorders(t *testing.T) {
	t.Parallel()
	s := shop(t)
	for name, start := range map[string]func(path string) (http.RoundTripper, func() error, error){
		"version 2": func(path string) (http.RoundTripper, func() error, error) {
			r, err := v2.NewAsMode(path, v2.ModeRecording, http.DefaultTransport)
			if err != nil {
				return nil, nil, err
			}
			return r, r.Stop, nil
		},
		"version 4": func(path string) (http.RoundTripper, func() error, error) {
			r, err := v4.New(path, v4.WithMode(v4.ModeRecordOnly), v4.WithRealTransport(http.DefaultTransport))
			if err != nil {
				return nil, nil, err
			}
			return r, r.Stop, nil
		},
	} {
		path := filepath.Join(t.TempDir(), "recorded")
		over, stop, err := start(path)
		if err != nil {
			t.Fatal(name, err)
		}
		for _, body := range bodies {
			post(t, over, s.URL+"/v2/order?mid=M_TEST_1", body)
		}
		if err := stop(); err != nil {
			t.Fatal(name, err)
		}
		n := 0
		err = traffic.Read(t.Context(), []string{path + ".yaml"}, nil, traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return nil
			}
			if string(ex.Request.Body) != bodies[n] || string(ex.Response.Body) != bodies[n] {
				t.Errorf("%s: %q became %q and %q", name, bodies[n], ex.Request.Body, ex.Response.Body)
			}
			if ex.Request.Method != http.MethodPost || ex.Request.URL.RequestURI() != "/v2/order?mid=M_TEST_1" || ex.Request.Header.Get("Content-Type") != "text/plain" {
				t.Errorf("%s: the request is %+v", name, ex.Request)
			}
			if ex.Response.Status != http.StatusCreated || strings.Join(ex.Response.Header["X-Any"], "|") != "one|two: #" {
				t.Errorf("%s: the response is %d, %v", name, ex.Response.Status, ex.Response.Header)
			}
			if name == "version 4" && ex.Response.Duration <= 0 {
				t.Errorf("%s: it took %s", name, ex.Response.Duration)
			}
			n++
			return nil
		})
		if err != nil || n != len(bodies) {
			t.Errorf("%s: %d of %d, %v", name, n, len(bodies), err)
		}
	}
}

func post(t *testing.T, over http.RoundTripper, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain")
	resp, err := over.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Error(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
}

// TestCoded takes codings off bodies that were recorded as they came.
func TestCoded(t *testing.T) {
	t.Parallel()
	for coding, body := range map[string]string{
		"gzip": "!!binary H4sIAAAAAAAC/8tIzcnJBwCGphA2BQAAAA==", "br": "!!binary CwKAaGVsbG8D", "zstd": "!!binary KLUv/QQAKQAAaGVsbG+jbZ+I",
		"deflate": "hello", "compress": "hello",
	} {
		text := "version: 1\ninteractions:\n- request: {method: GET, url: https://x/, headers: {Content-Encoding: [" + coding + "]}, body: " + body + "}\n  response: {code: 200, headers: {Content-Encoding: [" + coding + "]}, body: " + body + "}\n"
		n := 0
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			n++
			ex, err := e.Exchange()
			if ex.Request.Header.Get("Content-Encoding") != ex.Response.Header.Get("Content-Encoding") || string(ex.Request.Body) != "hello" {
				t.Errorf("%s, asked: %q with %v", coding, ex.Request.Body, ex.Request.Header)
			}
			if taken := ex.Response.Header.Get("Content-Encoding") == ""; err != nil || string(ex.Response.Body) != "hello" || taken != strings.HasPrefix(body, "!") {
				t.Errorf("%s: %q with %v, %v", coding, ex.Response.Body, ex.Response.Header, err)
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d, %v", coding, n, err)
		}
	}
}

// TestForm makes a body of a form where the recorder lost it.
func TestForm(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"{a: [1]}":                  "a=1",
		"{a: [1], q: [x, y]}":       "a=1",
		"{a: [1], q: [2, x, y]}":    "a=1&q=2",
		"{a: [1], q: [x, z]}":       "a=1&q=x&q=z",
		"{a: [1], q: [y]}":          "a=1&q=y",
		"{q: [x, y]}":               "",
		"{}":                        "",
		"{a: [1]}\n    body: 'b=2'": "b=2",
	} {
		text := "version: 1\ninteractions:\n- request:\n    method: POST\n    url: https://x/?q=x&q=y\n    headers: {Content-Type: [application/x-www-form-urlencoded]}\n    form: " + form + "\n  response: {code: 200}\n"
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			if ex, err := e.Exchange(); err != nil || string(ex.Request.Body) != want {
				t.Errorf("%s: %q, %v", form, ex.Request.Body, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestOurCassettes reads the committed cassettes as the package does that plays
// them.
func TestOurCassettes(t *testing.T) {
	t.Parallel()
	shelf, err := cassette.Open(cassettes.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shelf.Names() {
		raw, err := fs.ReadFile(cassettes.Files, name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := shelf.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		want := loaded.Exchanges()
		err = traffic.Read(t.Context(), []string{"-"}, bytes.NewReader(raw), traffic.Options{}, func(e *traffic.Entry) error {
			got, err := e.Exchange()
			switch {
			case err != nil || len(want) == 0:
				t.Errorf("%s: %v, and %d are left", name, err, len(want))
			case !alike(t, got, want[0]):
				t.Errorf("%s: %+v, want %+v", name, got, want[0])
			default:
				want = want[1:]
			}
			return nil
		})
		if err != nil || len(want) > 0 {
			t.Errorf("%s: %v, %d were not read", name, err, len(want))
		}
	}
}

// alike compares by what Append writes.
func alike(t *testing.T, a, b contract.Exchange) bool {
	t.Helper()
	one, err := traffic.Append(nil, a)
	if err != nil {
		t.Fatal(err)
	}
	other, err := traffic.Append(nil, b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(one, other)
}

// TestFolderOfCassettes passes over the manifest and the shapes, and names what is no
// recording.
func TestFolderOfCassettes(t *testing.T) {
	t.Parallel()
	for _, text := range read(t, traffic.Options{}, nil, filepath.Join("..", "..", "cassettes")) {
		other := strings.HasSuffix(strings.SplitN(text, " | ", 2)[0], "README.md") || strings.HasSuffix(strings.SplitN(text, " | ", 2)[0], "cassettes.go")
		if strings.Contains(text, " | ! ") != other {
			t.Error(text)
		}
	}
}
