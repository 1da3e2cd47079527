package suites

import (
	"assay/internal/report"
	"assay/internal/rule"
)

// LocationEntry is the report entry that holds file:line of what a failure is about.
const LocationEntry = locationEntry

// Subject is a case, or a specification as a whole, with the rules that apply to it.
type Subject = subject

// Verdict is what became of one rule of a subject.
type Verdict = verdict

// Describe makes the sentences of a subject.
func (s subject) Describe() { s.describe() }

// Inconclusive is the verdict of a subject without an exchange.
func Inconclusive(why string) Verdict { return verdict{skipped: "inconclusive: " + why} }

// Failed is the verdict of a subject that could not be checked.
func Failed(text string) Verdict { return verdict{failure: text} }

// Applied is the verdict of a rule that was applied to a subject.
func Applied(name string, applied rule.Applied, checked *rule.Subject, again *report.Again) Verdict {
	v := verdict{findings: applied.Findings}
	if checked.Operation != nil {
		v.doc = checked.Operation.URL
	}
	if failing := failing(applied.Findings); len(failing) > 0 {
		v.failure = report.Failure(name, failing, again)
	} else if applied.Inconclusive != nil && len(applied.Findings) == 0 {
		v.skipped = "inconclusive: " + report.Sentence(rule.ReasonOf(applied.Inconclusive, checked.Spec.Provider))
	}
	return v
}
