package contract

// Scenario is a situation that can occur with every provider, whatever its code is. A
// case names the scenario that it plays.
type Scenario struct {
	Name  string
	State State // the expected state at every provider
	About string
	Needs Need // what the operation must have for the scenario to be possible
}

// Need is a feature of operations that a scenario requires.
type Need string

// The needs.
const (
	Nothing       Need = ""
	Signing       Need = "signing"       // requests are signed
	Authorization Need = "authorization" // requests have the header Authorization
)

// UndocumentedCode is the scenario of a result code that no document lists. No case
// plays it: a rule gives such a code to every adapter.
const UndocumentedCode = "undocumented-code"

// Scenarios lists the scenarios that a case can play.
func Scenarios() []Scenario {
	return []Scenario{
		{"accepted", Succeeded, "a correct request is accepted", Nothing},
		{"duplicate", Duplicate, "a reference is used again", Nothing},
		{"wrong-credentials", Unauthorized, "the credentials are wrong", Authorization},
		{"wrong-signature", Unauthorized, "the signature does not fit the request", Signing},
		{"unknown-merchant", Invalid, "the merchant in the request is unknown, or another one", Nothing},
		{"missing-member", Invalid, "a mandatory member is missing", Nothing},
		{"invalid-value", Invalid, "a value is not allowed", Nothing},
		{"malformed-body", Invalid, "the body is not JSON", Nothing},
		{"pending", Pending, "the request is accepted and not yet decided", Nothing},
		{"unavailable", Unavailable, "the provider is unavailable", Nothing},
	}
}

// Comparison is the result of one scenario over the operations of all providers.
type Comparison struct {
	Scenario string `json:"scenario"`
	State    State  `json:"state"` // the expected state
	Cells    []Cell `json:"cells"`
}

// Cell is the result of a scenario for one operation.
type Cell struct {
	Operation string  `json:"operation"`       // provider/operation
	Case      string  `json:"case,omitempty"`  // "": no case plays the scenario
	Code      string  `json:"code,omitempty"`  // the result code of the response
	State     State   `json:"state,omitempty"` // the state that the adapter read; "": none
	Differs   bool    `json:"differs"`
	Why       Message `json:"-"`             // why there is no state or no case
	Doc       string  `json:"doc,omitempty"` // the page that explains the code, or why there is no case
}
