package sandbox

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
)

const (
	rememberedBytes = 16 << 20 // of the responses that repeats get; the oldest are forgotten
	stripes         = 64       // locks of keys; a power of two is not needed
)

// repeats remembers the responses that repeats with the same idempotency key get. It is
// bounded in number and in bytes.
type repeats struct {
	locks  [stripes]sync.Mutex // one is locked while a request with its key is decided
	mu     sync.Mutex          // guards what follows
	all    map[key]*list.Element
	oldest *list.List // of *repeated, the oldest first
	bytes  int
	most   int // bytes
}

// repeated is a request that was accepted, and its response.
type repeated struct {
	key      key
	request  key // what a repeat must have in common; see fingerprint
	at       time.Time
	response contract.Response
	row      *openapi.Code
	date     string // of the header; "": the response sets none
}

func newRepeats(most int) *repeats {
	return &repeats{all: map[key]*list.Element{}, oldest: list.New(), most: most}
}

// lock makes concurrent requests with one key wait for each other.
func (m *repeats) lock(k key) (unlock func()) {
	l := &m.locks[int(k[0])%stripes]
	l.Lock()
	return l.Unlock
}

// find returns what is remembered of a key, unless its hours are over at a time.
func (m *repeats) find(k key, hours int, now time.Time) *repeated {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.all[k]
	if e == nil {
		return nil
	}
	r, _ := e.Value.(*repeated)
	if hours > 0 && now.Sub(r.at) >= time.Duration(hours)*time.Hour {
		m.forget(e)
		return nil
	}
	return r
}

// add remembers a response, and forgets the oldest ones if there are too many.
func (m *repeats) add(r *repeated) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.all[r.key]; e != nil {
		m.forget(e)
	}
	m.all[r.key] = m.oldest.PushBack(r)
	m.bytes += len(r.response.Body)
	for m.bytes > m.most || len(m.all) > remembered {
		m.forget(m.oldest.Front())
	}
}

func (m *repeats) forget(e *list.Element) {
	r, _ := m.oldest.Remove(e).(*repeated)
	delete(m.all, r.key)
	m.bytes -= len(r.response.Body)
}

// onceKey returns the key of a request that may be repeated. ok is false if the operation
// documents no idempotency, the request has no key, or it prefers a code.
func onceKey(q *question) (k key, ok bool) {
	if q.o.Idempotency == nil || q.wish.code != "" {
		return k, false
	}
	text := q.IdempotencyKey()
	return keyOf(q.o.Name()+" key", text), text != ""
}

// fingerprint returns what two requests with one key have in common if the second repeats
// the first.
func fingerprint(q *question) key {
	sum := sha256.Sum256(q.RepeatedText(nil))
	return key(sum[:len(key{})])
}

// serveOnce serves a request with an idempotency key. The first one is decided like any
// other, and its response is remembered if it accepts the request; what follows gets what
// the key demands. Requests with one key wait for each other until they are decided.
func (s *Sandbox) serveOnce(w http.ResponseWriter, r *http.Request, q *question, k key, room *scratch) {
	if response, ok := s.decideOnce(w, q, k, room); ok {
		fault := s.fault(q.o.Operation, q.wish)
		q.seen.damaged(fault)
		s.write(w, r, q.o, q.Exchange.Request, response, fault)
	}
}

func (s *Sandbox) decideOnce(w http.ResponseWriter, q *question, k key, room *scratch) (response contract.Response, ok bool) {
	defer s.repeats.lock(k)()
	q.Known = s.knows(q) // another request with the key may have been decided meanwhile
	first := s.repeats.find(k, q.o.Idempotency.Hours, q.wish.at)
	if first == nil {
		row, violation, undecided := s.decide(q)
		if response, ok = s.respond(w, q, row, violation, undecided, room); ok && row.Accepted() {
			kept := response
			kept.Body = bytes.Clone(response.Body)
			s.repeats.add(&repeated{k, fingerprint(q), q.wish.at, kept, row, w.Header().Get("Date")})
		}
		return response, ok
	}
	row, violation, undecided := s.repeat(q, first)
	if row != nil || len(undecided) > 0 {
		response, ok = s.respond(w, q, row, violation, undecided, room)
		if row != nil && row.Name() == q.o.Idempotency.Conflict {
			q.seen.repeated(q, row, response.Status)
		}
		return response, ok
	}
	q.seen.repeated(q, first.row, first.response.Status)
	if first.date != "" {
		w.Header().Set("Date", first.date)
	}
	return first.response, true
}

// repeat decides about a request whose key is known: what would be refused under a new key
// is refused, another request is the documented conflict, and for the same request it
// returns nothing: it gets the first response again.
func (s *Sandbox) repeat(q *question, first *repeated) (*openapi.Code, *openapi.RequestViolation, []openapi.RequestViolation) {
	q.Known = without(q.Known, q.reference) // a repeat is not a duplicate
	row, violation, undecided := q.choose(s.forgiving(q))
	switch conflict := q.o.Idempotency.Conflict; {
	case len(undecided) > 0, row != nil && !row.Accepted():
		return row, violation, undecided
	case fingerprint(q) == first.request:
		return nil, nil, nil
	case conflict == "" || q.o.Code(conflict) == nil:
		return nil, nil, []openapi.RequestViolation{{At: q.o.Idempotency.At, Keyword: "idempotency", Message: keyReused.Says()}}
	default:
		return q.o.Code(conflict), nil, nil
	}
}

// keyReused is why a request with a known key is refused if the documents list no code.
var keyReused = &contract.Template{ID: "sandbox.key-reused", Text: "the key was used for another request, and the documents do not say what the provider responds"}

// without returns the texts without one of them.
func without(all []string, text string) []string {
	kept := make([]string, 0, len(all))
	for _, one := range all {
		if one != text {
			kept = append(kept, one)
		}
	}
	return kept
}
