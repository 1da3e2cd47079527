package contract

// ClientReport is what a run says about a client under test as a whole.
type ClientReport struct {
	Name     string `json:"name"` // as the client says it; "": it says none
	Version  string `json:"version,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	Calls    int64  `json:"calls"` // number of calls that the client was given
	Skips    []Skip `json:"skips"` // what was not checked, on purpose
	// Lost is the number of cases in which the client sent no request. CoreSkips lists the core
	// rules that were skipped, each with its reason.
	Lost      int      `json:"lost,omitempty"`
	CoreSkips []string `json:"coreSkips,omitempty"`
	// Conformant: no rule is violated, every case gave a result or a good reason for none, at
	// least one passed, and no core rule was skipped. A core rule is one about requests or
	// clients whose severity is error.
	Conformant bool    `json:"conformant"`
	Why        Message `json:"-"` // why the client is not conformant
}

// Skip is something that is not checked, on purpose.
type Skip struct {
	// What is a rule, a family of rules, a case, or the beginning of its name up to a slash.
	What   string `json:"what"`
	Reason string `json:"reason"`
}
