package view

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"assay/internal/contract"
)

// Expression is a condition in CEL, as written in a document. Compile, or the first
// method that needs it, compiles it once.
type Expression struct {
	Source string
	Line   int // its line in the document

	once    sync.Once
	err     error
	program cel.Program
	quick   quick      // decides without the program what it can
	names   [][]string // every chain of members in the source, starting with the variable
	texts   []string   // every string in the source
	numbers []string   // every number in the source, in decimal text
	self    bool       // it names self
	// maxSteps is the number of items that all loops may see together; 0: it has no loop.
	maxSteps uint
	nested   bool     // a loop is in a loop
	members  []string // the names that are variables of their own: "request.body.orderId"
	needs    needs
	doubts   Doubts

	split        sync.Once
	alternatives []*Expression
}

// variableNames are names that a comprehension must not use for its items.
var variableNames = []string{"request", "response", "credentials", "merchant", "signature", "signatureForm", "authentication", "violation", "self"}

// References is the variable that known() searches.
const References = "known_references"

// environment declares the variables and macros; specs/README.md documents them.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	open := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("request", open),
		cel.Variable("response", open),
		cel.Variable("credentials", cel.MapType(cel.StringType, flatTypes["credentials"])),
		cel.Variable("merchant", cel.MapType(cel.StringType, flatTypes["merchant"])),
		cel.Variable("signature", cel.StringType),
		cel.Variable("signatureForm", cel.StringType),
		cel.Variable("authentication", cel.StringType),
		cel.Variable("violation", open),
		cel.Variable("self", cel.DynType),
		cel.Variable(References, cel.ListType(cel.StringType)),
		cel.Macros(
			cel.GlobalMacro("known", 1, func(factory cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
				return factory.NewCall(operators.In, args[0], factory.NewIdent(References)), nil
			}),
			cel.GlobalMacro(operators.Has, 1, presence),
		),
		textFunction("isURL", contract.AbsoluteURL),
		textFunction("isEncodedURL", contract.EncodedURL),
	)
})

// textFunction makes a function of a text that expressions can call.
func textFunction(name string, check func(text string) bool) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_string", []*cel.Type{cel.StringType}, cel.BoolType, cel.UnaryBinding(func(value ref.Val) ref.Val {
		text, ok := value.(types.String)
		return types.Bool(ok && check(string(text)))
	})))
}

// present is the prefix of the variable that says whether a member is present.
const present = "has."

// presence rewrites has(request.body.orderId) to the variable has.request.body.orderId.
func presence(factory cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	if chain := selected(args[0]); len(chain) > 1 && (chain[0] == "request" || chain[0] == "response") {
		return factory.NewIdent(present + strings.Join(chain, ".")), nil
	}
	return cel.HasMacro.Expander()(factory, target, args)
}

// selected returns a variable and the members selected from it by name; nil for other
// expressions.
func selected(e ast.Expr) []string {
	switch e.Kind() { // other kinds select nothing
	case ast.IdentKind:
		return []string{e.AsIdent()}
	case ast.SelectKind:
		if above := selected(e.AsSelect().Operand()); above != nil {
			return append(above, e.AsSelect().FieldName())
		}
	}
	return nil
}

// Compile compiles the expression once and returns what is wrong with it. An expression
// that does not compile names nothing and never applies.
func (e *Expression) Compile() error {
	e.once.Do(func() { e.err = e.compile() })
	return e.err
}

func (e *Expression) compile() error {
	env, err := environment()
	if err != nil {
		return err
	}
	parsed, issues := env.Parse(e.Source)
	if issues.Err() != nil {
		return compileError(issues)
	}
	w := &walker{scope: map[string][]string{}}
	w.visit(parsed.NativeRep().Expr())
	if w.shadows != "" {
		return fmt.Errorf("CEL: an item of a list cannot be named %s: that is a variable; choose another name", w.shadows)
	}
	members, variables := declare(w.names)
	if env, err = env.Extend(variables...); err != nil {
		return fmt.Errorf("CEL: %w", err)
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return compileError(issues)
	}
	if checked.OutputType() != cel.BoolType && checked.OutputType() != cel.DynType {
		return fmt.Errorf("CEL: the expression returns %s; it must return a boolean", checked.OutputType())
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize), cel.OptimizeRegex(regexOptimizations()...), cel.CustomDecoratorV2(replaceByFetch)}
	if w.depth > 0 {
		options = append(options, cel.InterruptCheckFrequency(w.maxSteps()))
	}
	program, err := env.Program(checked, options...)
	if err != nil {
		return fmt.Errorf("CEL: %w", err)
	}
	e.quick = newQuick(checked.NativeRep().Expr())
	e.program, e.names, e.texts, e.numbers, e.members, e.needs = program, w.names, w.texts, w.numbers, members, newNeeds(parsed.NativeRep().Expr())
	e.self, e.maxSteps, e.nested, e.doubts = e.mentions("self"), w.maxSteps(), w.depth > 1, newDoubts(e)
	return nil
}

func compileError(issues *cel.Issues) error {
	first := issues.Errors()[0]
	return fmt.Errorf("CEL: %s (column %d of the expression)", first.Message, first.Location.Column()+1)
}

// declare makes each member that is named a variable of its own, such as
// request.body.orderId or credentials.key. CEL then reads it in one step.
func declare(names [][]string) (members []string, variables []cel.EnvOption) {
	for _, chain := range names {
		if flat := flatTypes[chain[0]]; flat != nil && len(chain) == 2 && plainName.MatchString(chain[1]) {
			if name := strings.Join(chain, "."); !slices.Contains(members, name) {
				members, variables = append(members, name), append(variables, cel.Variable(name, flat))
			}
			continue
		}
		for n := 2; n <= len(chain) && plainName.MatchString(chain[n-1]); n++ {
			name := strings.Join(chain[:n], ".")
			if chain[0] != "request" && chain[0] != "response" || slices.Contains(members, name) {
				continue
			}
			members = append(members, name)
			variables = append(variables, cel.Variable(name, cel.DynType), cel.Variable(present+name, cel.BoolType))
		}
	}
	return members, variables
}

// flatTypes are the types of the members of credentials and merchant.
var flatTypes = map[string]*cel.Type{"credentials": cel.StringType, "merchant": cel.BoolType}

// plainName matches the names that CEL can select with a dot.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Names reports whether the source mentions a variable, such as "violation".
func (e *Expression) Names(variable string) bool { return e.Compile() == nil && e.mentions(variable) }

func (e *Expression) mentions(variable string) bool {
	for _, chain := range e.names {
		if chain[0] == variable {
			return true
		}
	}
	return false
}

// Texts returns the strings in the source, in order.
func (e *Expression) Texts() []string {
	_ = e.Compile() // without a program there are none
	return e.texts
}

// Numbers returns the numbers in the source, in order, in decimal text.
func (e *Expression) Numbers() []string {
	_ = e.Compile() // without a program there are none
	return e.numbers
}

// Chains returns what the source names, each as a variable and its members: request,
// body, orderId. * stands for the items of a list.
func (e *Expression) Chains() [][]string {
	_ = e.Compile() // without a program there are none
	return e.names
}

// Places returns the places of a request that the expression names, in order:
// "request.query.mid", "request.path.id", "request#/body/mid". For all headers or the whole query, see
// Place.All.
func (e *Expression) Places() []contract.Place {
	var all []contract.Place
	for _, chain := range e.Chains() {
		place := contract.Place("")
		switch {
		case len(chain) < 2 || chain[0] != "request":
		case chain[1] == "body":
			place = contract.RequestBody(contract.PointerTo(chain[2:]...))
		case chain[1] == "headers":
			place = contract.RequestHeader(strings.Join(chain[2:], ""))
		case chain[1] == "query":
			place = contract.Query(strings.Join(chain[2:], ""))
		case chain[1] == "path" && len(chain) > 2:
			place = contract.PathParameter(strings.Join(chain[2:], ""))
		}
		if place != "" && !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	return all
}

// ResponsePlaces returns the places of a response that the expression names, in order:
// "response.status", "response#/error/reason".
func (e *Expression) ResponsePlaces() []contract.Place {
	var all []contract.Place
	for _, chain := range e.Chains() {
		place := contract.Place("")
		switch {
		case len(chain) < 2 || chain[0] != "response":
		case chain[1] == "body":
			place = contract.ResponseBody(contract.PointerTo(chain[2:]...))
		case chain[1] == "headers" && len(chain) > 2:
			place = contract.ResponseHeader(chain[2])
		case chain[1] == "status":
			place = contract.ResponseStatus
		}
		if place != "" && !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	return all
}

// pointers returns the members of a body that the expression names, up to the first
// position in an array.
func (e *Expression) pointers(of contract.Direction) []contract.Pointer {
	var all []contract.Pointer
	for _, chain := range e.names {
		if len(chain) < 3 || chain[0] != string(of) || chain[1] != "body" {
			continue
		}
		path := chain[2:]
		if i := slices.Index(path, "*"); i >= 0 {
			path = path[:i]
		}
		all = append(all, contract.PointerTo(path...))
	}
	return all
}

// walker collects the chains of members and the strings of an expression. In a
// comprehension, the variable stands for the items of the list.
type walker struct {
	scope map[string][]string
	names [][]string
	texts []string
	// numbers are in decimal text.
	numbers []string
	depth   int  // of comprehensions in comprehensions
	heavy   bool // a comprehension searches a list or a text for each item
	// searches: a call looks through a list or a text, outside comprehensions.
	searches bool
	// shadows is a variable whose name a comprehension uses for its items.
	shadows string
}

func (w *walker) visit(e ast.Expr) {
	if chain := w.chain(e); chain != nil {
		w.names = append(w.names, chain)
		return
	}
	switch e.Kind() {
	case ast.LiteralKind:
		switch literal := e.AsLiteral().Value().(type) {
		case string:
			w.texts = append(w.texts, literal)
		case int64, uint64, float64:
			w.numbers = append(w.numbers, fmt.Sprint(literal))
		}
	case ast.SelectKind:
		w.visit(e.AsSelect().Operand())
	case ast.CallKind:
		w.searches = w.searches || searches(e.AsCall())
		if e.AsCall().IsMemberFunction() {
			w.visit(e.AsCall().Target())
		}
		for _, arg := range e.AsCall().Args() {
			w.visit(arg)
		}
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			w.visit(item)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			w.visit(entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		w.visit(c.IterRange())
		if slices.Contains(variableNames, c.IterVar()) {
			w.shadows = c.IterVar()
		}
		inner := &walker{scope: map[string][]string{}}
		for name, chain := range w.scope {
			inner.scope[name] = chain
		}
		inner.scope[c.IterVar()] = nil
		if over := w.chain(c.IterRange()); over != nil {
			inner.scope[c.IterVar()] = append(append([]string{}, over...), "*")
		}
		inner.scope[c.AccuVar()] = nil
		for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			inner.visit(part)
		}
		w.depth, w.heavy = max(w.depth, 1+inner.depth), w.heavy || inner.heavy || inner.searches
		w.names, w.texts, w.numbers = append(w.names, inner.names...), append(w.texts, inner.texts...), append(w.numbers, inner.numbers...)
		w.shadows = cmp.Or(w.shadows, inner.shadows)
	}
}

// chain returns a variable and its members; nil for other expressions.
func (w *walker) chain(e ast.Expr) []string {
	switch e.Kind() {
	case ast.IdentKind:
		if name, ok := strings.CutPrefix(e.AsIdent(), present); ok {
			return strings.Split(name, ".")
		}
		if chain, local := w.scope[e.AsIdent()]; local {
			return chain
		}
		return []string{e.AsIdent()}
	case ast.SelectKind:
		if above := w.chain(e.AsSelect().Operand()); above != nil {
			return append(append([]string{}, above...), e.AsSelect().FieldName())
		}
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index || len(call.Args()) != 2 {
			return nil
		}
		above := w.chain(call.Args()[0])
		if above == nil || call.Args()[1].Kind() != ast.LiteralKind {
			return nil
		}
		if name, ok := call.Args()[1].AsLiteral().Value().(string); ok {
			return append(append([]string{}, above...), name)
		}
		return append(append([]string{}, above...), "*")
	}
	return nil
}

// String returns the source on one line.
func (e *Expression) String() string { return strings.Join(strings.Fields(e.Source), " ") }
