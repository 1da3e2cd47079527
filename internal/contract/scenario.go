package contract

// Scenario is something that can happen with any provider, whatever its code
// for it is called. A case says which one it plays.
type Scenario struct {
	Name  string
	State State // what it comes to, wherever it happens
	About string
	Needs Need // what an operation must have for it to happen
}

// Need is what a scenario cannot do without.
type Need string

// The needs.
const (
	Nothing       Need = ""
	Signing       Need = "signing"       // requests are signed
	Authorization Need = "authorization" // requests carry an Authorization
)

// UndocumentedCode is the scenario that no case plays: the rules ask every
// adapter to read a code of nobody.
const UndocumentedCode = "undocumented-code"

// Scenarios lists every scenario that a case can play.
func Scenarios() []Scenario {
	return []Scenario{
		{"accepted", Succeeded, "a good request is taken on", Nothing},
		{"duplicate", Duplicate, "a reference comes a second time", Nothing},
		{"wrong-credentials", Unauthorized, "who asks is not who the merchant is", Authorization},
		{"wrong-signature", Unauthorized, "the signature is not one of what is sent", Signing},
		{"unknown-merchant", Invalid, "the merchant that is named is nobody's, or another", Nothing},
		{"missing-member", Invalid, "a mandatory member is not sent", Nothing},
		{"invalid-value", Invalid, "a value is not one that is allowed", Nothing},
		{"malformed-body", Invalid, "the body is no JSON", Nothing},
		{"pending", Pending, "the request is taken and not decided", Nothing},
		{"unavailable", Unavailable, "the provider fails", Nothing},
	}
}

// Compared is one scenario over the operations of all providers.
type Comparison struct {
	Scenario string `json:"scenario"`
	State    State  `json:"state"` // what it should come to anywhere
	Cells    []Cell `json:"cells"`
}

// Cell is what a scenario came to at one operation.
type Cell struct {
	Operation string  `json:"operation"`       // provider/operation
	Case      string  `json:"case,omitempty"`  // "": none plays it
	Code      string  `json:"code,omitempty"`  // the result code that was met
	State     State   `json:"state,omitempty"` // what the adapter read; "": nothing was
	Differs   bool    `json:"differs"`
	Why       Message `json:"-"`             // nothing was read, or there is no case
	Doc       string  `json:"doc,omitempty"` // the page that explains what came, or what there is not
}
