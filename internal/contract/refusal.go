package contract

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// RefusedError is the error of a call that an adapter does not send, because the
// provider would not accept it. It never holds the value.
type RefusedError struct {
	Provider string
	Field    string // named as in fixtures: "order.reference"
	Reason   string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: %s %s", e.Provider, e.Field, e.Reason)
}

// RefusalCollector collects the first reason not to send a call.
type RefusalCollector struct {
	Provider string
	err      error
}

// Unless refuses field for a reason, unless holds is true.
func (r *RefusalCollector) Unless(holds bool, field, reason string) {
	if !holds && r.err == nil {
		r.err = &RefusedError{r.Provider, field, reason}
	}
}

// Matches refuses a text that does not match a pattern.
func (r *RefusalCollector) Matches(pattern *regexp.Regexp, text, field string) {
	r.Unless(pattern.MatchString(text), field, "does not match "+pattern.String())
}

// AbsoluteURL refuses a text that is neither empty nor an absolute http URL.
func (r *RefusalCollector) AbsoluteURL(text, field string) {
	if text == "" {
		return
	}
	r.Unless(AbsoluteURL(text), field, "is not an absolute URL")
}

// Email refuses a text that is neither empty nor an e-mail address.
func (r *RefusalCollector) Email(text, field string) {
	address, err := mail.ParseAddress(text)
	r.Unless(text == "" || err == nil && address.Address == text, field, "is not an e-mail address")
}

// OneOf refuses a text that is none of those that are allowed.
func (r *RefusalCollector) OneOf(text, field string, allowed ...string) {
	r.Unless(slices.Contains(allowed, text), field, "is none of "+strings.TrimPrefix(strings.Join(allowed, ", "), ", "))
}

// Err returns the first refusal, or nil.
func (r *RefusalCollector) Err() error { return r.err }
