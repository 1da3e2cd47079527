package report

import (
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// repeats finds the findings of a client under test that repeat those of earlier cases. A fault
// in a client shows in nearly every case of an operation.
type repeats struct {
	known map[string]bool     // findings, by operation, rule, severity, waiver and text
	cases map[string][]string // by operation and rule: the cases whose findings repeat earlier ones
}

// sizes stand in messages about truncated bodies: each response has its own.
var sizes = lazy.Regexp(`\d+ of \d+ bytes`)

// repeatsOf finds the repeats of a report; nil: all findings are shown, because the report is
// not about a client under test or because the user wants all of them.
func repeatsOf(r *contract.Report, verbose bool) *repeats {
	if r.Client == nil || verbose {
		return nil
	}
	all := &repeats{map[string]bool{}, map[string][]string{}}
	for _, result := range r.Results {
		for _, one := range blocksOf(shownFindings(result)) {
			for _, f := range one.findings {
				if under := ofRule(result, one); all.known[key(result, f)] && !slices.Contains(all.cases[under], result.Case) {
					all.cases[under] = append(all.cases[under], result.Case)
				}
				all.known[key(result, f)] = true
			}
		}
	}
	all.known = map[string]bool{}
	return all
}

func ofRule(result contract.Result, one *block) string {
	return result.Provider + "/" + result.Operation + " " + one.rule
}

func key(result contract.Result, f contract.Finding) string {
	return result.Provider + "/" + result.Operation + " " + f.Rule + " " + string(f.Severity) + mark(f) + " " + sizes().ReplaceAllString(located(f), "")
}

// fresh removes the findings of a block that were written before. It reports false if none is
// left. Without repeats, a block stays as it is.
func (all *repeats) fresh(result contract.Result, one *block) bool {
	if all == nil {
		return true
	}
	one.findings = slices.DeleteFunc(one.findings, func(f contract.Finding) bool {
		known := all.known[key(result, f)]
		all.known[key(result, f)] = true
		return known
	})
	return len(one.findings) > 0
}

// also writes the other cases with the findings of a block, below the first block of its rule.
func (all *repeats) also(result contract.Result, one *block) string {
	if all == nil {
		return ""
	}
	under := ofRule(result, one)
	names := slices.DeleteFunc(slices.Clone(all.cases[under]), func(name string) bool { return name == result.Case })
	delete(all.cases, under)
	if len(names) == 0 {
		return ""
	}
	for i, name := range names {
		names[i] = Foreign(strings.TrimPrefix(name, result.Provider+"/"+result.Operation+"/"))
	}
	return "  also in " + contract.Plural(len(names), "case") + ": " + strings.Join(few(names, false), ", ") + "\n"
}

// shownFindings are the findings that a report writes. The summary counts infos.
func shownFindings(result contract.Result) []contract.Finding {
	return slices.DeleteFunc(slices.Clone(result.Findings), func(f contract.Finding) bool { return f.Expected || f.Severity == contract.Info })
}
