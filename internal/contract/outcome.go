package contract

// State is the meaning of a result code for money.
type State string

// The states of an order or a KYC request after a response. Unknown is never success:
// inquire about the order.
const (
	Succeeded    State = "succeeded"
	Pending      State = "pending"
	Rejected     State = "rejected"
	Invalid      State = "invalid"
	Unauthorized State = "unauthorized"
	Duplicate    State = "duplicate"
	Unavailable  State = "unavailable"
	Reversed     State = "reversed"
	Redirect     State = "redirect"
	Unknown      State = "unknown"
)

// States lists the states, best for the payer's order first.
func States() []State {
	return []State{
		Succeeded, Redirect, Pending, Unknown, Duplicate, Unavailable,
		Reversed, Rejected, Invalid, Unauthorized,
	}
}

// Accepted reports whether a state claims that the provider accepted the request. An
// adapter must never read such a state from a damaged response.
func (s State) Accepted() bool {
	switch s {
	case Succeeded, Redirect, Pending, Duplicate, Reversed:
		return true
	}
	return false
}

// Retry says whether the same request may be sent again.
type Retry string

// The values of Retry.
const (
	Never         Retry = "never"          // another request could charge twice, or fails in the same way
	SameReference Retry = "same-reference" // safe with the same reference
	AfterInquiry  Retry = "after-inquiry"  // only after an inquiry about the first request
)

// Retries lists the values of Retry.
func Retries() []Retry { return []Retry{Never, SameReference, AfterInquiry} }

// Outcome is the meaning that an adapter reads from a response.
type Outcome struct {
	State State
	Retry Retry
	// Code, Status and Message are the provider's, as decimal or plain text.
	Code, Status, Message string
	// Reference is the merchant's id of the order, if the response has it.
	// ProviderReference is the provider's id.
	Reference, ProviderReference string
	// RedirectURL is the page that the payer has to visit next; "": none.
	RedirectURL string
	// Token is the token that the response issues for later calls; nil: none.
	Token *Token
	// Omits are the parts that a client under test does not give. Rules do not judge them.
	// Our adapters omit nothing.
	Omits OutcomePart
}

// OutcomePart is a set of parts of an outcome.
type OutcomePart uint8

// The parts of an outcome that a client under test may leave out.
const (
	RetryPart OutcomePart = 1 << iota
	CodePart
	ReferencePart
	ProviderReferencePart
	RedirectPart
	TokenPart
	// StateOnly is the set of all parts: the client gives only the state.
	StateOnly = RetryPart | CodePart | ReferencePart | ProviderReferencePart | RedirectPart | TokenPart
)

// Gives reports whether the client gives a part.
func (o Outcome) Gives(part OutcomePart) bool { return o.Omits&part == 0 }

// UnknownOutcome returns the outcome of a response that the adapter cannot read. Money
// may have moved, so only an inquiry may follow.
func UnknownOutcome() Outcome { return Outcome{State: Unknown, Retry: AfterInquiry} }
