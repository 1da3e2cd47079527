package paytring

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// meaning is what a code says, and the status and HTTP status it comes with.
type meaning struct {
	status bool
	http   int
	state  contract.State
	retry  contract.Retry
}

// codes is what the page prints: there is no table. A body without error.code
// has the HTTP status for its code.
func codes() map[string]meaning {
	return map[string]meaning{
		"200": {true, http.StatusOK, contract.Succeeded, contract.Never},
		"400": {false, http.StatusBadRequest, contract.Invalid, contract.Never},
	}
}

// created reads an Order Create response. The official Go SDK believes the member
// status alone; here HTTP status, status and code must say the same (C18).
func readOrder(ex contract.Exchange) contract.Outcome {
	unknown := contract.UnknownOutcome()
	m, err := contract.ReadResponse(ex.Response)
	if err != nil {
		return unknown
	}
	code, coded := strconv.Itoa(ex.Response.Status), true
	if m.Has("/error/code") {
		code, coded = m.Integer("/error/code")
	}
	status, hasStatus := m.Bool("/status")
	message := first(m, "/message", "/error/message", "/exception/message")
	unknown.Code, unknown.Message = code, message
	if hasStatus {
		unknown.Status = strconv.FormatBool(status)
	}
	row, documented := codes()[code]
	if !coded || !documented || !hasStatus || row.status != status || row.http != ex.Response.Status {
		return unknown
	}
	read := contract.Outcome{State: row.state, Retry: row.retry, Code: code, Status: strconv.FormatBool(status), Message: message}
	if row.state != contract.Succeeded {
		return read
	}
	id, ok := m.String("/order_id")
	link, linked := m.String("/url") // one of the page's two successes has none: C7
	if !ok || linked != m.Has("/url") || m.Has("/error") || m.Has("/exception") {
		return unknown
	}
	read.ProviderReference, read.RedirectURL = id, decodeURL(link)
	return read
}

func first(m contract.Members, pointers ...contract.Pointer) string {
	for _, pointer := range pointers {
		if text, ok := m.String(pointer); ok {
			return text
		}
	}
	return ""
}

// plain decodes the base64 of a web address, in either alphabet and with or
// without padding. What is none stays as it is: the page's own sample cannot be
// decoded, and the Python SDK's README shows a plain address (C9).
func decodeURL(link string) string {
	text := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(link, "="))
	decoded, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return link
	}
	u, err := url.Parse(string(decoded))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return link
	}
	return string(decoded)
}
