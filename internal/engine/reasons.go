package engine

import "assay/internal/contract"

// The reasons why a source cannot play a case.
var (
	cassetteAbsent   = &contract.Template{ID: "play.no-cassette", Text: "there is no cassette {case}", WayOut: "record it with `assay record`, or use --sandbox"}
	caseFixed        = &contract.Template{ID: "play.fixed", Text: "only its cassette can show it: request and response are printed or hashed together", WayOut: "run it without --sandbox and --live"}
	referenceShort   = &contract.Template{ID: "play.reference", Text: "its reference is too short to be different in every run", WayOut: "use {least} characters or more"}
	faultNeeded      = &contract.Template{ID: "play.fault", Text: "it needs a damaged response, which a provider does not send on purpose", WayOut: "use --sandbox"}
	merchantNeeded   = &contract.Template{ID: "play.merchant", Text: "it needs a merchant with other settings at the provider", WayOut: "use --sandbox"}
	timeNeeded       = &contract.Template{ID: "play.time", Text: "it needs a fixed time, and the provider's clock cannot be set", WayOut: "use --sandbox"}
	casesAbsent      = &contract.Template{ID: "play.no-cases", Text: "{provider} has no cases, so nothing was played", WayOut: "write one (fixtures/README.md), or check traffic with `assay check`"}
	requestUndecided = &contract.Template{ID: "play.code", Text: "the documents do not say which request causes code {code}", WayOut: "use --sandbox"}
)

// Reasons returns the reasons why a source cannot play a case, and why a cell of the
// matrix that could have an outcome has none.
func Reasons() []*contract.Template {
	return []*contract.Template{cassetteAbsent, caseFixed, referenceShort, faultNeeded, merchantNeeded, timeNeeded, requestUndecided, casesAbsent, noResponse, noOutcome, noCase}
}
