// Package negative derives from a specification the requests that a provider
// has to refuse: for every constraint of every member and parameter, every
// condition between members and every way to spoil a signature, one request
// that breaks it and, where that is possible, nothing else.
//
// It takes a request that conforms, makes small changes until the
// specification's own validators find what was meant to break, and gives the
// change as a case like those that are written by hand. What the provider has
// to response is read from the words of its table of result codes (see words.go),
// not from the expressions by which a sandbox chooses: the two are independent,
// so each can show the other wrong.
//
// A constraint that cannot be violated, or what the documents give no response for, is there as
// well, with the reason: nothing is left out in silence.
package negative

import (
	"fmt"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Base is a case that asks plainly and is expected to succeed, and the request
// it sends under the specification's fake credentials.
type Base struct {
	Case    *contract.Case
	Request contract.Request
}

// Negative is a derived case.
type Negative struct {
	Case         *contract.Case
	Inconclusive string // why it is not played; "": it is played
	// Forge spoils the signature of the request's body once everything else of it
	// stands, knowing the credentials that it was signed with; nil: it is left as
	// it is.
	Forge func(body []byte, credentials map[string]string) []byte
	// Breaks lists the constraints that the request violates, each "place keyword";
	// more than one if they cannot be violated separately.
	Breaks []string
}

// Derive gives the negatives of an operation, in a fixed order: the body's, the
// parameters', the conditions', the signature's. Of several bases it takes the
// one that fills the most members.
func Derive(s *openapi.Spec, o *openapi.Operation, bases []Base) []Negative {
	d := &deriver{spec: s, o: o, words: read(o), names: map[string]int{}}
	if len(bases) == 0 {
		d.gap("base", "", "no case of the operation asks plainly and succeeds, so there is nothing to break")
		return d.all
	}
	d.base = slices.MaxFunc(bases, func(a, b Base) int { return d.filled(a) - d.filled(b) })
	if wrong := d.faults(d.base.Request); len(wrong) > 0 {
		d.gap("base", "", "the request of "+d.base.Case.Name+" does not conform itself: "+wrong[0].String())
		return d.all
	}
	for _, m := range o.Request.MembersWithConstraints() {
		d.member(m)
	}
	for _, p := range o.Parameters {
		if p.In != "path" {
			d.parameter(p)
		}
	}
	for _, r := range o.Rules {
		if r.On == contract.InRequest {
			d.rule(r)
		}
	}
	if o.Sign.Request != nil {
		d.signature()
	}
	return d.all
}

// deriver carries what is needed while one operation's negatives are made.
type deriver struct {
	spec  *openapi.Spec
	o     *openapi.Operation
	base  Base
	words words
	names map[string]int
	all   []Negative
}

// filled counts the documented members that a base sends.
func (d *deriver) filled(b Base) int {
	x, n := d.view(b.Request), 0
	for _, m := range d.o.Places() {
		if m.At.Direction() == contract.InRequest && len(x.Occurrences(m.At)) > 0 {
			n++
		}
	}
	return n
}

// blank is a case that asks what the base asks.
func (d *deriver) blank(name, about, source string) *contract.Case {
	if d.names[name]++; d.names[name] > 1 {
		name = fmt.Sprintf("%s-%d", name, d.names[name]) // two forms of one member demand the same with other limits
	}
	c := &contract.Case{Name: d.o.Name() + "/negative/" + name, About: about, Source: source}
	if b := d.base.Case; b != nil {
		c.File, c.Input, c.Options = b.File, b.Input, b.Options
	}
	return c
}

// gap adds a negative that is not played.
func (d *deriver) gap(name, about, why string) {
	d.all = append(d.all, Negative{Case: d.blank(name, about, ""), Inconclusive: why})
}

// add adds a negative whose request was found to break what it means to, and
// says what is to be responded.
func (d *deriver) add(c *contract.Case, r contract.Request, wrong []fault, subject string) {
	n := Negative{Case: c}
	for _, f := range wrong {
		n.Breaks = append(n.Breaks, f.String())
	}
	c.Want.Findings = d.findings(r, wrong)
	c.Want.Code, n.Inconclusive = d.response(wrong, subject)
	d.all = append(d.all, n)
}

// response is the documented code for what is wrong with a request. Where that
// are several things they have to be responded alike: no page says which of two
// faults comes first.
func (d *deriver) response(wrong []fault, subject string) (code, inconclusive string) {
	for _, f := range wrong {
		if f.rule != nil && f.rule.Severity != contract.Error {
			continue // noted, not refused
		}
		one, why := d.words.response(f)
		switch {
		case why != "":
			return "", why
		case code != "" && !d.o.Equal(code, one):
			return "", alone(subject, wrong)
		case code == "":
			code = one
		}
	}
	if code == "" {
		return "", "a breach is a warning only: the documents do not say that it is refused"
	}
	return code, ""
}

// alone says that several violations come together and no document orders them.
func alone(subject string, wrong []fault) string {
	var all []string
	for _, f := range wrong {
		all = append(all, f.String())
	}
	return fmt.Sprintf("%s cannot be violated alone (%s), and the documents do not say which one the provider reports first", subject, strings.Join(all, ", "))
}
