package contract

import "fmt"

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

// RefusalCollector collects the first reason not to send a call that no specification can
// hold, such as missing credentials. Limits of values stand in the specification.
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

// Err returns the first refusal, or nil.
func (r *RefusalCollector) Err() error { return r.err }
