package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/report"
)

// problem is a body of application/problem+json (RFC 9457).
type problem struct {
	Type     string           `json:"type"`
	Title    string           `json:"title"`
	Status   int              `json:"status"`
	Detail   string           `json:"detail"`
	Findings []problemFinding `json:"findings,omitempty"`
}

// problemFinding is a finding as clients and log lines get it.
type problemFinding struct {
	Rule     string            `json:"rule"`
	Severity contract.Severity `json:"severity"`
	Side     contract.Side     `json:"side"`
	At       contract.Place    `json:"at"`
	Message  string            `json:"message"`
	Args     contract.Args     `json:"args,omitempty"` // the message's arguments by name
	Doc      string            `json:"doc"`
}

func requestProblem(findings []contract.Finding) problem {
	return problem{
		Type: "urn:assay:request-refused", Title: "The request violates the provider's documentation", Status: http.StatusBadRequest,
		Detail: "assay proxy refused the request. Nothing was sent to the provider", Findings: problemFindings(findings),
	}
}

func responseProblem(provider string, findings []contract.Finding) problem {
	return problem{
		Type: "urn:assay:response-refused", Title: "The response violates the provider's documentation", Status: http.StatusBadGateway,
		Detail: fmt.Sprintf("The request WAS sent, and assay proxy withheld the response of %s. The provider may have carried out the request: inquire about it, and do not send it again", provider), Findings: problemFindings(findings),
	}
}

// problemFindings returns the findings that are not waived, the most severe first.
func problemFindings(findings []contract.Finding) []problemFinding {
	var all []problemFinding
	for _, f := range findings {
		if f.Counts() {
			all = append(all, newProblemFinding(f))
		}
	}
	slices.SortStableFunc(all, func(a, b problemFinding) int { return severityRank(b) - severityRank(a) })
	return all
}

func newProblemFinding(f contract.Finding) problemFinding {
	return problemOf(report.FindingOf(f))
}

func problemOf(f report.Finding) problemFinding {
	return problemFinding{f.Rule, f.Severity, f.Side, f.At, f.Message, f.Args, f.Doc}
}

func severityRank(f problemFinding) int { return slices.Index(contract.Severities(), f.Severity) }

// countFindings returns the number of findings that are not waived.
func countFindings(findings []contract.Finding) int {
	n := 0
	for i := range findings {
		if findings[i].Counts() {
			n++
		}
	}
	return n
}

func (p problem) body() []byte {
	raw, _ := report.Encode(p, "") // it has no value that JSON cannot express
	return raw
}

func (p problem) header() http.Header {
	h := http.Header{"Content-Type": {"application/problem+json"}, "Content-Length": {strconv.Itoa(len(p.body()))}, "Cache-Control": {"no-store"}}
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1") // in seconds: RFC 9110, section 10.2.3
	}
	if len(p.Findings) > 0 {
		h.Set(FindingsHeader, strconv.Itoa(len(p.Findings)))
	}
	return h
}

// writeProblem responds with a problem.
func writeProblem(w http.ResponseWriter, p problem) {
	for name, values := range p.header() {
		w.Header()[name] = values
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.body()) // it only fails if the client is gone
}

// replaceResponse replaces a response by a problem. The body must have been read to its
// end.
func replaceResponse(resp *http.Response, p problem) {
	_ = resp.Body.Close() // its content is not needed any more
	resp.StatusCode, resp.Status = p.Status, ""
	resp.Header, resp.Trailer, resp.TransferEncoding = p.header(), nil, nil
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(p.body())), int64(len(p.body()))
}
