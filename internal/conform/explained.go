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

// The most of what a client wrote to standard error that is shown: the last lines.
const (
	maxOutputLines = 20
	maxOutputLine  = 300
	maxBegin       = 200 // characters of a line that is no reply
)

// explained returns why the client gave no reply, with what it wrote. No credential and no
// personal data of the call is in it.
func (s *Session) explained(c *contract.Case, err error) string {
	var before *beforeError
	if errors.As(err, &before) {
		return "it follows " + before.of.Name + ": " + s.explained(before.of, before.err)
	}
	text := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the client gave no reply within " + s.options.Timeout.String()
	}
	text = s.clean(c, text)
	var noReply *protocol.NoReplyError
	if !errors.As(err, &noReply) {
		return text
	}
	if noReply.Line != "" {
		text += "\nThe client wrote: " + begin(s.private(c, noReply.Line))
	}
	if strings.TrimSpace(noReply.Output) != "" {
		text += "\nThe client wrote to standard error:\n" + cut(s.private(c, noReply.Output))
	}
	return text
}

// private removes the private values of a case from a text of the client. A text that still
// has one, such as a value on two lines, is hidden.
func (s *Session) private(c *contract.Case, text string) string {
	s.mu.Lock()
	f := s.calls[c.Name]
	s.mu.Unlock()
	if text = s.clean(c, text); f == nil {
		return text
	}
	return f.private(text)
}

// begin returns the beginning of a line. It is cut after it was redacted: no redactor knows a
// part of a value.
func begin(line string) string {
	if runes := []rune(line); len(runes) > maxBegin {
		return string(runes[:maxBegin]) + "…"
	}
	return line
}

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

// clean removes credentials and personal data of the calls of a case from a text, in any
// encoding.
func (s *Session) clean(c *contract.Case, text string) string {
	own := redact.New(nil) // keeps nothing, not even the test credentials of the documents
	for _, value := range s.options.Secrets {
		own.Secret(value)
	}
	if c.Input != nil {
		for _, one := range c.Input.People() {
			own.Secret(one.Text) // surrogates of personal data too
		}
	}
	learned := rule.CaseRedactor(s.engine.Spec(c.Provider()), s.operationOf(c), c)
	s.mu.Lock()
	f := s.calls[c.Name]
	s.mu.Unlock()
	if f == nil || f.resolved == nil {
		return learned.Text(own.Text(text))
	}
	for _, value := range f.call.Credentials {
		own.Secret(value)
	}
	if f.call.Token != nil {
		own.Secret(f.call.Token.Value)
	}
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
