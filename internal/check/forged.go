package check

import (
	"bytes"

	"assay/internal/contract"
	"assay/internal/seal"
	"assay/internal/spec"
)

// signatureVerified forges the answer in every way there is, and asks the
// adapter to read each: what is not the provider's word claims nothing.
func signatureVerified(p *Pass) {
	s, whole := p.Operation.Sign.Answer, p.View.Exchange.Answer
	documented := p.Operation.Answers[whole.Status]
	switch {
	case documented == nil:
		p.unproved("the HTTP status is not documented, so nobody knows what is signed")
		return
	case seal.Answered(s, p.View) != "valid":
		p.unproved("the answer carries no signature that could be forged")
		return
	}
	for _, f := range seal.Forgeries() {
		forged := whole
		forged.Body = f.Forge(s, documented.Body, whole.Body, p.View.Credentials)
		if bytes.Equal(forged.Body, whole.Body) || !p.distrusts(forged) {
			continue
		}
		if got := p.read(forged); got.State != contract.Unknown {
			p.found(contract.AnswerBody(s.At), f.Name, "reads an answer as %s of whose signature can be said: %s", got.State, f.About)
		}
	}
}

// distrusts tells whether the documents have nobody believe an answer for its
// signature: it is wrong, or it is not there and has to be.
func (p *Pass) distrusts(answer contract.Answer) bool {
	s := p.Operation.Sign.Answer
	ex := p.View.Exchange
	ex.Answer = answer
	x := spec.NewView(p.Operation, ex, p.View.Credentials, p.View.Merchant)
	defer x.Done()
	switch seal.Answered(s, x) {
	case "invalid":
		return true
	case "missing":
		return s.Demanded(x)
	}
	return false
}
