package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"assay/internal/report"
	"assay/internal/testsize"
)

// testService serves the client of testClient over HTTP.
func testService(t *testing.T, faults ...string) string {
	t.Helper()
	c := newClientUnderTest(faults...)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, testClientHello) // the client is gone otherwise
			return
		}
		line, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(c.replyLine(line)) // as above
	}))
	t.Cleanup(s.Close)
	return s.URL + "/call"
}

// conformed runs conform and returns its report in JSON. It fails the test if the exit code is
// another one.
func conformed(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out, errors bytes.Buffer
	if got := run(t.Context(), append([]string{"conform", "--report", "json"}, args...), nil, &out, &errors); got != code {
		t.Errorf("exit %d: %s%s", got, errors.String(), out.String())
	}
	return out.String()
}

// TestConformWays expects the same report of a client by pipe and by HTTP. Failures are tried with
// the first client only, because each client waits for them; both ways wait at the same time.
func TestConformWays(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	for fault, c := range map[string]struct {
		code int
		of   []string
	}{
		"none":     {exitConforms, []string{"paytm/createOrder/accepted", "enkash/createOrder/accepted", "ipayments/initKyc/accepted"}},
		"renaming": {exitFindings, []string{"paytm/createOrder/least", "enkash/createOrder/least", "ipayments/initKyc/least"}},
	} {
		var pipe, post string
		var ways sync.WaitGroup
		ways.Go(func() { pipe = conformed(t, c.code, slices.Concat(c.of, []string{"--", "testclient", fault})...) })
		ways.Go(func() {
			post = conformed(t, c.code, slices.Concat(c.of, []string{"--client", testService(t, fault)})...)
		})
		ways.Wait()
		reproduce := regexp.MustCompile(`(?s)"reproduce": \{.*?\}`) // the commands differ
		if pipe, post := reproduce.ReplaceAllString(pipe, ""), reproduce.ReplaceAllString(post, ""); pipe != post {
			t.Errorf("%s: by pipe:\n%s\nby HTTP:\n%s", fault, pipe, post)
		}
	}
}

// TestConformPrivate has a client that replies with private values of the call: none is
// shown, in any format.
func TestConformPrivate(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	var out bytes.Buffer
	args, file := []string{"conform", "paytm/createOrder/accepted", "-v"}, filepath.Join(t.TempDir(), "report.")
	for _, format := range report.Runs().Names() {
		args = append(args, "--report", format+"="+file+format)
	}
	_ = run(t.Context(), append(args, "--report", "text", "--", "testclient", "leaking"), nil, &out, &out)
	shown := map[string]string{"the output": out.String()}
	for _, format := range report.Runs().Names() {
		raw, err := os.ReadFile(file + format)
		if err != nil || len(raw) == 0 {
			t.Fatal(format, err)
		}
		shown[format] = string(raw)
	}
	for where, text := range shown {
		for _, private := range []string{"0123456789abcdef", "9988000000", "MDEyMzQ1Njc4OWFiY2RlZg", "30313233343536373839616263646566"} {
			if strings.Contains(text, private) {
				t.Errorf("%s shows %s\n%s", where, private, text)
			}
		}
	}
}
