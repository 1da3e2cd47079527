package conform

import (
	"assay/internal/contract"
	"assay/internal/report"
)

// The reasons why a case proves nothing about a client.
var (
	operationAbsent = &contract.Template{ID: "conform.operation", Text: "the client does not have {operation}"}
	beforeAbsent    = &contract.Template{ID: "conform.before", Text: "it follows {case}, of which there is no result"}
	inputAbsent     = &contract.Template{ID: "conform.input", Text: "its request cannot be made: {why}"}
	callRefused     = &contract.Template{ID: "conform.refused", Text: "the client refused to send the request"}
	requestAbsent   = &contract.Template{ID: "conform.no-request", Text: "no request arrived", WayOut: "make the client send its requests to the base URL of the call"}
	requestChanged  = &contract.Template{ID: "conform.changed", Text: "the case changes the request, which only assay's own requests can show", WayOut: "run it without --sandbox and --live: the client then gets the recorded response"}
)

// Reasons returns the reasons why a case proves nothing about a client.
func Reasons() []*contract.Template {
	return []*contract.Template{operationAbsent, beforeAbsent, inputAbsent, callRefused, requestAbsent, requestChanged}
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
