package rule

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// Messages of signature-verified.
var (
	forgeryStatusUnknown = &contract.Template{ID: "signature-verified.status", Text: "forged signatures not checked: the HTTP status of the response is not documented, so it is unknown which part is signed", WayOut: "add the status to the responses of the operation in the specification"}
	signatureAbsent      = &contract.Template{ID: "signature-verified.none", Text: "forged signatures not checked: the response has no valid signature to forge", WayOut: "use a case with a signed response"}
	forgedAccepted       = &contract.Template{ID: "signature-verified.read", Text: "after assay forged the signature ({about}), the client reads the response as {state}; expected unknown"}
)

// forgeries returns the description of each forgery, by its name.
var forgeries = sync.OnceValue(func() map[string]*contract.Template {
	all := map[string]*contract.Template{}
	for _, f := range signature.ForgeriesOf(&openapi.Signature{Outside: contract.RequestAuthorization, Tolerance: 1}) { // all that there are
		all[f.Name] = &contract.Template{ID: "forgery." + f.Name, Text: f.About}
	}
	return all
})

// signatureVerified applies every known forgery to the response. The client must read
// each forged response as unknown.
func signatureVerified(p *Subject) {
	s, whole := p.Operation.Sign.Response, p.View.Exchange.Response
	documented := p.Operation.Responses[whole.Status]
	switch {
	case documented == nil:
		p.inconclusive(forgeryStatusUnknown)
		return
	case signature.ResponseState(s, p.View) != contract.SignatureValid:
		p.inconclusive(signatureAbsent)
		return
	case p.tooLargeToCopy():
		p.inconclusive(copiesTooLarge)
		return
	}
	for _, f := range signature.ForgeriesOf(s) {
		ex := p.View.Exchange
		ex.Response = sentResponse(whole)
		forged := f.ForgeResponse(s, documented.Body, ex, p.View.Credentials)
		if bytes.Equal(forged.Body, ex.Response.Body) && maps.EqualFunc(forged.Header, whole.Header, slices.Equal) || !p.mustReject(forged) {
			continue
		}
		about := contract.ArgMessage("about", forgeries()[f.Name].Says())
		if got, ok := p.read(forged, withForgery.Says(about)); ok && got.State != contract.Unknown {
			p.add(s.Place(), f.Name, forgedAccepted, contract.ArgText("state", string(got.State)), contract.ArgText("forgery", f.Name), about)
		}
	}
}

// mustReject reports whether the documents require that a client rejects the response:
// its signature is invalid, or missing although it is required.
func (p *Subject) mustReject(response contract.Response) bool {
	s := p.Operation.Sign.Response
	ex := p.View.Exchange
	ex.Response = response
	x := openapi.NewView(p.Operation, ex, p.View.Credentials, p.View.Merchant)
	defer x.Done()
	switch signature.ResponseState(s, x) {
	case contract.SignatureInvalid, contract.SignatureExpired:
		return true
	case contract.SignatureMissing:
		return s.RequiredIn(x)
	}
	return false
}
