package paytm

import (
	"net/http"

	"assay/internal/contract"
	"assay/internal/signature"
)

// meaning is the outcome of a code, and the status that comes with it.
type meaning struct {
	status string
	state  contract.State
	retry  contract.Retry
}

// codes returns the page's table, Response Codes & Messages.
func codes() map[string]meaning {
	return map[string]meaning{
		"0000": {"S", contract.Succeeded, contract.Never},
		"324":  {"F", contract.Duplicate, contract.Never},
		"501":  {"F", contract.Unavailable, contract.AfterInquiry},
		"1001": {"F", contract.Invalid, contract.Never},
		"1007": {"F", contract.Invalid, contract.Never},
		"1011": {"F", contract.Invalid, contract.Never},
		"1012": {"F", contract.Invalid, contract.Never},
		"2005": {"F", contract.Unauthorized, contract.Never},
		"2006": {"F", contract.Invalid, contract.Never},
		"2007": {"F", contract.Invalid, contract.Never},
		"2012": {"F", contract.Invalid, contract.Never},
		"2013": {"F", contract.Invalid, contract.Never},
		"2014": {"F", contract.Invalid, contract.Never},
		"2222": {"F", contract.Invalid, contract.Never},
	}
}

// readOrder reads a Create Order response. A success needs Paytm's signature and a token.
// Every signature has to be valid, also that of a refusal. Everything else is unknown.
func (a *adapter) readOrder(ex contract.Exchange) contract.Outcome {
	unknown := contract.UnknownOutcome()
	m, err := contract.ReadResponse(ex.Response)
	if err != nil || ex.Response.Status != http.StatusOK {
		return unknown
	}
	code, coded := m.String("/body/resultInfo/resultCode")
	status, _ := m.String("/body/resultInfo/resultStatus")
	message, _ := m.String("/body/resultInfo/resultMsg")
	unknown.Code, unknown.Status, unknown.Message = code, status, message
	row, documented := codes()[code]
	if !coded || !documented || row.status != status {
		return unknown
	}
	signed := m.Has("/head/signature")
	if signed && !a.verifySignature(ex.Response.Body, m) {
		return unknown
	}
	read := contract.Outcome{State: row.state, Retry: row.retry, Code: code, Status: status, Message: message}
	if row.state == contract.Succeeded {
		token, ok := m.String("/body/txnToken")
		if !ok || !signed {
			return unknown
		}
		read.Token = &contract.Token{Value: token}
	}
	return read
}

func (a *adapter) verifySignature(response []byte, m contract.Members) bool {
	inner, ok := contract.Raw(response, "/body")
	sign, isText := m.String("/head/signature")
	return ok && isText && signature.PaytmChecksum{}.Verify(inner, a.setup.Credentials["merchantKey"], sign)
}
