package conform

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/protocol"
	"assay/internal/redact"
	"assay/internal/rule"
)

// explained returns why the client gave no reply to a call, with what it wrote. The text has
// no credential and no personal data of the call.
func (s *Session) explained(f *firstCall, err error) string {
	var before *beforeError
	if errors.As(err, &before) {
		return "it follows " + before.of.Name + ": " + s.explained(before.first, before.err)
	}
	var noReply *protocol.NoReplyError
	if !errors.As(err, &noReply) {
		if errors.Is(err, context.DeadlineExceeded) {
			return "the client gave no reply within " + s.options.Timeout.String()
		}
		return f.private(err.Error())
	}
	text := f.private(noReply.Why)
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the client gave no reply within " + s.options.Timeout.String()
	}
	if noReply.Line != "" {
		text += "\nThe client wrote: " + f.private(noReply.Line)
	}
	if noReply.Output != "" {
		text += "\nThe client wrote to standard error:\n" + cut(f.private(noReply.Output))
	}
	return text
}

// beforeError says that the call failed that a call follows.
type beforeError struct {
	of    *contract.Case
	first *firstCall
	err   error
}

func (e *beforeError) Error() string { return e.err.Error() }

// hiddenLine stands for a line that holds a private value.
const hiddenLine = "(a line with a credential or personal data of the call)"

// private removes the private values of a call from a text of the client.
func (f *firstCall) private(text string) string {
	r := f.redactor()
	lines := strings.Split(text, "\n")
	for i, one := range lines {
		if _, leaked := r.Leaked([]byte(one)); leaked {
			lines[i] = hiddenLine
		}
	}
	text = strings.Join(lines, "\n")
	for _, joined := range []string{text, strings.Join(strings.Fields(text), "")} { // a value can be on several lines
		if _, leaked := r.Leaked([]byte(joined)); leaked {
			return hiddenLine
		}
	}
	return f.learned().Text(text)
}

// redactor returns a redactor that knows the private values of a call.
func (f *firstCall) redactor() *redact.Redactor {
	r := redact.New(nil)
	for _, value := range f.call.Credentials {
		r.Secret(value)
	}
	for _, token := range []*contract.Token{f.call.Token, &f.token} {
		if token != nil {
			r.Secret(token.Value)
		}
	}
	if f.call.Input != nil {
		for _, p := range f.call.Input.People() {
			r.Secret(p.Text) // surrogates of personal data too
		}
	}
	return r
}

// learned returns a redactor that knows what the specification calls secret or personal in the
// requests and responses of a call.
func (f *firstCall) learned() *redact.Redactor {
	if f.resolved == nil {
		return redact.New(nil)
	}
	r := rule.CaseRedactor(f.resolved.Spec, f.resolved.Operation, f.resolved.Case)
	if q := f.call.Request; q != nil {
		r.Learn(contract.Exchange{Request: stated(f, q)})
	}
	for _, request := range slices.Concat(f.orders, f.others) {
		r.Learn(contract.Exchange{Request: request, Response: f.exchange.Response})
	}
	return r
}

// stated returns a request with the members that a case states. Its path has no values.
func stated(f *firstCall, r *protocol.Request) contract.Request {
	u := f.base().JoinPath(f.resolved.Operation.Path)
	u.RawQuery = url.Values(r.Query).Encode()
	return contract.Request{Method: f.resolved.Operation.Method, URL: u, Header: http.Header(r.Headers), Body: r.Body}
}

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
