package openapi

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/view"
)

// Accepted reports whether the code means that the provider took the request.
func (c *Code) Accepted() bool {
	return c.State.Accepted() && c.State != contract.Duplicate && c.State != contract.Reversed
}

// Causes are the alternatives of the condition of a result code.
type Causes struct {
	Code  *Code
	Title string   // the code with its documented message: "code 2005 (Checksum provided is invalid)"
	Texts []string // the alternatives as code, in the order of the document
	All   []Cause  // the same alternatives
}

// Cause is one alternative of the condition of a result code.
type Cause struct {
	*Expression
	Text      string // as code, in backquotes
	Doubts    view.Doubts
	OfFaults  bool // it names violation
	OnlyFault bool // it is false for a request without a fault
	opposite  int  // the index of the x-rule that says the opposite, -1: none
}

// newCauses returns the alternatives of a code's condition; nil if it has none.
func newCauses(c *Code, rules []*Rule) *Causes {
	if c.When == nil {
		return nil
	}
	all := &Causes{Code: c, Title: c.title()}
	for _, e := range c.When.Alternatives() {
		text := "`" + e.String() + "`"
		all.All, all.Texts = append(all.All, Cause{e, text, e.Doubts(), e.Names("violation"), e.NeedsViolation(), opposite(e, rules)}), append(all.Texts, text)
	}
	return all
}

// withEquivalent adds the alternatives of the codes that x-result.equivalent names beside this
// one: the provider may respond with either of them.
func (c *Causes) withEquivalent(o *Operation, own map[*Code]*Causes) *Causes {
	all := *c
	all.Texts, all.All = slices.Clip(c.Texts), slices.Clip(c.All)
	for _, other := range o.Codes {
		if other == c.Code || own[other] == nil || !other.Documented() || !o.Equal(c.Code.Name(), other.Name()) {
			continue
		}
		for _, cause := range own[other].All {
			cause.Text += " (listed for " + other.Name() + ", which is equivalent)"
			all.All, all.Texts = append(all.All, cause), append(all.Texts, cause.Text)
		}
	}
	return &all
}

// opposite returns the index of the x-rule that demands the opposite of a condition: a == b
// for a != b. Many documents have both, and the result of one tells the other. It is -1 if
// there is none.
func opposite(e *Expression, rules []*Rule) int {
	left, right, two := strings.Cut(e.Source, " != ")
	if !two || strings.ContainsAny(left+right, "!=<>&|?") { // more than one comparison
		return -1
	}
	return slices.IndexFunc(rules, func(r *Rule) bool {
		return r.On == contract.InRequest && r.Rule.Doubts() == 0 && r.Rule.Source == left+" == "+right
	})
}

// title returns the code with its message. A message with placeholders is left out.
func (c *Code) title() string {
	for _, message := range c.Messages {
		if !strings.Contains(message, "{") {
			return "code " + c.Name() + " (" + message + ")"
		}
	}
	return "code " + c.Name()
}

// CauseTruth returns the truth of a cause for the request, as Truth does.
func (x *View) CauseTruth(c *Cause, faults []RequestViolation) view.Truth {
	if c.opposite < 0 {
		return x.Truth(c.Expression, faults)
	}
	switch holds, applies := x.Condition(c.opposite); {
	case !applies:
		return view.Undecided
	case holds:
		return view.False
	}
	return view.True
}

// Causes returns the alternatives of the conditions of a code and of those that are equivalent to
// it; nil if the documents list no condition of the code.
func (x *View) Causes(c *Code) *Causes { return x.plan.causes[c] }

// Refusal is a cause of a documented code that refuses a request.
type Refusal struct {
	Of     *Causes
	Cause  *Cause
	Doubts view.Doubts // of the cause
}

// Refusals returns the causes of all documented codes that refuse a request, in order of
// precedence.
func (x *View) Refusals() []Refusal { return x.plan.refusals }
