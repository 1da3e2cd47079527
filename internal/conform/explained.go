package conform

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/protocol"
	"assay/internal/redact"
	"assay/internal/rule"
)

// The most of what a client wrote to standard error that is shown: the last lines.
const (
	maxOutputLines = 20
	maxOutputLine  = 300
)

// cut returns the last lines of an output, each with a limit.
func cut(output string) string {
	lines := strings.Split(strings.TrimRight(output, "\r\n"), "\n")
	if left := len(lines) - maxOutputLines; left > 0 {
		lines = append([]string{"…"}, lines[left:]...)
	}
	for i := range lines {
		lines[i] = contract.Shorten(strings.TrimRight(lines[i], "\r"), maxOutputLine)
	}
	return strings.Join(lines, "\n")
}

// clean removes credentials and personal data of a call from a text, in any encoding.
func (s *Session) clean(f *firstCall, text string) string {
	own := redact.New(nil) // keeps nothing, not even the test credentials of the documents
	for _, value := range f.call.Credentials {
		own.Secret(value)
	}
	for _, token := range []*contract.Token{f.call.Token, &f.token} {
		if token != nil {
			own.Secret(token.Value)
		}
	}
	if f.call.Input != nil {
		for _, one := range f.call.Input.People() {
			own.Secret(one.Text) // surrogates of personal data too
		}
	}
	if f.resolved == nil {
		return own.Text(text)
	}
	c := f.resolved.Case
	learned := rule.CaseRedactor(s.engine.Spec(c.Provider()), s.operationOf(c), c)
	if r := f.call.Request; r != nil {
		learned.Learn(contract.Exchange{Request: stated(f, r)})
	}
	for _, request := range slices.Concat(f.orders, f.others) {
		learned.Learn(contract.Exchange{Request: request, Response: f.exchange.Response})
	}
	return learned.Text(own.Text(text))
}

// stated returns a request with the members that a case states. Its path has no values.
func stated(f *firstCall, r *protocol.Request) contract.Request {
	u := f.base().JoinPath(f.resolved.Operation.Path)
	u.RawQuery = url.Values(r.Query).Encode()
	return contract.Request{Method: f.resolved.Operation.Method, URL: u, Header: http.Header(r.Headers), Body: r.Body}
}
