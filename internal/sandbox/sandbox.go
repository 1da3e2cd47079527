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

	"assay/internal/check"
	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
)

// Options say how to simulate.
type Options struct {
	// Credentials are what a provider accepts, by provider and name; nil: the
	// specification's fake ones.
	Credentials map[string]map[string]string
	Now         func() time.Time // nil: the clock
	Seed        uint64           // of ids and tokens; the same seed gives the same ones
	FaultRate   float64          // the share of answers that are spoilt, 0 to 1
	Lenient     bool             // accepts what the other side of a reading would: for SDKs that keep to that
}

const (
	largestBody = 128 << 10 // bytes of a request; the largest documented one has 3,000
	remembered  = 100_000   // orders and tokens; older ones are forgotten
	mostWaiting = 64        // requests that are made to wait by a fault
)

// Sandbox answers as the providers' documents say. It is safe for concurrent
// use.
type Sandbox struct {
	specs   []*spec.Spec
	options Options
	mu      sync.Mutex // of random
	random  *rand.Rand
	orders  *lru.Cache[string, struct{}]
	tokens  *lru.Cache[string, contract.Token]
	waiting chan struct{} // as many as wait
}

// New makes a sandbox of the given providers.
func New(specs []*spec.Spec, options Options) (*Sandbox, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	orders, err := lru.New[string, struct{}](remembered)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	tokens, err := lru.New[string, contract.Token](remembered)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return &Sandbox{
		specs: specs, options: options, orders: orders, tokens: tokens, waiting: make(chan struct{}, mostWaiting),
		random: rand.New(rand.NewPCG(options.Seed, 0)), //nolint:gosec // ids of a simulation
	}, nil
}

// Credentials gives what a provider accepts here.
func (s *Sandbox) Credentials(p *spec.Spec) map[string]string {
	values := p.TestCredentials()
	maps.Copy(values, s.options.Credentials[p.Provider])
	return values
}

// ServeHTTP serves each provider below /<provider>.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", contract.SandboxServer)
	provider, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, p := range s.specs {
		if p.Provider != provider {
			continue
		}
		if o := p.Match(r.Method, "/"+rest); o != nil {
			s.serve(w, r, p, o)
			return
		}
	}
	http.Error(w, "assay sandbox: nothing is documented here; `assay list operations` lists what is", http.StatusNotFound)
}

func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, p *spec.Spec, o *spec.Operation) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
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
	if wish.fault != "" && !slices.Contains(faults(o), wish.fault) {
		http.Error(w, "assay sandbox: Prefer: an answer of "+o.Name()+" cannot be "+wish.fault+": none is signed", http.StatusBadRequest)
		return
	}
	if wish.at.IsZero() {
		wish.at = s.options.Now()
	}
	x := s.view(p, o, contract.Request{Method: r.Method, URL: r.URL, Header: r.Header, Body: body}, wish)
	row, violation := s.decide(p, o, x, wish)
	if row == nil {
		http.Error(w, "assay sandbox: "+o.Name()+" documents no such code; `assay list codes` lists them", http.StatusBadRequest)
		return
	}
	example, ok := o.Example(row.Code)
	if !ok {
		http.Error(w, "assay sandbox: the specification has no example answer for "+o.Name()+"/"+row.Code, http.StatusNotImplemented)
		return
	}
	answer := s.answer(p, o, x, row, example, violation, wish.at)
	s.write(w, r, p, o, answer, s.fault(o, wish))
}

// view is the request as expressions see it.
func (s *Sandbox) view(p *spec.Spec, o *spec.Operation, r contract.Request, wish wish) *spec.View {
	own := s.Credentials(p)
	merchant := maps.Clone(p.Merchant)
	maps.Copy(merchant, wish.merchant)
	x := spec.NewView(o, contract.Exchange{Request: r}, own, merchant)
	x.Signature = seal.Asked(o.Sign.Request, x)
	x.Authentication = s.authentication(p, o, r, own, wish.at)
	x.Known = []string{}
	if reference := reference(o, x); reference != "" && s.orders.Contains(key(o, reference)) {
		x.Known = append(x.Known, reference)
	}
	return x
}

// authentication tells how a request is authorized; a bearer's token has to be
// one that was handed out here.
func (s *Sandbox) authentication(p *spec.Spec, o *spec.Operation, r contract.Request, own map[string]string, now time.Time) string {
	if o.Authorization == nil || o.Authorization.IssuedBy == "" {
		return check.Authentication(o, r, own, contract.Token{}, now)
	}
	header := r.Header.Get("Authorization")
	_, bare, ok := strings.Cut(header, " ")
	if !ok {
		bare = header
	}
	token, ok := s.tokens.Get(p.Provider + " " + bare)
	switch {
	case header == "":
		return "missing"
	case !ok:
		return "invalid"
	}
	return check.Authentication(o, r, own, token, now)
}

func key(o *spec.Operation, reference string) string { return o.Name() + " " + reference }

// reference is the merchant's own in a request, "" where none is documented or
// sent.
func reference(o *spec.Operation, x *spec.View) string {
	for _, m := range o.Request.Members() {
		if m.Means != "reference" {
			continue
		}
		if value, ok := contract.Lookup(x.RequestBody(), m.Pointer); ok {
			text, _ := contract.Text(value)
			return text
		}
	}
	return ""
}
