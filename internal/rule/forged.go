package rule

import (
	"bytes"
	"sync"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// What signature-verified says.
var (
	unsignable   = &contract.Template{ID: "signature-verified.status", Text: "the HTTP status is not documented, so it is unknown what is signed"}
	unforgeable  = &contract.Template{ID: "signature-verified.none", Text: "the response has no signature to forge"}
	forgedIsRead = &contract.Template{ID: "signature-verified.read", Text: "the client reads a response with a forged signature as {state}: {about}"}
)

// forgeries is what can be said of each forgery, by its name.
var forgeries = sync.OnceValue(func() map[string]*contract.Template {
	all := map[string]*contract.Template{}
	for _, f := range signature.Forgeries() {
		all[f.Name] = &contract.Template{ID: "forgery." + f.Name, Text: f.About}
	}
	return all
})

// signatureVerified forges the response in every way there is, and asks the
// adapter to read each: what is not the provider's word claims nothing.
func signatureVerified(p *Subject) {
	s, whole := p.Operation.Sign.Response, p.View.Exchange.Response
	documented := p.Operation.Responses[whole.Status]
	switch {
	case documented == nil:
		p.inconclusive(unsignable)
		return
	case signature.ResponseState(s, p.View) != contract.SignatureValid:
		p.inconclusive(unforgeable)
		return
	}
	for _, f := range signature.Forgeries() {
		forged := whole
		forged.Body = f.Forge(s, documented.Body, whole.Body, p.View.Credentials)
		if bytes.Equal(forged.Body, whole.Body) || !p.distrusts(forged) {
			continue
		}
		if got := p.read(forged); got.State != contract.Unknown {
			p.found(contract.ResponseBody(s.At), f.Name, forgedIsRead,
				contract.ArgText("state", string(got.State)), contract.ArgText("forgery", f.Name), contract.ArgMessage("about", forgeries()[f.Name].Says()))
		}
	}
}

// distrusts tells whether the documents say that a response must not be believed because of its
// signature: it is wrong, or it is not there and has to be.
func (p *Subject) distrusts(response contract.Response) bool {
	s := p.Operation.Sign.Response
	ex := p.View.Exchange
	ex.Response = response
	x := openapi.NewView(p.Operation, ex, p.View.Credentials, p.View.Merchant)
	defer x.Done()
	switch signature.ResponseState(s, x) {
	case contract.SignatureInvalid:
		return true
	case contract.SignatureMissing:
		return s.RequiredIn(x)
	}
	return false
}
