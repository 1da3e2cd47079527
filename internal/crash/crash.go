// Package crash turns a panic into an error. A panic is a fault in assay: it must cost the
// case or the entry that caused it, and not the run.
//
// Contain is the only function of assay that recovers from a panic in order to go on. Every
// layer that runs many of something calls it: rules, cases, entries of traffic, reports,
// requests to a server. An Error holds no value of an exchange, so it may stand in a report.
package crash

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Error is a panic that was contained.
type Error struct {
	What   string   // what panicked, such as "rule fields-typed"
	Reason string   // the message of Go's runtime, or the type of another value
	Stack  []string // the functions with file and line, the innermost first, without arguments
	value  any
}

// Is reports whether the function panicked with target, such as http.ErrAbortHandler.
func (e *Error) Is(target error) bool { return e.value == target }

// Report asks users to report a fault in assay. It is the second line of every Error.
const Report = "this is a fault in assay, not in the provider or its client: please report it with the output of --verbose, which holds no values"

// Error says what panicked and why, and asks for a report. It leaves the stack out.
func (e *Error) Error() string {
	what := e.What
	if what == "" {
		what = "assay"
	}
	return what + " panicked: " + e.Reason + "\n" + Report
}

// Contain calls a function. If the function panics, Contain returns the error, else nil.
// What says who panicked; the caller may also set it afterwards.
func Contain(what string, f func()) (crashed *Error) {
	defer func() {
		if v := recover(); v != nil {
			crashed = &Error{What: what, Reason: reason(v), Stack: stack(), value: v}
		}
	}()
	f()
	return nil
}

// reason describes the value of a panic. Only the runtime's own messages are known to hold
// no value of an exchange; of anything else it names the type.
func reason(v any) string {
	if fault, ok := v.(runtime.Error); ok {
		return strings.TrimPrefix(fault.Error(), "runtime error: ")
	}
	return fmt.Sprintf("a value of type %T", v)
}

// maxFrames limits the functions of a stack.
const maxFrames = 30

// stack lists the functions from the one that panicked to the one that was contained.
func stack() []string {
	pcs := make([]uintptr, 2*maxFrames)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var all []string
	panicked := false
	for {
		f, more := frames.Next()
		switch {
		case strings.HasPrefix(f.Function, "runtime."):
			panicked = true
		case !panicked: // the functions that recover
		case strings.HasSuffix(f.Function, "crash.Contain"), len(all) == maxFrames:
			return all
		default:
			all = append(all, fmt.Sprintf("%s (%s:%d)", f.Function, path.Base(f.File), f.Line))
		}
		if !more {
			return all
		}
	}
}
