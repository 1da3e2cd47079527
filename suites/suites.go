// Package suites holds the Go client of a payment provider to the provider's contract.
//
// The client under test is your own code. It implements Client: it gets a call, such as an
// order, and the address to send its request to, and says what came of it. Conform runs the
// cases of a provider with it in go test, and Describe in Ginkgo:
//
//	func TestPaytm(t *testing.T) {
//		suites.Conform(t, "paytm", shop.Client{})
//	}
//
// For each call assay stands in for the provider on this machine. The rules then check every
// request that the client sent, and what it made of responses: intact ones, damaged and forged
// ones, and none at all. Nothing leaves the machine.
//
// Serve and Handler offer the same client to `assay conform`, which gives the same report.
//
// Amounts are in minor units of their currency, such as paise, and never floats. Times in JSON
// are RFC 3339.
package suites

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"assay/internal/contract"
	"assay/internal/protocol"
)

// Client is a client under test.
type Client interface {
	// Do makes one call and returns what came of it. It makes its request for the base URL of
	// the environment. If no response comes, or one that it does not understand, the outcome is
	// UnknownOutcome.
	//
	// An error made by Refuse says that the client would not send this. Any other error says
	// that the client could not complete the call: nothing is known about the order. That is
	// right after a response that cannot be read, and a fault after a good one.
	Do(ctx context.Context, env Environment, call Call) (Outcome, error)
}

// ClientFunc is a function as a Client.
type ClientFunc func(ctx context.Context, env Environment, call Call) (Outcome, error)

// Do calls the function.
func (f ClientFunc) Do(ctx context.Context, env Environment, call Call) (Outcome, error) {
	return f(ctx, env, call)
}

// Environment is what a client uses in place of its own configuration.
type Environment struct {
	// BaseURL stands in for the address of the provider. It is another one in each call.
	BaseURL string
	// HTTP sends requests: it follows no redirect, repeats nothing, keeps no connection and
	// gives up after two seconds, or half of Timeout if that is less. It knows the certificates
	// of a run with TLS. If your program has an http.Client of its own, use that one here, too:
	// what it does is under test.
	HTTP *http.Client
	// Credentials are those of the provider for tests, by the names in its specification.
	Credentials map[string]string
	// Now returns the time of the call. It is fixed.
	Now func() time.Time
	// Random gives the same bytes in each run.
	Random io.Reader
}

// Call is one call of an operation.
type Call struct {
	// ID is the name of the case, with #2, #3 and so on for further calls of it.
	ID string
	// Operation is the provider and the operation, such as paytm/createOrder.
	Operation string
	// Order, KYC or Request is the input; the others are nil. An operation that issues a token
	// has none.
	Order   *Order
	KYC     *KYC
	Request *Request
	// Options are fields of this provider only: a JSON object with the names of the provider's
	// documents, or empty. Amounts in it are in minor units.
	Options json.RawMessage
	// Token is for operations with bearer authorization; nil: they need none.
	Token *Token
	// After is the outcome of the call that this one follows; nil: it follows none.
	After *Outcome
}

// The input of a call. The types are those of assay's cases.
type (
	// Order is a payment that the merchant asks the provider to collect. Reference is the
	// merchant's id of the order. Amount is in minor units.
	Order = contract.Order
	// Money is an amount: Minor is in minor units, 100 for one rupee, and Currency is the
	// ISO 4217 code. Decimal returns it with two decimals, without a float.
	Money = contract.Money
	// Customer is the payer. Mobile has digits only, without the code of the country.
	Customer = contract.Customer
	// Address is a postal address.
	Address = contract.Address
	// KYC is a request to verify the identity of a customer. Mobile has ten digits.
	KYC = contract.KYC
	// Request has the members of a request, for operations without an input of their own: the
	// path, the query, headers and the body as JSON. The client adds credentials and signature.
	Request = protocol.Request
)

// What came of a call.
type (
	// Outcome is what a client made of a response. State is required. Retry may be empty: the
	// client does not say it. Code, Status and Message are the provider's. Reference is the
	// merchant's id of the order and ProviderReference the provider's, where the response has
	// them. RedirectURL is the page that the payer visits next. Token is what an operation
	// issued. Rules check all of them; parts that a client does not give stand in Omits.
	Outcome = contract.Outcome
	// OutcomePart is a set of parts of an outcome, for Outcome.Omits.
	OutcomePart = contract.OutcomePart
	// State is the meaning of a result for money.
	State = contract.State
	// Retry says whether the same request may be sent again.
	Retry = contract.Retry
	// Token is a credential that expires; Expires may be zero.
	Token = contract.Token
	// RefusedError is the error of a client that would not send something; Refuse makes it.
	RefusedError = contract.RefusedError
)

// The states. The code tables of the specifications (specs/PROVIDER.yaml, from the
// provider's documents) say which result code has which state.
const (
	Succeeded    = contract.Succeeded    // done
	Pending      = contract.Pending      // accepted, and not decided yet
	Redirect     = contract.Redirect     // the payer has to visit RedirectURL
	Duplicate    = contract.Duplicate    // the provider knows the order already
	Rejected     = contract.Rejected     // refused, for example by a bank
	Invalid      = contract.Invalid      // refused, because the request has a fault
	Unauthorized = contract.Unauthorized // refused, because of the credentials
	Unavailable  = contract.Unavailable  // the provider cannot serve the request now
	Reversed     = contract.Reversed     // paid back
	Unknown      = contract.Unknown      // anything may have happened: inquire about the order
)

// The values of Retry.
const (
	Never         = contract.Never         // another request could charge twice, or fails in the same way
	SameReference = contract.SameReference // safe with the same reference
	AfterInquiry  = contract.AfterInquiry  // only after an inquiry about the first request
)

// The parts of an outcome that a client may omit.
const (
	RetryPart             = contract.RetryPart
	CodePart              = contract.CodePart
	ReferencePart         = contract.ReferencePart
	ProviderReferencePart = contract.ProviderReferencePart
	RedirectPart          = contract.RedirectPart
	TokenPart             = contract.TokenPart
	StateOnly             = contract.StateOnly // all of them: the client gives only the state
)

// Decode decodes the JSON of a response. Numbers are json.Number and keep their text. A name
// that occurs twice in an object is an error, because two readers could read it differently; so
// is text after the value, and text that is not UTF-8.
func Decode(raw []byte) (any, error) { return contract.Decode(raw) }

// UnknownOutcome returns the outcome of a response that a client does not understand, and of
// none at all: money may have moved, so only an inquiry may follow.
func UnknownOutcome() Outcome { return contract.UnknownOutcome() }

// Refuse returns the error of a client that would not send a call. The field is named as in
// the call, such as order.reference, and the reason follows it: "is longer than 50". Neither
// holds the value.
func Refuse(field, reason string) error {
	return &contract.RefusedError{Provider: "client", Field: field, Reason: reason}
}
