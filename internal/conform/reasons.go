package conform

import (
	"assay/internal/contract"
	"assay/internal/report"
)

// The reasons why a case proves nothing about a client.
var (
	operationAbsent = &contract.Template{ID: "conform.operation", Text: "the client does not have {operation}", WayOut: "if it does, add it to the operations of its hello"}
	beforeAbsent    = &contract.Template{ID: "conform.before", Text: "it follows {case}, of which there is no result", WayOut: "see why there is none"}
	inputAbsent     = &contract.Template{ID: "conform.input", Text: "its request cannot be made: {why}", WayOut: "correct the case"}
	callRefused     = &contract.Template{ID: "conform.refused", Text: "the client refused to send the request", WayOut: "let it send what the case asks for: how it reads the response is checked"}
	requestAbsent   = &contract.Template{ID: "conform.no-request", Text: "no request arrived", WayOut: "make the client send its requests to the base URL of the call"}
	caseSkipped     = &contract.Template{ID: "conform.skipped", Text: "all of its rules are skipped: {reason}", WayOut: "leave out --skip"}
	ruleSkipped     = &contract.Template{ID: "conform.rule-skipped", Text: "skipped: {reason}", WayOut: "leave out --skip"}
	requestChanged  = &contract.Template{ID: "conform.changed", Text: "the case changes the request, which only assay's own requests can show", WayOut: "run it without --sandbox and --live: the client then gets the recorded response"}
)

// The reasons why a client is not conformant.
var (
	oneViolated   = &contract.Template{ID: "conformant.violated-one", Text: "1 rule is violated"}
	rulesViolated = &contract.Template{ID: "conformant.violated", Text: "{n} rules are violated"}
	oneErrored    = &contract.Template{ID: "conformant.error-one", Text: "1 case could not be checked"}
	casesErrored  = &contract.Template{ID: "conformant.error", Text: "{n} cases could not be checked"}
	coreSkipped   = &contract.Template{ID: "conformant.skipped", Text: "core rules were skipped: {skips}"}
	oneLost       = &contract.Template{ID: "conformant.no-request-one", Text: "no request arrived in 1 case"}
	casesLost     = &contract.Template{ID: "conformant.no-request", Text: "no request arrived in {n} cases"}
	nothingPassed = &contract.Template{ID: "conformant.nothing", Text: "no case passed"}
)

// Templates returns every message of this package.
func Templates() []*contract.Template {
	return append(Reasons(), oneViolated, rulesViolated, oneErrored, casesErrored, coreSkipped, oneLost, casesLost, nothingPassed)
}

// Reasons returns the reasons why a case proves nothing about a client.
func Reasons() []*contract.Template {
	return []*contract.Template{operationAbsent, beforeAbsent, inputAbsent, callRefused, requestAbsent, caseSkipped, ruleSkipped, requestChanged}
}

// InconclusiveError says why a case proved nothing about the client.
type InconclusiveError struct {
	Message contract.Message
	Text    string // the sentence, if there is no message
}

func (e *InconclusiveError) Error() string {
	if e.Text != "" {
		return e.Text
	}
	return report.Sentence(e.Message)
}

func inconclusive(why contract.Message) error { return &InconclusiveError{Message: why} }
