// Package proxy stands between a client and one provider. It passes on what
// both say, byte for byte, and has every exchange of a documented operation
// judged as it passes.
//
// What it leaves alone: bodies in whatever encoding, statuses, headers with all
// their values, trailers, interim responses, the client's patience. What it
// changes: Host is the upstream's; hop-by-hop headers end here, as RFC 9110
// section 7.6.1 wants; a response without a Date gets one, as section 6.6.1
// wants; a judged response gets Assay-Findings. It adds no Via, no X-Forwarded-*
// and no User-Agent: the provider sees the client's request, and nothing of
// ours that it could refuse. The spelling of a header's name, the order of
// different names and the words behind a status are lost in net/http; none of
// them means anything in HTTP.
//
// Nothing is sent twice, but what RFC 9110 section 9.2.1 calls safe, where a
// connection that was used before breaks. An order whose response got lost may have
// been taken.
//
// A judged response waits for its judge, because the number of findings stands in
// its header. The wait is bounded three ways: only bodies within MaxBody are
// read, a pool of workers does the judging and turns away what it cannot take,
// and after CheckTimeout the response leaves without its header. A judge that
// fails, panics or hangs costs the client nothing else: the exchange is passed
// on, and counted with the reason why nobody looked. What is counted is counted
// once, when the response leaves: a judgement that comes too late is dropped, so
// header, log, metrics and report always agree.
//
// With Enforce the same holds: what could not be judged passes. A refusal is
// made of findings, never of their absence; a response kept from a client
// because of a fault of ours could hide an order that stands.
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

	"assay/internal/contract"
)

// Findings is the header of a judged response: how many findings of the exchange
// count, of any severity.
const Findings = "Assay-Findings"

// Judge is what looks at exchanges. Its functions are called side by side.
type Judge struct {
	// Operation names the operation, "provider/operation", that a request without
	// its body belongs to; "": none that is documented.
	Operation func(contract.Request) string
	// Asked looks at a request whose response has not come yet.
	Asked func(contract.Request) (contract.Result, bool)
	// Judge looks at an exchange. Its bodies are without Content-Encoding.
	Judge func(contract.Exchange) (contract.Result, bool)
}

// Options say what to stand in front of, and how.
type Options struct {
	Provider  string
	To        *url.URL          // see Upstream
	Transport http.RoundTripper // see Transport
	Judge     Judge
	Evidence  contract.Evidence // what responses from there prove

	Enforce bool              // refuse what has findings at or above FailOn
	FailOn  contract.Severity // what fails an exchange

	MaxBody      int64         // bytes of a body that is judged; a larger one is passed on unread
	CheckTimeout time.Duration // how long a response waits for its judge
	Idle         time.Duration // how long one piece of a body may take to come from a client or to be taken by it; 0: for ever
	Workers      int           // that judge; 0: one a processor
	Queue        int           // exchanges that may wait for a worker; 0: 1024

	// Seen is told of every exchange, side by side, before the last bytes of its
	// response leave: it must not wait for anything. nil: nobody listens.
	Observed func(Observed)
	Now      func() time.Time // nil: the clock
}

// Proxy is an http.Handler. It is safe for concurrent use.
type Proxy struct {
	options  Options
	pool     *pool
	metrics  *metrics
	quiet    *log.Logger     // for texts that quote what upstreams say
	ctx      context.Context // of everything under way: Close ends it
	cancel   context.CancelFunc
	buffers  buffers
	n        atomic.Int64
	draining atomic.Bool

	mu       sync.Mutex
	inFlight int
	closed   bool
	left     *sync.Cond // inFlight has become less
}

// New makes a proxy; Close ends it.
func New(options Options) (*Proxy, error) {
	switch {
	case options.To == nil || options.Transport == nil:
		return nil, errors.New("proxy: nobody to pass requests on to")
	case options.Judge.Operation == nil || options.Judge.Asked == nil || options.Judge.Judge == nil:
		return nil, errors.New("proxy: nobody judges")
	case options.MaxBody <= 0 || options.CheckTimeout <= 0 || options.Idle < 0:
		return nil, errors.New("proxy: a body's size and the time for a check need to be more than nothing")
	}
	if options.Workers == 0 {
		options.Workers = runtime.GOMAXPROCS(0)
	}
	if options.Queue == 0 {
		options.Queue = 1024
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	p := &Proxy{options: options, pool: newPool(options.Workers, options.Queue), quiet: log.New(io.Discard, "", 0)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.left = sync.NewCond(&p.mu)
	p.metrics = newMetrics(options.Provider, p.InFlight)
	return p, nil
}

// ServeHTTP passes one exchange.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.enter() {
		refuse(w, problem{Type: "urn:assay:stopped", Title: "The proxy is stopping", Status: http.StatusServiceUnavailable, Detail: "nothing was sent to the provider"})
		return
	}
	defer p.leave()
	paced, body, settle := p.paced(w, r.Body)
	defer settle()
	x := &passing{p: p, w: paced, seen: Observed{N: p.n.Add(1), Time: p.options.Now()}}
	defer x.told()
	x.serve(r, body)
}

func (p *Proxy) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.inFlight++
	}
	return !p.closed
}

func (p *Proxy) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	p.left.Broadcast()
}

// InFlight is how many exchanges are under way.
func (p *Proxy) InFlight() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inFlight
}

// Drain makes /readyz say that no more requests should come. Those that come are
// served.
func (p *Proxy) Drain() { p.draining.Store(true) }

// Close turns away what comes, ends what is still under way, and returns once
// all of it has been told of. A judge that hangs is left behind.
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
		p.left.Wait()
	}
	p.pool.close()
}

// target is where a request goes: the upstream's base, and behind it the path
// and query as the client wrote them.
func (p *Proxy) target(u *url.URL) *url.URL {
	to, base := *u, p.options.To
	to.Scheme, to.Host, to.User, to.Fragment = base.Scheme, base.Host, nil, ""
	if base.RawPath != "" || u.RawPath != "" {
		to.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") + u.EscapedPath()
	}
	to.Path = strings.TrimSuffix(base.Path, "/") + u.Path
	return &to
}

// operation asks the judge whose a request is; one who panics knows nobody.
func (p *Proxy) operation(r contract.Request) (name string) {
	defer func() {
		if recover() != nil {
			name = ""
			p.metrics.failures.Inc()
		}
	}()
	return p.options.Judge.Operation(r)
}
