package judge

import (
	"hash/maphash"
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/view"
)

// maxReferences limits the references that are remembered. They take about 20 bytes each.
const maxReferences = 1 << 20

// references remembers the order references of requests that succeeded, by hash. It is
// safe for concurrent use.
type references struct {
	mu   sync.Mutex
	seed maphash.Seed
	seen keySet
	uses map[uint64]use // the first use of each idempotency key
}

func newReferences() *references {
	return &references{seed: maphash.MakeSeed(), uses: map[uint64]use{}}
}

// has reports whether a request with this key succeeded before.
func (r *references) has(key uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen.has(key)
}

// add remembers the key of a request that succeeded, and reports whether one with this key
// succeeded before. Beyond maxReferences it remembers nothing more.
func (r *references) add(key uint64) (repeated bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen.count >= maxReferences {
		return r.seen.has(key)
	}
	return r.seen.add(key)
}

// remembers reports whether a result code of an operation depends on earlier references.
func remembers(o *openapi.Operation) bool {
	return slices.ContainsFunc(o.Codes, func(c *openapi.Code) bool { return c.When != nil && c.When.Names(view.References) })
}

// merchantPlaces returns the members of a request that name the merchant: those that a
// condition compares with credentials.
func merchantPlaces(o *openapi.Operation) []contract.Pointer {
	var all []contract.Pointer
	for _, c := range o.Codes {
		if c.When == nil {
			continue
		}
		for _, e := range c.When.Alternatives() {
			if !e.Names("credentials") {
				continue
			}
			for _, place := range e.Places() {
				if pointer, ok := place.Pointer(); ok && !slices.Contains(all, pointer) {
					all = append(all, pointer)
				}
			}
		}
	}
	return all
}

// apiKeys returns the API keys of an operation.
func apiKeys(o *openapi.Operation) []*openapi.Authorization {
	return slices.DeleteFunc(slices.Clone(o.Authorizations()), func(a *openapi.Authorization) bool { return a.Scheme != openapi.APIKey })
}

// key returns the key of a request's reference: it depends on the operation, the host, the
// merchant and the reference. It is 0 if the request has no reference.
func (r *references) key(to *served, x *openapi.View) uint64 {
	reference := x.ReferenceText()
	if len(reference) == 0 {
		return 0
	}
	return r.hash(to, x, reference)
}

// hash is key for any text that means something to one merchant at one operation.
func (r *references) hash(to *served, x *openapi.View, reference []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(r.seed)
	add := func(text string) {
		_, _ = h.WriteString(text) // never fails
		_ = h.WriteByte(0)
	}
	addBytes := func(text []byte) {
		_, _ = h.Write(text)
		_ = h.WriteByte(0)
	}
	add(to.o.Name())
	if u := x.Exchange.Request.URL; u != nil {
		add(u.Host)
	} else {
		add("")
	}
	addBytes(reference)
	for _, pointer := range to.merchantAt() {
		text, _ := x.RequestBytes(pointer)
		addBytes(text)
	}
	for _, a := range to.apiKeys() {
		for _, text := range a.Values(x.Exchange.Request) {
			add(text)
		}
	}
	for _, text := range x.Exchange.Request.Header["Authorization"] {
		add(text)
	}
	return max(1, h.Sum64())
}

// Sequence judges exchanges in the order in which they happened. It remembers the order
// references that succeeded, so it can explain a duplicate. A Sequence is safe for
// concurrent use.
type Sequence struct {
	judge *Judge
	seen  *references
}

// Sequence returns an empty sequence.
func (j *Judge) Sequence() *Sequence { return &Sequence{j, newReferences()} }

// Judge is Judge.Judge for the next exchange of the sequence.
func (s *Sequence) Judge(ex contract.Exchange) (r contract.Result, ok bool) {
	j := s.judge
	to := j.find(ex.Request)
	if to == nil {
		return j.judgeNear(&ex)
	}
	i := j.judgeExchange(to, &ex, s.seen, earlier{}, &r)
	if i.none() {
		return r, true
	}
	if before := s.seen.settle(i, succeeded(to, &r)); before.matters() {
		j.judgeExchange(to, &ex, nil, before, &r)
	}
	return r, true
}

// turns makes workers act on their batches one after the other, in the order of reading.
type turns struct {
	mu   sync.Mutex
	next *sync.Cond
	done int64 // the entries of all batches whose turn is over
}

func newTurns() *turns {
	t := &turns{}
	t.next = sync.NewCond(&t.mu)
	return t
}

// reached reports whether all entries before a batch are done.
func (t *turns) reached(before int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done == before
}

// take waits until all entries before a batch are done, calls act, and marks the batch's
// entries as done.
func (t *turns) take(before int64, entries int, act func()) {
	t.mu.Lock()
	for t.done != before {
		t.next.Wait()
	}
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.done = before + int64(entries)
		t.mu.Unlock()
		t.next.Broadcast()
	}()
	act()
}
