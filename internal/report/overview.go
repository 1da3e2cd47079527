package report

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/contract"
)

// overview is a run, checked traffic or a comparison as the formats for pipelines and pages see
// it. They differ in what they write, not in what they say.
type overview struct {
	Title     string   // such as "assay run"
	Closing   string   // the last line of the text report
	Failed    bool     // the exit code is not 0 because of what was found
	Tests     []check  // each case with each of its rules, or each operation that was compared
	Issues    []issue  // findings or changes, the worst first; those that fail come before others
	Fixed     []issue  // what the baseline has and what is gone
	Exchanges string   // what became of the exchanges of traffic
	Against   string   // counts what is new, known, back and fixed; "": there is no baseline
	Reproduce []detail // command, seed, version and digests
}

// detail is a name and a value, for people.
type detail struct{ Name, Value string }

// check is one thing that was checked.
type check struct {
	Suite  string // provider/operation
	Name   string
	Status checkStatus
	Why    string // why it failed or was not checked, on one line
	Text   string // the same in full
	File   contract.Location
}

type checkStatus string

// What became of a check.
const (
	passed  checkStatus = "passed"
	failed  checkStatus = "failed"
	skipped checkStatus = "skipped"
	errored checkStatus = "error"
)

// issue is a finding or a change.
type issue struct {
	ID        string // the fingerprint of the finding, or the id of the change
	Rule      string // the rule, or the kind of the change
	Level     contract.Severity
	Impact    contract.Impact // of a change; "": it is a finding
	Side      contract.Side
	Operation string // provider/operation
	Case      string // the case, or the first exchange
	Place     string
	Sentence  string // the place and the message, as the text report writes them
	Doc       string
	Locations []contract.Location
	Traffic   bool               // it is of traffic: Count is the number of exchanges
	Seen      *contract.Location // the file of the first exchange; nil: it is in none
	Excerpt   *contract.Excerpt
	Waived    *contract.AppliedWaiver
	Expected  bool // the case provokes it on purpose
	Fails     bool // it fails the run
	Count     int64
	Status    string      // in the ledger, or against a baseline: new, known, back, fixed
	Again     string      // the command that shows it again
	Details   [][2]string // names and values that only issues of its kind have
}

// overviewOf makes the overview of a run or of checked traffic.
func overviewOf(r *contract.Report, how How) *overview {
	again := how.again()
	if r.Traffic != nil {
		again = nil // no case asked for it
	}
	o := &overview{Title: title(r, how), Closing: closingLine(r), Exchanges: exchanges(r.Traffic), Fixed: fixedIssues(r.Baseline), Against: against(r.Baseline), Reproduce: reproduce(r, how)}
	if r.Traffic != nil {
		for _, g := range r.Traffic.Groups {
			one := issueOf(r, g.Finding, g.Operation, cmp.Or(first(g.Places), g.Operation), again)
			one.Traffic, one.Seen, one.Count, one.Again = true, trafficFile(first(g.Places)), g.Count, Visible(words(cmp.Or(how.Again.Whole, how.Command)))
			one.Details = [][2]string{{"seen at", strings.Join(foreigns(g.Places), ", ")}}
			o.Issues = append(o.Issues, one)
		}
	}
	for _, t := range testedOf(r) {
		o.Tests = append(o.Tests, checksOf(strings.TrimSuffix(t.Provider+"/"+t.Operation, "/"), t, r.FailOn, again)...)
	}
	for _, result := range r.Results {
		suite := strings.TrimSuffix(result.Provider+"/"+result.Operation, "/")
		if r.Traffic != nil && !ofSpecification(result) {
			continue // its findings are in the groups
		}
		for _, f := range result.Findings {
			o.Issues = append(o.Issues, issueOf(r, f, suite, result.Case, again))
		}
	}
	slices.SortStableFunc(o.Issues, func(a, b issue) int { return a.rank() - b.rank() })
	o.Failed = slices.ContainsFunc(o.Issues, func(i issue) bool { return i.Fails }) || slices.ContainsFunc(o.Tests, func(c check) bool { return c.Status == failed || c.Status == errored })
	o.relativeTo(how.Folder)
	return o
}

// often says in how many exchanges of traffic an issue occurred, and where first; "" else.
func (i issue) often() string {
	if !i.Traffic {
		return ""
	}
	return seenAt(i.Count, i.Case)
}

// relativeTo makes the absolute paths below a folder relative to it: GitHub and GitLab compare
// paths with those of the repository.
func (o *overview) relativeTo(folder string) {
	below := func(l contract.Location) contract.Location {
		if rest, err := filepath.Rel(folder, l.File); err == nil && filepath.IsAbs(l.File) && filepath.IsLocal(rest) {
			l.File = rest
		}
		return l
	}
	for i := range o.Issues {
		one := &o.Issues[i]
		one.Locations = mapped(one.Locations, below)
		if one.Seen != nil {
			*one.Seen = below(*one.Seen)
		}
	}
	for i := range o.Tests {
		o.Tests[i].File = below(o.Tests[i].File)
	}
}

// title is the command of a report, such as "assay run".
func title(r *contract.Report, how How) string {
	if given := strings.Fields(how.Command); len(given) > 1 && !strings.HasPrefix(given[1], "-") {
		return "assay " + Foreign(given[1])
	}
	if r.Traffic != nil {
		return "assay check"
	}
	return "assay " + cmp.Or(how.Again.Command, "run")
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// rank orders issues: those that fail first, then by severity.
func (i issue) rank() int {
	rank := 2 - slices.Index(contract.Severities(), i.Level)
	if !i.Fails {
		rank += 3
	}
	return rank
}

func issueOf(r *contract.Report, f contract.Finding, operation, name string, again *Again) issue {
	return issue{
		ID: f.Fingerprint, Rule: f.Rule, Level: f.Severity, Side: f.Side, Operation: operation, Case: Foreign(name), Place: place(f.At),
		Sentence: located(f), Doc: f.Doc, Locations: f.Locations, Excerpt: f.Excerpt, Waived: f.Waived, Expected: f.Expected,
		Fails: f.Counts() && f.Severity.AtLeast(r.FailOn), Count: 1, Status: f.Status, Again: Visible(words(first(again.Commands(name, f.Rule)))),
	}
}

// checksOf are the checks of one result: its rules, or the result as a whole if there was
// nothing to check.
func checksOf(suite string, r tested, failOn contract.Severity, again *Again) []check {
	var all []check
	for _, t := range tests(suite, r, failOn, again) {
		one := check{Suite: suite, Name: t.Name, Status: passed}
		switch {
		case t.Error != nil:
			one.Status, one.Why, one.Text = errored, t.Error.Message, t.Error.Text
		case t.Failure != nil:
			one.Status, one.Why, one.Text = failed, t.Failure.Message, t.Failure.Text
		case t.Skipped != nil:
			one.Status, one.Why, one.Text = skipped, t.Skipped.Message, t.Skipped.Text
		}
		for _, f := range r.Findings {
			for _, l := range f.Locations {
				if one.File.File == "" && l.Kind == contract.FixtureFile {
					one.File = l
				}
			}
		}
		all = append(all, one)
	}
	return all
}

// overviewOfDrift makes the overview of a comparison.
func overviewOfDrift(d *contract.Drift, how How) *overview {
	o := &overview{Title: "assay drift", Closing: "drift: " + advised(d), Fixed: fixedIssues(d.Baseline), Against: against(d.Baseline), Reproduce: reproduceDrift(d, how)}
	for _, c := range d.Changes {
		o.Issues = append(o.Issues, issue{
			ID: c.ID, Rule: string(c.Kind), Level: levelOf(c.Impact), Impact: c.Impact, Side: contract.ProviderSide, Operation: Foreign(c.Operation), Case: Foreign(c.Last),
			Place: place(c.At), Sentence: place(c.At) + ": " + Sentence(c.Message) + before("; ", Sentence(c.Why)), Doc: c.Doc, Fails: d.Fails(c), Count: c.Times(),
			Status: c.Status, Again: Visible(words(c.Command)), Details: changeDetails(c),
		})
	}
	for _, name := range d.Compared {
		one := check{Suite: Foreign(name), Name: "has not drifted", Status: passed}
		for _, i := range o.Issues {
			if i.Operation == Foreign(name) && i.Fails {
				one.Status = failed
				one.Text += before("\n", one.Text) + i.Sentence
				one.Why = i.Sentence
			}
		}
		o.Tests = append(o.Tests, one)
	}
	for _, l := range uncompared(d) {
		for _, name := range foreigns(l.operations) {
			o.Tests = append(o.Tests, check{Suite: name, Name: "is compared", Status: skipped, Why: l.why, Text: l.why})
		}
	}
	o.Failed = slices.ContainsFunc(o.Issues, func(i issue) bool { return i.Fails })
	o.relativeTo(how.Folder)
	return o
}

// changeDetails are what only changes have: before and now, and where it was seen.
func changeDetails(c contract.Change) [][2]string {
	was, is := c.Was.String(), c.Is.String()
	if fromDocuments(c) {
		was, is = "", ""
	}
	all := [][2]string{
		{"code", Foreign(c.Code)},
		{"before", Words(c.Before)},
		{"now", Words(c.Now)},
		{"seen before", was},
		{"seen now", is},
		{"such as", Visible(string(namedJSON(c.Example)))},
		{"first", Foreign(c.First)},
		{"last", Foreign(c.Last)},
	}
	return slices.DeleteFunc(all, func(d [2]string) bool { return d[1] == "" })
}

// closingLine is the last line of the text report.
func closingLine(r *contract.Report) string {
	if r.Traffic != nil {
		return pen{}.closingTraffic(r)
	}
	return pen{}.closing(r, Counts(r))
}
