package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// service serves a client with a method for its calls, and none for its hello.
func service(t testing.TB, call http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		call(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/call"
}

func connected(t testing.TB, address string) *Post {
	t.Helper()
	p, err := Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPost(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		call http.HandlerFunc
		why  string // "": there is a reply
		line string
	}{
		"good": {call: func(w http.ResponseWriter, r *http.Request) {
			var c Call
			if err := json.NewDecoder(r.Body).Decode(&c); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
				t.Error(err, r.Method, r.Header)
			}
			_, _ = fmt.Fprintf(w, "{\"id\":%q,\"outcome\":\"pending\"}\n", c.ID)
		}},
		"status": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "wrong", http.StatusInternalServerError) }, "responded with HTTP 500. A reply has HTTP 200", "wrong"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		}, "HTTP 307. Redirects are not followed", ""},
		"garbage": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "oops") }, "a body that is not JSON", "oops"},
		"nothing": {func(http.ResponseWriter, *http.Request) {}, "a body that is not JSON", ""},
		"twice": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat(`{"id":"1","outcome":"pending"}`+"\n", 2))
		}, "a body that is not JSON", "{\"id\":\"1\",\"outcome\":\"pending\"}\n{\"id\":\"1\",\"outcome\":\"pending\"}"},
		"other id": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id":"2","outcome":"pending"}`)
		}, "a call that it did not get", `{"id":"2","outcome":"pending"}`},
		"no id":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"outcome":"pending"}`) }, "has no id", `{"outcome":"pending"}`},
		"no state": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"1"}`) }, "has no outcome", `{"id":"1"}`},
		"close":    {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "closed the connection", ""},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"id":"1","outcome":"pending"}`)
		}, "before the end of its reply", ""},
		"huge": {func(w http.ResponseWriter, _ *http.Request) {
			for _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err == nil; {
				_, err = io.WriteString(w, strings.Repeat("x", 1<<16))
			}
		}, "has more than 1048576 bytes", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			p := connected(t, service(t, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				one.call(w, r)
			}))
			r, err := ask(t, p, "1", enough)
			if one.why == "" && (err != nil || r.ID != "1") {
				t.Errorf("%+v, %v", r, err)
			}
			if one.why != "" {
				if e := mustFail(t, err, one.why); !strings.HasPrefix(e.Line, one.line) || one.line == "" && len(e.Line) > 0 {
					t.Errorf("%q", e.Line)
				}
			}
			if calls.Load() != 1 {
				t.Errorf("%d requests", calls.Load())
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPost_late expects a call to end with its time, and with the run.
func TestPost_late(t *testing.T) {
	t.Parallel()
	address := service(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices that the client goes
		<-r.Context().Done()
	})
	_, err := ask(t, connected(t, address), "1", 30*time.Millisecond)
	if failsWith(t, err, "did not reply in time"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := ask(t, p, "2", enough); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		testHello:                            "test",
		"<html></html>":                      "",
		`{"hello":{"protocol":"other"}}`:     "error",
		`{"hello":{"name":"a","more":true}}`: "a", // of a later version
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		p, err := Connect(t.Context(), s.URL)
		if err != nil {
			failsWith(t, err, "speaks another protocol")
		}
		if name := "error"; err == nil {
			if name = p.Hello().Name; name != want {
				t.Errorf("%s: %s", body, name)
			}
		} else if want != name {
			t.Errorf("%s: %v", body, err)
		}
		s.Close()
	}
	_, err := Connect(t.Context(), "http://127.0.0.1:1/call")
	failsWith(t, err, "no service is at")
	for address, ok := range map[string]bool{
		"http://127.0.0.1:9000/call": true, "https://localhost:1/": true, "http://[::1]:1": true,
		"http://10.0.0.1/": false, "http://example.com": false, "ftp://127.0.0.1": false, "127.0.0.1:9000": false, "/call": false,
		"http://user:pw@127.0.0.1/": false, "http://127.0.0.1.example.com/": false, "http://%zz": false,
	} {
		if err := CheckAddress(address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// failsWith is mustFail for a test that needs no more of the error.
func failsWith(t testing.TB, err error, why string) {
	t.Helper()
	if mustFail(t, err, why) == nil {
		t.Errorf("%v is no *NoReplyError", err)
	}
}
