package judge_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/golden"
	"assay/internal/judge"
	"assay/internal/report"
	"assay/internal/rule"
	"assay/internal/testsize"
)

// TestFindingsOfDamage judges the exchange of every case and its damaged versions and
// mutants, with and without the merchant's keys. It compares with testdata/findings: for
// each case a hash over all results in order, for each operation every different finding
// with its count. Rules that testdata/findings/rules.golden does not list are left out;
// -update lists them. The short form judges one case of each operation: its hash and its
// findings have to be in the file.
func TestFindingsOfDamage(t *testing.T) {
	t.Parallel()
	if raced {
		t.Skip("the same without the race detector")
	}
	e := enginetest.Load(t)
	keyless, err := judge.New(e.Catalog, judge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	indented := func(v any) ([]byte, error) { return json.MarshalIndent(v, "", " ") } // as in the sums of the golden files
	keyed := enginetest.NewJudge(t, e, judge.Options{})
	rules := comparedRules(t)
	files := map[string]*bytes.Buffer{}
	found := map[string]map[string]int{}
	exchanges := enginetest.Exchanges(t, e)
	for _, c := range someCases(e) {
		file := c.Provider() + "-" + c.Operation() + ".golden"
		if files[file] == nil {
			files[file], found[file] = &bytes.Buffer{}, map[string]int{}
		}
		sum, n := sha256.New(), 0
		for _, ex := range damagedExchanges(t, e, c, exchanges[c]) {
			for _, j := range []*judge.Judge{keyed, keyless} {
				r, _ := j.Judge(ex)
				r = filterResult(r, rules)
				n++
				_, _ = sum.Write([]byte(resultWritten(t, r, indented))) // never fails
				for _, f := range r.Findings {
					found[file][fmt.Sprintf("%s %s %s %s %s %s | %s", f.Rule, f.Severity, f.Side, f.At, f.Detail, f.Fingerprint, report.Sentence(f.Message))]++
				}
			}
		}
		_, _ = fmt.Fprintf(files[file], "%s: %d judged, %x\n", c.Name, n, sum.Sum(nil)[:8])
	}
	for file, out := range files {
		path := filepath.Join("testdata", "findings", file)
		if !testsize.Full() {
			partOf(t, path, out.String(), found[file])
			continue
		}
		for _, line := range slices.Sorted(maps.Keys(found[file])) {
			_, _ = fmt.Fprintf(out, "%d %s\n", found[file][line], strings.ReplaceAll(line, "\n", `\n`))
		}
		golden.Compare(t, path, out.Bytes())
	}
}

// partOf reports what a golden file lacks: the line of a case, or a finding as often.
func partOf(t *testing.T, path, line string, found map[string]int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		listed[strings.TrimSuffix(line, "\n")] = 1
		if count, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			listed[rest], _ = strconv.Atoi(count) // 0 for the line of a case
		}
	}
	if line = strings.TrimSuffix(line, "\n"); listed[line] == 0 {
		t.Errorf("%s lacks %q; ASSAY_TESTS=full go test with -args -update writes it", path, line)
	}
	for finding, count := range found {
		if finding = strings.ReplaceAll(finding, "\n", `\n`); listed[finding] < count {
			t.Errorf("%s has %d times %s, and one case %d times", path, listed[finding], finding, count)
		}
	}
	if len(found) == 0 {
		t.Errorf("%s: nothing is found", path)
	}
}

// someCases returns all cases, and the first case of each operation in the short form.
func someCases(e *engine.Engine) []*contract.Case {
	if testsize.Full() {
		return e.Fixtures.Cases
	}
	had := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(e.Fixtures.Cases), func(c *contract.Case) bool {
		of := c.Provider() + "/" + c.Operation()
		before := had[of]
		had[of] = true
		return before
	})
}

// comparedRules returns the rules whose findings are compared.
func comparedRules(t *testing.T) map[string]bool {
	t.Helper()
	const file = "testdata/findings/rules.golden"
	if golden.Update() {
		var ids []string
		for _, r := range rule.Rules() {
			ids = append(ids, r.ID)
		}
		golden.Compare(t, file, []byte(strings.Join(ids, "\n")+"\n"))
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, id := range strings.Fields(string(raw)) {
		all[id] = true
		if _, ok := rule.Find(id); !ok {
			t.Errorf("there is no rule %s", id)
		}
	}
	return all
}

// filterResult returns a result with some rules only.
func filterResult(r contract.Result, rules map[string]bool) contract.Result {
	r.Checked = slices.DeleteFunc(slices.Clone(r.Checked), func(id string) bool { return !rules[id] })
	r.Inconclusive = slices.DeleteFunc(slices.Clone(r.Inconclusive), func(g contract.Gap) bool { return !rules[g.Rule] })
	r.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f contract.Finding) bool { return !rules[f.Rule] })
	return r
}

// damagedExchanges returns the exchange of a case, its damaged versions and its mutants,
// always in the same order. All tests share them.
func damagedExchanges(t *testing.T, e *engine.Engine, c *contract.Case, ex contract.Exchange) []contract.Exchange {
	t.Helper()
	known, _ := damagedCases.LoadOrStore(c.Name, sync.OnceValue(func() []contract.Exchange { return damageExchange(t, e, c, ex) }))
	made, _ := known.(func() []contract.Exchange)
	return made()
}

var damagedCases sync.Map

func damageExchange(t *testing.T, e *engine.Engine, c *contract.Case, ex contract.Exchange) []contract.Exchange {
	t.Helper()
	all := []contract.Exchange{ex}
	other := damaged(ex)
	for _, how := range slices.Sorted(maps.Keys(other)) {
		all = append(all, other[how])
	}
	pass, _ := e.Subject(t.Context(), c)
	asked, responded := mutantsOf(pass, contract.InRequest), mutantsOf(pass, contract.InResponse)
	for _, m := range asked {
		other := ex
		other.Request.Body = m.body
		all = append(all, other)
	}
	for _, m := range responded {
		other := ex
		other.Response.Body = m.body
		all = append(all, other)
	}
	for i, m := range asked {
		if len(responded) == 0 || i%7 != 0 {
			continue
		}
		both := ex
		both.Request.Body, both.Response.Body = m.body, responded[i*31%len(responded)].body
		all = append(all, both)
	}
	return all
}
