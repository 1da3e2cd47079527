package ipayments

import (
	"net/http"
	"strings"

	"assay/internal/contract"
)

// meaning is the outcome of a code, and the status that comes with it.
type meaning struct {
	status string
	state  contract.State
	retry  contract.Retry
}

// codes returns the table at the end of every page. It has no 0x0208. Its messages differ
// from those in responses, so only code and status decide.
func codes() map[string]meaning {
	return map[string]meaning{
		"0x0200": {"SUCCESS", contract.Succeeded, contract.Never},
		"0x0201": {"UNAUTHORIZED", contract.Unauthorized, contract.Never},
		"0x0202": {"FAILURE", contract.Rejected, contract.Never},
		"0x0203": {"MISSING_PARAMETER", contract.Invalid, contract.Never},
		"0x0204": {"CONNECTION_TIMEOUT", contract.Unavailable, contract.AfterInquiry},
		"0x0205": {"SOMETHING_WENT_WRONG", contract.Unavailable, contract.AfterInquiry},
		"0x0206": {"PENDING", contract.Pending, contract.AfterInquiry},
		"0x0207": {"REVERSED", contract.Reversed, contract.Never},
		"0x0209": {"REDIRECT", contract.Redirect, contract.Never},
	}
}

// read returns the reader of responses that have the provider's reference at a pointer. A
// success needs the reference and the URL to continue at, a redirect the URL. Everything
// else is unknown; the reference is kept for the inquiry. A message that is an object (C11)
// is left out.
func read(reference contract.Pointer) func(contract.Exchange) contract.Outcome {
	return func(ex contract.Exchange) contract.Outcome { return readResponse(ex, reference) }
}

// isLink reports whether a text is an absolute https URL.
func isLink(text string) bool {
	return contract.AbsoluteURL(text) && strings.EqualFold(text[:len("https:")], "https:")
}

func readResponse(ex contract.Exchange, reference contract.Pointer) contract.Outcome {
	unknown := contract.UnknownOutcome()
	m, err := contract.ReadResponse(ex.Response)
	if err != nil {
		return unknown
	}
	code, coded := m.String("/code")
	status, _ := m.String("/status")
	message, _ := m.String("/message")
	id, known := m.String(reference)
	unknown.Code, unknown.Status, unknown.Message, unknown.ProviderReference = code, status, message, id
	row, documented := codes()[code]
	if !coded || !documented || row.status != status || ex.Response.Status != http.StatusOK {
		return unknown
	}
	read := unknown
	read.State, read.Retry = row.state, row.retry
	if row.state == contract.Succeeded || row.state == contract.Redirect {
		url, there := m.String("/data/url")
		if !there || !isLink(url) || row.state == contract.Succeeded && !known {
			return unknown
		}
		read.RedirectURL = url
	}
	return read
}
