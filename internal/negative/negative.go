// Package negative derives invalid requests from a specification, one for each
// constraint that a provider has to enforce: constraints of members and parameters,
// conditions between members, and signatures. Each request violates one constraint and,
// where possible, no other.
//
// Derive starts from a request that conforms. It makes small changes until the
// specification's validators report the intended violation, and returns each changed
// request as a case, as if written by hand.
//
// The expected code comes from the words of the provider's table of result codes
// (words.go), for example "Missing mandatory element", so words and the expressions that
// the sandbox uses can each show that the other is wrong. Where the words decide nothing,
// and for signatures and credentials, the expressions decide (when.go). Where neither does,
// the negative is inconclusive.
//
// A constraint that cannot be violated, or for which the documents name no code, is
// returned too, with the reason in Inconclusive.
package negative

import (
	"fmt"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// Base is a case that is expected to succeed, and the request that it sends when signed
// with the specification's fake credentials.
type Base struct {
	Case    *contract.Case
	Request contract.Request
}

// Negative is a derived case.
type Negative struct {
	Case         *contract.Case
	Inconclusive contract.Message // why it is not played; empty if it is played
	// Forge spoils the signature or the credentials of the finished request. It receives the
	// credentials that signed the request. If it is nil, both stay valid.
	Forge func(r contract.Request, credentials map[string]string) contract.Request
	// Breaks lists the violated constraints, each as "place keyword". There are several
	// if they cannot be violated separately.
	Breaks []string
}

// Derive returns the negatives of an operation in a fixed order: body, parameters,
// conditions, signature, credentials. It starts from the base that fills the most members. Without a
// base that conforms, it returns one inconclusive negative with the reason.
func Derive(s *openapi.Spec, o *openapi.Operation, bases []Base) []Negative {
	d := &deriver{spec: s, o: o, words: parseWords(o), names: map[string]int{}}
	if len(bases) == 0 {
		d.gap("base", "the valid request that negatives change", baseAbsent.Says())
		return d.all
	}
	d.base = slices.MaxFunc(bases, func(a, b Base) int { return d.filled(a) - d.filled(b) })
	if wrong := d.faults(d.base.Request); len(wrong) > 0 {
		d.gap("base", "the valid request that negatives change", baseInvalid.Says(contract.ArgText("case", d.base.Case.Name), contract.ArgText("violation", wrong[0].String())))
		return d.all
	}
	for _, m := range o.Request.MembersWithConstraints() {
		d.member(m)
	}
	for _, p := range o.Parameters {
		if !p.Implied {
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
	d.authorization()
	return d.all
}

// deriver holds the state while the negatives of one operation are derived.
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

// blank returns a case that sends the request of the base.
func (d *deriver) newCase(name, about, source string) *contract.Case {
	if d.names[name]++; d.names[name] > 1 {
		name = fmt.Sprintf("%s-%d", name, d.names[name]) // two schemas of one member have the same constraint with different limits
	}
	c := &contract.Case{Name: d.o.Name() + "/negative/" + name, About: about, Source: source}
	if b := d.base.Case; b != nil {
		c.File, c.Input, c.Options, c.Request, c.After = b.File, b.Input, b.Options, b.Request, b.After
	}
	return c
}

// gap adds a negative that is not played.
func (d *deriver) gap(name, about string, why contract.Message) {
	d.all = append(d.all, Negative{Case: d.newCase(name, about, ""), Inconclusive: why})
}

// add adds a negative for a request with the given violations, and the code that the
// provider is expected to return.
func (d *deriver) add(c *contract.Case, r contract.Request, wrong []fault, subject string) {
	n := Negative{Case: c}
	for _, f := range wrong {
		n.Breaks = append(n.Breaks, f.String())
	}
	c.Want.Findings = d.findings(r, wrong)
	code, why := d.response(r, wrong, subject)
	n.Inconclusive = why
	d.expect(c, code)
	d.all = append(d.all, n)
}

// expect sets the code that a case expects, by the name of its row.
func (d *deriver) expect(c *contract.Case, name string) {
	c.Want.Code, c.Want.Variant = name, ""
	if row := d.o.Code(name); row != nil {
		c.Want.Code, c.Want.Variant = row.Code, row.Variant
	}
}

// response returns the documented code for the violations of a request. Several
// violations need the same code, because no page says which of them the provider
// reports first.
func (d *deriver) response(r contract.Request, wrong []fault, subject string) (code string, inconclusive contract.Message) {
	conditions := d.conditionsOf(r)
	defer conditions.done()
	for _, f := range wrong {
		if f.rule != nil && f.rule.Severity != contract.Error {
			continue // a warning: the provider does not refuse it
		}
		one, why := d.words.response(f, conditions)
		switch {
		case why.Template != nil:
			return "", why
		case code != "" && !d.o.Equal(code, one):
			return "", alone(subject, wrong)
		case code == "":
			code = one
		}
	}
	if code == "" {
		return "", refusalUnexpected.Says()
	}
	return code, contract.Message{}
}

// alone returns the reason for violations that only come together and that no document
// orders.
func alone(subject string, wrong []fault) contract.Message {
	var all []string
	for _, f := range wrong {
		all = append(all, f.String())
	}
	return notAlone.Says(contract.ArgText("subject", subject), contract.ArgList("violations", all))
}
