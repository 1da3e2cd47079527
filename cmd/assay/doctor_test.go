package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostLines asks a host and returns "check status" for each line, and the texts.
func hostLines(t *testing.T, base string, over http.RoundTripper, now time.Time) (lines []string, texts string) {
	t.Helper()
	d := &doctor{program: &program{stdout: io.Discard}, now: now, live: true, over: over}
	d.host(t.Context(), "acme", base)
	for _, line := range d.lines {
		lines = append(lines, line.Check+" "+string(line.Status))
		texts += line.Text + "\n"
		if (line.Status == statusOK) != (line.Remedy == "") {
			t.Errorf("%s %s: the remedy is %q", line.Check, line.Status, line.Remedy)
		}
	}
	return lines, texts
}

func TestDoctorHosts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	var methods []string
	serve := func(date time.Time) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			methods = append(methods, r.Method)
			if r.Header.Get("Authorization") != "" {
				t.Error("doctor sent credentials")
			}
			w.Header().Set("Date", date.Format(http.TimeFormat))
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(http.StatusFound) // nothing follows it
		}
	}
	probe := httptest.NewTLSServer(serve(now))
	end := probe.Certificate().NotAfter
	probe.Close()
	for title, c := range map[string]struct {
		now, date time.Time
		want      []string
	}{
		"right":            {now, now, []string{"host ok", "clock ok", "certificates ok"}},
		"a minute off":     {now, now.Add(-time.Minute), []string{"host ok", "clock warning", "certificates ok"}},
		"ten minutes off":  {now, now.Add(10 * time.Minute), []string{"host ok", "clock failed", "certificates ok"}},
		"expires in days":  {end.Add(-72 * time.Hour), end.Add(-72 * time.Hour), []string{"host ok", "clock ok", "certificates warning"}},
		"expired meantime": {end.Add(time.Hour), end.Add(time.Hour), []string{"host ok", "clock ok", "certificates failed"}},
	} {
		methods = nil
		server := httptest.NewTLSServer(serve(c.date))
		lines, texts := hostLines(t, server.URL, server.Client().Transport, c.now)
		server.Close()
		if !slices.Equal(lines, c.want) || !slices.Equal(methods, []string{"OPTIONS"}) {
			t.Errorf("%s: %v with %v, want %v\n%s", title, lines, methods, c.want, texts)
		}
	}
}

// TestDoctorNoHost asks hosts that do not respond or are not trusted, and what is no host.
func TestDoctorNoHost(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	unknown := httptest.NewUnstartedServer(http.NotFoundHandler())
	unknown.Config.ErrorLog = nil
	unknown.StartTLS()
	defer unknown.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for title, c := range map[string]struct {
		base string
		want []string
		text string
	}{
		"closed":           {strings.Replace(gone.URL, "//", "//user:canary@", 1) + "/?key=canary", []string{"host failed"}, "//***@127.0.0.1"},
		"unknown issuer":   {unknown.URL, []string{"host failed"}, "certificate"},
		"without TLS":      {plain.URL, []string{"host ok", "clock ok", "certificates skipped"}, "status 404"},
		"http elsewhere":   {"http://provider.example", []string{"host failed"}, "expected https://HOST"},
		"no URL":           {"provider.example", []string{"host failed"}, "expected https://HOST"},
		"no URL with user": {"://user:canary@x", []string{"host failed"}, "expected https://HOST"},
	} {
		lines, texts := hostLines(t, c.base, hostTransport(), time.Now())
		if !slices.Equal(lines, c.want) || !strings.Contains(texts, c.text) || strings.Contains(texts, "canary") {
			t.Errorf("%s: %v, want %v with %q\n%s", title, lines, c.want, c.text, texts)
		}
	}
}

// TestDoctorExit checks which failures win.
func TestDoctorExit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		codes []int
		want  int
	}{
		{nil, exitConforms},
		{[]int{exitFindings, exitInconclusive}, exitFindings},
		{[]int{exitInconclusive}, exitInconclusive},
		{[]int{exitFindings, exitUsage, exitInconclusive}, exitUsage},
	} {
		var out bytes.Buffer
		d := &doctor{program: &program{stdout: &out}}
		d.ok("a", "b", "c")
		d.warn("a", "b", "c", "d")
		for _, code := range c.codes {
			d.fail(code, "check", "subject", "text\x1b[31m", "remedy")
		}
		got := exitConforms
		if err := d.finish(false); err != nil {
			known, _ := exitOf(err)
			got = known.code
		}
		if got != c.want || strings.Contains(out.String(), "\x1b") {
			t.Errorf("%v: exit code %d, want %d\n%q", c.codes, got, c.want, out.String())
		}
	}
}
