package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Severity says how serious a finding is.
type Severity string

// The severities, as text in reports and flags.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// Severities lists the severities, mildest first.
func Severities() []Severity { return []Severity{Info, Warning, Error} }

// AtLeast reports whether s is as severe as other, or more.
func (s Severity) AtLeast(other Severity) bool {
	return slices.Index(Severities(), s) >= slices.Index(Severities(), other)
}

// Side says who is wrong.
type Side string

// The sides.
const (
	ProviderSide      Side = "provider"
	ClientSide        Side = "client"
	DocumentationSide Side = "documentation"
	TestDataSide      Side = "test data"
)

// Finding is one disagreement between an exchange and the documents. Its message never
// holds a secret or personal value. internal/report writes it, also in JSON.
type Finding struct {
	Rule        string         `json:"rule"`
	Severity    Severity       `json:"severity"`
	Side        Side           `json:"side"`
	At          Place          `json:"at"`
	Message     Message        `json:"-"`
	Doc         string         `json:"doc"` // the page and section of the provider's documents
	Fingerprint string         `json:"fingerprint"`
	Expected    bool           `json:"expected"` // the case, or the test that sent the request, provokes it on purpose
	Waived      *AppliedWaiver `json:"waived"`
	Status      string         `json:"status,omitempty"` // against a baseline: new, known or back; "": there is none
	// Rest says that the finding stands for kinds of findings beyond a limit. They are counted
	// and not listed, so no baseline knows them.
	Rest bool `json:"rest,omitempty"`
	// Locations are lines of files: of the specification first, then of the fixture and
	// the cassette.
	Locations []Location `json:"locations,omitempty"`
	// Excerpt shows what was sent and received at the place; nil: the finding gets none,
	// or it repeats an earlier one.
	Excerpt *Excerpt `json:"excerpt,omitempty"`
	// Detail is the keyword or result code in the fingerprint.
	Detail string `json:"-"`
	// Apart tells findings with the same detail apart, such as undocumented result codes: the
	// text that the message shows. What the message hides must not be in it.
	Apart string `json:"-"`
}

// AppliedWaiver says who tolerates a finding, and why.
type AppliedWaiver struct {
	Owner   string `json:"owner"`
	Reason  string `json:"reason"`
	Expires string `json:"expires"` // yyyy-mm-dd
	Source  string `json:"source"`  // file and line of the waiver
}

// Counts reports whether a finding can fail a run: it is neither expected nor waived nor known
// from a baseline.
func (f Finding) Counts() bool {
	return !f.Expected && f.Waived == nil && f.Status != StatusKnown
}

// GetsExcerpt reports whether reports show what was sent and received at the place of a
// finding: it can fail a run and has a place in the exchange.
func (f Finding) GetsExcerpt() bool {
	return f.Counts() && f.Severity != Info && f.At.Direction() != ""
}

// Identify sets the fingerprint from rule, provider, operation, place, the keyword or
// result code, and Apart. No other value and no time is part of it, so the same
// disagreement has the same fingerprint in every run.
func (f *Finding) Identify(provider, operation string) {
	var room [256]byte
	text := append(room[:0], f.Rule...)
	for _, part := range [...]string{provider, operation, string(f.At.General()), f.Detail} {
		text = append(append(text, 0), part...)
	}
	if f.Apart != "" {
		text = append(append(text, 0), f.Apart...)
	}
	sum := sha256.Sum256(text)
	f.Fingerprint = hex.EncodeToString(sum[:8])
}
