package contract

import (
	"fmt"
	"net/http"
	"slices"
)

// Adapter makes the requests of one provider for one merchant, and reads the responses.
// It is a table of operations and never uses the network.
type Adapter struct {
	Provider   string
	Operations []Operation
}

// Operation makes the request of one operation and reads its response.
type Operation struct {
	ID string // the operationId
	// Request makes the request of a call. It returns a *RefusedError if the provider
	// would not accept the input.
	Request func(call Call) (*http.Request, error)
	// Fields names the member of the input, the options or the credentials that each place
	// of the body comes from, or the places below it. * stands for an index. A refusal names
	// these members.
	Fields map[Pointer]string
	// Read returns what a response means. The outcome is Unknown if the response is not
	// clear.
	Read func(ex Exchange) Outcome
	// Codes are the result codes that Read distinguishes, in order.
	Codes []string
}

// Speaks reports whether the adapter has an operation. No adapter (nil) has none.
func (a *Adapter) Speaks(id string) bool {
	return a != nil && slices.ContainsFunc(a.Operations, func(o Operation) bool { return o.ID == id })
}

// Operation returns an operation by its id. If the adapter does not have it, its
// Request returns an error and its Read returns UnknownOutcome.
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
