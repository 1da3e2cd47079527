package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/watch"
)

// undocumented counts responses without a documented result code. The code itself may be any
// text of the provider, so it is no name of a counter.
const (
	undocumented = "undocumented"
	noResponse   = "no response"
)

// observed collects what the results of a run say about each operation.
type observed struct {
	job        string
	failOn     contract.Severity
	operations map[string]*operationSeen
	unreached  bool
}

// operationSeen is what a run says about one operation.
type operationSeen struct {
	passed, failed, warned, lost, errors int
	why                                  string // of the worst
	codes                                map[string]int
	latencies                            []int
	findings                             []watch.Finding
	degraded                             bool // a change degrades
}

// maxObserved is the most findings that are kept of one operation in one run.
const maxObserved = 200

func (o *observed) of(operation string) *operationSeen {
	if o.operations == nil {
		o.operations = map[string]*operationSeen{}
	}
	one := o.operations[operation]
	if one == nil {
		one = &operationSeen{codes: map[string]int{}}
		o.operations[operation] = one
	}
	return one
}

// result adds the result of an exchange, or of a case.
func (o *observed) result(r contract.Result) {
	if r.Provider == "" || r.Operation == "" {
		return // of a specification, or of no documented operation
	}
	one := o.of(r.Provider + "/" + r.Operation)
	o.findings(one, r.Findings)
	switch {
	case r.NoResponse:
		o.unreached = true
		one.lost++
		one.codes[noResponse]++
		one.say(r.Why)
		return
	case r.Verdict == contract.Errored:
		one.errors++
		one.say(r.Why)
		return
	case r.Verdict == contract.Inconclusive:
		one.say(r.Why)
		return
	}
	one.codes[cmp.Or(r.Code, undocumented)]++
	if r.Took > 0 {
		one.latencies = append(one.latencies, int(max(1, r.Took/time.Millisecond)))
	}
	if !r.Fails(o.failOn) {
		one.passed++
	}
}

// doubt says why nothing that passed is known to be ok.
func (o *observed) doubt(why string) {
	for _, s := range o.operations {
		s.errors++
		s.say(why)
	}
}

// interrupted takes back that a provider gave no response: assay was ended while it waited.
func (o *observed) interrupted() {
	o.unreached = false
	for _, s := range o.operations {
		if s.lost > 0 {
			s.why, s.errors, s.lost = "assay was ended while a request was in flight: the journal of the job names it", s.errors+s.lost, 0
			delete(s.codes, noResponse)
		}
	}
}

// findings adds the findings that count.
func (o *observed) findings(to *operationSeen, all []contract.Finding) {
	failed, warned := false, false
	for _, f := range all {
		if !f.Counts() {
			continue
		}
		shown := report.FindingOf(f)
		to.add(watch.Finding{ID: f.Fingerprint, Rule: f.Rule, Side: string(f.Side), Severity: string(f.Severity), Sentence: shown.Message})
		failed = failed || f.Severity.AtLeast(o.failOn)
		warned = warned || f.Severity.AtLeast(contract.Warning)
	}
	switch {
	case failed:
		to.failed++
	case warned:
		to.warned++
	}
}

// change adds a change that drift found.
func (o *observed) change(d *contract.Drift, c contract.Change) {
	one := o.of(c.Operation)
	if c.Status == contract.Acknowledged {
		return
	}
	shown := report.ChangeOf(c)
	one.add(watch.Finding{ID: c.ID, Rule: "drift " + string(c.Kind), Side: string(contract.ProviderSide), Severity: string(c.Impact), Sentence: strings.TrimPrefix(string(shown.At)+": "+shown.Message, ": ")})
	switch {
	case d.Fails(c):
		one.failed++
	case c.Impact == contract.Degrades || c.Impact == contract.Breaks:
		one.degraded = true
	}
}

func (s *operationSeen) add(f watch.Finding) {
	if len(s.findings) < maxObserved && !slices.ContainsFunc(s.findings, func(known watch.Finding) bool { return known.ID == f.ID }) {
		s.findings = append(s.findings, f)
	}
}

// say keeps the first reason.
func (s *operationSeen) say(why string) {
	if s.why == "" {
		first, _, _ := strings.Cut(report.Errors(why), "\n")
		s.why = cut(first)
	}
}

// maxWhy is the most characters of a reason.
const maxWhy = 300

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxWhy {
		return string(runes[:maxWhy]) + "…"
	}
	return text
}

// observations gives one observation of each operation. What is unknown is never ok: an
// operation with an error that no response explains has no data, unless something fails.
func (o *observed) observations() []watch.Observation {
	var all []watch.Observation
	for name, s := range o.operations {
		one := watch.Observation{Thing: watch.ThingName(o.job, name), Codes: s.codes, Latencies: s.latencies, Findings: s.findings}
		one.State, one.Why = s.verdict()
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b watch.Observation) int { return strings.Compare(a.Thing, b.Thing) })
	return all
}

func (s *operationSeen) verdict() (watch.State, string) {
	switch {
	case s.failed > 0:
		return watch.Failing, countFindings(s.findings)
	case s.lost > 0:
		return watch.Failing, s.why
	case s.warned > 0 || s.degraded:
		return watch.Degraded, countFindings(s.findings)
	case s.errors > 0, s.passed == 0:
		return watch.NoData, cmp.Or(s.why, "no response was checked")
	}
	if s.passed == 1 {
		return watch.OK, "1 response conforms"
	}
	return watch.OK, fmt.Sprintf("%d responses conform", s.passed)
}

// countFindings names the worst finding and says how many there are.
func countFindings(all []watch.Finding) string {
	if len(all) == 0 {
		return ""
	}
	worst := slices.MinFunc(all, watch.CompareFindings)
	text := worst.Rule + ": " + cut(worst.Sentence)
	if len(all) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(all)-1)
	}
	return text
}
