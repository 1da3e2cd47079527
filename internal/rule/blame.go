package rule

import (
	"slices"

	"assay/internal/contract"
)

// blame puts a finding on the side of the test data in two situations. The case itself is
// wrong: it expects a code that the specification does not list, or it changes its request
// into one that the specification refuses and does not expect the finding. Or the cassette
// has a simulated response, which the provider never sent.
func (p *Subject) blame(f *contract.Finding) {
	if p.Case == nil || f.Expected {
		return
	}
	if f.Rule == "code-expected" && f.Side == contract.ProviderSide {
		p.blameExpectation(f)
	}
	if f.Side == contract.ProviderSide && p.Recording != nil && p.Recording.Evidence == contract.Simulated {
		f.Side = contract.TestDataSide
	}
	if f.Side == contract.ClientSide && p.writtenByCase(f) {
		f.Side = contract.TestDataSide
	}
}

// Why the test data is to blame for a code that the case expects.
var (
	expectsUnlisted = &contract.Template{ID: "code-expected.unlisted", Text: "{message}; the case is wrong: the specification does not list that code"}
	expectsRuledOut = &contract.Template{ID: "code-expected.ruled-out", Text: "{message}; the case is wrong: its request does not meet the condition of that code"}
	expectsSuccess  = &contract.Template{ID: "code-expected.refused", Text: "{message}; the case is wrong: it makes its own request invalid, so it cannot succeed"}
)

// blameExpectation puts a finding of code-expected on the side of the test data if the
// case cannot get the code that it expects.
func (p *Subject) blameExpectation(f *contract.Finding) {
	var why *contract.Template
	switch {
	case p.Operation.Code(p.Case.Want.Row()) == nil:
		why = expectsUnlisted
	case p.ruledOut():
		why = expectsRuledOut
	case p.refusedByDesign():
		why = expectsSuccess
	default:
		return
	}
	f.Side, f.Message = contract.TestDataSide, why.Says(contract.ArgMessage("message", f.Message))
}

// ruledOut reports whether the specification excludes the code that the case wants,
// because the condition of the code is false for the request. A condition does not apply
// if it is about earlier requests, which only the provider knows, or about a violation:
// a provider may check more than the specification lists.
func (p *Subject) ruledOut() bool {
	row := p.Operation.Code(p.Case.Want.Row())
	if row.When == nil {
		return false
	}
	holds, applies := p.View.Holds(row.When)
	return applies && !holds
}

// refusedByDesign reports whether the case wants a success although it makes its own
// request invalid and expects no finding there.
func (p *Subject) refusedByDesign() bool {
	row := p.Operation.Code(p.Case.Want.Row())
	if row.State != contract.Succeeded {
		return false
	}
	violations, _ := p.View.RequestViolations()
	for _, v := range slices.Concat(p.View.ParameterViolations(), violations) {
		if p.placedByCase(v.At) && !p.expects("request-documented", v.At) {
			return true
		}
	}
	return false
}

// expects reports whether the case expects a finding of a rule at a place.
func (p *Subject) expects(rule string, at contract.Place) bool {
	for _, e := range p.Case.Want.Findings {
		if e.Rule == rule && (e.At == "" || e.At == at || e.At == at.General()) {
			return true
		}
	}
	return false
}

// writtenByCase reports whether the case caused a finding about the request, with its
// send, options or credentials, or because it does not sign again.
func (p *Subject) writtenByCase(f *contract.Finding) bool {
	switch f.Rule {
	case "request-signed":
		return p.placedByCase(f.At) || !p.Case.Resign && len(p.Case.Send) > 0 || len(p.Case.Credentials) > 0
	case "request-authenticated":
		return p.placedByCase(f.At) || len(p.Case.Credentials) > 0
	}
	return p.placedByCase(f.At)
}

// placedByCase reports whether the case's send or options put the value at a place of
// the request.
func (p *Subject) placedByCase(at contract.Place) bool {
	if p.sentByCase(at) {
		return true
	}
	if at.Direction() != contract.InRequest || len(p.Case.Options) == 0 || p.View == nil {
		return false
	}
	options, err := contract.Decode(p.Case.Options)
	if err != nil {
		return false
	}
	for _, spot := range p.View.Occurrences(at) {
		if text, err := contract.Encode(spot.Value); err == nil && hasMember(options, at.Field(), string(text)) {
			return true
		}
	}
	return false
}

// tells reports whether the case tells a client under test to send what an expected finding is
// about: with the request that it states, its options, or the credentials and the time that it
// gives. Everything else the client decides: it need not send a member that no source requires,
// nor write a value as one of several sources has it. The finding may come then, and need not.
func (p *Subject) tells(e contract.ExpectedFinding) bool {
	switch {
	case p.rule.Family != "request", p.rule.ID == "request-authenticated", p.rule.ID == "request-signed", p.Case.Request != nil:
		return true
	}
	options, err := contract.Decode(p.Case.Options)
	return err == nil && e.At != "" && namesMember(options, e.At.Field())
}

// namesMember reports whether a JSON value has, at any depth, a member with a name.
func namesMember(value any, name string) bool {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if member == name || namesMember(inner, name) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return namesMember(item, name) })
	}
	return false
}

// hasMember reports whether a JSON value has, at any depth, a member with this name and
// value.
func hasMember(value any, name, text string) bool {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if own, err := contract.Encode(inner); member == name && err == nil && string(own) == text || hasMember(inner, name, text) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return hasMember(item, name, text) })
	}
	return false
}
