package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/lint"
	"assay/internal/openapi"
	"assay/internal/report"
)

func (p *program) lint() *cobra.Command {
	var reports []string
	var failOn string
	c := &cobra.Command{
		Use:   "lint [DIR | FILE]...",
		Short: "find faults in specifications, cases and waivers",
		Long: `lint checks data files without playing a case: specifications, and the cases and waivers of a data
folder. It lists every fault as FILE:LINE:COLUMN: what is wrong [RULE], and suggests the name that
a typo may mean. A fault without a rule prevents loading.

DIR is a data folder with specs, fixtures or both, or a folder of specifications. FILE is a
specification, a file of waivers, or a case in a data folder. Without an argument, lint checks the
files of --data, or else the embedded data.

With --data, the commands that check or serve look at the specifications of DIR in the same way:
faults are on standard error, and the exit code is then at least 1.`,
		Example: `  assay lint
  assay lint mine
  assay lint mine/specs/paytm.yaml --report json
  assay lint mine --report junit=lint.xml --fail-on warning`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error { return p.lintFiles(args, reports, failOn) },
	}
	c.Flags().StringArrayVar(&reports, "report", []string{"text"}, "`FORMAT[=PATH]`: "+report.Lints().String()+"; repeatable")
	c.Flags().StringVar(&failOn, "fail-on", "error", "fail on `LEVEL` or worse: error, warning or info")
	return c
}

func (p *program) lintFiles(args, reports []string, level string) error {
	to, err := parseReportsOf(reports, report.Lints().Names())
	if err == nil {
		err = checkWritable(to)
	}
	if err != nil {
		return err
	}
	failOn, inconclusive, err := parseFailOn(level)
	switch {
	case err != nil:
		return err
	case inconclusive:
		return &exit{exitUsage, "--fail-on inconclusive: use error, warning or info", ""}
	}
	r := &contract.Report{Schema: contract.ReportSchema, Assay: version, Specs: map[string]string{}, FailOn: failOn, Results: []contract.Result{}, Coverage: map[string]contract.Coverage{}}
	if len(args) == 0 {
		args = []string{""}
	}
	for _, arg := range args {
		results, err := p.lintOne(arg)
		if err != nil {
			return err
		}
		r.Results = append(r.Results, results...)
	}
	for i := range r.Results {
		if one := &r.Results[i]; one.Verdict != contract.Errored {
			one.Verdict = ""
			one.Verdict = one.VerdictAt(failOn)
		}
	}
	return after(p.writeAll(to, render(report.Lints(), to, r, p.reproduced(report.How{})), nil), lintExit(r))
}

// lintExit gives the exit code: data that does not load is worse than a finding.
func lintExit(r *contract.Report) error {
	counts := report.Counts(r)
	switch {
	case slices.ContainsFunc(r.Results, func(one contract.Result) bool { return len(one.Stack) > 0 }):
		return &exit{exitInconclusive, "assay could not check every file", "the report has the reason"}
	case counts[contract.Errored] > 0:
		return &exit{code: exitUsage}
	case counts[contract.Fail] > 0:
		return &exit{code: exitFindings}
	case len(r.Results) == 0:
		return &exit{exitInconclusive, "inconclusive: there is nothing to check", "name a data folder or a specification; `assay export DIR` writes the embedded ones"}
	}
	return nil
}

// lintOne checks what one argument names. "" is the data that --data lays over, or else
// the embedded data.
func (p *program) lintOne(arg string) ([]contract.Result, error) {
	data, err := p.loadData()
	if err != nil {
		return nil, err
	}
	options := p.more
	options.Now = time.Now()
	all := func(string) bool { return true }
	given := func(name string) bool {
		_, embedded := data.Path(name)
		return !embedded
	}
	wanted := given
	if arg == "" {
		if p.data == "" {
			wanted = all
		}
		return lintResults(data, options, wanted)
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), "name a data folder, a specification, a case or a file of waivers"}
	}
	path := filepath.ToSlash(filepath.Clean(arg))
	under := func(name string) bool {
		at, embedded := data.Path(name)
		return !embedded && (path == "." || at == path || strings.HasPrefix(at, path+"/"))
	}
	if root, ok := dataRoot(path, info.IsDir()); ok {
		if data, err = data.Over(root); err != nil {
			return nil, &exit{exitUsage, err.Error(), ""}
		}
		return lintResults(data, options, under)
	}
	if info.IsDir() {
		data = data.OverSpecs(path)
		return lintResults(data, options, under)
	}
	switch kindOf(path) {
	case yaml.SequenceNode:
		if options.Waivers, err = fixture.Waivers(os.DirFS(filepath.Dir(arg)), filepath.Base(arg), arg); err != nil {
			return []contract.Result{lint.Unreadable(arg, err)}, nil
		}
		return lintResults(data, options, func(name string) bool { return name == arg })
	default:
		data = data.OverSpecs(filepath.ToSlash(filepath.Dir(path)), filepath.Base(path))
		return lintResults(data, options, under)
	}
}

func lintResults(data catalog.Data, options catalog.Options, wanted func(string) bool) ([]contract.Result, error) {
	results, err := lint.Files(data, options, wanted)
	if err != nil {
		return nil, &exit{exitUsage, err.Error(), ""}
	}
	return results, nil
}

// dataRoot gives the data folder that a path is, or is in: the folder above the closest
// specs or fixtures.
func dataRoot(path string, isDir bool) (root string, ok bool) {
	if isDir {
		for _, folder := range []string{"specs", "fixtures"} {
			if info, err := os.Stat(filepath.Join(path, folder)); err == nil && info.IsDir() {
				return path, true
			}
		}
	}
	for at := path; ; {
		above, last := filepath.Split(at)
		above = filepath.Clean(above)
		if last == "specs" || last == "fixtures" {
			return above, true
		}
		if above == at || last == "" || last == "." || last == ".." {
			return "", false
		}
		at = above
	}
}

// kindOf gives the kind of a YAML document: a list is a file of waivers. A file that
// cannot be read counts as a mapping, which the loader then refuses.
func kindOf(path string) yaml.Kind {
	raw, err := os.ReadFile(path)
	var document yaml.Node
	if err != nil || yaml.Unmarshal(raw, &document) != nil || len(document.Content) == 0 {
		return yaml.MappingNode
	}
	return document.Content[0].Kind
}

// lintLaid checks the specifications that --data lays over the embedded ones, and prints
// what is wrong, for commands whose report has no room for it. The exit code of the command
// is then at least 1.
func (p *program) lintLaid(k *catalog.Catalog, skip func(provider string) bool) {
	for _, r := range p.laidResults(k, skip) {
		for _, line := range report.LintLines(r) {
			_, _ = fmt.Fprintln(p.stderr, line) // there is no other place to report it
		}
	}
}

// laidResults is lintLaid for commands that report what is wrong: it gives a result for
// each specification with an error. skip leaves out providers.
func (p *program) laidResults(k *catalog.Catalog, skip func(provider string) bool) []contract.Result {
	if p.data == "" {
		return nil
	}
	var all []contract.Result
	for _, s := range k.Specs {
		if _, embedded := k.Data.Path(s.File); embedded || skip != nil && skip(s.Provider) || p.linted[s.Provider] || openapi.IsEmbedded(s) {
			continue
		}
		if p.linted == nil {
			p.linted = map[string]bool{}
		}
		p.linted[s.Provider] = true
		if r := lint.Spec(k, s); r.Verdict != contract.Pass {
			p.unsound, all = true, append(all, r)
		}
	}
	return all
}
