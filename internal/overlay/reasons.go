package overlay

import "assay/internal/contract"

// The reasons why a change is skipped.
var (
	operationUnknown   = reason("operation", "the document has no such operation", "add the operation to the specification first")
	meaningless        = reason("meaning", "a response without a code of the table has no meaning for money", "decide by hand")
	severalWays        = reason("several-ways", "a specification cannot express it, or there are several ways", "decide by hand")
	mayComeBack        = reason("code-gone", "the code may come back", "decide by hand")
	timesUndescribed   = reason("slower", "a specification does not describe response times", "nothing to do")
	codeless           = reason("codeless", "it has no result code", "decide by hand")
	codeHidden         = reason("code-hidden", "the shape does not contain the code, because it may be personal", "read the responses")
	tableHasIt         = reason("table", "the table already has it", "nothing to do")
	noVariantFits      = reason("variant", "the code is documented, and none of its variants fits the responses", "read the responses, and add a row with the code, a variant and an if")
	statusInvalid      = reason("status-code", "the code is an HTTP status, and this is not a valid one", "decide by hand")
	exampleAbsent      = reason("example", "the document has no example to derive one from", "add an example to the specification first")
	codeNotInTable     = reason("no-code", "the table has no such code", "add the code to x-codes of the specification first")
	statusUnnamed      = reason("no-status", "the change names no status", "decide by hand")
	rowWithoutStatus   = reason("row-status", "the row of the code has no status", "decide by hand")
	messageUnnamed     = reason("no-message", "the change names no message", "decide by hand")
	httpUnnamed        = reason("no-http", "the change names no HTTP status", "decide by hand")
	mediaUnnamed       = reason("no-media", "the change names no media type", "decide by hand")
	documentHasIt      = reason("document", "the document already has it", "nothing to do")
	patternInWay       = reason("pattern", "its pattern may reject it", "decide by hand")
	schemaAccepts      = reason("schema", "the schema accepts it", "nothing to do")
	lengthUnnamed      = reason("no-length", "the change names no length", "decide by hand")
	outsideBody        = reason("no-body", "it is not in a body", "decide by hand")
	namedRef           = reason("ref", "a schema cannot describe a member called $ref", "decide by hand")
	memberDocumented   = reason("documented", "it is already documented", "nothing to do")
	parentUndocumented = reason("parent", "its parent is not a documented object", "add the parent to the specification first")
	typeUnnamed        = reason("no-type", "the change names no type", "decide by hand")
	memberUnknown      = reason("no-member", "the document has no such member", "add the member to the specification first")
	schemaAcceptsNull  = reason("null", "the schema accepts null", "nothing to do")
	notRequired        = reason("not-required", "the schema does not require it", "nothing to do")
	valueUnnamed       = reason("no-value", "the change names no value", "decide by hand")
	headersUndescribed = reason("header", "the specification does not describe headers", "nothing to do")
	keepsSignature     = reason("signature", "the signature would no longer be verified", "decide by hand")
	ambiguousRow       = reason("ambiguous", "a row has one value, and responses have both", "decide by hand")
	statusUndocumented = reason("no-response", "the document has no response with HTTP status {status}", "add the response to the specification first")
	otherBody          = reason("other-body", "the response with HTTP status {status} has another body", "decide by hand")
)

// reason returns a message with what happened and the way out.
func reason(id, text, wayOut string) *contract.Message {
	m := (&contract.Template{ID: "overlay." + id, Text: text, WayOut: wayOut}).Says()
	return &m
}

// withStatus puts an HTTP status into a reason.
func withStatus(why *contract.Message, status int) *contract.Message {
	m := why.Template.Says(contract.ArgInt("status", int64(status)))
	return &m
}

// Reasons returns the reasons why a change is skipped.
func Reasons() []*contract.Template {
	var all []*contract.Template
	for _, m := range []*contract.Message{
		operationUnknown, meaningless, severalWays, mayComeBack, timesUndescribed, codeless,
		codeHidden, tableHasIt, noVariantFits, statusInvalid, exampleAbsent, codeNotInTable, statusUnnamed,
		rowWithoutStatus, messageUnnamed, httpUnnamed, mediaUnnamed, documentHasIt, patternInWay,
		schemaAccepts, lengthUnnamed, outsideBody, namedRef, memberDocumented, parentUndocumented,
		typeUnnamed, memberUnknown, schemaAcceptsNull, notRequired, valueUnnamed, headersUndescribed,
		keepsSignature, ambiguousRow, statusUndocumented, otherBody,
	} {
		all = append(all, m.Template)
	}
	return all
}
