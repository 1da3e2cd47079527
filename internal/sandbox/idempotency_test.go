package sandbox_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// kiosk returns a sandbox of an invented provider with x-idempotency, after a change of its
// document.
func kiosk(t testing.TB, old, replacement string) *sandbox.Sandbox {
	t.Helper()
	raw, err := os.ReadFile("../openapi/testdata/idempotency/kiosk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte(old)) {
		t.Fatalf("the document does not contain %q", old)
	}
	spec, err := openapi.Load(fstest.MapFS{"kiosk.yaml": {Data: bytes.ReplaceAll(raw, []byte(old), []byte(replacement))}}, "kiosk.yaml")
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New([]*openapi.Spec{spec}, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// charge sends a charge with a key and preferences, without a network.
func charge(box *sandbox.Sandbox, key, body string, prefer ...string) *httptest.ResponseRecorder {
	return chargeAs(box, "Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQ=", key, body, prefer...)
}

func chargeAs(box *sandbox.Sandbox, authorization, key, body string, prefer ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/kiosk/v1/charges", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", authorization)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for _, one := range prefer {
		r.Header.Add("Prefer", one)
	}
	w := httptest.NewRecorder()
	box.ServeHTTP(w, r)
	return w
}

// TestIdempotency repeats a charge in every way that matters. Each row is a request to one
// sandbox, after those above it.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	const (
		body, spaced = `{"amount":100,"receipt":"r-1"}`, `{ "receipt": "r-1", "amount": 100 }`
		dearer       = `{"amount":200,"receipt":"r-1"}`
		other        = `{"amount":100,"receipt":"r-2"}`
		begin        = "at=2026-01-01T00:00:00Z"
		minuteLeft   = "at=2026-01-01T23:59:00Z"
		over         = "at=2026-01-02T00:00:00Z"
	)
	box := kiosk(t, "", "")
	seen := map[string]string{}
	for _, c := range []struct{ name, key, body, at, want string }{
		{"a first charge", "k-1", body, begin, "200 new"},
		{"again", "k-1", body, begin, "200 as a first charge"},
		{"again, written otherwise", "k-1", spaced, minuteLeft, "200 as a first charge"},
		{"another amount", "k-1", dearer, begin, "400 The key was used"},
		{"another receipt", "k-1", other, begin, "400 The key was used"},
		{"an invalid body", "k-1", `{"amount":1,"receipt":"r-1"}`, begin, "400 The amount must be"},
		{"after the conflicts", "k-1", body, begin, "200 as a first charge"},
		{"another key", "k-2", body, begin, "400 The receipt was used"},
		{"a refused key is free", "k-2", other, begin, "200 new"},
		{"no key", "", body, begin, "400 The receipt was used"},
		{"no key, new", "", `{"amount":100,"receipt":"r-3"}`, begin, "200 new"},
		{"no key, again", "", `{"amount":100,"receipt":"r-3"}`, begin, "400 The receipt was used"},
		{"after its hours, the same", "k-1", body, over, "400 The receipt was used"},
		{"after its hours, another", "k-1", `{"amount":100,"receipt":"r-4"}`, over, "200 new"},
		{"again after its hours", "k-1", `{"amount":100,"receipt":"r-4"}`, over, "200 as after its hours, another"},
	} {
		w := charge(box, c.key, c.body, c.at)
		response := fmt.Sprint(w.Code, " ", w.Header().Get("Date"), " ", w.Body)
		status, what, _ := strings.Cut(c.want, " ")
		switch before, same := strings.CutPrefix(what, "as "); {
		case strconv.Itoa(w.Code) != status:
			t.Errorf("%s: %s, want %s", c.name, response, c.want)
		case same && response != seen[before]:
			t.Errorf("%s: %s, want byte for byte %s", c.name, response, seen[before])
		case what == "new":
			for name, earlier := range seen {
				if earlier == response {
					t.Errorf("%s: the response of %s again", c.name, name)
				}
			}
		case !same && !strings.Contains(response, what):
			t.Errorf("%s: %s, want %s", c.name, response, c.want)
		}
		seen[c.name] = response
	}
}

// TestIdempotencyOf checks what depends on the request or on the documents.
func TestIdempotencyOf(t *testing.T) {
	t.Parallel()
	const body, dearer = `{"amount":100,"receipt":"r-1"}`, `{"amount":200,"receipt":"r-1"}`
	t.Run("wrong credentials do not get the response", func(t *testing.T) {
		t.Parallel()
		box := kiosk(t, "", "")
		charge(box, "k", body)
		if w := chargeAs(box, "Basic eDp5", "k", body); w.Code != http.StatusUnauthorized {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("a lost response comes again", func(t *testing.T) {
		t.Parallel()
		box := kiosk(t, "", "")
		func() {
			defer func() { _ = recover() }() // the connection is reset
			charge(box, "k", body, "fault=reset")
		}()
		if w := charge(box, "k", body); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"receipt":"r-1"`) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("a preferred code ignores the key", func(t *testing.T) {
		t.Parallel()
		box := kiosk(t, "", "")
		charge(box, "k", body)
		if w := charge(box, "k", body, "code=REFUSED; variant=key-reused"); w.Code != http.StatusBadRequest {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("without conflict the sandbox says that it does not know", func(t *testing.T) {
		t.Parallel()
		box := kiosk(t, "        conflict: {code: REFUSED, variant: key-reused}\n", "")
		charge(box, "k", body)
		if w := charge(box, "k", dearer); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "request.header.idempotency-key: the key was used for another request") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
	t.Run("without hours a key counts for ever", func(t *testing.T) {
		t.Parallel()
		box := kiosk(t, "        hours: 24\n", "")
		first := charge(box, "k", body, "at=2026-01-01T00:00:00Z")
		if w := charge(box, "k", body, "at=2036-01-01T00:00:00Z"); w.Body.String() != first.Body.String() {
			t.Errorf("%d %s, not %s", w.Code, w.Body, first.Body)
		}
	})
	t.Run("a key in the body", func(t *testing.T) {
		t.Parallel()
		box := kiosk(t, "at: request.header.idempotency-key", "at: request#/receipt")
		first := charge(box, "", body)
		if w := charge(box, "", body); w.Body.String() != first.Body.String() {
			t.Errorf("%d %s, not %s", w.Code, w.Body, first.Body)
		}
		if w := charge(box, "", dearer); !strings.Contains(w.Body.String(), "The key was used") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// TestIdempotencyTogether sends charges with few keys from many goroutines: each key makes
// one charge, and all responses of a key are equal. No receipt is refused as a duplicate.
func TestIdempotencyTogether(t *testing.T) {
	t.Parallel()
	box := kiosk(t, "", "")
	const keys, repeats = 200, 8
	var group sync.WaitGroup
	var mu sync.Mutex
	responses := map[int]map[string]int{}
	for i := range keys * repeats {
		key := i / repeats
		group.Go(func() {
			w := charge(box, fmt.Sprint("k-", key), fmt.Sprintf(`{"amount":100,"receipt":"r-%d"}`, key))
			mu.Lock()
			defer mu.Unlock()
			if responses[key] == nil {
				responses[key] = map[string]int{}
			}
			responses[key][fmt.Sprint(w.Code, " ", w.Body)]++
		})
	}
	group.Wait()
	for key, all := range responses {
		for response, n := range all {
			if n != repeats || !strings.HasPrefix(response, "200 ") {
				t.Errorf("key %d: %d times %s", key, n, response)
			}
		}
	}
}

// TestIdempotencyMemory remembers many responses, and forgets the oldest ones.
func TestIdempotencyMemory(t *testing.T) {
	t.Parallel()
	m := sandbox.NewRepeats(1000)
	now := time.Now()
	for i := range 100 {
		m.Keep(byte(i), make([]byte, 100), now)
	}
	if m.Bytes() > 1000 || m.Holds(0, now) || m.Holds(89, now) || !m.Holds(90, now) || !m.Holds(99, now) {
		t.Errorf("%d bytes; holds 0: %t, 89: %t, 90: %t, 99: %t", m.Bytes(), m.Holds(0, now), m.Holds(89, now), m.Holds(90, now), m.Holds(99, now))
	}
	for range 100 {
		m.Keep(99, make([]byte, 100), now) // the same key takes its room once
	}
	m.Keep(1, make([]byte, 5000), now) // larger than everything
	if m.Bytes() != 0 || m.Holds(1, now) {
		t.Errorf("%d bytes", m.Bytes())
	}
	m.Keep(2, make([]byte, 10), now.Add(-2*time.Hour))
	if m.Holds(2, now) || m.Bytes() != 0 {
		t.Errorf("an old response takes %d bytes", m.Bytes())
	}
}
