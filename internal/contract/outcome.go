package contract

import "slices"

// State is what a result code means for money.
type State string

// The states a response can leave an order or a KYC request in. Unknown is
// never success: whoever reads it has to inquire.
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

// States lists every state, the best for the payer's order first.
func States() []State {
	return []State{
		Succeeded, Redirect, Pending, Unknown, Duplicate, Unavailable,
		Reversed, Rejected, Invalid, Unauthorized,
	}
}

// Moved tells whether a state claims that the provider has taken the request
// on. A damaged response must never be read as such a claim.
func (s State) Accepted() bool {
	return slices.Contains([]State{Succeeded, Redirect, Pending, Duplicate, Reversed}, s)
}

// Again says whether the same request may be sent a second time.
type Retry string

// The values of Retry: may the same request be sent again?
const (
	Never         Retry = "never"          // a second request could charge twice, or fails the same way
	SameReference Retry = "same-reference" // safe, as long as the reference stays
	AfterInquiry  Retry = "after-inquiry"  // only once the provider has said what became of the first
)

// Outcome is what an adapter reads in a response.
type Outcome struct {
	State State
	Retry Retry
	// Code, Status and Message are the provider's own, as decimal or plain text.
	Code, Status, Message string
	// Reference is the merchant's id of the order if the response carries it;
	// ProviderReference is the provider's.
	Reference, ProviderReference string
	// RedirectURL is where the payer goes next; empty if nowhere.
	RedirectURL string
	// Token is what a response hands over for later calls; nil if nothing.
	Token *Token
}

// UnknownOutcome is the outcome of a response that cannot be read: nobody knows
// whether money moved, so it may be sent again only after an inquiry.
func UnknownOutcome() Outcome { return Outcome{State: Unknown, Retry: AfterInquiry} }
