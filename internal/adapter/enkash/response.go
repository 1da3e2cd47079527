package enkash

import (
	"net/http"
	"strconv"
	"time"

	"assay/internal/contract"
)

// meaning is the outcome of a code.
type meaning struct {
	state contract.State
	retry contract.Retry
}

// tokenCodes returns the codes of createToken: 200 in the guide's sample, 0 in the
// reference's example.
func tokenCodes() map[string]meaning {
	return map[string]meaning{
		"200": {contract.Succeeded, contract.Never},
		"0":   {contract.Succeeded, contract.Never},
	}
}

// orderCodes returns the codes of createOrder. The pages list only 0. Integrators saw 117
// when the token was not accepted, so no order was created.
func orderCodes() map[string]meaning {
	return map[string]meaning{
		"0":   {contract.Succeeded, contract.Never},
		"117": {contract.Unauthorized, contract.SameReference},
	}
}

// readEnvelope reads code and message, whose names differ between the two responses.
func readEnvelope(ex contract.Exchange, codeAt, messageAt contract.Pointer, codes map[string]meaning) (contract.Members, contract.Outcome) {
	read := contract.UnknownOutcome()
	m, err := contract.ReadResponse(ex.Response)
	if err != nil || ex.Response.Status != http.StatusOK {
		return m, read
	}
	code, coded := m.Integer(codeAt)
	read.Code = code
	read.Message, _ = m.String(messageAt)
	if row, documented := codes[code]; coded && documented {
		read.State, read.Retry = row.state, row.retry
	}
	return m, read
}

// asUnknown returns an unknown outcome with the code and message of another.
func asUnknown(read contract.Outcome) contract.Outcome {
	bare := contract.UnknownOutcome()
	bare.Code, bare.Message = read.Code, read.Message
	return bare
}

// readToken reads a createToken response. A success needs a token and its expiry, in epoch
// milliseconds.
func readToken(ex contract.Exchange) contract.Outcome {
	m, read := readEnvelope(ex, "/resultCode", "/resultMessage", tokenCodes())
	if read.State != contract.Succeeded {
		return read
	}
	token, there := m.String("/token")
	text, whole := m.Integer("/expiry")
	expiry, err := strconv.ParseInt(text, 10, 64)
	if !there || !whole || err != nil {
		return asUnknown(read)
	}
	read.Token = &contract.Token{Value: token, Expires: time.UnixMilli(expiry).UTC()}
	return read
}

// readOrder reads a createOrder response. A success needs the absolute URL that the payer goes to.
// If authorization failed, payload is the message.
func readOrder(ex contract.Exchange) contract.Outcome {
	m, read := readEnvelope(ex, "/response_code", "/response_message", orderCodes())
	if read.Message == "" && read.State != contract.Succeeded {
		read.Message, _ = m.String("/payload")
	}
	if read.State == contract.Unknown {
		return read
	}
	read.ProviderReference, _ = m.String("/payload/orderId")
	if read.State == contract.Succeeded {
		url, there := m.URL("/payload/redirectionUrl")
		if !there {
			return asUnknown(read)
		}
		read.RedirectURL = url
	}
	return read
}
