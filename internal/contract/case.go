package contract

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Case is one call of an operation, with the expected result.
type Case struct {
	Name   string         // provider/operation/case
	File   string         // the file with the case
	Lines  map[string]int // first line of each member in the file, by name such as "want.code"
	About  string
	Source string // the page of the provider's documents that the case comes from
	// Scenario is the name of the case's scenario, or "".
	Scenario string
	After    string // name of the case to play first
	Input    Input  // nil: the operation has no input
	Options  json.RawMessage
	// Request is the request that the case states in place of an input; nil: it states none.
	Request *StatedRequest
	// Send changes the request that the adapter made: a JSON Patch on {method, path,
	// query, headers, body}.
	Send json.RawMessage
	// Resign: signatures of the request are computed again after Send.
	Resign      bool
	Credentials map[string]string // replaces the provider's test credentials
	Merchant    map[string]bool   // features that the provider has enabled for the merchant
	At          time.Time         // the time of the case; zero: the time of the run
	Fault       string            // one of Faults: how the sandbox damages its response; "": not at all
	Fixed       bool              // request and response belong together as they are, so the case can be played from a cassette only
	Want        Want
}

// Faults lists the faults that a response of the sandbox can have on request: delay (one second),
// timeout (no response), reset, truncated, half-character, html-502, too-many (429 with
// Retry-After), unknown-code, extra-field, missing-field, number-as-string, and unsigned (only if
// the provider signs).
func Faults() []string {
	return []string{
		"delay", "timeout", "reset", "truncated", "half-character", "html-502", "too-many",
		"unknown-code", "extra-field", "missing-field", "number-as-string", "unsigned",
	}
}

// Where returns file and line of a member, such as "fixtures/…yaml:7". The line is 1 if
// the member is absent.
func (c *Case) Where(member string) string {
	return c.File + ":" + strconv.Itoa(max(1, c.Lines[member]))
}

// Provider returns the first part of the case's name.
func (c *Case) Provider() string { return part(c.Name, 0) }

// Operation returns the second part of the case's name.
func (c *Case) Operation() string { return part(c.Name, 1) }

func part(name string, i int) string {
	parts := strings.Split(name, "/")
	if i >= len(parts) {
		return ""
	}
	return parts[i]
}

// Want is the result that a case expects. The table of codes in the specification says
// what the code means.
type Want struct {
	Code     string
	Variant  string // which of the rows of the code; "": the code has one row
	Findings []ExpectedFinding
}

// Row is the name of the row of the table that the case expects: CODE, or CODE/variant.
func (w Want) Row() string { return CodeName(w.Code, w.Variant) }

// CodeName is the name of a row of a table of result codes: the code, or CODE/variant if
// the row has a variant.
func CodeName(code, variant string) string {
	if variant == "" {
		return code
	}
	return code + "/" + variant
}

// ExpectedFinding is a finding that a case provokes on purpose.
type ExpectedFinding struct {
	Rule string `yaml:"rule"`
	At   Place  `yaml:"at"` // empty: anywhere
}

// Waiver tolerates a finding on purpose until it expires.
type Waiver struct {
	Rule     string    `yaml:"rule"`
	Where    string    `yaml:"where"` // a glob over case names
	At       PlaceGlob `yaml:"at"`    // empty: anywhere
	Owner    string    `yaml:"owner"`
	Reason   string    `yaml:"reason"`
	Evidence string    `yaml:"evidence"` // the reason's evidence: a ticket, an e-mail, an exchange
	Expires  time.Time `yaml:"expires"`  // the first day on which the waiver no longer applies
	Source   string    `yaml:"-"`        // file and line, "fixtures/waivers.yaml:3"
}

// MissingFields returns the required members that the waiver does not have.
func (w Waiver) MissingFields() []string {
	var all []string
	for _, member := range []struct {
		name  string
		there bool
	}{{"owner", w.Owner != ""}, {"reason", w.Reason != ""}, {"evidence", w.Evidence != ""}, {"expires", !w.Expires.IsZero()}} {
		if !member.there {
			all = append(all, member.name)
		}
	}
	return all
}

// Holds reports whether the waiver is complete and has not expired. The zero time is
// before every expiry.
func (w Waiver) Holds(now time.Time) bool {
	return len(w.MissingFields()) == 0 && now.Before(w.Expires)
}
