// Package sandbox simulates providers over HTTP from their specifications alone:
// routing, schemas, conditions, result codes with their when, tokens and signatures. To
// add a provider, add its specification.
//
// It imports no adapter: a simulator that shares code with the client under test cannot
// show that the client is wrong.
//
// A request chooses its response with the header Prefer (RFC 7240): code=501 (this
// result code; code=C; variant=v if the code has variants), fault=reset (see Faults), at=2023-01-01T00:00:00Z (the clock),
// merchant.NAME=true (a feature of x-merchant), and handling=lenient or handling=strict
// (whether the lenient schemas of ambiguities apply).
//
// The Server header identifies the sandbox, so that assay run --live --base can play
// the cases that need Prefer.
package sandbox

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"assay/internal/budget"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/route"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Options configure a sandbox.
type Options struct {
	// Credentials are the accepted credentials by provider and name; nil means the test
	// values of the specification.
	Credentials map[string]map[string]string
	Now         func() time.Time // nil means time.Now
	Seed        uint64           // seeds ids and tokens; equal seeds give equal values
	FaultRate   float64          // the share of responses that get a random fault, 0 to 1
	BodyMemory  int64            // in bytes, for the bodies of all requests that are being read; 0 means 32 MiB
	Lenient     bool             // applies the lenient schemas of ambiguities, for SDKs that follow another page
	// Observe is called with every request and what decided its response; nil: nothing is
	// observed. Several goroutines call it, and the response waits for it.
	Observe func(Observed)
}

const (
	largestBody = 128 << 10 // bytes of a request; the largest documented one has 3,000
	remembered  = 100_000   // orders and tokens; the oldest are forgotten
	mostWaiting = 64        // requests that a fault delays at one time
)

// Sandbox is an http.Handler that responds as the documents say. It is safe for
// concurrent use.
type Sandbox struct {
	options    Options
	specs      []*openapi.Spec
	operations *route.Index[*operation]
	mu         sync.Mutex // guards random
	random     *rand.Rand
	pick       func(n int) int // a number below n from random; call with mu locked
	orders     *memory
	repeats    *repeats
	tokens     *lru.Cache[key, time.Time] // with their expiry
	sums       *lru.Cache[key, sum]       // of orders, by their references
	waiting    chan struct{}              // one element for each delayed request
	scratches  sync.Pool
	bodies     *budget.Budget // of memory for the bodies of requests
}

// New returns a sandbox of these providers. The error names expressions in the
// specifications that do not compile.
func New(specs []*openapi.Spec, options Options) (*Sandbox, error) {
	if err := openapi.Compile(specs...); err != nil {
		return nil, err
	}
	if options.BodyMemory == 0 {
		options.BodyMemory = 32 << 20
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	tokens, err := lru.New[key, time.Time](remembered)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	sums, err := lru.New[key, sum](remembered)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Sandbox{
		options: options, specs: specs, orders: newMemory(remembered), repeats: newRepeats(rememberedBytes), tokens: tokens, sums: sums, waiting: make(chan struct{}, mostWaiting), bodies: budget.New(options.BodyMemory),
		random:    rand.New(rand.NewPCG(options.Seed, 0)), // simulated ids need no secure randomness
		scratches: sync.Pool{New: func() any { return &scratch{} }},
	}
	s.pick = s.random.IntN
	s.operations = s.prepare(specs)
	return s, nil
}

// Credentials returns the credentials that the sandbox accepts for a provider.
func (s *Sandbox) Credentials(p *openapi.Spec) map[string]string {
	values := p.TestCredentials()
	maps.Copy(values, s.options.Credentials[p.Provider])
	return values
}

// server is the Server header of every response.
var server = []string{contract.SandboxServer}

// ServeHTTP serves each provider below /<provider>.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Server"] = server
	if o, ok := s.operations.Find(r.Method, r.URL); ok {
		room, _ := s.scratches.Get().(*scratch)
		s.serve(w, r, o, room)
		s.scratches.Put(room) // a panic loses the scratch
		return
	}
	if methods := s.operations.Methods(r.URL); len(methods) > 0 {
		problem := "the documented method of this path is " + strings.Join(methods, " or ")
		s.otherMethod(r, methods[0], problem)
		w.Header().Set("Allow", strings.Join(methods, ", "))
		http.Error(w, "assay sandbox: "+problem, http.StatusMethodNotAllowed)
		return
	}
	s.undocumented(r)
	http.Error(w, "assay sandbox: nothing is documented here; `assay list operations` lists what is", http.StatusNotFound)
}

// scratch is memory that requests reuse one after another.
type scratch struct{ request, response []byte }

func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, o *operation, room *scratch) {
	seen := s.observing()
	if seen != nil {
		seen.Operation = o.Name()
		defer seen.done()
	}
	share := s.bodies.Share()
	defer share.Return()
	body, err := appendAll(room.request[:0], share.Reader(http.MaxBytesReader(w, r.Body, largestBody)))
	room.request = body
	reject := func(status int, problem string) {
		seen.unusable(status, problem)
		http.Error(w, "assay sandbox: "+problem, status)
	}
	if err != nil {
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			reject(http.StatusRequestEntityTooLarge, "the body is larger than 128 KiB")
		case errors.Is(err, budget.ErrFull):
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Connection", "close") // or net/http would wait for the rest of the body
			reject(http.StatusServiceUnavailable, err.Error()+"; retry later")
		default: // the client has closed the connection or is too slow
			seen.unusable(0, "the client closed the connection before the request was complete")
			panic(http.ErrAbortHandler) // to return would be HTTP 200 without a body
		}
		return
	}
	wish, err := preferences(r.Header)
	if err != nil {
		reject(http.StatusBadRequest, "Prefer: "+err.Error())
		return
	}
	if unknown := o.unknownFeature(wish); unknown != "" {
		reject(http.StatusBadRequest, "Prefer: "+unknown)
		return
	}
	if wish.fault != "" && !slices.Contains(faults(o.Operation), wish.fault) {
		reject(http.StatusBadRequest, "Prefer: a response of "+o.Name()+" cannot be "+wish.fault+": none is signed")
		return
	}
	if wish.at.IsZero() {
		wish.at = s.options.Now()
	}
	q := s.question(o, contract.Request{Method: r.Method, URL: r.URL, Header: r.Header, Body: body}, wish)
	defer q.Done()
	q.seen = seen
	if k, ok := onceKey(q); ok {
		s.serveOnce(w, r, q, k, room)
		return
	}
	row, violation, undecided := s.decide(q)
	if response, ok := s.respond(w, q, row, violation, undecided, room); ok {
		fault := s.fault(o.Operation, wish)
		seen.damaged(fault)
		s.write(w, r, o, q.Exchange.Request, response, fault)
	}
}

// respond makes the response of a decision; ok is false if it has refused the request. The
// body of the response is in room.
func (s *Sandbox) respond(w http.ResponseWriter, q *question, row *openapi.Code, violation *openapi.RequestViolation, undecided []openapi.RequestViolation, room *scratch) (response contract.Response, ok bool) {
	o := q.o
	if len(undecided) > 0 {
		q.seen.decided(q, nil, nil, undecided, http.StatusBadRequest)
		refuse(w, o.Operation, undecided)
		return response, false
	}
	if row == nil {
		problem := o.noSuchRow(q.wish)
		q.seen.unusable(http.StatusBadRequest, problem)
		http.Error(w, "assay sandbox: "+problem, http.StatusBadRequest)
		return response, false
	}
	t := o.template(row)
	if t == nil {
		problem := "the specification has no example response for " + o.Name() + "/" + row.Name()
		q.seen.unusable(http.StatusNotImplemented, problem)
		http.Error(w, "assay sandbox: "+problem, http.StatusNotImplemented)
		return response, false
	}
	room.response = s.fill(room.response[:0], t, q, violation)
	if row.State == contract.Succeeded {
		s.keep(o, room.response, q.wish.at)
		s.remember(o, room.response)
		s.keepSum(q, room.response)
	}
	if len(t.holes) > 0 || o.Idempotency != nil { // times in the body and in the header are of the same clock, and hours are counted on it
		w.Header().Set("Date", q.wish.at.UTC().Format(http.TimeFormat))
	}
	q.seen.decided(q, row, violation, nil, t.status)
	return o.response(q, t, room.response), true
}

// isJSON is the header of a response with JSON. It never changes.
var isJSON = http.Header{"Content-Type": {"application/json"}}

// appendAll is io.ReadAll into existing memory.
func appendAll(to []byte, from io.Reader) ([]byte, error) {
	for {
		to = slices.Grow(to, 512)
		n, err := from.Read(to[len(to):cap(to)])
		to = to[:len(to)+n]
		if errors.Is(err, io.EOF) {
			return to, nil
		}
		if err != nil {
			return to, err
		}
	}
}

// question is a request as expressions see it, with the state that they ask for.
type question struct {
	*openapi.View
	o         *operation
	wish      wish
	reference string // the merchant's reference; "" if none is documented or sent
	key       key    // the key of the reference
	seen      *observing
	sum       sum // of the order that the path names, if the response repeats it
}

func (s *Sandbox) question(o *operation, r contract.Request, wish wish) *question {
	merchant := o.of.Merchant
	if len(wish.merchant) > 0 {
		merchant = map[string]bool{}
		maps.Copy(merchant, o.of.Merchant)
		maps.Copy(merchant, wish.merchant)
	}
	q := &question{View: openapi.NewView(o.Operation, contract.Exchange{Request: r}, o.credentials, merchant), o: o, wish: wish}
	q.Now = wish.at
	q.Signature = signature.RequestState(o.Sign.Request, q.View)
	q.Authentication = s.authentication(o, r, wish.at)
	if q.reference = q.Reference(); q.reference != "" {
		q.key = keyOf(o.Name(), q.reference)
	}
	q.Known = s.knows(q)
	return q
}

// authentication returns the state of a request's authorization. A bearer token must be
// one that this sandbox issued.
func (s *Sandbox) authentication(o *operation, r contract.Request, now time.Time) contract.AuthenticationState {
	if o.Authorization == nil || o.Authorization.IssuedBy == "" {
		return rule.Authentication(o.Operation, r, o.credentials, contract.Token{}, now)
	}
	if len(o.Authorizations()) > 1 {
		return s.several(o, r, now)
	}
	header := r.Header.Get("Authorization")
	_, bare, ok := strings.Cut(header, " ")
	if !ok {
		bare = header
	}
	expires, ok := s.tokens.Get(keyOf(o.of.Provider, bare))
	switch {
	case header == "":
		return contract.AuthenticationMissing
	case !ok:
		return contract.AuthenticationInvalid
	}
	return rule.Authentication(o.Operation, r, o.credentials, contract.Token{Value: bare, Expires: expires}, now)
}

// several is authentication where a token is one of several credentials.
func (s *Sandbox) several(o *operation, r contract.Request, now time.Time) contract.AuthenticationState {
	header := r.Header.Get("Authorization")
	_, bare, two := strings.Cut(header, " ")
	if !two {
		bare = header
	}
	expires, issued := s.tokens.Get(keyOf(o.of.Provider, bare))
	if !issued {
		bare = "\n" // no header can hold it
	}
	return rule.Authentication(o.Operation, r, o.credentials, contract.Token{Value: bare, Expires: expires}, now)
}
