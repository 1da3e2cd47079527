package rule

import (
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// accepted reports whether a result code means that the provider took the request.
func accepted(row *openapi.Code) bool {
	return row.State.Accepted() && row.State != contract.Duplicate && row.State != contract.Reversed
}

// DocumentedRefusal reports whether a response refuses the request as documented: its code
// is in the table and means no success, status and HTTP status agree with the code, and
// its signature is not wrong. Such a response can be passed on, whatever else is wrong with
// it: no client takes it for money.
func DocumentedRefusal(o *openapi.Operation, x *openapi.View) bool {
	result, ok := x.ResultCode()
	return ok && result.Row != nil && result.Row.SeenIn == "" && !accepted(result.Row) && result.Agrees(x.Exchange.Response) &&
		signature.ResponseState(o.Sign.Response, x) != contract.SignatureInvalid
}

// nullForAbsent reports whether a violation is a null in place of an optional member of a
// documented refusal. Providers fill all members of a refusal with null, and no client
// needs them.
func (p *Subject) nullForAbsent(v *openapi.Violation) bool {
	if v.Got != "null" || v.Keyword == "required" {
		return false
	}
	pointer, ok := v.At.Pointer()
	if !ok || pointer == "" {
		return false
	}
	m := p.responseBody().Member(pointer)
	return m != nil && !m.Required && m.Pointer.LastToken() != contract.Every && DocumentedRefusal(p.Operation, p.View)
}
