package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"os"
	"slices"
	"strconv"
	"time"

	"assay/internal/budget"
	"assay/internal/contract"
	"assay/internal/transport"
)

// exchange is one exchange that passes through the proxy.
type exchange struct {
	p        *Proxy
	share    *budget.Share // the memory of the bodies
	w        http.ResponseWriter
	observed Observed
	request  contract.Request // as the proxy sends it
	sentAt   time.Time        // when the proxy sent the request
	duration time.Duration    // from then to the end of the response, or to its header if it is not judged
	reverse  *httputil.ReverseProxy
}

// serve reads the request if it is to be judged, and refuses it or passes it on.
func (x *exchange) serve(r *http.Request, body io.ReadCloser) {
	if x.p.options.Test != nil {
		x.readTest(r.Header)
	}
	x.request = contract.Request{Method: r.Method, URL: x.p.target(r.URL), Header: r.Header.Clone()}
	if x.observed.Operation = x.p.operation(x.request); x.observed.Operation == "" {
		x.skip(Undocumented)
		x.observed.Exchange.Request = contract.Request{Method: x.request.Method, URL: x.request.URL, Header: x.request.Header}
	} else {
		raw, unread, err := readBody(x.share, body, r.ContentLength, x.p.options.MaxBody)
		body = unread
		switch {
		case errors.Is(err, TooLarge), errors.Is(err, MemoryFull):
			x.skip(reasonOf(err))
		case err != nil:
			x.skip(x.ended(ClientGone))
			x.writeIncomplete(err)
			return
		}
		x.request.Body = raw
		if x.refuseRequest() {
			return
		}
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(x.p.ctx, func() { cancel(nil) })()
	if safe(r.Method) {
		ctx = preventRetry(ctx, cancel)
	}
	passed := r.WithContext(ctx)
	passed.Body = body
	x.reverse = &httputil.ReverseProxy{
		Rewrite: x.rewrite, Transport: x.p.options.Transport, ModifyResponse: x.modifyResponse, ErrorHandler: x.writeNoResponse,
		FlushInterval: -1, // a body that is not judged passes piece by piece
		ErrorLog:      x.p.discardLog, BufferPool: &x.p.buffers,
	}
	x.reverse.ServeHTTP(x.w, passed)
}

// readTest reads and removes the headers in which a test names itself and what it expects.
func (x *exchange) readTest(h http.Header) {
	names, expected := h[contract.CaseHeader], h[contract.ExpectHeader]
	if names == nil && expected == nil {
		return
	}
	delete(h, contract.CaseHeader)
	delete(h, contract.ExpectHeader)
	if x.observed.Test, x.observed.Fault = x.p.options.Test(names, expected); x.observed.Fault != nil {
		x.skip(TestUnclear)
	}
}

// skip notes why the exchange is not judged. The first reason stays.
func (x *exchange) skip(why Reason) {
	if x.observed.Skipped == "" {
		x.observed.Skipped = why
	}
}

// finish counts the exchange and hands it to Observe.
func (x *exchange) finish() {
	x.judgeLost()
	x.share.Return()
	x.p.metrics.countExchange(x.observed)
	if x.p.options.Observe != nil {
		x.p.options.Observe(x.observed)
	}
}

// judgeLost judges the request alone if it was sent and asked for what lost its response.
func (x *exchange) judgeLost() {
	loses := x.p.options.Loses
	lost := []Reason{NoResponse, IncompleteResponse, ClientGone}
	if loses == nil || x.sentAt.IsZero() || !slices.Contains(lost, x.observed.Skipped) || !loses(x.request) {
		return
	}
	done := x.judge(contract.Exchange{Request: x.request}, func(ex contract.Exchange) (contract.Result, bool) { return x.p.options.Judge.JudgeRequest(ex.Request) })
	if done.reason == "" {
		x.setResult(done)
		x.observed.Skipped, x.observed.Lost = "", true
	}
}

// ended returns Stopped if the proxy stopped, which then also ended the exchange, and
// else the given reason.
func (x *exchange) ended(why Reason) Reason {
	if x.p.ctx.Err() != nil {
		return Stopped
	}
	return why
}

// writeIncomplete responds to a client that did not send its whole request.
func (x *exchange) writeIncomplete(err error) {
	if x.observed.Skipped == Stopped {
		writeProblem(x.w, stoppedProblem())
		return
	}
	status := http.StatusBadRequest
	if errors.Is(err, os.ErrDeadlineExceeded) {
		status = http.StatusRequestTimeout
	}
	writeProblem(x.w, problem{Type: "urn:assay:request-incomplete", Title: "The request is incomplete", Status: status, Detail: "Nothing was sent to the provider"})
}

// refuseRequest judges the request alone, if the options demand it. If it fails or
// cannot be judged, refuseRequest may refuse it, and then returns true.
func (x *exchange) refuseRequest() bool {
	enforce, refuseUnjudged := x.p.options.Enforce, x.p.options.RefuseUnjudged
	unjudged := x.observed.Skipped
	if unjudged == "" && (enforce || refuseUnjudged) {
		done := x.judge(contract.Exchange{Request: x.request}, func(ex contract.Exchange) (contract.Result, bool) { return x.p.options.Judge.JudgeRequest(ex.Request) })
		if done.reason == "" && enforce && done.result.Fails(x.p.options.FailOn) {
			x.setResult(done)
			x.observed.Refused = "request"
			writeProblem(x.w, requestProblem(x.observed.Result.Findings))
			return true
		}
		unjudged = done.reason
	}
	if unjudged == "" || !refuseUnjudged {
		return false // the whole exchange is judged later
	}
	if x.observed.Skipped != "" { // the body was not read to its end, and net/http would wait for the rest
		x.w.Header().Set("Connection", "close")
	}
	x.skip(unjudged)
	x.observed.Refused = "request"
	writeProblem(x.w, unsentProblem(unjudged))
	return true
}

// rewrite turns the client's request into the one for the provider.
func (x *exchange) rewrite(r *httputil.ProxyRequest) {
	to := *x.request.URL
	r.Out.URL, r.Out.Host = &to, ""
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, sent := r.In.Header[name]; sent {
			r.Out.Header[name] = slices.Clone(values) // ReverseProxy removed them
		}
	}
	r.Out.Trailer = r.In.Trailer // net/http fills it while the body is read
	if !safe(r.Out.Method) {
		transport.Once(r.Out)
	}
	x.sentAt = x.p.options.Now()
}

// modifyResponse judges a response before its header is passed on. It fails only with
// errUnjudged, for a response that has to be withheld.
func (x *exchange) modifyResponse(resp *http.Response) error {
	x.duration = x.p.options.Now().Sub(x.sentAt)
	removeFindings(resp)
	if x.observed.Skipped == "" {
		x.readResponse(resp)
	}
	x.p.metrics.observeUpstream(x.observed.Operation, x.duration)
	if x.withholdsResponse() {
		x.observed.Refused = "response"
		return errUnjudged
	}
	keepFraming(x.w.Header(), resp)
	return nil
}

// readResponse reads a response and judges the exchange, or notes why it cannot.
func (x *exchange) readResponse(resp *http.Response) {
	if why := skipReason(resp); why != "" {
		x.skip(why)
		return
	}
	raw, unread, err := readBody(x.share, resp.Body, resp.ContentLength, x.p.options.MaxBody)
	resp.Body = unread
	switch {
	case errors.Is(err, TooLarge), errors.Is(err, MemoryFull):
		x.skip(reasonOf(err))
		return
	case err != nil: // the client gets the part that came, and then the same error
		x.skip(x.ended(incompleteReason(resp.Request.Context())))
		return
	}
	x.duration = x.p.options.Now().Sub(x.sentAt)
	x.reverse.FlushInterval = 0
	x.judgeResponse(resp, raw)
}

// keepFraming prevents net/http from adding headers that the provider did not send: a
// media type that it guesses, and a length for a body that came in chunks.
func keepFraming(h http.Header, resp *http.Response) {
	if _, typed := resp.Header["Content-Type"]; !typed {
		h["Content-Type"] = nil
	}
	if resp.ContentLength < 0 {
		h["Transfer-Encoding"] = []string{"chunked"}
	}
}

// skipReason returns why a response must not be read before it is passed on: it may
// never end. "" means that it can be read.
func skipReason(resp *http.Response) Reason {
	media, _, _ := contract.MediaType(resp.Header.Get("Content-Type")) // without a media type it is no event stream
	switch {
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return ProtocolUpgrade
	case media == "text/event-stream":
		return EventStream
	}
	return ""
}

// incompleteReason returns who ended a response too early.
func incompleteReason(ctx context.Context) Reason {
	if ctx.Err() != nil {
		return ClientGone
	}
	return IncompleteResponse
}

// judgeResponse judges the exchange. It sets Assay-Findings, or replaces the response if
// it has to be refused. A documented refusal is passed on, whatever else is wrong with it:
// the client would take the replacement for an unknown result.
func (x *exchange) judgeResponse(resp *http.Response, raw []byte) {
	response := contract.Response{Status: resp.StatusCode, Header: resp.Header.Clone(), Body: raw, Duration: x.duration}
	done := x.judge(contract.Exchange{Request: x.request, Response: response, Started: x.sentAt}, x.p.options.Judge.JudgeExchange)
	if done.reason != "" {
		x.skip(done.reason)
		x.observed.Fault = done.crash
		return
	}
	x.setResult(done)
	failing := contract.Result{Findings: slices.DeleteFunc(slices.Clone(x.observed.Result.Findings), func(f contract.Finding) bool { return f.At.Direction() == contract.InRequest })}
	if x.p.options.Enforce && failing.Fails(x.p.options.FailOn) && !x.observed.Result.Refusal {
		x.observed.Refused = "response"
		replaceResponse(resp, responseProblem(x.p.options.Provider, x.observed.Result.Findings))
	}
	resp.Header.Set(FindingsHeader, strconv.Itoa(countFindings(x.observed.Result.Findings)))
}

// judge decodes the bodies of an exchange and judges it in the pool.
func (x *exchange) judge(ex contract.Exchange, judge func(contract.Exchange) (contract.Result, bool)) judgement {
	ex.Origin, ex.Evidence, ex.Test = x.observed.Origin(), x.p.options.Evidence, x.observed.Test
	done := x.p.pool.do(x.p.options.CheckTimeout, func() judgement {
		decoded, err := decodeBodies(ex, x.p.options.MaxBody)
		if err != nil {
			return judgement{reason: reasonOf(err)}
		}
		if !x.share.Take(grown(ex, decoded)) {
			return judgement{reason: MemoryFull}
		}
		result, ok := judge(decoded)
		switch {
		case !ok:
			return judgement{reason: JudgeFailure}
		case result.Verdict == contract.Errored && !result.Fails(x.p.options.FailOn):
			return judgement{reason: JudgeFailure, crash: errors.New(result.Why)}
		}
		return judgement{exchange: decoded, result: result}
	})
	x.p.metrics.countCheck(done)
	return done
}

// setResult stores a judgement and derives the verdict.
func (x *exchange) setResult(done judgement) {
	x.observed.Exchange, x.observed.Result = done.exchange, done.result
	r := &x.observed.Result
	r.Origin = x.observed.Origin()
	switch {
	case r.Fails(x.p.options.FailOn):
		r.Verdict = contract.Fail
	case len(r.Checked) == 0:
		r.Verdict = contract.Inconclusive
	default:
		r.Verdict = contract.Pass
	}
}

// writeNoResponse responds to the client if the provider did not.
func (x *exchange) writeNoResponse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errUnjudged) {
		clear(w.Header())
		writeProblem(w, withheldProblem(x.p.options.Provider, x.observed.Skipped))
		return
	}
	ended := context.Cause(r.Context())
	if errors.Is(ended, errRetry) {
		ended, err = nil, errRetry
	}
	text, sent := cause(err)
	switch {
	case ended != nil && x.ended("") == Stopped:
		text = "assay proxy stopped before the response came"
		x.skip(Stopped)
	case ended != nil:
		x.skip(ClientGone)
	case sent:
		x.skip(NoResponse)
	default:
		x.skip(Unreachable)
	}
	detail := fmt.Sprintf("%s. %s may or may not have accepted the request: inquire about it, and do not send it again", text, x.p.options.Provider)
	if !sent {
		detail = text + ". Nothing was sent"
	}
	clear(w.Header())
	writeProblem(w, problem{Type: "urn:assay:no-response", Title: "No response came from the provider", Status: http.StatusBadGateway, Detail: detail})
}
