package engine_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/openapi"
	"assay/internal/sandbox"
	"assay/internal/signature"
	"assay/internal/testsize"
)

// rewriting is a transport that changes responses on their way.
type rewriting struct {
	http.RoundTripper
	change func(*http.Response)
}

func (t rewriting) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		t.change(response)
	}
	return response, err
}

// TestUndocumentedResponses has the accepted response of every operation with each thing
// that a table is looked up with and that a provider sends: its HTTP status, its code, its
// content type. Signatures are made again. Rules report what is not documented, no rule and
// no adapter panics, and no adapter reads a status that is not documented as succeeded. The short
// form takes six statuses, four codes and two content types.
func TestUndocumentedResponses(t *testing.T) {
	t.Parallel()
	plain := enginetest.Load(t)
	box, err := sandbox.New(plain.Specs, sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	statuses := []int{201, 202, 204, 206, 226, 300, 304, 308, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 599, 999}
	codes := []string{`"no such code"`, `""`, `null`, `true`, `7`, `-0.5`, `1e400`, `[]`, `{}`, `["0000"]`, `{"code":"0000"}`, `"\u0000"`, `" 0000"`, "\"" + strings.Repeat("9", 5000) + "\""}
	types := []string{"", "text/html", "application/problem+json", ";", "application/json; charset=utf-7", "multipart/form-data"}
	for _, s := range plain.Specs {
		for _, o := range s.Operations {
			t.Run(o.Name(), func(t *testing.T) {
				t.Parallel()
				for _, status := range testsize.Some(statuses, 6) {
					if _, documented := o.Responses[status]; documented {
						continue
					}
					r, read := playChanged(t, server.URL, s, o, func(response *http.Response) { response.StatusCode = status })
					if !slices.ContainsFunc(r.Findings, func(f contract.Finding) bool { return f.Rule == "status-documented" }) {
						t.Errorf("HTTP status %d is not reported: %s", status, r.Why)
					}
					if read.State == contract.Succeeded {
						t.Errorf("HTTP status %d is read as succeeded", status)
					}
				}
				for _, code := range testsize.Some(codes, 4) {
					for _, at := range slices.Concat(o.Result.Code, o.Result.Status, o.Result.Message) {
						changed := false
						_, read := playChanged(t, server.URL, s, o, func(response *http.Response) { changed = setMember(t, s, o, response, at, code) })
						if changed && read.State == contract.Succeeded && slices.Contains(o.Result.Code, at) {
							t.Errorf("code %.20s at %s is read as succeeded", code, at)
						}
					}
				}
				for _, kind := range testsize.Some(types, 2) {
					playChanged(t, server.URL, s, o, func(response *http.Response) { response.Header["Content-Type"] = []string{kind} })
				}
			})
		}
	}
}

// playChanged plays the accepted case of an operation with a changed response.
func playChanged(t *testing.T, base string, s *openapi.Spec, o *openapi.Operation, change func(*http.Response)) (contract.Result, contract.Outcome) {
	t.Helper()
	e := enginetest.Load(t)
	live := engine.Simulated(e.Specs, base)
	live.Transport = rewriting{live.Transport, func(response *http.Response) {
		at := *response.Request.URL
		at.Path, at.RawPath = strings.TrimPrefix(at.Path, "/"+s.Provider), strings.TrimPrefix(at.RawPath, "/"+s.Provider)
		if s.Match(response.Request.Method, &at) == o { // not the case that it follows
			change(response)
		}
	}}
	e = enginetest.OverNetwork(t, e, *live)
	c := e.Fixtures.Case(o.Name() + "/accepted")
	if c == nil {
		t.Skip("operation-covered asks for cases")
	}
	r := e.Result(t.Context(), c)
	if len(r.Stack) > 0 || strings.Contains(r.Why, crash.Report) {
		t.Errorf("%s\n%s", r.Why, strings.Join(r.Stack, "\n"))
	}
	resolved, play := e.PlayResolved(t.Context(), c)
	if play.Err != nil || resolved.Reader.Read == nil {
		return r, contract.UnknownOutcome()
	}
	return r, resolved.Reader.Read(*play.Exchange)
}

// setMember replaces a member of a response, if it is there, by JSON text, and signs the
// body again.
func setMember(t *testing.T, s *openapi.Spec, o *openapi.Operation, response *http.Response, at contract.Pointer, text string) (changed bool) {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	_ = response.Body.Close()
	if old, found := contract.Raw(body, at); found {
		name := []byte(`"` + at.LastToken() + `":`)
		body = bytes.Replace(body, append(slices.Clone(name), old...), append(slices.Clone(name), text...), 1)
		changed = true
	}
	if json.Valid(body) {
		body = signature.Sign(o.Sign.Response, body, s.TestCredentials(), signature.Zeros{})
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return changed
}
