package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/specs"
)

// canaries are values that must not be stored or printed: credentials and personal
// data.
func canaries() map[string]string {
	return map[string]string{
		"ASSAY_PAYTM_MID":          "900000000000000000007",
		"ASSAY_PAYTM_MERCHANT_KEY": "canary-16-bytes!",
		"email":                    "kanary.vogel@mail.test",
		"mobile":                   "9812345670",
		"name":                     "Kanary",
		"street":                   "17 Voliere Road",
	}
}

const canaryCase = `about: an order of somebody
source: none
order:
  reference: OREDRID90001
  amount: {minor: 100, currency: INR}
  customer: {id: CUST_001, mobile: "9812345670", email: kanary.vogel@mail.test, firstName: Kanary, lastName: Vogelsang}
  shipping: {firstName: Kanary, lastName: Vogelsang, phone: "9812345670", line1: 17 Voliere Road, line2: "", city: Pune, state: Maharashtra, country: India, postalCode: "411001"}
options: {websiteName: retail}
want: {code: "0000"}
`

// TestRecordLeavesNoCanary records from a provider that repeats credentials and personal data in
// every encoding. Either they are redacted, or nothing is written. No output and no file contains
// one. The short form has five of the encodings.
func TestRecordLeavesNoCanary(t *testing.T) {
	for _, env := range []string{"ASSAY_PAYTM_MID", "ASSAY_PAYTM_MERCHANT_KEY"} {
		t.Setenv(env, canaries()[env])
	}
	for title, c := range some(map[string]struct {
		echo func(v string) string
		want int
	}{
		"nothing":                 {nil, exitConforms},
		"as it is":                {func(v string) string { return "what about " + v + "?" }, exitConforms},
		"in upper case":           {strings.ToUpper, exitConforms},
		"URL-encoded":             {url.QueryEscape, exitConforms},
		"base64":                  {func(v string) string { return base64.StdEncoding.EncodeToString([]byte("> " + v)) }, exitConforms},
		"base64 among words":      {func(v string) string { return "b64 x" + base64.StdEncoding.EncodeToString([]byte("1"+v)) }, exitConforms},
		"hex":                     {func(v string) string { return hex.EncodeToString([]byte(v)) }, exitConforms},
		"gzip":                    {gzipText, exitConforms},
		"HTML entities":           {entities, exitConforms},
		"too much to be searched": {func(string) string { return bomb() }, exitFindings},
		"JSON-escaped twice":      {func(v string) string { return escapedTwice(v) }, exitConforms},
	}, 5) {
		bomb() // before a request waits for it
		dir, before := canaryData(t)
		server := httptest.NewServer(echoProvider(t, c.echo))
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{
			"record", "paytm/createOrder/canary", "--live", "--yes", "--data", dir, "--base", "paytm=" + server.URL + "/paytm",
		}, nil, &stdout, &stderr)
		server.Close()
		if code != c.want {
			t.Errorf("%s: exit %d, want %d\n%s%s", title, code, c.want, stdout.String(), stderr.String())
		}
		_, err := os.Stat(filepath.Join(dir, "cassettes/paytm/createOrder/canary.yaml"))
		if written := err == nil; written != (c.want == exitConforms) {
			t.Errorf("%s: written: %t", title, written)
		}
		if after := manifestOf(t, dir); c.want != exitConforms && after != before {
			t.Errorf("%s: the manifest was changed", title)
		}
		if c.want == exitFindings && (!strings.Contains(stdout.String(), "secret or personal values remain") || !strings.Contains(stdout.String(), "response#/head/echo")) {
			t.Errorf("%s: the place is not named: %s", title, stdout.String())
		}
		hunt(t, title+": standard output", stdout.Bytes())
		hunt(t, title+": standard error", stderr.Bytes())
		huntFiles(t, title, filepath.Join(dir, "cassettes"))
		if c.want == exitConforms {
			replayRecordings(t, title, dir)
		}
	}
}

// canaryData makes a data folder with the case of the canaries, and gives the path of
// its manifest.
func canaryData(t *testing.T) (dir, manifest string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	export(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "fixtures/paytm/createOrder/canary.yaml"), []byte(canaryCase), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, manifestOf(t, dir)
}

func manifestOf(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "cassettes/manifest.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// replayRecordings runs the recorded cassettes, without a network.
func replayRecordings(t *testing.T, title, dir string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"run", "paytm/createOrder/canary", "--data", dir, "-v"}, nil, &stdout, &stderr); code != exitConforms {
		t.Errorf("%s: replayed: exit %d\n%s%s", title, code, stdout.String(), stderr.String())
	}
	hunt(t, title+": replayed", append(stdout.Bytes(), stderr.Bytes()...))
}

// echoProvider is Paytm with the credentials of the canaries. It repeats them in a
// cookie and in the head of the body, which the signature does not cover.
func echoProvider(t *testing.T, echo func(string) string) http.Handler {
	t.Helper()
	all, err := openapi.LoadAll(specs.Files)
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(all, sandbox.Options{Credentials: map[string]map[string]string{
		"paytm": {"mid": canaries()["ASSAY_PAYTM_MID"], "merchantKey": canaries()["ASSAY_PAYTM_MERCHANT_KEY"]},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := httptest.NewRecorder()
		box.ServeHTTP(kept, r)
		body := kept.Body.Bytes()
		if echo != nil {
			got := map[string]string{}
			for name, v := range canaries() {
				got[name] = echo(v)
				w.Header().Add("Set-Cookie", name+"="+url.QueryEscape(v))
			}
			raw, err := json.Marshal(got)
			if err != nil {
				t.Error(err)
			}
			body = bytes.Replace(body, []byte(`{"head":{`), []byte(`{"head":{"echo":`+string(raw)+`,`), 1)
		}
		w.Header().Set("Content-Type", kept.Header().Get("Content-Type"))
		w.WriteHeader(kept.Code)
		_, _ = w.Write(body)
	})
}

func gzipText(v string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(v))
	_ = w.Close()
	return "zip: " + base64.StdEncoding.EncodeToString(b.Bytes())
}

// bomb is a text that is too large to be searched.
var bomb = sync.OnceValue(func() string { return gzipText(string(make([]byte, 11<<20))) })

func escapedTwice(v string) string {
	once := ""
	for _, r := range v {
		once += `\u00` + hex.EncodeToString([]byte{byte(r)})
	}
	return once
}

func entities(v string) string {
	all := ""
	for _, r := range v {
		all += fmt.Sprintf("&#%d;", r)
	}
	return all
}

// huntFiles searches every file of a folder.
func huntFiles(t *testing.T, title, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		hunt(t, title+": "+d.Name(), raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// hunt searches a text for every canary in every encoding. It uses no code of package
// redact.
func hunt(t *testing.T, where string, text []byte) {
	t.Helper()
	low := strings.ToLower(string(text))
	for _, s := range spellings() {
		if strings.Contains(low, s.text) {
			t.Errorf("%s holds %s as %q", where, s.name, s.text)
		}
	}
}

type spelling struct{ name, text string }

// spellings gives every canary in every encoding, in lower case.
var spellings = sync.OnceValue(func() []spelling {
	var all []spelling
	for name, v := range canaries() {
		spellings := []string{v, url.QueryEscape(v), url.PathEscape(v), hex.EncodeToString([]byte(v)), escapedTwice(v), strings.ReplaceAll(escapedTwice(v), `\`, `\\`), gzipText(v)[len("zip: ")+16:]}
		for shift := range 3 { // this part of the encoding does not depend on the text around it
			e := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift)+v)), "=")
			spellings = append(spellings, e[(shift*8+5)/6:len(e)-1])
		}
		for _, text := range spellings {
			if len(text) >= 5 {
				all = append(all, spelling{name, strings.ToLower(text)})
			}
		}
	}
	return all
})

// TestHunt checks that hunt finds every spelling.
func TestHunt(t *testing.T) {
	t.Parallel()
	v := canaries()["email"]
	for _, text := range []string{v, url.QueryEscape(v), hex.EncodeToString([]byte(v)), base64.StdEncoding.EncodeToString([]byte("ab" + v + "c"))} {
		probe := &testing.T{}
		hunt(probe, "", []byte("some "+text+" text"))
		if !probe.Failed() {
			t.Errorf("%q is not found", text)
		}
	}
}
