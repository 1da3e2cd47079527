package judge

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/shape"
)

// The limits of what a tally keeps, because traffic is unlimited.
const (
	maxPlaces     = 5     // origins of a group of findings
	maxUnreadable = 100   // unreadable entries
	maxGroups     = 10000 // fingerprints: each undocumented name makes one
	maxKinds      = 48    // of them, of one rule at one place: each undocumented result code makes one
	maxUnknown    = 1000  // kinds of requests to unknown paths of a provider
	maxCodes      = 100   // result codes of an operation
	maxExcerpts   = 1000  // findings with an excerpt
)

// noPass is the reason why an operation is inconclusive.
var noPass = &contract.Template{ID: "traffic.no-pass", Text: "no exchange of this operation passed", WayOut: "correct what its findings report"}

// noRule is the reason why an operation is inconclusive whose rules all were.
var noRule = &contract.Template{ID: "traffic.no-rule", Text: "no rule proved anything about this operation", WayOut: "see the reason of each rule"}

// Reasons returns the reasons why an operation is inconclusive.
func Reasons() []*contract.Template { return []*contract.Template{noPass, noRule} }

// Templates returns the messages of this package.
func Templates() []*contract.Template { return append(Reasons(), moreKinds) }

// Tally counts the results of exchanges. Several tallies can count at the same time and be
// merged; the sum does not depend on the order. A Tally is not safe for concurrent use.
type Tally struct {
	failOn     contract.Severity
	counts     contract.Traffic
	groups     map[string]*group // by groupKey
	kinds      map[kind][]string // the keys of groups that differ in Finding.Apart, in order
	unknown    int               // groups of requests to unknown paths
	excerpts   int               // findings with an excerpt
	unreadable []numberedResult
	skipped    []numberedResult           // files
	operations map[string]*operationTally // by operation
	shapes     *learner                   // nil if no shapes are learnt
	each       func(n int64, r contract.Result)
}

// operationTally is what is counted for an operation.
type operationTally struct {
	contract.OperationCount
	best   contract.Evidence
	rules  map[string]bool             // rules that checked an exchange
	gaps   map[string]contract.Message // inconclusive rules, with the reason
	recent [8]*string                  // recent lists of checked rules
	next   int                         // the index in recent to overwrite
}

// groupKey returns the key of the group of a finding: what a test expects does not count,
// and has a group apart.
func groupKey(f contract.Finding) string {
	if f.Expected {
		return f.Fingerprint + " expected"
	}
	return f.Fingerprint
}

type group struct {
	contract.Group
	first []numberedResult // in order
}

// numberedResult is a result and the number of its exchange in the order of reading.
type numberedResult struct {
	n      int64
	result contract.Result
}

// NewTally returns an empty tally. Findings at or above failOn are failures.
func NewTally(failOn contract.Severity) *Tally {
	return &Tally{
		failOn: failOn, groups: map[string]*group{}, kinds: map[kind][]string{}, operations: map[string]*operationTally{},
		counts: contract.Traffic{Operations: map[string]*contract.OperationCount{}},
	}
}

// LearnShapes makes a tally also learn the shapes of exchanges that match a documented
// operation of a judge.
func (t *Tally) LearnShapes(j *Judge) { t.shapes = &learner{judge: j, shapes: shape.NewLearner()} }

// Watch makes a tally call a function with the result of every exchange and entry that it
// counts, once each. The result has its verdict.
func (t *Tally) Watch(each func(n int64, r contract.Result)) { t.each = each }

// watched passes a result to the function of Watch.
func (t *Tally) watched(n int64, r contract.Result) {
	if t.each != nil {
		t.each(n, r)
	}
}

// Shapes returns the learnt shapes for a report; nil without LearnShapes. Call it last: the
// tally cannot learn afterwards.
func (t *Tally) Shapes() ([]json.RawMessage, error) {
	if t.shapes == nil {
		return nil, nil
	}
	return shape.MarshalReport(t.shapes.shapes.Shapes())
}

// Learn learns the nth exchange, after LearnShapes; else it does nothing.
func (t *Tally) Learn(n int64, ex contract.Exchange) {
	if t.shapes != nil {
		t.shapes.learnExchange(n, ex)
	}
}

// tallyOf returns what is counted for an operation.
func (t *Tally) tallyOf(operation string) *operationTally {
	a := t.operations[operation]
	if a == nil {
		a = &operationTally{OperationCount: contract.OperationCount{Codes: map[string]int64{}}, rules: map[string]bool{}, gaps: map[string]contract.Message{}}
		t.operations[operation], t.counts.Operations[operation] = a, &a.OperationCount
	}
	return a
}

// Unmatched counts the nth exchange, which matches no documented operation.
func (t *Tally) Unmatched(n int64, origin string) {
	t.counts.Exchanges++
	t.counts.Unmatched++
	t.watched(n, contract.Result{Origin: origin, Verdict: contract.Inconclusive, Why: noOperation})
}

const noOperation = "it matches no documented operation"

// Unknown counts the nth exchange, which matches no documented operation although a
// provider has its host; see Judge.Unknown.
func (t *Tally) Unknown(n int64, r contract.Result) {
	t.counts.Exchanges++
	if r.Fails(t.failOn) {
		t.counts.Failing++
		for _, f := range r.Findings {
			r.Checked = append(r.Checked, f.Rule)
		}
	} else {
		t.counts.Unmatched++
		r.Verdict, r.Why = contract.Inconclusive, noOperation
	}
	if t.each != nil {
		shown := r
		shown.Verdict = cmp.Or(r.Verdict, r.VerdictAt(t.failOn))
		t.each(n, shown)
	}
	for _, f := range r.Findings {
		if t.groups[groupKey(f)] == nil {
			if t.unknown >= maxUnknown {
				f = rest(r.Case, f)
			} else {
				t.unknown++
			}
		}
		t.addFinding(r.Case, f, 1, []numberedResult{{n, r}})
	}
}

// Elsewhere counts the nth entry, which cannot be read and whose host no provider has.
func (t *Tally) Elsewhere(n int64, origin string) {
	t.counts.Elsewhere++
	t.watched(n, contract.Result{Origin: origin, Verdict: contract.Inconclusive, Why: "it could not be read, and no provider has its host"})
}

// Unreadable counts the nth entry, which cannot be read or checked.
func (t *Tally) Unreadable(n int64, origin string, err error) {
	t.counts.Unreadable++
	if !t.described(n) && t.each == nil {
		return
	}
	r := contract.Result{
		Case: "traffic", Origin: origin, Verdict: contract.Errored, Why: err.Error(),
		Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
	}
	if crashed := new(crash.Error); errors.As(err, &crashed) {
		r.Stack = crashed.Stack
	}
	t.watched(n, r)
	if t.described(n) {
		t.list(n, r)
	}
}

// list keeps the result of an entry that could not be read or checked.
func (t *Tally) list(n int64, r contract.Result) {
	t.unreadable = earliest(append(t.unreadable, numberedResult{n, r}), maxUnreadable)
}

// Skipped names the nth entry, a file that cannot be read and that the user passes over.
func (t *Tally) Skipped(n int64, origin string, err error) {
	t.counts.Skipped++
	r := contract.Result{
		Case: "traffic", Origin: origin, Verdict: contract.Inconclusive, Why: err.Error(),
		Checked: []string{}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
	}
	t.watched(n, r)
	t.skipped = earliest(append(t.skipped, numberedResult{n, r}), maxUnreadable)
}

// described reports whether the report describes the nth entry if it cannot be read: the
// entries before it do not fill the list.
func (t *Tally) described(n int64) bool {
	return len(t.unreadable) < maxUnreadable || n < t.unreadable[maxUnreadable-1].n
}

// earliest returns the first results in the order of reading.
func earliest(all []numberedResult, most int) []numberedResult {
	slices.SortFunc(all, func(a, b numberedResult) int { return cmp.Compare(a.n, b.n) })
	return all[:min(len(all), most)]
}

// NeedsExcerpts reports whether a report could show one of these findings of the nth
// exchange, because it is the first of its kind. Then Judge.Excerpts comes before Add.
func (t *Tally) NeedsExcerpts(n int64, findings []contract.Finding) bool {
	if t.excerpts >= maxExcerpts {
		return false
	}
	return slices.ContainsFunc(findings, func(f contract.Finding) bool {
		g := t.groups[groupKey(f)]
		return f.GetsExcerpt() && (g == nil && len(t.groups) < maxGroups || g != nil && n < g.first[0].n)
	})
}

// Add counts the nth exchange and returns its verdict.
func (t *Tally) Add(n int64, r contract.Result) contract.Verdict { return t.add(n, r, true) }

// AddRequest counts a request that was judged and not sent, so it has no result code.
func (t *Tally) AddRequest(n int64, r contract.Result) contract.Verdict { return t.add(n, r, false) }

func (t *Tally) add(n int64, r contract.Result, responded bool) contract.Verdict {
	if r.Verdict == contract.Errored {
		t.list(n, contract.Result{Case: r.Case, Origin: r.Origin, Provider: r.Provider, Operation: r.Operation, Evidence: r.Evidence, Verdict: r.Verdict, Why: r.Why, Stack: r.Stack, Checked: r.Checked, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}})
		if !r.Fails(t.failOn) {
			t.counts.Unreadable++
			t.watched(n, r)
			return r.Verdict
		}
		r.Verdict = "" // what the other rules found counts
	}
	r.Verdict = r.VerdictAt(t.failOn)
	t.watched(n, r)
	t.counts.Exchanges++
	a := t.tallyOf(r.Case)
	a.Exchanges++
	if count, known := a.Codes[r.Code]; responded && (known || len(a.Codes) < maxCodes) {
		a.Codes[r.Code] = count + 1
	}
	switch {
	case r.Verdict == contract.Fail:
		t.counts.Failing++
		a.Failing++
	case r.Verdict == contract.Inconclusive && slices.ContainsFunc(r.Inconclusive, rule.ProvesNothing):
		t.counts.Assumed++
	default:
		t.counts.Conforming++
	}
	a.best = a.best.Stronger(r.Evidence)
	a.addLists(r)
	for _, f := range r.Findings {
		if f.Excerpt != nil {
			t.excerpts++
		}
		t.addFinding(r.Case, f, 1, []numberedResult{{n, r}})
	}
	return r.Verdict
}

// addLists records which rules checked an exchange. Results share their lists, so a recent
// list is already recorded.
func (a *operationTally) addLists(r contract.Result) {
	if len(r.Checked) == 0 {
		for _, gap := range r.Inconclusive {
			a.addGap(gap.Rule, gap.Why)
		}
		return
	}
	if slices.Contains(a.recent[:], &r.Checked[0]) {
		return
	}
	a.recent[a.next] = &r.Checked[0]
	a.next = (a.next + 1) % len(a.recent)
	for _, rule := range r.Checked {
		a.rules[rule] = true
	}
	for _, gap := range r.Inconclusive {
		a.addGap(gap.Rule, gap.Why)
	}
}

// addGap records why a rule was inconclusive. Of several reasons it keeps the same one
// whatever the order, and an outstanding one before others.
func (a *operationTally) addGap(id string, why contract.Message) {
	before, known := a.gaps[id]
	was, is := rule.Outstanding(contract.Gap{Rule: id, Why: before}), rule.Outstanding(contract.Gap{Rule: id, Why: why})
	if !known || is && !was || is == was && why.Template != before.Template && why.Template.ID < before.Template.ID {
		a.gaps[id] = why
	}
}

// outstanding returns the rules that could not judge an exchange, although they checked
// others, and have no finding.
func (t *Tally) outstanding(name string) (all []string) {
	a := t.operations[name]
	for id, why := range a.gaps {
		if rule.Outstanding(contract.Gap{Rule: id, Why: why}) && !t.finds(name, id) {
			all = append(all, id)
		}
	}
	return all
}

// finds reports whether a rule has a finding in an operation.
func (t *Tally) finds(operation, id string) bool {
	for _, g := range t.groups {
		if g.Operation == operation && g.Finding.Rule == id {
			return true
		}
	}
	return false
}

func (t *Tally) addFinding(operation string, f contract.Finding, count int64, first []numberedResult) {
	key := groupKey(f)
	g := t.groups[key]
	if g == nil && !f.Rest && !t.admit(operation, f, key) {
		f = rest(operation, f)
		key = groupKey(f)
		g = t.groups[key]
	}
	switch {
	case g == nil:
		g = &group{Group: contract.Group{Operation: operation, Finding: f}}
		t.groups[key] = g
	case len(g.first) > 0 && len(first) > 0 && first[0].n < g.first[0].n:
		g.Finding = f
	}
	g.Count += count
	if len(g.first) < maxPlaces || first[0].n < g.first[len(g.first)-1].n {
		g.first = earliest(append(g.first, first...), maxPlaces)
	}
}

// Merge adds the counts of another tally.
func (t *Tally) Merge(other *Tally) {
	c := &other.counts
	t.counts.Exchanges, t.counts.Conforming, t.counts.Failing = t.counts.Exchanges+c.Exchanges, t.counts.Conforming+c.Conforming, t.counts.Failing+c.Failing
	t.counts.Unreadable, t.counts.Unmatched = t.counts.Unreadable+c.Unreadable, t.counts.Unmatched+c.Unmatched
	t.counts.Elsewhere += c.Elsewhere
	t.counts.Assumed += c.Assumed
	t.unreadable = earliest(append(t.unreadable, other.unreadable...), maxUnreadable)
	t.counts.Skipped += c.Skipped
	t.skipped = earliest(append(t.skipped, other.skipped...), maxUnreadable)
	for name, o := range other.operations {
		mine := t.tallyOf(name)
		mine.Exchanges, mine.Failing = mine.Exchanges+o.Exchanges, mine.Failing+o.Failing
		for code, n := range o.Codes {
			mine.Codes[code] += n
		}
		mine.best = mine.best.Stronger(o.best)
		maps.Copy(mine.rules, o.rules)
		for rule, why := range o.gaps {
			mine.addGap(rule, why)
		}
	}
	if t.shapes != nil && other.shapes != nil {
		t.shapes.merge(other.shapes)
	}
	for _, g := range other.groups {
		t.addFinding(g.Operation, g.Finding, g.Count, g.first)
	}
}

// Report returns a report with a result for each operation, for the first exchange of each
// listed group of findings, and for each unreadable entry. It lists the first most groups.
func (t *Tally) Report(c *catalog.Catalog, version string, most int) *contract.Report {
	report := &contract.Report{
		Schema: contract.ReportSchema, Assay: version, Specs: map[string]string{}, FailOn: t.failOn,
		Results: []contract.Result{}, Coverage: map[string]contract.Coverage{}, Matrix: []contract.Comparison{},
	}
	for _, s := range c.Specs {
		report.Specs[s.Provider] = "sha256:" + s.SHA256
	}
	traffic := t.counts
	all := []contract.Group{}
	firsts := map[int64]contract.Result{}
	for _, g := range t.groups {
		listed := g.Group
		for _, place := range g.first {
			listed.Places = append(listed.Places, place.result.Origin)
		}
		all = append(all, listed)
	}
	all = contract.SortGroups(all)
	traffic.Groups = all
	traffic.Limit(most, t.failOn)
	for _, g := range traffic.Groups {
		first := t.groups[groupKey(g.Finding)].first[0]
		first.result.Verdict = first.result.VerdictAt(t.failOn)
		firsts[first.n] = first.result
	}
	for _, name := range slices.Sorted(maps.Keys(traffic.Operations)) {
		report.Results = append(report.Results, t.operation(c, name))
	}
	for _, n := range slices.Sorted(maps.Keys(firsts)) {
		report.Results = append(report.Results, firsts[n])
	}
	for _, b := range slices.Concat(t.unreadable, t.skipped) {
		report.Results = append(report.Results, b.result)
	}
	report.Traffic = &traffic
	return report
}

// operation returns the result of an operation: which rules checked its exchanges.
func (t *Tally) operation(c *catalog.Catalog, name string) contract.Result {
	a := t.operations[name]
	r := contract.Result{
		Case: name, Origin: contract.WholeTraffic, Evidence: a.best, Verdict: contract.Pass,
		Checked: slices.Sorted(maps.Keys(a.rules)), Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
	}
	for _, s := range c.Specs {
		for _, o := range s.Operations {
			if o.Name() == name {
				r.Provider, r.Operation = s.Provider, o.ID
			}
		}
	}
	open := t.outstanding(name)
	r.Checked = slices.DeleteFunc(r.Checked, func(id string) bool { return slices.Contains(open, id) })
	for _, rule := range slices.Sorted(maps.Keys(a.gaps)) {
		if !a.rules[rule] || slices.Contains(open, rule) {
			r.Inconclusive = append(r.Inconclusive, contract.Gap{Rule: rule, Why: a.gaps[rule]})
		}
	}
	switch {
	case len(a.rules) == 0 && len(a.gaps) > 0:
		r.Verdict, r.Why = contract.Inconclusive, report.Sentence(noRule.Says())
	case a.Failing == a.Exchanges:
		r.Verdict, r.Why = contract.Inconclusive, report.Sentence(noPass.Says())
	}
	return r
}
