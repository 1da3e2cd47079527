// Package lint finds the faults of specifications, cases and waivers without playing a
// case. It has no checks of its own: it runs the rules that need only data files, and
// collects what the loaders of specifications, cases and waivers refuse. What it adds is
// that no fault hides another one, and that each has file, line and column.
//
// A fault that prevents loading makes the result of its file an error, and stands in its
// Why, one fault a line. Other faults are findings of rules.
package lint

import (
	"io/fs"
	"os"
	"slices"
	"strings"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

// Files checks data and returns a result for each file whose name, such as
// specs/paytm.yaml, is wanted, in the order of the names. Waivers of options that belong
// to no file of the data get a result too.
func Files(data catalog.Data, options catalog.Options, wanted func(name string) bool) ([]contract.Result, error) {
	names, err := data.Files()
	if err != nil {
		return nil, err
	}
	k, unsound, faults := catalog.Inspect(data, options)
	for _, w := range options.Waivers {
		if name := cutLine(w.Source); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	l := &linter{data: data, results: map[string]*contract.Result{}, sources: map[string]*source{}}
	for _, name := range names {
		if wanted(name) {
			l.results[name] = l.empty(name)
		}
	}
	for _, err := range faults {
		for _, one := range faultsOf(err) {
			l.unloadable(one)
		}
	}
	if k != nil {
		for _, s := range k.Specs {
			l.sound(k, s, unsound[s.Provider])
		}
	}
	var all []contract.Result
	for _, name := range names {
		if r := l.results[name]; r != nil {
			r.Verdict = r.VerdictAt(contract.Error)
			all = append(all, *r)
		}
	}
	return all, nil
}

// Spec returns the result of one specification: what the rules that need only data files
// find in it. The verdict is fail if there is an error.
func Spec(k *catalog.Catalog, s *openapi.Spec) contract.Result {
	r := contract.Result{Case: s.Provider, Provider: s.Provider, Origin: "spec:" + s.File, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{}}
	found, ids, crashes := apply(k, s)
	l := &linter{data: k.Data, sources: map[string]*source{}}
	for _, f := range found {
		if l.place(&f); f.Locations == nil || f.Locations[0].Kind == contract.SpecificationFile { // waivers are about other files
			r.Findings = append(r.Findings, f)
		}
	}
	r.Checked = ids
	for _, crashed := range crashes {
		r = r.Crashed(crashed.Error(), nil)
	}
	r.Verdict = r.VerdictAt(contract.Error)
	return r
}

// Unreadable returns the result of a file that does not load, for files outside the data.
func Unreadable(path string, err error) contract.Result {
	l := &linter{sources: map[string]*source{}, results: map[string]*contract.Result{path: {
		Case: path, Origin: "file:" + path, Provider: "waivers",
		Checked: []string{rulesLoad}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
	}}}
	for _, one := range faultsOf(err) {
		one.file = path
		l.unloadable(one)
	}
	return *l.results[path]
}

// apply runs the rules that need only data files on a specification.
func apply(k *catalog.Catalog, s *openapi.Spec) (found []contract.Finding, ids []string, crashes []error) {
	p := k.NewSubject(s, nil, nil)
	rules := slices.DeleteFunc(k.RulesFor(p), func(r rule.Rule) bool { return !r.Files })
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	var o rule.Outcome
	if crashed := crash.Contain("checking "+s.File, func() { o = rule.Each(rules, p) }); crashed != nil {
		return nil, ids, []error{crashed}
	}
	for _, one := range o.Crashes {
		crashes = append(crashes, one)
	}
	return o.Findings, ids, crashes
}

type linter struct {
	data    catalog.Data
	results map[string]*contract.Result // by the name of the file
	sources map[string]*source          // by the name of the file
}

// empty is the result of a file without faults.
func (l *linter) empty(name string) *contract.Result {
	given, _ := l.data.Path(name)
	folder, rest, _ := strings.Cut(name, "/")
	provider, _, below := strings.Cut(rest, "/")
	if folder == "specs" || !below {
		provider = strings.TrimSuffix(provider, ".yaml")
	}
	return &contract.Result{
		Case: given, Provider: provider, Origin: "file:" + name,
		Checked: []string{rulesLoad}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{},
	}
}

// rulesLoad stands in Checked for the checks of the loaders.
const rulesLoad = "loads"

// unloadable adds a fault that prevents loading to the result of its file. A fault of a
// file that is not wanted is not listed, unless it is of no file of the data.
func (l *linter) unloadable(f fault) {
	name := f.file
	r := l.results[name]
	if r == nil {
		if f.known(l.data) {
			return
		}
		r = l.empty(name)
		l.results[name] = r
	}
	at := l.locate(name, max(1, f.line), f.text)
	line := at.String() + ": " + f.text
	if r.Why != "" {
		line = r.Why + "\n" + line
	}
	r.Verdict, r.Why = contract.Errored, line
}

// sound adds what the rules find in a specification. In one that does not load, an
// expression that does not compile is left out, because the loader reports it too, and so
// is a panic, because a part may be missing.
func (l *linter) sound(k *catalog.Catalog, s *openapi.Spec, unsound bool) {
	r := l.results[s.File]
	found, ids, crashes := apply(k, s)
	if r != nil {
		r.Checked = append(r.Checked, ids...)
		for _, crashed := range crashes {
			if !unsound {
				*r = r.Crashed(crashed.Error(), nil)
			}
		}
	}
	for _, f := range found {
		l.place(&f)
		name := s.File
		if len(f.Locations) > 0 && f.Locations[0].Kind == contract.WaiversFile {
			name = cutLine(string(f.At))
		}
		if to := l.results[name]; to != nil && !slices.ContainsFunc(to.Findings, func(known contract.Finding) bool { return same(known, f) }) && !l.repeats(to, f) {
			to.Findings = append(to.Findings, f)
		}
	}
	if r != nil {
		slices.SortStableFunc(r.Findings, func(a, b contract.Finding) int { return lineOf(a) - lineOf(b) })
	}
}

// same reports whether two findings say the same of the same line. A waiver of several
// providers has a finding for each.
func same(a, b contract.Finding) bool {
	return a.Rule == b.Rule && a.At == b.At && a.Message.Key() == b.Message.Key()
}

func lineOf(f contract.Finding) int {
	if len(f.Locations) == 0 {
		return 0
	}
	return f.Locations[0].Line
}

// repeats reports whether a finding says that an expression does not compile, which the
// loader says of the same line.
func (l *linter) repeats(r *contract.Result, f contract.Finding) bool {
	if !strings.Contains(f.Message.Key(), "fault.does-not-compile") || len(f.Locations) == 0 {
		return false
	}
	at := f.Locations[0]
	at.Column = 0
	return strings.Contains("\n"+r.Why, "\n"+at.String()+":")
}

// place gives the first location of a finding its column.
func (l *linter) place(f *contract.Finding) {
	if len(f.Locations) == 0 || f.Locations[0].Line == 0 {
		return
	}
	name := cutLine(string(f.At))
	f.Locations = slices.Clone(f.Locations)
	f.Locations[0].Column = l.source(name).column(f.Locations[0].Line, report.Sentence(f.Message))
}

func (l *linter) locate(name string, line int, text string) contract.Location {
	given, embedded := l.data.Path(name)
	return contract.Location{File: given, Line: line, Column: l.source(name).column(line, text), Embedded: embedded}
}

// source reads a file of the data once.
func (l *linter) source(name string) *source {
	s := l.sources[name]
	if s == nil {
		raw, err := fs.ReadFile(l.data, name)
		if err != nil { // a file of waivers outside the data
			raw, _ = os.ReadFile(name) // without the file, every column is 1
		}
		s = newSource(raw)
		l.sources[name] = s
	}
	return s
}
