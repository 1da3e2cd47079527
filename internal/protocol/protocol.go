// Package protocol has the messages between assay and a client under test, assay.client/v1.
//
// A client under test is the code that calls a provider, in any language. It gets a Call:
// what to ask for, and the address to send the request to. It sends the request itself, and
// gives a Reply: what came of it. protocol.schema.json describes the messages as JSON.
//
// Client is the connection to a client under test. Amounts are in minor units, and times
// are RFC 3339.
package protocol

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"assay/internal/contract"
)

// Version is the name of the protocol.
const Version = "assay.client/v1"

// Client is a client under test.
type Client interface {
	// Hello returns what the client says of itself.
	Hello() Hello
	// Do gives the client a call and returns its reply. It returns an error if the client
	// gives no reply that can be read: *NoReplyError, or the error of ctx. Do can be called
	// from as many goroutines at a time as Hello allows.
	Do(ctx context.Context, call Call) (Reply, error)
	// Close ends the client, and whatever it started.
	Close() error
}

// Late is a client that can be wrong about a call after its reply.
type Late interface {
	// Faults returns what was wrong after a reply, by the id of the call, such as a second
	// reply. It waits for a moment after the last reply.
	Faults() map[string]error
}

// NoReplyError says why a client under test gave no reply that can be read.
type NoReplyError struct {
	Why string // without text of the client
	// Line is the beginning of the line of the client that is no reply; "": there is none.
	Line string
	// Output is what the client wrote to standard error, for people; "": nothing.
	Output string
	// Cause is context.DeadlineExceeded if the client did not reply in time; nil otherwise.
	Cause error
}

func (e *NoReplyError) Error() string { return e.Why }

func (e *NoReplyError) Unwrap() error { return e.Cause }

// Hello is what a client says of itself, in its first line.
type Hello struct {
	Name       string   `json:"name,omitempty"`
	Version    string   `json:"version,omitempty"`
	Protocol   string   `json:"protocol,omitempty"`
	Operations []string `json:"operations,omitempty"` // provider/operation; empty: all
	// Concurrency is the number of calls that the client accepts at a time; 0: one.
	Concurrency int `json:"concurrency,omitempty"`
}

// Has reports whether the client has an operation, given as provider/operation.
func (h Hello) Has(operation string) bool {
	return len(h.Operations) == 0 || slices.Contains(h.Operations, operation)
}

// Call is one call of an operation.
type Call struct {
	ID          string            // of the call; the reply repeats it
	Operation   string            // provider/operation
	BaseURL     string            // where the client sends its requests, in place of the provider
	Credentials map[string]string // by the names in x-credentials
	Now         time.Time         // the time of the call
	Input       contract.Input    // an order or another input; nil: the operation has none
	Request     *Request          // the members of the request, if the case states them in place of an input
	Options     json.RawMessage   // options of this provider only: a JSON object, or empty
	Token       *contract.Token   // for operations with bearer authorization
	After       *Reply            // what the client replied to the call that this one follows
}

// Request has the members of a request. The client adds credentials and signature.
type Request struct {
	Path    map[string]string   `json:"path,omitempty"`
	Query   map[string][]string `json:"query,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    json.RawMessage     `json:"body,omitempty"` // as JSON, also if it is sent as a form
}

// What a client can reply besides a state.
const (
	Refused = "refused" // the client would not send this, and sent nothing
	Errored = "error"   // the client could not complete the call
)

// Reply is what a client says came of a call.
type Reply struct {
	ID      string
	Refused bool
	Errored bool
	Outcome contract.Outcome // unknown if the client refused or could not complete the call
}
