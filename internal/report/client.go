package report

import (
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// clientName writes what a client under test says of itself: my-client 2.3
// (assay.client/v1).
func clientName(c *contract.ClientReport) string {
	name := Foreign(c.Name)
	if name == "" {
		name = "the client"
	}
	if c.Version != "" {
		name += " " + Foreign(c.Version)
	}
	if c.Protocol != "" {
		name += " (" + Foreign(c.Protocol) + ")"
	}
	return name
}

// conformance is the last line of a report about a client under test.
func (p pen) conformance(r *contract.Report, counts map[contract.Verdict]int) string {
	c := r.Client
	if !c.Conformant {
		text := p.paint(red, "not conformant") + ": " + line(c.Why)
		if rules := failingRules(r); len(rules) > 0 {
			text += remedies(rules)
		} else if known := p.onlyKnown(r); known != "" {
			text += "; " + known
		}
		return text
	}
	text := p.paint(green, "conformant") + ": " + clientName(c) + ", " + grouped(c.Calls) + " calls"
	if c.Calls == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	if n := counts[contract.Inconclusive]; n > 0 {
		text += "; " + p.paint(yellow, contract.Plural(n, "result")+" inconclusive")
	}
	return text
}

// Conformance writes whether a client under test is conformant, and why not. It is the last
// line of the report.
func Conformance(r *contract.Report) string { return pen{}.conformance(r, Counts(r)) }

// skips lists what was not checked on purpose, a line for each.
func skips(r *contract.Report) string {
	if r.Client == nil {
		return ""
	}
	var b strings.Builder
	for _, s := range r.Client.Skips {
		b.WriteString("Skipped: " + Foreign(s.What) + " (" + Foreign(s.Reason) + ")\n")
	}
	return b.String()
}

// grouped writes a number with a comma before each group of three digits.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// worthOfClient is worth for a client under test. others: some responses came from
// documents or a simulation.
func worthOfClient(strongest contract.Evidence, others bool) string {
	from := provenance[strongest]
	switch {
	case from != "" && others:
		return "Some responses came from " + from + ", the others from documents or a simulation."
	case from != "":
		return "The responses came from " + from + "."
	case others:
		return "No request went to a provider. This run checks the client; it does not show how a provider behaves."
	}
	return nothingShown
}

// clientProperties are the properties of a test suite about a client under test.
func clientProperties(c *contract.ClientReport) properties {
	if c == nil {
		return nil
	}
	all := properties{
		{"client", Foreign(c.Name)},
		{"version", Foreign(c.Version)},
		{"protocol", Foreign(c.Protocol)},
		{"calls", strconv.FormatInt(c.Calls, 10)},
		{"conformant", strconv.FormatBool(c.Conformant)},
	}
	if !c.Conformant {
		all = append(all, property{"why", Sentence(c.Why)})
	}
	for _, s := range c.Skips {
		all = append(all, property{"skipped", Foreign(s.What) + ": " + Foreign(s.Reason)})
	}
	return slices.DeleteFunc(all, func(p property) bool { return p.Value == "" })
}
