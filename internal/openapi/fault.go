package openapi

import (
	"assay/internal/contract"
	"assay/internal/view"
)

// The faults that examine finds in a document.
var (
	operationTwice        = fault("operation-twice", "operationId {operation} is used twice")
	ambiguityTwice        = fault("ambiguity-twice", "ambiguity {ambiguity} is defined twice")
	ambiguityUnchecked    = fault("ambiguity-loose", "ambiguity {ambiguity} has neither strict nor held, so nothing checks the chosen interpretation")
	ambiguityUnplaced     = fault("ambiguity-unplaced", "ambiguity {ambiguity} is at {place}, which no operation documents")
	ambiguityUndocumented = fault("ambiguity-undocumented", "ambiguity {ambiguity} is at {place}, which the operation does not document")
	lenientUnplaced       = fault("lenient-unplaced", "ambiguity {ambiguity} has lenient, but no place in a request")
	strictUnplaced        = fault("strict-unplaced", "ambiguity {ambiguity} has strict, but no place")
	requiredNowhere       = fault("required-nowhere", "{place} is required, but no property has that name")
	withoutDoc            = fault("without-doc", "{place} needs x-doc, the place on the provider's page, such as \"Body Params / amount\"")
	keepHidden            = fault("keep-hidden", "{place} has x-keep, and x-secret or x-personal: a value cannot be both kept and hidden")
	keepNothing           = fault("keep-nothing", "{place} has x-keep, which changes nothing there: it is for texts without x-means and enum")
	codeTwice             = fault("code-twice", "code {code} is listed twice")
	variantAbsent         = fault("variant-absent", "code {code} has {rows} rows, so this one needs a variant that no other has, such as variant: duplicate-receipt")
	rowUnreachable        = fault("row-unreachable", "no response can be {code}: the row of {above} in line {line} takes all of them; move this row above it, or give that row another if")
	rowExample            = fault("row-example", "the example for {code} is a response that the table reads as {got}; change the example, the if, or the order of the rows")
	rowWithoutExample     = fault("row-without-example", "code {code} has no example response, and the schema of its HTTP status gives none that fits its if; write one under examples")
	ifVariable            = fault("if-variable", "the if of code {code} names {name}; an if sees request and response only")
	codeWithoutExample    = fault("code-without-example", "code {code} has no example response")
	codeStatusless        = fault("code-statusless", "code {code} has HTTP {status}, which is not among the responses")
	seenNowhere           = fault("seen-nowhere", "seen of code {code} names the ambiguity {ambiguity}, which does not exist")
	equivalentUnlisted    = fault("equivalent-unlisted", "equivalent names code {code}, which the table does not list")
	resultUnplaced        = fault("result-unplaced", "x-result names {place}, which no response documents")
	exampleViolates       = fault("example-violates", "the example for {code}: {violation}")
	exampleUndocumented   = fault("example-undocumented", "the example for {code}: {place} is not documented")
	exampleCodeless       = fault("example-codeless", "the example for {code} has no code of the table")
	exampleOtherCode      = fault("example-other-code", "the example for {code} has the code {got}")
	exampleOtherStatus    = fault("example-other-status", "the status in the example for {code} is not that of the table")
	valueViolates         = fault("value-violates", "the {kind} of {place} {violation}")
	parameterViolates     = fault("parameter-violates", "the example of {in} {name} {violation}")
	namesNothing          = fault("names-nothing", "{where} names {name}, which is not documented")
	doesNotCompile        = fault("does-not-compile", "{where} does not compile: {error}")
	signatureUnplaced     = fault("signature-unplaced", "x-signature names {place}, which is not documented")
	signatureLacks        = fault("signature-lacks", "{member} of x-signature has no effect without {needed}")
	signatureNames        = fault("signature-names", "x-signature covers or reads {place}, which is not documented")
	keyUnlisted           = fault("key-unlisted", "the key of x-signature, {credential}, is not in x-credentials")
	idempotencyUnplaced   = fault("idempotency-unplaced", "x-idempotency names {place}, which no request has; at is a documented header, query parameter or member of the body, such as request.header.idempotency-key")
	conflictUnlisted      = fault("conflict-unlisted", "the conflict of x-idempotency names code {code}, which the table does not list; a code with variants needs one")
	conflictAccepted      = fault("conflict-accepted", "the conflict of x-idempotency is code {code}, which accepts the request; a conflict refuses it")
	pairUnlisted          = fault("pair-unlisted", "x-pair names {credential}, which is not in x-credentials")
	credentialUnlisted    = fault("credential-unlisted", "x-credential names {credential}, which is not in x-credentials")
	issuerUnknown         = fault("issuer-unknown", "x-issued-by names the operation {operation}, which does not exist")
	issuerTimeless        = fault("issuer-timeless", "expires of x-issued-by names {place}, which has no x-means: timestamp; if it is a lifetime in seconds, write expires-in")
	issuerUnplaced        = fault("issuer-unplaced", "x-issued-by names {place}, which {operation} does not document")
)

// The places of an expression in a document.
var (
	inRule      = fault("in-rule", "rule {rule}")
	inWhen      = fault("in-when", "the when of code {code}")
	inIf        = fault("in-if", "the if of code {code}")
	inSignature = fault("in-signature", "the required of x-signature")
	inStrict    = fault("in-strict", "the strict of ambiguity {ambiguity}")
)

func fault(id, text string) *contract.Template {
	return &contract.Template{ID: "fault." + id, Text: text}
}

// Templates returns the message templates of this package and of package view.
func Templates() []*contract.Template {
	all := []*contract.Template{
		operationTwice, ambiguityTwice, ambiguityUnchecked, ambiguityUnplaced, ambiguityUndocumented, lenientUnplaced, strictUnplaced, requiredNowhere, withoutDoc, keepHidden, keepNothing,
		codeTwice, variantAbsent, rowUnreachable, rowExample, rowWithoutExample, ifVariable, codeWithoutExample, codeStatusless, seenNowhere, equivalentUnlisted, resultUnplaced,
		exampleViolates, exampleUndocumented, exampleCodeless, exampleOtherCode, exampleOtherStatus, valueViolates, parameterViolates,
		namesNothing, doesNotCompile, signatureUnplaced, signatureLacks, signatureNames, keyUnlisted, idempotencyUnplaced, conflictUnlisted, conflictAccepted, pairUnlisted, credentialUnlisted, issuerUnknown, issuerUnplaced, issuerTimeless, inRule, inWhen, inIf, inSignature, inStrict,
		otherMediaType, mediaTypeTwice, conditionViolated,
	}
	all = append(all, rowTemplates...)
	all = append(all, neverTemplates...)
	all = append(all, view.Templates()...)
	return all
}
