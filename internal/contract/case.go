package contract

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Case is one thing asked of one operation, and what is expected.
type Case struct {
	Name   string         // provider/operation/case
	File   string         // where it was read from
	Lines  map[string]int // on which lines of the file its members begin, by name: "want.code"
	About  string
	Source string // the place in the provider's documents it comes from
	// Scenario is the name of the scenario it plays, "" if none.
	Scenario string
	After    string // the name of the case it follows
	Input    Input  // what is asked with; nil: nothing
	Options  json.RawMessage
	// Send changes the request the adapter made: a JSON Patch on
	// {method, path, query, headers, body}.
	Send json.RawMessage
	// Resign says whether request signatures are computed again after Send.
	Resign      bool
	Credentials map[string]string // in place of the provider's test values
	Merchant    map[string]bool   // what the provider has switched on
	At          time.Time         // the clock; zero: the run's own
	Fault       string            // what a sandbox is to spoil its response with; "": nothing
	Fixed       bool              // request and response belong together as they stand: only a cassette can show them
	Want        Want
}

// Where names the file and the line of a member, "fixtures/…yaml:7"; the line is 1
// where the member is absent.
func (c *Case) Where(member string) string {
	return c.File + ":" + strconv.Itoa(max(1, c.Lines[member]))
}

// Provider is the first part of the case's name.
func (c *Case) Provider() string { return part(c.Name, 0) }

// Operation is the second part of the case's name.
func (c *Case) Operation() string { return part(c.Name, 1) }

func part(name string, i int) string {
	parts := strings.Split(name, "/")
	if i >= len(parts) {
		return ""
	}
	return parts[i]
}

// Want is what a case expects. What the code means follows from the
// specification's table.
type Want struct {
	Code     string
	Findings []ExpectedFinding
}

// Expected is a finding that a case means to provoke.
type ExpectedFinding struct {
	Rule string `yaml:"rule"`
	At   Place  `yaml:"at"` // as in a finding; empty: anywhere
}

// Waiver tolerates a finding on purpose, for a while.
type Waiver struct {
	Rule     string    `yaml:"rule"`
	Where    string    `yaml:"where"` // a glob over case names
	At       PlaceGlob `yaml:"at"`    // empty: anywhere
	Owner    string    `yaml:"owner"`
	Reason   string    `yaml:"reason"`
	Evidence string    `yaml:"evidence"` // what shows it: a ticket, a letter, an exchange
	Expires  time.Time `yaml:"expires"`  // the first day it no longer holds
	Source   string    `yaml:"-"`        // file and line, "fixtures/waivers.yaml:3"
}

// Lacks names what a waiver has to say and does not.
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

// Holds tells whether a waiver tolerates anything at a time; the zero time is
// before every expiry.
func (w Waiver) Holds(now time.Time) bool {
	return len(w.MissingFields()) == 0 && now.Before(w.Expires)
}
