package negative

import "assay/internal/contract"

// The reasons why a negative is not played.
var (
	baseAbsent          = &contract.Template{ID: "negative.base", Text: "the operation has no case with a plain request that succeeds, so there is no request to change", WayOut: "add a case that expects success, without send, at, fault, fixed, merchant and credentials"}
	baseInvalid         = &contract.Template{ID: "negative.base-invalid", Text: "the request of {case} does not conform to the specification: {violation}", WayOut: "correct the case or the specification"}
	valueUnknown        = &contract.Template{ID: "negative.value", Text: "no conforming value for it could be made from the specification, so there is no request to change", WayOut: "add an example of it to the specification, or write a case that violates it with send"}
	notViolated         = &contract.Template{ID: "negative.change", Text: "no small change of a conforming value violates it, so there is no request to send", WayOut: "write a case that violates it with send"}
	conditionHolds      = &contract.Template{ID: "negative.condition", Text: "no small change of the members that the condition names violates it alone, so there is no request to send", WayOut: "write a case that violates it with send"}
	forgeryUnchanged    = &contract.Template{ID: "negative.forgery", Text: "this forgery does not change the request of {case}, so there is nothing to send", WayOut: "write a case with this forgery, with send and resign: false"}
	credentialUnchanged = &contract.Template{ID: "negative.credential", Text: "the request of {case} has no such credential, so there is nothing to change", WayOut: "add a case that is authorized in this way"}
	notAlone            = &contract.Template{ID: "negative.alone", Text: "{subject} cannot be violated alone ({violations}), and the documents do not say which violation the provider reports first", WayOut: askProvider}
	codeUnknown         = &contract.Template{ID: "negative.code", Text: "the documents do not say which code the provider returns for this", WayOut: askProvider}
	codesContradict     = &contract.Template{ID: "negative.codes", Text: "the documents name several codes for this, {codes|and}, and do not say which one applies", WayOut: askProvider}
	refusalUnexpected   = &contract.Template{ID: "negative.warning", Text: "a violation is only a warning; the documents do not say that the provider refuses the request", WayOut: "if the provider refuses it, remove severity from the condition in x-rules"}
)

// askProvider is the way out where the documents are silent.
const askProvider = "ask the provider, and write a case that expects the code"

// Reasons returns the reasons why a negative is not played.
func Reasons() []*contract.Template {
	return []*contract.Template{baseAbsent, baseInvalid, valueUnknown, notViolated, conditionHolds, forgeryUnchanged, credentialUnchanged, notAlone, codeUnknown, codesContradict, refusalUnexpected}
}
