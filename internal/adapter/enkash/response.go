package enkash

import (
	"net/http"
	"strconv"
	"time"

	"assay/internal/contract"
)

// meaning is what a code says.
type meaning struct {
	state contract.State
	retry contract.Retry
}

// tokenCodes are those of createToken: the guide's sample says 200, the
// reference's example 0.
func tokenCodes() map[string]meaning {
	return map[string]meaning{
		"200": {contract.Succeeded, contract.Never},
		"0":   {contract.Succeeded, contract.Never},
	}
}

// orderCodes are those of createOrder. No page lists any but 0; 117 is what
// integrators met when the token was not accepted, so nothing was created.
func orderCodes() map[string]meaning {
	return map[string]meaning{
		"0":   {contract.Succeeded, contract.Never},
		"117": {contract.Unauthorized, contract.SameReference},
	}
}

// responded reads the envelope that both responses are, with their own names.
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

// unknown keeps what a response said and takes back what it would mean.
func asUnknown(read contract.Outcome) contract.Outcome {
	bare := contract.UnknownOutcome()
	bare.Code, bare.Message = read.Code, read.Message
	return bare
}

// issued reads a createToken response. A success has to carry a token and its
// end, in epoch milliseconds.
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

// created reads a createOrder response. A success has to say where the payer goes
// next. Where authorization failed, payload is the message.
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
		url, there := m.String("/payload/redirectionUrl")
		if !there {
			return asUnknown(read)
		}
		read.RedirectURL = url
	}
	return read
}
