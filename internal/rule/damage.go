package rule

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// What assay does to responses, after "assay".
var (
	withUndocumentedCode = damage("code", "replaced the code by an undocumented one")
	withNullCode         = damage("code-null", "replaced the code by null")
	withObjectCode       = damage("code-object", "replaced the code by an object")
	withTeapot           = damage("code-status", "changed the HTTP status, which is also the code, to {status}")
	withOtherStatus      = damage("status", "changed the status so that it contradicts the code")
	whenCut              = damage("truncated", "cut the body to {bytes} of {whole} bytes")
	whenEmpty            = damage("empty", "removed the body")
	whenHTML             = damage("html", "replaced the body by a page of HTML")
	whenNull             = damage("null", "replaced the body by null")
	whenStatus           = damage("http", "changed the HTTP status to {status}")
	without              = damage("dropped", "removed {place}")
	withNull             = damage("member-null", "replaced {place} by null")
	withExtra            = damage("extra", "added an unknown member to every object")
	signedAgain          = damage("signed", "{damage} and signed the response again")
	withoutAddress       = damage("no-address", "replaced {place} by a text that is no address")
	withForgery          = damage("forged", "forged the signature ({about})")
	retypedAt            = damage("retyped", "changed the type of {place}")
)

func damage(id, text string) *contract.Template {
	return &contract.Template{ID: "damage." + id, Text: text}
}

// damageTemplates returns the descriptions of this file and of mangle.go.
func damageTemplates() []*contract.Template {
	return []*contract.Template{
		withUndocumentedCode, withNullCode, withObjectCode, withTeapot, withOtherStatus, whenCut, whenEmpty, whenHTML, whenNull, whenStatus, without, withNull, withoutAddress, retypedAt, withExtra, signedAgain, withForgery,
		inUTF16, behindMark, notUTF8, repeatedBody, wrappedBody, twiceAt, hugeAt, nestedAt,
	}
}

// altered returns a response with a changed body. It is signed again, so that a rule
// judges the change and not the signature.
func (p *Subject) altered(body any) (contract.Response, bool) {
	raw, err := contract.Encode(body)
	if err != nil {
		return contract.Response{}, false
	}
	return p.resigned(raw), true
}

// resigned returns the response with another body, given as JSON. It is written as the
// response was, and signed again.
func (p *Subject) resigned(raw []byte) contract.Response {
	ex := p.View.Exchange
	if sent := ex.Response.Sent; sent != nil {
		if written, err := media.Of(ex.Response.Header).Rewrite(sent, raw, p.responseBody().FormTypes()); err == nil {
			raw = written
		}
	}
	ex.Response.Body, ex.Response.Sent = raw, nil
	return signature.SignResponse(p.Operation.Sign.Response, ex, p.View.Credentials, time.Time{}, signature.Zeros{})
}

// sentResponse returns the response as it was sent, if its body was converted to JSON.
func sentResponse(a contract.Response) contract.Response {
	a.Body, a.Sent = a.Bytes(), nil
	return a
}

// changed describes a change to the body. If the provider signs responses, assay signed
// the changed one again.
func (p *Subject) changed(how contract.Message) contract.Message {
	if p.Operation.Sign.Response == nil {
		return how
	}
	return signedAgain.Says(contract.ArgMessage("damage", how))
}

// edit changes one member in a copy of the response body. change receives the object
// that contains it, and its name.
func (p *Subject) edit(pointer contract.Pointer, change func(object map[string]any, name string)) (contract.Response, bool) {
	if pointer == "" {
		return contract.Response{}, false
	}
	body, object := copied(p.View.ResponseBody(), pointer.Parent())
	if object == nil {
		return contract.Response{}, false
	}
	change(object, pointer.LastToken())
	return p.altered(body)
}

// copied returns a copy of a body and, in it, the object at a pointer; nil if there is no
// object, or a list on the way. What is not on the way is shared with the body.
func copied(body any, pointer contract.Pointer) (whole any, object map[string]any) {
	original, ok := body.(map[string]any)
	if !ok {
		return nil, nil
	}
	root := maps.Clone(original)
	object = root
	for token := range pointer.Tokens() {
		inner, ok := object[token].(map[string]any)
		if !ok {
			return nil, nil
		}
		inner = maps.Clone(inner)
		object[token] = inner
		object = inner
	}
	return root, object
}

// recodedCodes returns responses with undocumented codes, and with a status that
// contradicts the code.
func recodedCodes(p *Subject, result openapi.ResultCode) []alteration {
	var all []alteration
	add := func(pointer contract.Pointer, how *contract.Template, value any) {
		if a, ok := p.edit(pointer, func(object map[string]any, name string) { object[name] = value }); ok {
			all = append(all, alteration{response: a, how: p.changed(how.Says())})
		}
	}
	if pointer, inBody := result.CodeAt.Pointer(); inBody {
		add(pointer, withUndocumentedCode, like(p.View.ResponseBody(), pointer, "assay-undocumented-code", json.Number("987654321")))
		add(pointer, withNullCode, nil)
		add(pointer, withObjectCode, map[string]any{})
	} else {
		response := p.View.Exchange.Response
		response.Status = http.StatusTeapot
		all = append(all, alteration{response: response, how: withTeapot.Says(contract.ArgInt("status", http.StatusTeapot))})
	}
	if pointer, inBody := result.StatusAt.Pointer(); inBody && result.Row != nil && result.Row.Status != "" {
		value, _ := contract.Lookup(p.View.ResponseBody(), pointer)
		if yes, isBool := value.(bool); isBool {
			add(pointer, withOtherStatus, !yes)
		} else {
			add(pointer, withOtherStatus, "assay-no-such-status")
		}
	}
	return all
}

// like returns text or number, whichever has the type of the value at a pointer.
func like(body any, pointer contract.Pointer, text string, number json.Number) any {
	value, _ := contract.Lookup(body, pointer)
	if _, isNumber := value.(json.Number); isNumber {
		return number
	}
	return text
}

// withExtras returns the response with an additional member in every object.
func withExtras(p *Subject) contract.Response {
	body, err := contract.Decode(p.View.Exchange.Response.Body)
	if err != nil {
		return p.View.Exchange.Response
	}
	var visit func(any)
	visit = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, item := range v {
				visit(item)
			}
			v["assayExtra"] = map[string]any{"assayExtra": []any{json.Number("1"), nil, "x"}}
		case []any:
			for _, item := range v {
				visit(item)
			}
		}
	}
	visit(body)
	response, _ := p.altered(body)
	return response
}

// damages yields the response truncated, empty, replaced by an HTML page, recoded, with
// other HTTP statuses, and with each of some members removed, set to null and given
// another type. It makes one copy at a time: a response can be large.
func damages(p *Subject, members []contract.Pointer) iter.Seq[alteration] {
	return func(yield func(alteration) bool) {
		for a := range bodyDamages(sentResponse(p.View.Exchange.Response)) {
			if a.kind == "status" && p.documentedByStatus(a.response) {
				continue // it is no damage, but another response of the operation
			}
			if !yield(a) {
				return
			}
		}
		for _, pointer := range members {
			for a := range memberDamages(p, pointer) {
				if !yield(a) {
					return
				}
			}
			if !affectsOutcome(p, pointer) && !inCondition(p, pointer) {
				continue
			}
			for _, a := range unusualEncodings(p, pointer) {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// documentedByStatus reports whether the documents list a response whose code is its HTTP
// status, such as a 204 without a body.
func (p *Subject) documentedByStatus(a contract.Response) bool {
	if p.Operation.Responses[a.Status].Empty() {
		a.Body = nil // a client need not read one
	}
	met, ok := p.Operation.ResultCode(a)
	return ok && met.CodeAt == contract.ResponseStatus && met.Row != nil && met.Row.HTTP == a.Status
}

// bodyDamages yields the damages of the response as a whole.
func bodyDamages(whole contract.Response) iter.Seq[alteration] {
	return func(yield func(alteration) bool) {
		swap := func(kind string, how contract.Message, body []byte) bool {
			a := whole
			a.Body = body
			return yield(alteration{response: a, at: contract.ResponseRoot, kind: kind, how: how, breaks: true})
		}
		n := len(whole.Body)
		for _, cut := range []int{n / 4, n / 2, 3 * n / 4, n - 1} {
			if cut > 0 && !swap("truncated", whenCut.Says(contract.ArgInt("bytes", int64(cut)), contract.ArgInt("whole", int64(n))), whole.Body[:cut]) {
				return
			}
		}
		for _, o := range recodedBodies(whole.Body) {
			if !swap(o.kind, o.how, o.body) {
				return
			}
		}
		if !swap("empty", whenEmpty.Says(), nil) || !swap("html", whenHTML.Says(), []byte("<html><body>502 Bad Gateway</body></html>")) || !swap("null", whenNull.Says(), []byte("null")) {
			return
		}
		for _, status := range statuses() {
			a := whole
			a.Status = status
			if !yield(alteration{response: a, at: contract.ResponseStatus, kind: "status", how: whenStatus.Says(contract.ArgInt("status", int64(status))), breaks: true}) {
				return
			}
		}
	}
}

// memberDamages yields the response with one member removed, set to null and given
// another type.
func memberDamages(p *Subject, pointer contract.Pointer) iter.Seq[alteration] {
	return func(yield func(alteration) bool) {
		at := contract.ResponseBody(pointer)
		essential := affectsOutcome(p, pointer)
		more := func(kind string, how *contract.Template, change func(object map[string]any, name string)) bool {
			a, ok := p.edit(pointer, change)
			return !ok || yield(alteration{response: a, at: at, kind: kind, how: p.changed(how.Says(contract.ArgPlace("place", at))), breaks: essential || (kind == "dropped" || kind == "no-address") && inCondition(p, pointer)})
		}
		_ = more("dropped", without, func(object map[string]any, name string) { delete(object, name) }) &&
			more("null", withNull, func(object map[string]any, name string) { object[name] = nil }) &&
			more("retyped", retypedAt, func(object map[string]any, name string) { object[name] = retyped(object[name]) }) &&
			isAddressAt(p, pointer) &&
			more("no-address", withoutAddress, func(object map[string]any, name string) { object[name] = "assay-no-address" })
	}
}

// isAddressAt reports whether a member has an absolute URL.
func isAddressAt(p *Subject, pointer contract.Pointer) bool {
	value, _ := contract.Lookup(p.View.ResponseBody(), pointer)
	text, isText := value.(string)
	return isText && contract.AbsoluteURL(text)
}

// affectsOutcome reports whether the outcome depends on a member.
func affectsOutcome(p *Subject, pointer contract.Pointer) bool {
	return slices.Contains(slices.Concat(p.Operation.Result.Code, p.Operation.Result.Status), pointer)
}

// inCondition reports whether a condition of the specification is about a member.
func inCondition(p *Subject, pointer contract.Pointer) bool {
	return slices.ContainsFunc(p.Operation.Rules, func(r *openapi.Rule) bool { return r.On == contract.InResponse && r.At == pointer })
}

func retyped(value any) any {
	switch v := value.(type) {
	case string:
		return json.Number("7")
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	case map[string]any:
		return []any{v}
	}
	return map[string]any{}
}
