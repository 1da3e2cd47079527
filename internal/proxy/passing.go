package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httputil"
	"os"
	"slices"
	"strconv"
	"time"

	"assay/internal/contract"
	"assay/internal/transport"
)

// passing is one exchange on its way.
type passing struct {
	p       *Proxy
	w       http.ResponseWriter
	seen    Observed
	request contract.Request // as it goes to the upstream
	began   time.Time        // when it was sent
	took    time.Duration    // from then to the response: to its end where it is judged, else to its header
	reverse *httputil.ReverseProxy
}

// serve reads what is to be judged, refuses it where that is wanted, and passes
// it on.
func (x *passing) serve(r *http.Request, body io.ReadCloser) {
	x.request = contract.Request{Method: r.Method, URL: x.p.target(r.URL), Header: r.Header.Clone()}
	if x.seen.Operation = x.p.operation(x.request); x.seen.Operation == "" {
		x.unseen(Undocumented)
	} else {
		raw, again, err := held(body, r.ContentLength, x.p.options.MaxBody)
		body = again
		switch {
		case errors.Is(err, TooLarge):
			x.unseen(TooLarge)
		case err != nil:
			x.unseen(Gone)
			x.unsent(err)
			return
		}
		x.request.Body = raw
		if x.p.options.Enforce && x.seen.Skipped == "" && x.stopped() {
			return
		}
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(x.p.ctx, func() { cancel(nil) })()
	if safe(r.Method) {
		ctx = again(ctx, cancel)
	}
	passed := r.WithContext(ctx)
	passed.Body = body
	x.reverse = &httputil.ReverseProxy{
		Rewrite: x.rewrite, Transport: x.p.options.Transport, ModifyResponse: x.responded, ErrorHandler: x.lost,
		FlushInterval: -1, // what is not read is passed on as it comes
		ErrorLog:      x.p.quiet, BufferPool: &x.p.buffers,
	}
	x.reverse.ServeHTTP(x.w, passed)
}

// unseen says why nobody looks. The first reason stays.
func (x *passing) unseen(why Reason) {
	if x.seen.Skipped == "" {
		x.seen.Skipped = why
	}
}

// told says what became of the exchange, whatever happened to it.
func (x *passing) told() {
	x.p.metrics.count(x.seen)
	if x.p.options.Observed != nil {
		x.p.options.Observed(x.seen)
	}
}

// unsent responses a client whose request did not come to its end.
func (x *passing) unsent(err error) {
	status := http.StatusBadRequest
	if errors.Is(err, os.ErrDeadlineExceeded) {
		status = http.StatusRequestTimeout
	}
	refuse(x.w, problem{Type: "urn:assay:request-incomplete", Title: "The request broke off", Status: status, Detail: "nothing was sent to the provider"})
}

// stopped judges the request alone, and refuses it where it has to be.
func (x *passing) stopped() bool {
	asked := contract.Exchange{Request: x.request}
	done := x.judged(asked, func(ex contract.Exchange) (contract.Result, bool) { return x.p.options.Judge.Asked(ex.Request) })
	if done.reason != "" || !done.result.Fails(x.p.options.FailOn) {
		return false // the exchange is judged as a whole once the response is there
	}
	x.see(done)
	x.seen.Refused = "request"
	refuse(x.w, refusedRequest(x.seen.Result.Findings))
	return true
}

// rewrite makes of the client's request the one that is sent.
func (x *passing) rewrite(r *httputil.ProxyRequest) {
	to := *x.request.URL
	r.Out.URL, r.Out.Host = &to, ""
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if values, sent := r.In.Header[name]; sent {
			r.Out.Header[name] = slices.Clone(values) // ReverseProxy took them away
		}
	}
	r.Out.Trailer = r.In.Trailer // filled once the body has been read
	if !safe(r.Out.Method) {
		transport.Once(r.Out)
	}
	x.began = x.p.options.Now()
}

// responded looks at a response before its header is passed on. It never fails.
func (x *passing) responded(resp *http.Response) error {
	x.took = x.p.options.Now().Sub(x.began)
	defer func() {
		framed(x.w.Header(), resp)
		x.p.metrics.upstream(x.seen.Operation, x.took)
	}()
	if x.seen.Skipped != "" {
		return nil
	}
	if why := unread(resp); why != "" {
		x.unseen(why)
		return nil
	}
	raw, again, err := held(resp.Body, resp.ContentLength, x.p.options.MaxBody)
	resp.Body = again
	switch {
	case errors.Is(err, TooLarge):
		x.unseen(TooLarge)
		return nil
	case err != nil: // what came is passed on, and breaks off as it did here
		x.unseen(broke(resp.Request.Context()))
		return nil
	}
	x.took = x.p.options.Now().Sub(x.began)
	x.reverse.FlushInterval = 0
	x.look(resp, raw)
	return nil
}

// framed keeps net/http from adding what the upstream did not say: a type that it
// guesses, and the length of a body that came in chunks.
func framed(h http.Header, resp *http.Response) {
	if _, typed := resp.Header["Content-Type"]; !typed {
		h["Content-Type"] = nil
	}
	if resp.ContentLength < 0 {
		h["Transfer-Encoding"] = []string{"chunked"}
	}
}

// unread tells why a response is passed on without being read: it may never end.
func unread(resp *http.Response) Reason {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // what has none is no stream of events
	switch {
	case resp.StatusCode == http.StatusSwitchingProtocols:
		return Upgraded
	case media == "text/event-stream":
		return Streamed
	}
	return ""
}

func broke(ctx context.Context) Reason {
	if ctx.Err() != nil {
		return Gone
	}
	return Cut
}

// look has the exchange judged, and says in the response what came of it, or puts
// a refusal in its place.
func (x *passing) look(resp *http.Response, raw []byte) {
	response := contract.Response{Status: resp.StatusCode, Header: resp.Header.Clone(), Body: raw, Duration: x.took}
	done := x.judged(contract.Exchange{Request: x.request, Response: response}, x.p.options.Judge.Judge)
	if done.reason != "" {
		x.unseen(done.reason)
		return
	}
	x.see(done)
	failing := contract.Result{Findings: slices.DeleteFunc(slices.Clone(x.seen.Result.Findings), func(f contract.Finding) bool { return f.At.Direction() == contract.InRequest })}
	if x.p.options.Enforce && failing.Fails(x.p.options.FailOn) {
		x.seen.Refused = "response"
		instead(resp, refusedResponse(x.p.options.Provider, x.seen.Result.Findings))
	}
	resp.Header.Set(Findings, strconv.Itoa(counting(x.seen.Result.Findings)))
}

// judged lets the pool judge an exchange, its bodies as they read.
func (x *passing) judged(ex contract.Exchange, judge func(contract.Exchange) (contract.Result, bool)) outcome {
	ex.Origin, ex.Evidence = x.seen.Origin(), x.p.options.Evidence
	done := x.p.pool.do(x.p.options.CheckTimeout, func() outcome {
		plain, err := decoded(ex, x.p.options.MaxBody)
		if err != nil {
			return outcome{reason: Encoded}
		}
		result, ok := judge(plain)
		if !ok {
			return outcome{reason: Failed}
		}
		return outcome{exchange: plain, result: result}
	})
	x.p.metrics.checked(done)
	return done
}

// see takes down what the judge said.
func (x *passing) see(done outcome) {
	x.seen.Exchange, x.seen.Result = done.exchange, done.result
	r := &x.seen.Result
	r.Origin = x.seen.Origin()
	switch {
	case r.Fails(x.p.options.FailOn):
		r.Verdict = contract.Fail
	case len(r.Checked) == 0:
		r.Verdict = contract.Inconclusive
	default:
		r.Verdict = contract.Pass
	}
}

// lost responses in the place of an upstream that did not.
func (x *passing) lost(w http.ResponseWriter, r *http.Request, err error) {
	ended := context.Cause(r.Context())
	if errors.Is(ended, errRetry) {
		ended, err = nil, errRetry
	}
	cause, sent := cause(err)
	switch {
	case ended != nil:
		x.unseen(Gone)
	case sent:
		x.unseen(Lost)
	default:
		x.unseen(Unsent)
	}
	detail := fmt.Sprintf("%s. Whether %s took the request is not known: inquire about it, and do not send it again", cause, x.p.options.Provider)
	if !sent {
		detail = cause + ". Nothing was sent"
	}
	clear(w.Header())
	refuse(w, problem{Type: "urn:assay:no-response", Title: "No response came from the provider", Status: http.StatusBadGateway, Detail: detail})
}
