package conform

import (
	"strings"

	"assay/internal/contract"
	"assay/internal/redact"
)

// beforeError says that the call failed that a call follows.
type beforeError struct {
	of  *contract.Case
	err error
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
	return text
}

// public returns a text of the hello, or nothing if it has a private value of a call.
func (s *Session) public(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.calls {
		if text != "" && f.private(text) != text {
			return ""
		}
	}
	return text
}

// redactor returns a redactor that knows the private values of a call.
func (f *firstCall) redactor() *redact.Redactor {
	r := redact.New(nil)
	for _, value := range f.secrets {
		r.Secret(value)
	}
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
