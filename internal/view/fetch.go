package view

import (
	"strings"
	"sync/atomic"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"assay/internal/jsonschema"
)

// fetch is a variable that is a member of request, response, credentials or merchant, or
// tells whether one is there: it is asked for at once, without what CEL does for variables that may have
// members of their own.
type fetch struct {
	id   int64
	name string // "request.body.orderId"
	has  bool   // whether it is there

	// bound is what the name stood for the first time: an expression is of one
	// operation, as a rule, and those of a provider as a whole are looked up.
	bound atomic.Pointer[binding]
}

// binding is what a name stands for in an operation.
type binding struct {
	of *Plan
	*member
}

// member is what the name stands for; nil: nobody said that it would be asked for.
func (f *fetch) member(of *Plan) *member {
	switch b := f.bound.Load(); {
	case b == nil:
		f.bound.Store(&binding{of, of.members[f.name]})
	case b.of == of:
		return b.member
	}
	return of.members[f.name]
}

// fetched puts a fetch in the place of such a variable when a program is planned.
func replaceByFetch(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	attribute, ok := i.(interpreter.InterpretableAttribute)
	if !ok {
		return i, nil
	}
	named, ok := attribute.Attr().(interpreter.NamespacedAttribute)
	if !ok || len(named.Qualifiers()) > 0 || len(named.CandidateVariableNames()) != 1 {
		return i, nil
	}
	name, has := strings.CutPrefix(named.CandidateVariableNames()[0], present)
	if variable, _, member := strings.Cut(name, "."); !has && (!member || variable != "request" && variable != "response" && flatTypes[variable] == nil) {
		return i, nil
	}
	return &fetch{id: i.ID(), name: name, has: has}, nil
}

// ID is that of the expression.
func (f *fetch) ID() int64 { return f.id }

// Eval gives the value of the variable, or an error where it is not there.
func (f *fetch) Eval(from interpreter.Activation) ref.Val {
	for {
		switch a := from.(type) {
		case *variables:
			return f.of(a)
		case *interpreter.ExecutionFrame:
			from = a.Activation
			continue
		}
		if from = from.Parent(); from == nil {
			return absent
		}
	}
}

// Exec is Eval within a frame.
func (f *fetch) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if v, ok := frame.Activation.(*variables); ok {
		return f.of(v)
	}
	return f.Eval(frame.Activation)
}

func (f *fetch) of(v *variables) ref.Val {
	known := f.member(v.of)
	if f.has {
		return v.has(f.name, known)
	}
	if value, there := v.member(f.name, known); there {
		return value
	}
	return absent
}

// matches has regular expressions matched by sift, under both names that CEL has for
// it.
func regexOptimizations() []*interpreter.RegexOptimization {
	factory := func(call interpreter.InterpretableCall, expression string) (interpreter.InterpretableCall, error) {
		pattern, err := jsonschema.NewPattern(expression)
		if err != nil {
			return nil, err
		}
		return &matchCall{call, call.Args()[0], pattern}, nil
	}
	return []*interpreter.RegexOptimization{
		{Function: "matches", OverloadID: "matches", RegexIndex: 1, Factory: factory},
		{Function: "matches", OverloadID: "matches_string", RegexIndex: 1, Factory: factory},
	}
}

// matching is a call of matches, whose pattern is compiled.
type matchCall struct {
	interpreter.InterpretableCall
	text    interpreter.InterpretableV2
	pattern *jsonschema.Pattern
}

// Eval tells whether the text matches.
func (m *matchCall) Eval(from interpreter.Activation) ref.Val {
	return m.Exec(interpreter.AsFrame(from))
}

// Exec is Eval within a frame.
func (m *matchCall) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	value := m.text.Exec(frame)
	switch text, ok := value.(types.String); {
	case ok:
		return types.Bool(m.pattern.MatchesText(string(text)))
	case types.IsUnknownOrError(value):
		return value
	}
	return types.LabelErrNode(m.ID(), types.NoSuchOverloadErr())
}
