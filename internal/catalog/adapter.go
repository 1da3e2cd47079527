package catalog

import (
	"net/http"
	"slices"

	"assay/internal/adapter"
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
