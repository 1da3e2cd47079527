package proxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"assay/internal/contract"
	"assay/internal/report"
)

// problem is what RFC 9457 calls problem details.
type problem struct {
	Type     string  `json:"type"`
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail"`
	Findings []named `json:"findings,omitempty"`
}

// named is a finding as a client is told of it.
type named struct {
	Rule     string            `json:"rule"`
	Severity contract.Severity `json:"severity"`
	Side     contract.Side     `json:"side"`
	At       contract.Place    `json:"at"`
	Message  string            `json:"message"`
	Args     contract.Args     `json:"args,omitempty"` // of the message, each with its name
	Doc      string            `json:"doc"`
}

func refusedRequest(findings []contract.Finding) problem {
	return problem{
		Type: "urn:assay:request-refused", Title: "The request is not what the provider documents", Status: http.StatusBadRequest,
		Detail: "the request was refused here, and nothing was sent to the provider", Findings: names(findings),
	}
}

func refusedResponse(provider string, findings []contract.Finding) problem {
	return problem{
		Type: "urn:assay:response-refused", Title: "The response is not what the provider documents", Status: http.StatusBadGateway,
		Detail: fmt.Sprintf("the request WAS sent, and %s responded it; the response is kept back. What was asked for may have been done: inquire about it, and do not send it again", provider), Findings: names(findings),
	}
}

// names lists the findings that count, the worst first.
func names(findings []contract.Finding) []named {
	var all []named
	for _, f := range findings {
		if f.Counts() {
			all = append(all, nameOf(f))
		}
	}
	slices.SortStableFunc(all, func(a, b named) int { return rank(b) - rank(a) })
	return all
}

func nameOf(f contract.Finding) named {
	return named{f.Rule, f.Severity, f.Side, f.At, report.Sentence(f.Message), f.Message.Args, f.Doc}
}

func rank(f named) int { return slices.Index(contract.Severities(), f.Severity) }

// counting is how many findings count.
func counting(findings []contract.Finding) int {
	n := 0
	for i := range findings {
		if findings[i].Counts() {
			n++
		}
	}
	return n
}

func (p problem) body() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(p) // texts and a number can always be written
	return b.Bytes()
}

func (p problem) header() http.Header {
	h := http.Header{"Content-Type": {"application/problem+json"}, "Content-Length": {strconv.Itoa(len(p.body()))}, "Cache-Control": {"no-store"}}
	if len(p.Findings) > 0 {
		h.Set(Findings, strconv.Itoa(len(p.Findings)))
	}
	return h
}

// refuse responses with a problem.
func refuse(w http.ResponseWriter, p problem) {
	for name, values := range p.header() {
		w.Header()[name] = values
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(p.body()) // the client is gone: nobody to tell
}

// instead puts a problem in the place of a response that has been read.
func instead(resp *http.Response, p problem) {
	_ = resp.Body.Close() // read to its end
	resp.StatusCode, resp.Status = p.Status, ""
	resp.Header, resp.Trailer, resp.TransferEncoding = p.header(), nil, nil
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(p.body())), int64(len(p.body()))
}
