package view

import (
	"strings"
	"sync/atomic"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"assay/internal/jsonschema"
)

// fetch reads a member of request, response, credentials or merchant, or whether it is
// present, in one step. CEL itself would first try every prefix of the name as a
// variable.
type fetch struct {
	id   int64
	name string // "request.body.orderId"
	has  bool   // true: whether it is present

	// bound is the member in the plan that used the expression first. Expressions
	// usually belong to one operation; those of a whole provider are looked up for each
	// plan.
	bound atomic.Pointer[binding]
}

// binding is what the name means on a plan.
type binding struct {
	of *Plan
	*member
}

// member returns what the name means; nil if the plan does not know it.
func (f *fetch) member(of *Plan) *member {
	switch b := f.bound.Load(); {
	case b == nil:
		f.bound.Store(&binding{of, of.members[f.name]})
	case b.of == of:
		return b.member
	}
	return of.members[f.name]
}

// replaceByFetch replaces such a variable by a fetch when a program is planned.
func replaceByFetch(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	attribute, ok := i.(interpreter.InterpretableAttribute)
	if !ok {
		return i, nil
	}
	named, ok := attribute.Attr().(interpreter.NamespacedAttribute)
	if !ok || len(named.Qualifiers()) > 0 || len(named.CandidateVariableNames()) != 1 {
		return i, nil
	}
	if name := named.CandidateVariableNames()[0]; plainVariables[name] {
		return &plainVariable{i.ID(), name}, nil
	}
	name, has := strings.CutPrefix(named.CandidateVariableNames()[0], present)
	if variable, _, member := strings.Cut(name, "."); !has && (!member || variable != "request" && variable != "response" && flatTypes[variable] == nil) {
		return i, nil
	}
	return &fetch{id: i.ID(), name: name, has: has}, nil
}

// ID is the id of the expression.
func (f *fetch) ID() int64 { return f.id }

// Eval returns the value of the variable, or an error if it is absent.
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

// Exec is Eval with a frame.
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
	if value, present := v.member(f.name, known); present {
		return value
	}
	return absent
}

// plainVariables are the variables with a text that a view sets.
var plainVariables = map[string]bool{"signature": true, "signatureForm": true, "authentication": true}

// plainVariable reads such a variable without the name resolution of CEL.
type plainVariable struct {
	id   int64
	name string
}

// ID is the id of the expression.
func (p *plainVariable) ID() int64 { return p.id }

// Eval returns the value of the variable, or an error if it is not known.
func (p *plainVariable) Eval(from interpreter.Activation) ref.Val {
	return p.Exec(interpreter.AsFrame(from))
}

// Exec is Eval with a frame.
func (p *plainVariable) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if value, known := frame.ResolveName(p.name); known {
		if text, ok := value.(ref.Val); ok {
			return text
		}
	}
	return absent
}

// regexOptimizations makes jsonschema match regular expressions. CEL has two names for
// the function.
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

// matchCall is a call of matches with a compiled pattern.
type matchCall struct {
	interpreter.InterpretableCall
	text    interpreter.InterpretableV2
	pattern *jsonschema.Pattern
}

// Eval reports whether the text matches.
func (m *matchCall) Eval(from interpreter.Activation) ref.Val {
	return m.Exec(interpreter.AsFrame(from))
}

// Exec is Eval with a frame.
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
