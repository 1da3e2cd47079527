package paytring

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// meaning is the outcome of a code, and the status and HTTP status that come with it.
type meaning struct {
	status bool
	http   int
	state  contract.State
	retry  contract.Retry
}

// codes returns the codes in the page's examples; it has no table. If a body has no
// error.code, the HTTP status is its code.
func codes() map[string]meaning {
	return map[string]meaning{
		"200": {true, http.StatusOK, contract.Succeeded, contract.Never},
		"400": {false, http.StatusBadRequest, contract.Invalid, contract.Never},
	}
}

// readOrder reads an Order Create response. HTTP status, status and code must agree; the
// official Go SDK checks only status (C18).
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
	if !coded || !documented || !hasStatus || row.status != status || row.http != ex.Response.Status || m.Has("/exception") { // C25
		return unknown
	}
	if row.state == contract.Invalid && !m.Has("/error/code") { // the page's refusal has a code
		return unknown
	}
	read := contract.Outcome{State: row.state, Retry: row.retry, Code: code, Status: strconv.FormatBool(status), Message: message}
	if row.state != contract.Succeeded {
		return read
	}
	id, ok := m.String("/order_id")
	link, linked := m.String("/url") // one of the page's two successes has no URL: C7
	unknown.ProviderReference = id
	if !ok || linked != m.Has("/url") || linked && !isLink(link) || m.Has("/error") {
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

// decodeURL decodes a URL in base64, in both alphabets and with or without padding. It
// returns other text unchanged: the page's sample cannot be decoded, and the Python SDK's
// README shows a plain URL (C9).
func decodeURL(link string) string {
	text := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(link, "="))
	decoded, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || !contract.AbsoluteURL(string(decoded)) {
		return link
	}
	return string(decoded)
}

// isLink reports whether a text is an absolute URL, plain or in base64. Base64 that cannot
// be decoded counts by its first characters, because the page's sample is such (C9).
func isLink(link string) bool { return contract.AbsoluteURL(link) || contract.EncodedURL(link) }
