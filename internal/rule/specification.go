package rule

import (
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/nearest"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// specificationRules check the document of a provider, its coverage by cases, and its
// waivers.
func specificationRules() []Rule {
	return []Rule{
		{
			ID: "spec-sound", Title: "the specification has no contradictions", Family: "specification", Whole: true, Files: true,
			Templates: []*contract.Template{schemeUnknown, faultClose},
			Side:      contract.DocumentationSide, Severity: contract.Error, Run: specSound,
			About:  "An expression with a typo never applies, and a required member without a schema never exists. Neither would ever be reported.",
			Remedy: "Correct the specification at the line. `assay help dialect` explains the extensions.",
		},
		{
			ID: "operation-covered", Title: "every operation has a case", Family: "specification", Whole: true,
			Templates: []*contract.Template{operationUncovered},
			Reasons:   []*contract.Template{casesNone},
			Side:      contract.TestDataSide, Severity: contract.Error, Run: byCases(operationCovered),
			About:  "An operation without a case is documented but never tested.",
			Remedy: "Add fixtures/PROVIDER/OPERATION/CASE.yaml. CONTRIBUTING.md has the recipe.",
		},
		{
			ID: "code-covered", Title: "every documented result code has a case that shows it", Family: "specification", Whole: true,
			Templates: []*contract.Template{codeUncovered},
			Reasons:   []*contract.Template{casesNone},
			Side:      contract.TestDataSide, Severity: contract.Warning, Run: byCases(codeCovered),
			About:  "If no response carries a code, no rule has checked how the client reads it.",
			Remedy: "Add a case that wants the code, and a cassette for it.",
		},
		{
			ID: "field-covered", Title: "every documented member has a case that shows it", Family: "specification", Whole: true,
			Templates: []*contract.Template{fieldUncovered},
			Reasons:   []*contract.Template{casesNone},
			Side:      contract.TestDataSide, Severity: contract.Info, Run: byCases(fieldCovered),
			About:  "A member that no exchange carries is documented but never tested.",
			Remedy: "Add it to the case that sends everything, or to a response that carries it.",
		},
		{
			ID: "value-covered", Title: "every documented value of an enumeration has a case that shows it", Family: "specification", Whole: true,
			Templates: []*contract.Template{valueUncovered},
			Reasons:   []*contract.Template{casesNone},
			Side:      contract.TestDataSide, Severity: contract.Info, Run: byCases(valueCovered),
			About:  "A value that no exchange carries is documented but never tested.",
			Remedy: "Send it in a case, or find a response that carries it.",
		},
		{
			ID: "condition-covered", Title: "every condition has a case that satisfies it, and one that violates it", Family: "specification", Whole: true,
			Templates: []*contract.Template{conditionUncovered},
			Reasons:   []*contract.Template{casesNone},
			Side:      contract.TestDataSide, Severity: contract.Info, Run: byCases(conditionCovered),
			About:  "If no case violates a condition, it is unknown whether the provider checks it.",
			Remedy: "Add a case that violates it on purpose.",
		},
		{
			ID: "waiver-justified", Title: "every waiver has an owner, a reason, evidence and an expiry date", Family: "specification", Whole: true, Files: true,
			Templates: []*contract.Template{waiverLacking, waiverExpired},
			Side:      contract.TestDataSide, Severity: contract.Error, Run: waiverJustified,
			About:  "A waiver without an owner, a reason or an end is forgotten and becomes the contract.",
			Remedy: "Say who tolerates the finding, why, on what evidence and until when. Or remove the waiver and correct the cause.",
		},
		{
			ID: "waiver-used", Title: "every waiver matches a finding", Family: "specification", Whole: true,
			Templates: []*contract.Template{waiverUnneeded},
			Side:      contract.TestDataSide, Severity: contract.Warning, Run: waiverUsed,
			About:  "A waiver without a finding is outdated or has a typo. It may hide a later finding.",
			Remedy: "Remove it, or correct rule, where and at.",
		},
		{
			ID: "ambiguity-settled", Title: "every ambiguity that can be checked has a case that shows it", Family: "specification", Whole: true,
			Templates: []*contract.Template{ambiguityUnsettled},
			Reasons:   []*contract.Template{casesNone},
			Side:      contract.DocumentationSide, Severity: contract.Info, Run: byCases(ambiguitySettled),
			About:  "An ambiguity is shown by an exchange that the specification accepts and the strict interpretation does not.",
			Remedy: "Add a case that violates the strict interpretation and expects the rule strict-interpretation at the place.",
		},
	}
}

// Messages of the specification rules. Package openapi has those about contradictions.
var (
	schemeUnknown = &contract.Template{ID: "spec-sound.scheme", Text: "{error}"}
	faultClose    = &contract.Template{ID: "spec-sound.close", Text: "{fault}; did you mean {close}?"}

	operationUncovered = &contract.Template{ID: "operation-covered.none", Text: "no case tests {operation}"}
	codeUncovered      = &contract.Template{ID: "code-covered.none", Text: "no case shows result code {code} of {operation}"}
	fieldUncovered     = &contract.Template{ID: "field-covered.none", Text: "no case shows {place} of {operation}"}
	valueUncovered     = &contract.Template{ID: "value-covered.none", Text: "no case shows the value {value} at {place} of {operation}"}
	conditionUncovered = &contract.Template{ID: "condition-covered.none", Text: "the condition {condition} of {operation} is {branch} in no case (`assay explain {operation}/{condition}`)"}
	ambiguityUnsettled = &contract.Template{ID: "ambiguity-settled.none", Text: "no case violates the strict interpretation of {of}/{ambiguity}, so none shows what was chosen: {chosen} (`assay explain {of}/{ambiguity}`)"}
)

// casesNone is why coverage is not checked.
var casesNone = &contract.Template{ID: "coverage.none", Text: "coverage not checked: the provider has no cases", WayOut: "write one; fixtures/README.md describes them"}

// byCases makes a rule about coverage inconclusive for a provider without any case: what
// no case covers is then everything.
func byCases(run func(*Subject)) func(*Subject) {
	return func(p *Subject) {
		if p.Caseless {
			p.inconclusive(casesNone)
			return
		}
		run(p)
	}
}

func specSound(p *Subject) {
	for _, f := range p.Spec.Faults() {
		at := p.Spec.File
		if f.Line > 0 {
			at += ":" + strconv.Itoa(f.Line)
		}
		message := f.Message
		if f.Close != "" {
			message = faultClose.Says(contract.ArgMessage("fault", f.Message), contract.ArgText("close", f.Close))
		}
		p.Report(contract.Finding{At: contract.OutsidePlace(at), Detail: f.Detail + " " + f.Message.Key(), Message: message})
	}
	for _, o := range p.Spec.Operations {
		for i, s := range []*openapi.Signature{o.Sign.Request, o.Sign.Response} {
			if s == nil {
				continue
			}
			if _, err := signature.Of(s); err != nil {
				of := []contract.Direction{contract.InRequest, contract.InResponse}[i]
				p.add(contract.OutsidePlace(p.Spec.File+":"+strconv.Itoa(o.SignatureLine(of))), "x-signature "+o.ID, schemeUnknown, contract.ArgText("operation", o.ID), contract.ArgText("scheme", s.Scheme), contract.ArgText("error", err.Error()+nearest.DidYouMean(s.Scheme, signature.Names())))
			}
		}
	}
}

func operationCovered(p *Subject) {
	for _, o := range p.Spec.Operations {
		if !slices.ContainsFunc(p.PlayedCases, func(x PlayedCase) bool { return x.Case.Operation() == o.ID }) {
			p.add(contract.OutsidePlace(p.Spec.File), o.ID, operationUncovered, contract.ArgText("operation", o.Name()))
		}
	}
}

// exchangesOf returns the exchanges of an operation.
func (p *Subject) exchangesOf(o *openapi.Operation) []*openapi.View {
	var all []*openapi.View
	for _, x := range p.PlayedCases {
		if x.Case.Operation() == o.ID && x.Exchange != nil {
			all = append(all, openapi.NewView(o, *x.Exchange, nil, nil))
		}
	}
	return all
}

func codeCovered(p *Subject) {
	for _, o := range p.Spec.Operations {
		result := p.observed(o, Codes)
		for _, c := range o.Codes { // including codes that were only observed
			if name := c.Name(); !result[name] {
				p.add(contract.OutsidePlace(o.Name()+"/"+name), o.ID+" "+name, codeUncovered, contract.ArgText("operation", o.Name()), contract.ArgText("code", name))
			}
		}
	}
}

func fieldCovered(p *Subject) {
	p.uncovered([]string{RequestFields, ResponseFields}, func(o *openapi.Operation, item string) {
		at := contract.Place(item)
		p.add(at.Of(o.ID), o.ID, fieldUncovered, contract.ArgText("operation", o.Name()), contract.ArgPlace("place", at))
	})
}

func valueCovered(p *Subject) {
	p.uncovered([]string{Values}, func(o *openapi.Operation, item string) {
		at, value := cutValue(item)
		p.add(at.Of(o.ID), o.ID+" "+value, valueUncovered, contract.ArgText("operation", o.Name()), contract.ArgText("value", value), contract.ArgPlace("place", at))
	})
}

func conditionCovered(p *Subject) {
	p.uncovered([]string{Conditions}, func(o *openapi.Operation, item string) {
		id, branch, _ := strings.Cut(item, " ")
		p.add(contract.OutsidePlace(o.Name()), o.ID+" "+item, conditionUncovered, contract.ArgText("operation", o.Name()), contract.ArgText("condition", id), contract.ArgText("branch", branch))
	})
}

// ambiguitySettled checks the ambiguities of each operation, and once those of the
// provider as a whole, which an exchange of any operation can show.
func ambiguitySettled(p *Subject) {
	var all []*openapi.View
	for _, o := range p.Spec.Operations {
		mine := p.exchangesOf(o)
		all = append(all, mine...)
		for _, r := range o.Ambiguities {
			p.checkAmbiguity(r, o.ID, o.Name(), mine)
		}
	}
	for _, r := range p.Spec.Ambiguities {
		p.checkAmbiguity(r, "", p.Spec.Provider, all)
	}
}

func (p *Subject) checkAmbiguity(r *openapi.Ambiguity, operation, name string, exchanges []*openapi.View) {
	if r.Strict == nil || slices.ContainsFunc(exchanges, func(x *openapi.View) bool { return len(r.Departures(x)) > 0 }) {
		return
	}
	p.add(contract.Places(r.At...), strings.TrimSpace(operation+" "+r.ID), ambiguityUnsettled, contract.ArgText("of", name), contract.ArgText("ambiguity", r.ID), contract.ArgText("chosen", r.Chosen))
}
