package sandbox

import (
	"net/http"
	"strconv"

	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
)

// problem is a response of RFC 9457. It says what is wrong with a request for which the
// documents list no result code, because no documented response would be right.
type problem struct {
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Detail string   `json:"detail"`
	Faults []string `json:"faults"` // everything that is wrong, each with its place
}

// maxFaults is the number of faults that a problem lists.
const maxFaults = 20

// refuse responds to a request with faults that no row of the table is about.
func refuse(w http.ResponseWriter, o *openapi.Operation, faults []openapi.RequestViolation) {
	p := problem{
		Title: "assay sandbox: the request does not match the documents", Status: http.StatusBadRequest,
		Detail: "the documents of " + o.Name() + " list no result code for this; the real response is not known",
	}
	for i, f := range faults {
		if i == maxFaults {
			p.Faults = append(p.Faults, strconv.Itoa(len(faults)-maxFaults)+" more")
			break
		}
		p.Faults = append(p.Faults, string(f.At)+": "+report.Sentence(f.Message))
	}
	body, _ := contract.Encode(p) // only texts
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // an error means that the client has closed the connection
}

// What the rules request-authenticated and request-signed call wrong.
var (
	notAuthorized = &contract.Template{ID: "sandbox.authorization", Text: "the Authorization header is {state}"}
	noCredential  = &contract.Template{ID: "sandbox.credential", Text: "the credential is {state}"}
	notSigned     = &contract.Template{ID: "sandbox.signature", Text: "the signature is {state}"}
)

// credentialFaults returns what is wrong with the authorization and the signature of a request.
func (q *question) credentialFaults() (all []openapi.RequestViolation) {
	switch state := q.Authentication; state {
	case contract.AuthenticationMissing, contract.AuthenticationInvalid, contract.AuthenticationExpired:
		if at := q.o.Authorization.Place(); at != contract.RequestAuthorization {
			all = append(all, openapi.RequestViolation{At: at, Message: noCredential.Says(contract.ArgText("state", string(state)))})
			break
		}
		all = append(all, openapi.RequestViolation{At: contract.RequestAuthorization, Message: notAuthorized.Says(contract.ArgText("state", string(state)))})
	}
	sign := q.o.Sign.Request
	if q.Signature == contract.SignatureInvalid || q.Signature == contract.SignatureExpired || q.Signature == contract.SignatureMissing && sign.RequiredIn(q.View) {
		all = append(all, openapi.RequestViolation{At: sign.Place(), Message: notSigned.Says(contract.ArgText("state", string(q.Signature)))})
	}
	return all
}
