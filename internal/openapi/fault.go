package openapi

import (
	"assay/internal/contract"
	"assay/internal/view"
)

// What examine finds in a document that contradicts itself.
var (
	operationTwice        = fault("operation-twice", "operationId {operation} stands twice")
	ambiguityTwice        = fault("ambiguity-twice", "ambiguity {ambiguity} stands twice")
	ambiguityUnchecked    = fault("ambiguity-loose", "ambiguity {ambiguity} has neither strict nor held: nothing holds anybody to what is taken")
	ambiguityUnplaced     = fault("ambiguity-unplaced", "ambiguity {ambiguity} stands at {place}, which no operation documents")
	ambiguityUndocumented = fault("ambiguity-undocumented", "ambiguity {ambiguity} stands at {place}, which nothing documents")
	lenientUnplaced       = fault("lenient-unplaced", "ambiguity {ambiguity} has a lenient and no place in a request to accept it at")
	strictUnplaced        = fault("strict-unplaced", "ambiguity {ambiguity} has a strict and no place to hold it at")
	requiredNowhere       = fault("required-nowhere", "{place} is required and no property has that name")
	withoutDoc            = fault("without-doc", "{place} has no x-doc")
	codeTwice             = fault("code-twice", "code {code} stands twice")
	codeWithoutExample    = fault("code-without-example", "code {code} has no example response")
	codeStatusless        = fault("code-statusless", "code {code} comes with HTTP {status}, which is not among the responses")
	seenNowhere           = fault("seen-nowhere", "code {code} was seen in {ambiguity}, and there is no such ambiguity")
	equivalentUnlisted    = fault("equivalent-unlisted", "equivalent names code {code}, which the table does not list")
	resultUnplaced        = fault("result-unplaced", "the result stands at {place}, which no response documents")
	exampleViolates       = fault("example-violates", "the example for {code}: {violation}")
	exampleUndocumented   = fault("example-undocumented", "the example for {code}: {place} is not documented")
	exampleCodeless       = fault("example-codeless", "the example for {code}: no code of the table stands in it")
	exampleOtherCode      = fault("example-other-code", "the example for {code} carries the code {got}")
	exampleOtherStatus    = fault("example-other-status", "the example for {code}: its status is not that of the table")
	valueViolates         = fault("value-violates", "the {kind} of {place} {violation}")
	parameterViolates     = fault("parameter-violates", "the example of {in} {name} {violation}")
	namesNothing          = fault("names-nothing", "{where} names {name}, which nothing documents")
	doesNotCompile        = fault("does-not-compile", "{where} does not compile: {error}")
	signatureUnplaced     = fault("signature-unplaced", "x-signature names {place}, which nothing documents")
	keyUnlisted           = fault("key-unlisted", "x-signature is keyed by {credential}, which x-credentials does not list")
	pairUnlisted          = fault("pair-unlisted", "x-pair names {credential}, which x-credentials does not list")
	issuerUnknown         = fault("issuer-unknown", "x-issued-by names the operation {operation}, and there is none")
	issuerUnplaced        = fault("issuer-unplaced", "x-issued-by names {place}, which {operation} does not document")
)

// Where an expression stands.
var (
	inRule      = fault("in-rule", "rule {rule}")
	inWhen      = fault("in-when", "the when of code {code}")
	inSignature = fault("in-signature", "the required of x-signature")
	inStrict    = fault("in-strict", "the strict of ambiguity {ambiguity}")
)

func fault(id, text string) *contract.Template {
	return &contract.Template{ID: "fault." + id, Text: text}
}

// Templates lists what this package can say: of values that violate a schema, and of
// documents that contradict themselves.
func Templates() []*contract.Template {
	all := []*contract.Template{
		operationTwice, ambiguityTwice, ambiguityUnchecked, ambiguityUnplaced, ambiguityUndocumented, lenientUnplaced, strictUnplaced, requiredNowhere, withoutDoc,
		codeTwice, codeWithoutExample, codeStatusless, seenNowhere, equivalentUnlisted, resultUnplaced,
		exampleViolates, exampleUndocumented, exampleCodeless, exampleOtherCode, exampleOtherStatus, valueViolates, parameterViolates,
		namesNothing, doesNotCompile, signatureUnplaced, keyUnlisted, pairUnlisted, issuerUnknown, issuerUnplaced, inRule, inWhen, inSignature, inStrict,
	}
	all = append(all, view.Templates()...)
	return all
}
