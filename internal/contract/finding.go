package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Severity is how much a finding matters.
type Severity string

// The severities, as text in reports and flags.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// Severities lists them, the mildest first.
func Severities() []Severity { return []Severity{Info, Warning, Error} }

// AtLeast tells whether s is as severe as other, or more.
func (s Severity) AtLeast(other Severity) bool {
	return slices.Index(Severities(), s) >= slices.Index(Severities(), other)
}

// Side is who is wrong.
type Side string

// The sides of a disagreement.
const (
	ProviderSide      Side = "provider"
	ClientSide        Side = "client"
	DocumentationSide Side = "documentation"
	TestDataSide      Side = "test data"
)

// Finding is one disagreement. Its message never holds a value that the
// specification marks secret or personal. internal/report writes it, as JSON too.
type Finding struct {
	Rule        string         `json:"rule"`
	Severity    Severity       `json:"severity"`
	Side        Side           `json:"side"`
	At          Place          `json:"at"`
	Message     Message        `json:"-"`
	Doc         string         `json:"doc"` // the page, and where on it
	Fingerprint string         `json:"fingerprint"`
	Expected    bool           `json:"expected"` // the case means to provoke it
	Waived      *AppliedWaiver `json:"waived"`
	// Locations are the lines of the files that the finding is about: of the
	// specification first, then of the fixture and the cassette.
	Locations []Location `json:"locations,omitempty"`
	// Excerpt shows what was sent and received at the place; nil: the finding fails no
	// run, or no case asked for the exchange.
	Excerpt *Excerpt `json:"-"`
	// Detail is the keyword or result code the fingerprint is made of.
	Detail string `json:"-"`
}

// Waived says who tolerates a finding, and why.
type AppliedWaiver struct {
	Owner   string `json:"owner"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"` // yyyy-mm-dd
	Source  string `json:"source"`  // the waiver's file and line
}

// Counts tells whether a finding can fail a run.
func (f Finding) Counts() bool { return !f.Expected && f.Waived == nil }

// Identify sets the fingerprint: of rule, provider, operation, place, and the
// keyword or result code. No other value and no time goes into it, so the same
// disagreement has the same fingerprint on every run.
func (f *Finding) Identify(provider, operation string) {
	var room [256]byte
	said := append(room[:0], f.Rule...)
	for _, part := range [...]string{provider, operation, string(f.At.General()), f.Detail} {
		said = append(append(said, 0), part...)
	}
	sum := sha256.Sum256(said)
	f.Fingerprint = hex.EncodeToString(sum[:8])
}
