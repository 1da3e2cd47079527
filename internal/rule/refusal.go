package rule

import (
	"bytes"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// DocumentedRefusal reports whether a response refuses the request as documented: its code
// is in the table and means no success, status and HTTP status agree with the code, and
// its signature is not wrong. Such a response can be passed on, whatever else is wrong with
// it: no client takes it for money.
func DocumentedRefusal(o *openapi.Operation, x *openapi.View) bool {
	result, ok := x.ResultCode()
	return ok && result.Row != nil && result.Row.Documented() && !result.Row.Accepted() && result.Agrees(x.Exchange.Response) &&
		signature.ResponseState(o.Sign.Response, x) != contract.SignatureInvalid
}

// emptyForAbsent returns the empty value, such as null, that stands in place of an optional
// member of a documented refusal and makes the violation, and its place; "" if there is none. Providers
// fill the members that a refusal does not need, and no client needs them.
func (p *Subject) emptyForAbsent(v *openapi.Violation) (value string, at contract.Place) {
	pointer, ok := v.At.Pointer()
	if !ok || pointer == "" || !DocumentedRefusal(p.Operation, p.View) {
		return "", ""
	}
	if v.Keyword == "required" { // a member is missing in an object that is itself empty
		if pointer = pointer.Parent(); pointer == "" {
			return "", ""
		}
	}
	raw, present, _ := p.View.ResponseMember(pointer)
	if !present {
		return "", ""
	}
	value = string(bytes.Join(bytes.Fields(raw), nil))
	if !slices.Contains([]string{"null", `""`, "{}", "[]"}, value) {
		return "", ""
	}
	m := p.responseBody().Member(pointer)
	if m == nil || m.Required || m.Pointer.LastToken() == contract.Every {
		return "", ""
	}
	return value, contract.ResponseBody(pointer)
}
