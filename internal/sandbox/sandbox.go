// Package sandbox simulates providers from their specifications and from
// nothing else: routing, schemas, conditions, the when of each result code,
// signatures. Adding a provider is adding its specification.
//
// It imports no adapter: a simulator that shares code with what it tests proves
// nothing.
//
// A request may say what it prefers, in the header Prefer of RFC 7240:
// code=501 (that result), fault=reset (see Faults), at=2023-01-01T00:00:00Z
// (the clock), merchant.NAME=true (what the provider has switched on),
// handling=lenient (accepts what the other side of a reading would) or, of a
// sandbox that does so anyway, handling=strict.
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

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
	"assay/internal/signature"
)

// Options say how to simulate.
type Options struct {
	// Credentials are what a provider accepts, by provider and name; nil: the
	// specification's fake ones.
	Credentials map[string]map[string]string
	Now         func() time.Time // nil: the clock
	Seed        uint64           // of ids and tokens; the same seed gives the same ones
	FaultRate   float64          // the share of responses that are spoilt, 0 to 1
	Lenient     bool             // accepts what the other side of a reading would: for SDKs that keep to that
}

const (
	largestBody = 128 << 10 // bytes of a request; the largest documented one has 3,000
	remembered  = 100_000   // orders and tokens; older ones are forgotten
	mostWaiting = 64        // requests that are made to wait by a fault
)

// Sandbox responses as the providers' documents say. It is safe for concurrent
// use.
type Sandbox struct {
	options    Options
	operations map[route]*operation
	mu         sync.Mutex // of random
	random     *rand.Rand
	pick       func(n int) int // random's, under mu
	orders     *memory
	tokens     *lru.Cache[key, time.Time] // and when each ends
	waiting    chan struct{}              // as many as wait
	scratches  sync.Pool
}

// New makes a sandbox of the given providers. An error tells of expressions in their
// specifications that do not compile.
func New(specs []*openapi.Spec, options Options) (*Sandbox, error) {
	if err := openapi.Compile(specs...); err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	tokens, err := lru.New[key, time.Time](remembered)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s := &Sandbox{
		options: options, orders: newMemory(remembered), tokens: tokens, waiting: make(chan struct{}, mostWaiting),
		random:    rand.New(rand.NewPCG(options.Seed, 0)), // ids of a simulation
		scratches: sync.Pool{New: func() any { return &scratch{} }},
	}
	s.pick = s.random.IntN
	s.operations = s.prepare(specs)
	return s, nil
}

// Credentials gives what a provider accepts here.
func (s *Sandbox) Credentials(p *openapi.Spec) map[string]string {
	values := p.TestCredentials()
	maps.Copy(values, s.options.Credentials[p.Provider])
	return values
}

// server is the header Server of every response.
var server = []string{contract.SandboxServer}

// ServeHTTP serves each provider below /<provider>.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Server"] = server
	provider, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if o := s.operations[route{r.Method, provider, path}]; o != nil {
		room, _ := s.scratches.Get().(*scratch)
		s.serve(w, r, o, room)
		s.scratches.Put(room) // not after a panic
		return
	}
	http.Error(w, "assay sandbox: nothing is documented here; `assay list operations` lists what is", http.StatusNotFound)
}

// scratch is memory for one request after the other.
type scratch struct{ request, response []byte }

func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, o *operation, room *scratch) {
	body, err := appendAll(room.request[:0], http.MaxBytesReader(w, r.Body, largestBody))
	room.request = body
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, "assay sandbox: the body is larger than 128 KiB", http.StatusRequestEntityTooLarge)
		}
		return // the client is gone, or too slow
	}
	wish, err := preferences(r.Header)
	if err != nil {
		http.Error(w, "assay sandbox: Prefer: "+err.Error(), http.StatusBadRequest)
		return
	}
	if wish.fault != "" && !slices.Contains(faults(o.Operation), wish.fault) {
		http.Error(w, "assay sandbox: Prefer: a response of "+o.Name()+" cannot be "+wish.fault+": none is signed", http.StatusBadRequest)
		return
	}
	if wish.at.IsZero() {
		wish.at = s.options.Now()
	}
	q := s.question(o, contract.Request{Method: r.Method, URL: r.URL, Header: r.Header, Body: body}, wish)
	defer q.Done()
	row, violation := s.decide(q)
	if row == nil {
		http.Error(w, "assay sandbox: "+o.Name()+" documents no such code; `assay list codes` lists them", http.StatusBadRequest)
		return
	}
	t := o.template(row)
	if t == nil {
		http.Error(w, "assay sandbox: the specification has no example response for "+o.Name()+"/"+row.Code, http.StatusNotImplemented)
		return
	}
	room.response = s.fill(room.response[:0], t, q, violation)
	if row.State == contract.Succeeded {
		s.keep(o, room.response)
	}
	s.write(w, r, o, contract.Response{Status: t.status, Header: isJSON, Body: room.response}, s.fault(o.Operation, wish))
}

// isJSON is the header of a response. Nothing changes it.
var isJSON = http.Header{"Content-Type": {"application/json"}}

// appendAll is io.ReadAll into memory that is there.
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

// question is a request as expressions see it, and what is asked about it.
type question struct {
	*openapi.View
	o         *operation
	wish      wish
	reference string // the merchant's own; "": none is documented or sent
	key       key    // of the reference
}

func (s *Sandbox) question(o *operation, r contract.Request, wish wish) *question {
	merchant := o.of.Merchant
	if len(wish.merchant) > 0 {
		merchant = map[string]bool{}
		maps.Copy(merchant, o.of.Merchant)
		maps.Copy(merchant, wish.merchant)
	}
	q := &question{View: openapi.NewView(o.Operation, contract.Exchange{Request: r}, o.credentials, merchant), o: o, wish: wish}
	q.Signature = signature.RequestState(o.Sign.Request, q.View)
	q.Authentication = s.authentication(o, r, wish.at)
	q.Known = []string{}
	if q.reference = o.reference(q.View); q.reference != "" {
		if q.key = keyOf(o.Name(), q.reference); s.orders.holds(q.key) {
			q.Known = []string{q.reference}
		}
	}
	return q
}

// authentication tells how a request is authorized; a bearer's token has to be
// one that was handed out here.
func (s *Sandbox) authentication(o *operation, r contract.Request, now time.Time) contract.AuthenticationState {
	if o.Authorization == nil || o.Authorization.IssuedBy == "" {
		return rule.Authentication(o.Operation, r, o.credentials, contract.Token{}, now)
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
