// Package proxy is an HTTP reverse proxy between a client and one provider. It passes
// each exchange on byte for byte, and has a judge check the exchanges of documented
// operations on the way.
//
// # What passes unchanged
//
// The proxy does not change bodies, their content coding, statuses, header values,
// trailers or informational (1xx) responses. If the client hangs up, the request to
// the provider ends too. The proxy adds no Via, X-Forwarded-* or User-Agent, so a
// provider cannot refuse a request because of the proxy. It changes only this:
//   - Host is the provider's.
//   - Hop-by-hop headers are removed (RFC 9110, section 7.6.1).
//   - A response without Date gets one (RFC 9110, section 6.6.1).
//   - A judged response gets the header Assay-Findings.
//   - With Options.Test a request loses Assay-Case and Assay-Expect.
//   - net/http loses the spelling of header names, the order of different headers and
//     the reason phrase. HTTP gives them no meaning.
//
// # Requests leave once
//
// The proxy sends an order once, because the provider may have accepted an order whose
// response was lost. Only a request with a safe method (RFC 9110, section 9.2.1) is sent
// again, once, if a reused connection closes.
//
// # Judging
//
// The package gets the judge as functions, so it does not depend on the rules. A
// response waits for the judge, because Assay-Findings comes before the body. The wait
// is short: the proxy reads bodies of at most MaxBody bytes, and of BodyMemory bytes over
// all exchanges. It does not wait if the queue of the workers is full, and sends the response unjudged after CheckTimeout. If the
// judge fails, panics or hangs, the response still passes, without Assay-Findings, and
// is counted with the reason.
//
// Each exchange is counted once, when the response leaves. A later judgement is
// dropped. So the header, the log, the metrics and the report agree.
//
// With Enforce the proxy refuses requests and responses with findings at or above FailOn.
// With RefuseUnjudged it also refuses what it could not judge, but for requests that match
// no documented operation. Without it such requests and responses pass.
//
// # Stopping
//
// After Drain new requests get 503 with Retry-After. Close cancels those in progress. They
// are counted as stopped; the client is not blamed.
//
// # Limits
//
// Only this package imports Prometheus. Errors, log lines and metrics contain no body,
// header value or credential.
package proxy

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay/internal/budget"
	"assay/internal/contract"
	"assay/internal/crash"
)

// FindingsHeader is the header of a judged response. Its value is the number of the
// exchange's findings that are not waived, whatever their severity.
const FindingsHeader = "Assay-Findings"

// Judge checks exchanges. The proxy calls its functions concurrently.
type Judge struct {
	// Operation returns the operation of a request as "provider/operation", or "" if
	// the request matches no documented operation. The request has no body yet.
	Operation func(contract.Request) string
	// JudgeRequest checks a request before it is sent. It returns false if it cannot.
	JudgeRequest func(contract.Request) (contract.Result, bool)
	// JudgeExchange checks an exchange, whose bodies are decoded and have no
	// Content-Encoding. It returns false if it cannot.
	JudgeExchange func(contract.Exchange) (contract.Result, bool)
}

// Options configure a Proxy.
type Options struct {
	Provider  string
	To        *url.URL          // the provider's base URL, as Upstream returns it
	Transport http.RoundTripper // sends to the provider, such as the result of Transport
	Judge     Judge
	Evidence  contract.Evidence // the strength of evidence of the provider's responses

	Enforce bool              // refuse requests and responses with findings at or above FailOn
	FailOn  contract.Severity // the lowest severity that fails an exchange
	// RefuseUnjudged refuses requests and responses of documented operations that could
	// not be judged.
	RefuseUnjudged bool

	MaxBody      int64         // in bytes; an exchange with a larger body passes unjudged
	BodyMemory   int64         // in bytes, for the bodies of all exchanges that are in progress; 0: 64 MiB
	CheckTimeout time.Duration // how long a request or response waits for the judge
	IdleTimeout  time.Duration // how long the client may take to send or receive a piece of a body; 0: no limit
	Workers      int           // how many goroutines judge; 0: one per processor
	Queue        int           // how many exchanges may wait for a worker; 0: 1024

	// Test, if not nil, reads the values of contract.CaseHeader and ExpectHeader, which
	// the proxy then removes. A test without findings may come with an error. Without Test
	// both are headers as others.
	Test func(names, expected []string) (*contract.Test, error)
	// Loses, if not nil, reports whether a request asks for what can lose its response. If the
	// response is lost, the request alone is judged.
	Loses func(contract.Request) bool
	// Numbers, if not nil, counts the requests of several proxies together.
	Numbers *atomic.Int64

	// Observe, if not nil, receives every exchange before the last bytes of its
	// response leave. The proxy calls it concurrently, and it must not block.
	Observe func(Observed)
	Now     func() time.Time // nil: time.Now
}

// Proxy is an http.Handler. It is safe for concurrent use.
type Proxy struct {
	options    Options
	pool       *pool
	budget     *budget.Budget // of memory for bodies
	metrics    *numbers
	discardLog *log.Logger     // for the messages of net/http, which can quote the provider
	ctx        context.Context // of all requests to the provider; Close cancels it
	cancel     context.CancelFunc
	buffers    buffers
	number     *atomic.Int64
	draining   atomic.Bool

	mu            sync.Mutex
	inFlight      int
	closed        bool
	exchangeEnded *sync.Cond // signals that inFlight fell
}

// New makes a proxy. Call Close at the end. An error names the option that is missing or
// out of range.
func New(options Options) (*Proxy, error) {
	switch {
	case options.To == nil || options.Transport == nil:
		return nil, errors.New("proxy: To and Transport are required")
	case options.Judge.Operation == nil || options.Judge.JudgeRequest == nil || options.Judge.JudgeExchange == nil:
		return nil, errors.New("proxy: the Judge needs all of its functions")
	case options.MaxBody <= 0 || options.BodyMemory < 0 || options.CheckTimeout <= 0 || options.IdleTimeout < 0:
		return nil, errors.New("proxy: MaxBody and CheckTimeout must be positive, and BodyMemory and IdleTimeout must not be negative")
	}
	if options.Workers == 0 {
		options.Workers = runtime.GOMAXPROCS(0)
	}
	if options.Queue == 0 {
		options.Queue = 1024
	}
	if options.BodyMemory == 0 {
		options.BodyMemory = 64 << 20
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Numbers == nil {
		options.Numbers = &atomic.Int64{}
	}
	p := &Proxy{options: options, number: options.Numbers, budget: budget.New(options.BodyMemory), pool: newPool(options.Workers, options.Queue), discardLog: log.New(io.Discard, "", 0)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.exchangeEnded = sync.NewCond(&p.mu)
	p.metrics = newNumbers(options.Provider, p.InFlight, p.budget.Used)
	return p, nil
}

// ServeHTTP passes one request on to the provider, and its response to the client.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		w.Header().Set("Connection", "close")
		writeProblem(w, stoppedProblem())
		return
	}
	defer p.leave()
	w, body, extend := p.withIdleTimeout(informationalFilter{w}, r.Body)
	defer extend()
	x := &exchange{p: p, share: p.budget.Share(), w: w, observed: Observed{Number: p.number.Add(1), Time: p.options.Now()}}
	defer x.finish()
	x.serve(r, body)
}

func (p *Proxy) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.draining.Load() {
		return false
	}
	p.inFlight++
	return true
}

func (p *Proxy) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	p.exchangeEnded.Broadcast()
}

// InFlight returns the number of exchanges that are in progress.
func (p *Proxy) InFlight() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inFlight
}

// BodyMemory returns how many bytes the bodies of exchanges in progress use.
func (p *Proxy) BodyMemory() int64 { return p.budget.Used() }

// Drain makes the proxy refuse new requests with 503, and /readyz respond 503. Requests
// in progress go on.
func (p *Proxy) Drain() { p.draining.Store(true) }

// Drained waits until no exchange is in progress, or until the context ends.
func (p *Proxy) Drained(ctx context.Context) {
	defer context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.exchangeEnded.Broadcast()
	})()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.inFlight > 0 && ctx.Err() == nil {
		p.exchangeEnded.Wait()
	}
}

// Close refuses new requests, cancels those in progress, and returns when each has
// been counted and observed. It does not wait for a judge that hangs.
func (p *Proxy) Close() {
	p.Drain()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	p.cancel()
	for p.inFlight > 0 {
		p.exchangeEnded.Wait()
	}
	p.pool.close()
}

// target returns the URL that a request goes to: the provider's base URL, followed by
// path and query exactly as the client wrote them.
func (p *Proxy) target(u *url.URL) *url.URL {
	to, base := *u, p.options.To
	to.Scheme, to.Host, to.User, to.Fragment = base.Scheme, base.Host, nil, ""
	if base.RawPath != "" || u.RawPath != "" {
		to.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") + u.EscapedPath()
	}
	to.Path = strings.TrimSuffix(base.Path, "/") + u.Path
	return &to
}

// operation returns the operation of a request, or "" if the judge panics.
func (p *Proxy) operation(r contract.Request) (name string) {
	if crash.Contain("finding the operation", func() { name = p.options.Judge.Operation(r) }) != nil {
		p.metrics.failures.Inc()
	}
	return name
}
