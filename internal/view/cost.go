package view

import (
	"context"
	"errors"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/interpreter"
)

// The number of items that the loops of an expression may see together. A loop that
// searches a list or a text for each item may see fewer, and only in a small exchange.
// Package cel has a limit of costs, but counting them takes more time than it saves: the
// square of the length of a list.
const (
	maxSteps      = 200_000
	maxHeavySteps = 2_000
	maxHeavyBytes = 16 << 10
)

// maxSteps returns the limit of an expression; 0: it has no loop.
func (w *walker) maxSteps() uint {
	switch {
	case w.depth == 0:
		return 0
	case w.heavy:
		return maxHeavySteps
	}
	return maxSteps
}

// searches reports whether a call takes time in proportion to a list or a text. A list
// that stands in the expression is short.
func searches(call ast.CallExpr) bool {
	switch call.FunctionName() {
	case operators.In, operators.OldIn:
		list := call.Args()[len(call.Args())-1]
		return list.Kind() != ast.ListKind && (list.Kind() != ast.IdentKind || list.AsIdent() != References)
	case operators.Add: // map and filter add to their result, whose name is not one of the document
		first := call.Args()[0]
		return first.Kind() != ast.IdentKind || first.AsIdent()[0] != '@' && first.AsIdent()[0] != '_'
	case "contains", "matches", "isURL", "isEncodedURL":
		return true
	}
	return false
}

// over is a context that has ended. The interpreter looks at it after as many steps as the
// program allows, and then gives up.
var over = func() context.Context {
	ctx, end := context.WithCancel(context.Background())
	end()
	return ctx
}()

// holds evaluates the expression; see View.Holds. It is costly if its loops were
// given up, or if it compares a value with too many values below it.
func (e *Expression) holds(with *variables) (holds, applies, costly bool) {
	if e.program == nil {
		return false, false, false // it does not compile
	}
	if e.maxSteps == maxHeavySteps && bytesOf(with) > maxHeavyBytes {
		return false, false, true
	}
	switch e.quick(with) { // unsure is for CEL
	case yes:
		return true, true, false
	case no:
		return false, true, false
	case fails:
		return false, false, false
	}
	with.tooMany = false
	if !e.limited(with) {
		value, _, err := e.program.Eval(with.frame)
		if err != nil || with.tooMany {
			return false, false, with.tooMany
		}
		holds, applies = value.Value().(bool)
		return holds, applies, false
	}
	value, _, err := e.program.ContextEval(over, with)
	if err != nil || with.tooMany {
		return false, false, with.tooMany || errors.Is(err, interpreter.InterruptError{})
	}
	holds, applies = value.Value().(bool)
	return holds, applies, false
}

// limited reports whether the loops of the expression can exceed its limit: a body has
// fewer items than bytes.
func (e *Expression) limited(with *variables) bool {
	return e.maxSteps > 0 && (e.nested || bytesOf(with) > e.maxSteps)
}

func bytesOf(with *variables) uint {
	x := with.view.Exchange
	return uint(len(x.Request.Body) + len(x.Response.Body)) // lengths are not negative
}
