package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"assay/internal/contract"
	"assay/internal/transport"
)

// sendRequest sends one request with a body of JSON from a file, or without a body, and
// prints status, Allow header and body of the response. It sets ID to
// the id in the body: sent METHOD URL [FILE].
func sendRequest(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: sent METHOD URL [FILE]")
	}
	u, err := url.Parse(args[1])
	ts.Check(err)
	r := contract.Request{Method: args[0], URL: u, Header: http.Header{"Authorization": {"Basic a2V5X3Rlc3Q6c2VjcmV0X3Rlc3Q="}}}
	if len(args) == 3 {
		r.Header.Set("Content-Type", "application/json")
		r.Body, err = os.ReadFile(ts.MkAbs(args[2]))
		ts.Check(err)
		r.Body = bytes.TrimSpace(r.Body)
	}
	ex, err := transport.Send(context.Background(), http.DefaultTransport, r)
	ts.Check(err)
	if raw, ok := contract.Raw(ex.Response.Body, "/id"); ok {
		id, _ := contract.String(raw)
		ts.Setenv("ID", id)
	}
	_, err = fmt.Fprintf(ts.Stdout(), "%d\nAllow: %s\n%s\n", ex.Response.Status, strings.Join(ex.Response.Header["Allow"], " "), ex.Response.Body)
	ts.Check(err)
}
