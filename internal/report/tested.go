package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
)

// tested is a result whose rules are tests. Of traffic it is a whole operation, with the kinds
// of findings that its exchanges have.
type tested struct {
	contract.Result
	groups []contract.Group
	left   []string // rules that failed and whose findings the report leaves out
}

// testedOf returns the results whose rules the formats list and count. An exchange of traffic is
// part of the result of its operation, so its rules do not count again.
func testedOf(r *contract.Report) []tested {
	if r.Traffic == nil {
		return mapped(r.Results, func(one contract.Result) tested { return tested{Result: one} })
	}
	whole := map[string]bool{}
	for _, one := range r.Results {
		whole[one.Case] = whole[one.Case] || one.Origin == contract.WholeTraffic
	}
	var all []tested
	for _, one := range r.Results {
		switch {
		case one.Origin == contract.WholeTraffic:
			all = append(all, operationTested(r, one))
			continue
		case one.Operation != "" && whole[one.Case] && one.Verdict != contract.Errored:
			continue
		case one.Operation != "" && whole[one.Case]:
			one.Checked, one.Inconclusive, one.Findings = nil, nil, nil
		}
		all = append(all, tested{Result: one})
	}
	return all
}

// operationTested puts the findings of an operation together with the rules that found them.
func operationTested(r *contract.Report, whole contract.Result) tested {
	t := tested{Result: whole}
	t.Checked, t.Findings = slices.Clone(whole.Checked), nil
	failed := map[string]bool{}
	for _, g := range r.Traffic.Groups {
		if g.Operation == whole.Case {
			t.groups, t.Findings = append(t.groups, g), append(t.Findings, g.Finding)
			failed[g.Finding.Rule] = failed[g.Finding.Rule] || g.Finding.Counts() && g.Finding.Severity.AtLeast(r.FailOn)
		}
	}
	for _, of := range r.Traffic.Left {
		if rule, own := strings.CutPrefix(of, whole.Case+" "); own && !failed[rule] {
			t.left, failed[rule] = append(t.left, rule), true
		}
	}
	for rule, is := range failed {
		if is && !slices.Contains(t.Checked, rule) {
			t.Checked = append(t.Checked, rule)
			slices.Sort(t.Checked)
		}
		if is {
			t.Verdict, t.Why = contract.Fail, ""
		}
	}
	t.Inconclusive = slices.DeleteFunc(slices.Clone(whole.Inconclusive), func(g contract.Gap) bool { return failed[g.Rule] })
	return t
}

// failure is the text about the findings of a rule that fail.
func (t *tested) failure(bad []contract.Finding, again *Again) string {
	if t.groups == nil {
		return Failure(t.Case, bad, again)
	}
	var blocks []string
	for _, g := range t.groups {
		if slices.ContainsFunc(bad, func(f contract.Finding) bool {
			return f.Rule == g.Finding.Rule && f.Fingerprint == g.Finding.Fingerprint && f.Expected == g.Finding.Expected
		}) {
			blocks = append(blocks, strings.TrimSuffix(Group(g), "\n"))
		}
	}
	return strings.Join(blocks, "\n\n")
}

// seen says how often a finding of traffic occurred, and where first: " (2 times, first in
// har:a.har#1)"; "" for a case.
func (t *tested) seen(f contract.Finding) string {
	for _, g := range t.groups {
		if g.Finding.Fingerprint == f.Fingerprint && g.Finding.Expected == f.Expected {
			return seenAt(g.Count, first(g.Places))
		}
	}
	return ""
}

// origin is the first exchange in which a rule of traffic failed; else that of the result.
func (t *tested) origin(rule string, failOn contract.Severity) string {
	for _, g := range t.groups {
		if f := g.Finding; f.Rule == rule && f.Counts() && f.Severity.AtLeast(failOn) && len(g.Places) > 0 {
			return g.Places[0]
		}
	}
	return t.Origin
}

func seenAt(count int64, place string) string {
	switch {
	case place == "":
		return " (" + times(count) + ")"
	case count < 2:
		return " (" + Foreign(place) + ")"
	}
	return " (" + times(count) + ", first in " + Foreign(place) + ")"
}

// trafficFile is the file in which an exchange is, and its line if the file has one exchange a
// line, not counting empty ones; nil: it is in none that a pipeline could have, such as standard input or a proxy.
func trafficFile(origin string) *contract.Location {
	format, rest, _ := strings.Cut(origin, ":")
	at := strings.LastIndexByte(rest, '#')
	n, err := strconv.Atoi(rest[at+1:])
	if file := rest[:max(at, 0)]; err != nil || file == "" || file == "-" || !slices.Contains([]string{"har", "ndjson", "cassette"}, format) {
		return nil // such as a test of assay exec, whose name can be anything
	}
	if format != "ndjson" {
		n = 1
	}
	return &contract.Location{Kind: "traffic", File: rest[:at], Line: n}
}

// gaps counts the rules that checked no exchange of an operation of traffic.
func gaps(r *contract.Report) (n int) {
	for _, t := range testedOf(r) {
		if t.Origin == contract.WholeTraffic {
			n += len(t.Inconclusive)
		}
	}
	return n
}

// files are the files that an issue is about. There is always one: the exchange if it is in a
// file, because that file is the user's; else what the finding names, or the specification of
// the provider.
func (i issue) files() []contract.Location {
	all := i.Locations
	if i.Seen != nil {
		all = append([]contract.Location{*i.Seen}, all...)
	}
	if len(all) > 0 {
		return all
	}
	provider, _, _ := strings.Cut(cmp.Or(i.Operation, "assay"), "/")
	return []contract.Location{{Kind: contract.SpecificationFile, File: "specs/" + provider + ".yaml", Line: 1, Embedded: true}}
}
