package sandbox

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// sum is the amount and the currency with which an order was made.
type sum struct {
	minor    int64
	amount   bool   // it has an amount
	currency string // "": it has none
}

// recalls reports whether an operation asks about an order, or does something with it: its
// path names one.
func recalls(o *openapi.Operation) bool {
	return pathOf(o, merchants, "") != nil || pathOf(o, providers, "") != nil
}

// sumPlaces returns the places of a request that have its amount and its currency, if
// another operation of the provider can ask for them.
func sumPlaces(p *openapi.Spec, repeated []asked) (amounts, currencies []asked) {
	if !slices.ContainsFunc(p.Operations, recalls) {
		return nil, nil
	}
	return sources(repeated, "amount-minor", ""), sources(repeated, "currency", "")
}

// keepSum remembers the sum of a request under the references of the order. What an order
// was made with stays, whatever is done with it later.
func (s *Sandbox) keepSum(q *question, body []byte) {
	var kept sum
	if text, from, ok := (&hole{from: q.o.amounts}).echo(q); ok {
		minor, err := minorUnits(text, from.means)
		kept.minor, kept.amount = minor, err == nil
	}
	if text, _, ok := (&hole{from: q.o.currencies}).echo(q); ok {
		kept.currency = strings.Clone(text) // the request is in memory that is used again
	}
	if kept == (sum{}) {
		return
	}
	if q.reference != "" {
		s.sums.ContainsOrAdd(q.key, kept)
	}
	for _, pointer := range q.o.issued {
		raw, _ := contract.Raw(body, pointer)
		if text, ok := contract.String(raw); ok && text != "" {
			s.sums.ContainsOrAdd(issuedKey(q.o, text), kept)
		}
	}
}

// recall returns the sum of the order that the path of a request names.
func (s *Sandbox) recall(q *question) sum {
	for _, p := range q.o.Parameters {
		if p.In != "path" {
			continue
		}
		value, _ := q.PathParameter(p.Name)
		switch p.Means {
		case providers:
			if found, ok := s.sums.Get(issuedKey(q.o, value)); ok {
				return found
			}
		case merchants:
			for _, other := range q.o.of.Operations {
				if found, ok := s.sums.Get(keyOf(other.Name(), value)); ok {
					return found
				}
			}
		}
	}
	return sum{}
}
