package judge_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/signature"
	"assay/internal/testsize"
)

var mutantTable = flag.Bool("mutants", false, "print how many mutants the rules notice, by kind, and why the others are right")

// mutant is an exchange with one member changed.
type mutant struct {
	place contract.Place
	kind  string
	body  []byte
}

// kinds lists the kinds of change in the order of the table. "forged" changes a value and
// keeps the old signature.
func kinds() []string {
	return []string{"drop", "rename", "null", "retype", "change", "add", "forged"}
}

// TestMutants changes every member of every exchange of the cassettes in every way and
// counts the changes that rules report. Of requests or responses of the same form it
// changes the first, and what another case has had is changed again in the long form
// only. A change that no rule reports has to be allowed by the documents, or the rules have
// a gap.
func TestMutants(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	tally := newTally()
	t.Run("cases", func(t *testing.T) {
		forms, had := map[string]bool{}, map[string]bool{}
		for _, c := range e.Fixtures.Cases {
			t.Run(c.Name, func(t *testing.T) {
				pass, play := e.Subject(t.Context(), c)
				if play.Err != nil {
					t.Fatal(play.Err)
				}
				changed := map[contract.Direction][]mutant{}
				for _, side := range contract.Directions() { // one case after the other
					all := mutantsOf(pass, side)
					if of := form(pass, side, all); !forms[of] {
						forms[of], changed[side] = true, novel(pass, side, all, had)
					}
				}
				t.Parallel()
				mutate(t, e, c, changed, tally)
			})
		}
	})
	least := 2000
	if everyMutant() {
		least = 5000
	}
	for _, kind := range kinds() {
		if tally.of(kind) == 0 && !raced {
			t.Errorf("no mutant with the change %s", kind)
		}
	}
	if tally.total() < least && !raced {
		t.Errorf("%d mutants only", tally.total())
	}
	if !raced {
		golden.Set(t, "testdata/proved/mutants.txt", tally.places())
	}
	if *mutantTable {
		tally.print()
	}
}

// everyMutant reports whether to repeat a change that another case has had.
func everyMutant() bool { return *mutantTable || testsize.Long() }

// novel returns the mutants that no case before had: at the same place of a request, or of a
// response that means the same, such as that the order is refused. A case that means the
// member to be wrong is another one.
func novel(p *rule.Subject, side contract.Direction, all []mutant, had map[string]bool) []mutant {
	if everyMutant() {
		return all
	}
	of := p.Operation.Name()
	if side == contract.InResponse {
		of += fmt.Sprint(p.View.Exchange.Response.Status)
		if met, _ := p.View.ResultCode(); p.Operation.Code(met.Code) != nil {
			of += string(p.Operation.Code(met.Code).State)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(m mutant) bool {
		key := fmt.Sprint(of, m.kind, m.place.General(), meant(p, m))
		before := had[key]
		had[key] = true
		return before
	})
}

// meant reports whether the case means the member to be wrong.
func meant(p *rule.Subject, m mutant) bool {
	return slices.ContainsFunc(p.Case.Want.Findings, func(w contract.ExpectedFinding) bool {
		return w.At.Contains(m.place.General()) || w.At == m.place
	})
}

// form identifies exchanges with the same mutants: the operation, the changes and places,
// the result code, and what the case expects.
func form(p *rule.Subject, side contract.Direction, all []mutant) string {
	met, _ := p.View.ResultCode()
	parts := []string{p.Operation.Name(), string(side), met.Code, fmt.Sprint(p.View.Exchange.Response.Status, p.Case.Want.Findings)}
	for _, m := range all {
		parts = append(parts, m.kind+" "+string(m.place))
	}
	return strings.Join(parts, "\n")
}

// mutate judges the mutants of the exchange of one case.
func mutate(t *testing.T, e *engine.Engine, c *contract.Case, changed map[contract.Direction][]mutant, tally *mutantTally) {
	t.Helper()
	pass, play := e.Subject(t.Context(), c)
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	rules := countedRules(pass)
	r, before := e.Resolve(c), unexpectedFindings(rules, pass)
	type judged struct {
		subject *rule.Subject
		worst   contract.Severity
	}
	for _, side := range contract.Directions() {
		known := map[string]judged{} // by body: what is added beside each member of an object is the same
		for i, m := range changed[side] {
			if raced && i%8 != 0 {
				continue // under the race detector a part of the values is enough
			}
			got, again := known[string(m.body)]
			if !again {
				ex := *play.Exchange
				if side == contract.InRequest {
					ex.Request.Body = m.body
				} else {
					ex.Response.Body = m.body
				}
				got.subject = observe(r, pass, ex, play.Token)
				for key, f := range unexpectedFindings(rules, got.subject) {
					if _, had := before[key]; !had && (got.worst == "" || f.Severity.AtLeast(got.worst)) {
						got.worst = f.Severity
					}
				}
				known[string(m.body)] = got
			}
			why := ""
			if got.worst == "" {
				if why = allowed(got.subject, side, m); why == "" {
					t.Errorf("%s of %s: no rule reports it", m.kind, m.place)
				}
			}
			tally.add(pass.Operation.Name(), side, m, got.worst, why)
		}
	}
}

// countedRules returns the rules of a case. It leaves out the rule that damages responses
// itself and those about the cassette, which find the same in every mutant.
func countedRules(p *rule.Subject) []rule.Rule {
	return slices.DeleteFunc(slices.Clone(rule.For(p)), func(r rule.Rule) bool { return r.ID == "damage-survived" || r.Family == "cassette" })
}

// unexpectedFindings returns the findings that the case does not expect.
func unexpectedFindings(rules []rule.Rule, p *rule.Subject) map[string]contract.Finding {
	outcome := rule.Each(rules, p)
	if len(outcome.Crashes) > 0 {
		panic(outcome.Crashes[0])
	}
	all := map[string]contract.Finding{}
	for _, f := range outcome.Findings {
		if f.Counts() {
			all[f.Rule+" "+string(f.At)+" "+f.Detail+" "+report.Sentence(f.Message)] = f
		}
	}
	return all
}

// mutantsOf returns the mutants of the exchange of a case. All tests share them.
func mutantsOf(p *rule.Subject, side contract.Direction) []mutant {
	type of struct {
		name string
		side contract.Direction
	}
	known, _ := everyMutantOf.LoadOrStore(of{p.Case.Name, side}, sync.OnceValue(func() []mutant { return mutants(p, side) }))
	made, _ := known.(func() []mutant)
	return made()
}

var everyMutantOf sync.Map

// mutants makes every change of the body of one side. A signed body is signed again.
func mutants(p *rule.Subject, side contract.Direction) []mutant {
	body, sign, value := p.View.Exchange.Request.Body, p.Operation.Sign.Request, p.View.RequestBody()
	if side == contract.InResponse {
		body, sign, value = p.View.Exchange.Response.Body, p.Operation.Sign.Response, p.View.ResponseBody()
	}
	if signature.State(sign, body, p.View.Credentials) != contract.SignatureValid {
		sign = nil // invalid on purpose: it is kept
	}
	var all []mutant
	walk(value, "", func(pointer contract.Pointer, parent any, old any) {
		if sign != nil && pointer == sign.At {
			return // signing again would undo the change; forged changes the signed members instead
		}
		for _, kind := range kinds() {
			if kind == "forged" && (sign == nil || !sign.Over.Contains(pointer)) {
				continue
			}
			changed, ok := mutated(body, pointer, kind, old)
			if !ok {
				continue
			}
			if kind != "forged" {
				changed = signature.Sign(sign, changed, p.View.Credentials, signature.Zeros{})
			}
			all = append(all, mutant{side.Body(pointer), kind, changed})
		}
	})
	return all
}

// walk visits every member and item below a value.
func walk(value any, pointer contract.Pointer, visit func(pointer contract.Pointer, parent, old any)) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range sortedNames(v) {
			at := pointer.AppendToken(name)
			visit(at, v, v[name])
			walk(v[name], at, visit)
		}
	case []any:
		for i, item := range v {
			at := pointer.AppendToken(strconv.Itoa(i))
			visit(at, v, item)
			walk(item, at, visit)
		}
	}
}

func sortedNames(v map[string]any) []string {
	var names []string
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// mutated changes one member of a fresh copy of a body.
func mutated(body []byte, pointer contract.Pointer, kind string, old any) ([]byte, bool) {
	root, err := contract.Decode(body)
	if err != nil {
		return nil, false
	}
	name := pointer.LastToken()
	parent, _ := contract.Lookup(root, pointer.Parent())
	object, ok := parent.(map[string]any)
	if !ok {
		return nil, false // only the members of array items are changed
	}
	switch kind {
	case "drop":
		delete(object, name)
	case "rename":
		object[name+"X"] = object[name]
		delete(object, name)
	case "null":
		if old == nil {
			return nil, false
		}
		object[name] = nil
	case "add":
		object["assayUndocumented"] = "x"
	case "retype":
		object[name] = retyped(old)
	case "change", "forged":
		other, ok := anotherValue(old)
		if !ok {
			return nil, false
		}
		object[name] = other
	}
	raw, err := contract.Encode(root)
	return raw, err == nil
}

func retyped(old any) any {
	switch v := old.(type) {
	case json.Number:
		return v.String()
	case string:
		return json.Number("7")
	case bool:
		return fmt.Sprint(v)
	case nil:
		return json.Number("7")
	}
	return "text"
}

// anotherValue returns another value of the same type, with another last character.
func anotherValue(old any) (any, bool) {
	switch v := old.(type) {
	case json.Number:
		return json.Number(next(v.String())), true
	case string:
		return next(v), v != ""
	case bool:
		return !v, true
	}
	return nil, false
}

func next(text string) string {
	b := []byte(text)
	for i := len(b) - 1; i >= 0; i-- {
		switch c := b[i]; {
		case c >= '1' && c < '9', c >= 'a' && c < 'z', c >= 'A' && c < 'Z':
			b[i]++
			return string(b)
		case c == '9' || c == 'z' || c == 'Z':
			b[i]--
			return string(b)
		case c == '0' && (i == len(b)-1 || len(b) == 1):
			b[i] = '1'
			return string(b)
		}
	}
	return text + "x"
}

// allowed returns why the documents allow a mutant; "" if they do not.
func allowed(p *rule.Subject, side contract.Direction, m mutant) string {
	pointer, _ := m.place.Pointer()
	body := p.Operation.Request
	if side == contract.InResponse {
		if a := p.Operation.Responses[p.View.Exchange.Response.Status]; a != nil {
			body = a.Body
		}
	}
	if meant(p, m) {
		return "the case means the member to be wrong"
	}
	if side == contract.InRequest && strings.Contains(string(p.Case.Send), `"/body`+string(pointer)+`"`) {
		return "the case itself says what stands there"
	}
	if m.kind == "forged" && nested(p.Operation.Sign.Request.Over, pointer) && p.Operation.Sign.Request.Scheme == "paytring-sha512" {
		return "the scheme covers top-level members that are neither objects nor arrays"
	}
	member := body.Member(pointer)
	if member == nil {
		return "the documents leave open what stands there"
	}
	for _, v := range body.Violations(m.body) {
		if strings.HasPrefix(string(v.At), string(m.place)) {
			return "" // the schema excludes it, and no rule reports it
		}
	}
	switch m.kind {
	case "drop":
		if !member.Required {
			return "the member is optional"
		}
	case "null":
		return "the documents allow null there"
	case "retype":
		return "the documents allow both types"
	case "change":
		return anyValue(p, side, member)
	}
	return ""
}

// nested reports whether a member is below a member of the signed part.
func nested(over, member contract.Pointer) bool {
	return len(contract.TokensOf(member))-len(contract.TokensOf(over)) > 1
}

// anyValue returns why any value is valid for a member.
func anyValue(p *rule.Subject, side contract.Direction, member *openapi.Member) string {
	switch {
	case slices.Contains(slices.Concat(p.Operation.Result.Code, p.Operation.Result.Status), member.Pointer) && side == contract.InResponse:
		return ""
	case member.Means == "timestamp":
		return "any time is right"
	case side == contract.InResponse && member.Means == "provider-reference":
		return "the provider's ids are its own"
	case member.Means != "" && (p.Read == nil || p.Case.Request != nil):
		return "no client of ours sends an order that the request could contradict"
	case member.Means != "":
		return ""
	case member.Sensitive():
		return "any secret and any person is right"
	case len(member.Enum) > 0:
		return "another value of the list is right"
	}
	return "the documents leave the value open"
}

// mutantTally counts mutants by side and kind, and why unreported ones are allowed.
type mutantTally struct {
	mu      sync.Mutex
	counts  map[[2]string]map[contract.Severity]int
	reasons map[string]int
	changes map[string]bool // operation, place and mutation
}

func newTally() *mutantTally {
	return &mutantTally{counts: map[[2]string]map[contract.Severity]int{}, reasons: map[string]int{}, changes: map[string]bool{}}
}

// places lists the changes: operation, place and mutation.
func (t *mutantTally) places() []string { return slices.Collect(maps.Keys(t.changes)) }

func (t *mutantTally) add(operation string, side contract.Direction, m mutant, worst contract.Severity, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kind := m.kind
	t.changes[operation+" "+string(m.place.General())+" "+kind] = true
	key := [2]string{string(side), kind}
	if t.counts[key] == nil {
		t.counts[key] = map[contract.Severity]int{}
	}
	t.counts[key][worst]++
	if why != "" {
		t.reasons[string(side)+" "+kind+": "+why]++
	}
}

func (t *mutantTally) total() int {
	n := 0
	for _, by := range t.counts {
		for _, count := range by {
			n += count
		}
	}
	return n
}

// of counts the mutants with a kind of change.
func (t *mutantTally) of(kind string) int {
	n := 0
	for _, side := range contract.Directions() {
		for _, count := range t.counts[[2]string{string(side), kind}] {
			n += count
		}
	}
	return n
}

func (t *mutantTally) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "SIDE\tKIND\tMUTANTS\tERROR\tWARNING\tINFO\tNOT NOTICED\t")
	for _, side := range contract.Directions() {
		for _, kind := range kinds() {
			by := t.counts[[2]string{string(side), kind}]
			all := by[contract.Error] + by[contract.Warning] + by[contract.Info] + by[""]
			_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t\n", side, kind, all, by[contract.Error], by[contract.Warning], by[contract.Info], by[""])
		}
	}
	_ = w.Flush()
	_, _ = fmt.Println("\nnot noticed, and right so:")
	var reasons []string
	for why := range t.reasons {
		reasons = append(reasons, why)
	}
	slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(t.reasons[b]-t.reasons[a], strings.Compare(a, b)) })
	for _, why := range reasons {
		_, _ = fmt.Printf("%6d  %s\n", t.reasons[why], why)
	}
}
