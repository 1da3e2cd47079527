package catalog

import (
	"fmt"
	"net/http"
	"slices"

	"assay/internal/adapter"
	"assay/internal/client"
	"assay/internal/contract"
	"assay/internal/crash"
)

// Adapter returns the adapter of a provider, or nil if there is none. If the adapter panics
// while it makes a request, the request has an error, a *crash.Error.
func (k *Catalog) Adapter(provider string, setup contract.Setup) *contract.Adapter {
	var made *contract.Adapter
	what := "the adapter of " + provider
	if crashed := crash.Contain(what, func() { made = k.newAdapter(provider, setup) }); crashed != nil {
		return k.crashedAdapter(provider, crashed)
	}
	if made == nil {
		return nil
	}
	contained := *made
	contained.Operations = slices.Clone(made.Operations)
	for i := range contained.Operations {
		request := contained.Operations[i].Request
		contained.Operations[i].Request = func(call contract.Call) (r *http.Request, err error) {
			if crashed := crash.Contain(what, func() { r, err = request(call) }); crashed != nil {
				return nil, crashed
			}
			return r, err
		}
	}
	return &contained
}

// Sender returns the operation that makes the request of a case: the specification's, if
// the case states its request, and else the adapter's. If it panics, the request has an
// error, a *crash.Error.
func (k *Catalog) Sender(c *contract.Case, setup contract.Setup) contract.Operation {
	if c.Request == nil {
		return k.adapterOperation(c.Provider(), c.Operation(), setup)
	}
	s := k.Spec(c.Provider())
	sender := client.Operation(s, s.Operation(c.Operation()), setup)
	request := sender.Request
	sender.Request = func(call contract.Call) (r *http.Request, err error) {
		if crashed := crash.Contain("the request of "+c.Name, func() { r, err = request(call) }); crashed != nil {
			return nil, crashed
		}
		return r, err
	}
	return sender
}

// Reader returns the operation that reads the response of a case. Its Read is nil if no
// adapter has the operation.
func (k *Catalog) Reader(c *contract.Case, setup contract.Setup) contract.Operation {
	return k.adapterOperation(c.Provider(), c.Operation(), setup)
}

func (k *Catalog) adapterOperation(provider, id string, setup contract.Setup) contract.Operation {
	a := k.Adapter(provider, setup)
	if !a.Speaks(id) {
		return contract.Operation{ID: id, Request: func(contract.Call) (*http.Request, error) {
			return nil, fmt.Errorf("no adapter has %s/%s", provider, id)
		}}
	}
	return a.Operation(id)
}

func (k *Catalog) newAdapter(provider string, setup contract.Setup) *contract.Adapter {
	s := k.Spec(provider)
	if made, ok := k.Options.Adapters[provider]; ok && s != nil {
		return adapter.Checked(made(setup), s, setup.Credentials)
	}
	if s == nil {
		return nil
	}
	return adapter.New(s, setup)
}

// crashedAdapter returns an adapter of which no operation can make a request.
func (k *Catalog) crashedAdapter(provider string, crashed *crash.Error) *contract.Adapter {
	a := &contract.Adapter{Provider: provider}
	if s := k.Spec(provider); s != nil {
		for _, o := range s.Operations {
			a.Operations = append(a.Operations, contract.Operation{
				ID:      o.ID,
				Request: func(contract.Call) (*http.Request, error) { return nil, crashed },
				Read:    func(contract.Exchange) contract.Outcome { return contract.UnknownOutcome() },
			})
		}
	}
	return a
}
