package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/sandbox"
)

// TestEveryListedCode obtains each code of `assay list codes` from a sandbox: with the
// header Prefer, and in the way that its row names, by a case that expects the code and
// passes.
func TestEveryListedCode(t *testing.T) {
	t.Parallel()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(k.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	passed := passedCodes(t)
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"list", "codes"}, nil, &stdout, io.Discard); code != exitConforms {
		t.Fatalf("list codes: exit %d", code)
	}
	rows := strings.Split(strings.TrimSpace(stdout.String()), "\n")[1:]
	for _, row := range rows {
		name := strings.Fields(row)[0]
		parts := strings.SplitN(name, "/", 3) // the last one is CODE or CODE/variant
		o := k.Spec(parts[0]).Operation(parts[1])
		if got := preferredCode(t, server.URL, o, parts[2]); got != parts[2] {
			t.Errorf("%s: with Prefer: code=%s the response is %s", name, parts[2], got)
		}
		if !passed[name] {
			t.Errorf("%s: no case that wants it passes against a sandbox; its row says: %s", name, row)
		}
		code := o.Code(parts[2])
		again := o.Idempotency != nil && o.Idempotency.Conflict == parts[2]
		how := map[string]bool{
			"when":                       code.When != nil,
			"by a valid request":         code.When == nil && o.Success() == code,
			"by a known idempotency key": code.When == nil && again,
			"by Prefer: " + prefer(code): code.When == nil && o.Success() != code && !again,
		}
		for words, is := range how {
			if is != strings.Contains(row, " "+words) {
				t.Errorf("%s: %q in its row: %t, want %t: %s", name, words, !is, is, row)
			}
		}
	}
	if len(rows) < 38 {
		t.Errorf("%d codes only", len(rows))
	}
}

// preferredCode gives the code of the response to an empty request with the header
// Prefer.
func preferredCode(t *testing.T, base string, o *openapi.Operation, code string) string {
	t.Helper()
	at := strings.NewReplacer("{", "", "}", "").Replace(o.Path) // any value of a parameter will do
	req, err := http.NewRequestWithContext(t.Context(), o.Method, base+"/"+o.Provider+at, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Prefer", prefer(o.Code(code)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	met, _ := o.ResultCode(contract.Response{Status: resp.StatusCode, Body: body})
	if met.Row == nil {
		return met.Code
	}
	return met.Name()
}

// prefer gives the value of the header Prefer for a row.
func prefer(row *openapi.Code) string {
	if row.Variant == "" {
		return "code=" + row.Code
	}
	return "code=" + row.Code + "; variant=" + row.Variant
}

// passedCodes gives the codes of the cases that pass in `assay run --sandbox`.
func passedCodes(t *testing.T) map[string]bool {
	t.Helper()
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"run", "--sandbox", "--report", "json"}, nil, &stdout, io.Discard); code != exitConforms {
		t.Fatalf("run --sandbox: exit %d", code)
	}
	var report contract.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, r := range report.Results {
		if r.Verdict == contract.Pass && r.Code != "" {
			all[r.Provider+"/"+r.Operation+"/"+r.Code] = true
		}
	}
	return all
}
