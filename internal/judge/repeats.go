package judge

import (
	"hash/maphash"
	"net/http"

	"assay/internal/openapi"
	"assay/internal/rule"
)

// maxKeys limits the idempotency keys that are remembered. They take about 60 bytes each.
const maxKeys = 1 << 18

// identity is what an exchange has in common with later ones: the key of its reference if
// its result code can depend on earlier requests, else 0, and its use of an idempotency key.
type identity struct {
	reference uint64
	use       *use // nil: the operation has no idempotency keys, or the request has none
}

// none reports whether the result of an exchange depends on no earlier one.
func (i identity) none() bool { return i.reference == 0 && i.use == nil }

// use is a use of an idempotency key. Everything is a hash but the times.
type use struct {
	key, request, order uint64 // order is 0 if the response names none
	at                  int64  // seconds since 1970 by the response's Date, else by the recording; 0: not known
	seconds             int64  // how long the key counts; 0: without end
	accepted            bool
	repeated            bool // the reference of the first request was used before
}

// earlier is what earlier exchanges say about one.
type earlier struct {
	repeated bool // a request with this reference succeeded, and this one is no repeat of it
	repeat   *rule.Repeat
}

// matters reports whether an exchange must be judged again with this knowledge.
func (e earlier) matters() bool {
	return e.repeated || e.repeat != nil && (e.repeat.Again || e.repeat.Undated)
}

// firstUse is what the rules know before they know of a repeat.
var firstUse = &rule.Repeat{}

// use returns the use of an idempotency key, nil if the request has none.
func (r *references) use(to *served, x *openapi.View) *use {
	key := x.IdempotencyKey()
	if key == "" {
		return nil
	}
	u := &use{
		key: r.hash(to, x, []byte("idempotency key "+key)), request: maphash.Bytes(r.seed, x.RepeatedText(nil)),
		seconds: int64(to.o.Idempotency.Hours) * 3600,
	}
	if order, _ := rule.OrderOf(to.o, x); order != "" {
		u.order = max(1, maphash.String(r.seed, order))
	}
	if date, err := http.ParseTime(x.Exchange.Response.Header.Get("Date")); err == nil {
		u.at = date.Unix()
	} else if !x.Exchange.Started.IsZero() {
		u.at = x.Exchange.Started.Unix()
	}
	met, found := x.ResultCode()
	u.accepted = found && met.Row != nil && met.Row.Accepted()
	return u
}

// settle remembers a judged exchange, and returns what the exchanges before it say about it.
func (r *references) settle(i identity, succeeded bool) (e earlier) {
	if i.reference != 0 && succeeded {
		e.repeated = r.add(i.reference)
	} else if i.reference != 0 {
		e.repeated = r.has(i.reference)
	}
	if i.use == nil {
		return e
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u := i.use
	e.repeat = firstUse
	first, known := r.uses[u.key]
	dated := first.at != 0 && u.at != 0
	if !known || u.seconds > 0 && dated && u.at-first.at >= u.seconds {
		if u.accepted && (known || len(r.uses) < maxKeys) {
			remembered := *u
			remembered.repeated = e.repeated
			r.uses[u.key] = remembered
		}
		return e
	}
	e.repeat = &rule.Repeat{Undated: u.seconds > 0 && !dated}
	if e.repeat.Undated {
		return e
	}
	e.repeat.Again, e.repeat.Same = true, first.request == u.request
	e.repeat.Silent = first.order == 0 || u.order == 0
	e.repeat.Other = !e.repeat.Silent && first.order != u.order
	if e.repeat.Same {
		e.repeated = first.repeated
	}
	return e
}
