package contract

import (
	"fmt"
	"net/http"
)

// Adapter is how we speak to one provider, for one merchant: a table of its
// operations. It makes requests and reads responses, and never touches the network.
type Adapter struct {
	Provider   string
	Operations []Operation
}

// Operation is how we speak to one operation.
type Operation struct {
	ID string // its operationId
	// Request makes the request that asks. What the provider could not accept is a
	// *RefusedError.
	Request func(ask Call) (*http.Request, error)
	// Read tells what a response means. What it cannot read for certain is Unknown.
	Read func(ex Exchange) Outcome
	// Codes are the result codes by which Read tells responses apart, in order.
	Codes []string
}

// Operation gives an operation. Of one that the adapter does not know nothing can
// be asked, and every response is unknown.
func (a *Adapter) Operation(id string) Operation {
	for _, o := range a.Operations {
		if o.ID == id {
			return o
		}
	}
	return Operation{
		ID:      id,
		Request: func(Call) (*http.Request, error) { return nil, fmt.Errorf("%s: no operation %q", a.Provider, id) },
		Read:    func(Exchange) Outcome { return UnknownOutcome() },
	}
}
