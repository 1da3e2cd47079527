package conform

import (
	"context"
	"errors"
	"strings"

	"assay/internal/contract"
	"assay/internal/protocol"
	"assay/internal/redact"
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
		return s.private(f, err.Error())
	}
	text := s.private(f, noReply.Why)
	if errors.Is(err, context.DeadlineExceeded) {
		text = "the client gave no reply within " + s.options.Timeout.String()
	}
	if noReply.Line != "" {
		text += "\nThe client wrote: " + s.private(f, noReply.Line)
	}
	if strings.TrimSpace(noReply.Output) != "" {
		text += "\nThe client wrote to standard error:\n" + cut(s.private(f, noReply.Output))
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

// private removes the private values of a call from a text of the client. A line that still
// holds one in another encoding is hidden.
func (s *Session) private(f *firstCall, text string) string {
	r := f.redactor()
	lines := strings.Split(s.clean(f, text), "\n")
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
	return text
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
