package shard

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/internal/contract"
)

// Named is a report with the name of its file.
type Named struct {
	File   string
	Report *contract.Report
}

// MissingError says that the parts are not the whole run.
type MissingError struct{ Why string }

func (e *MissingError) Error() string { return e.Why }

// Merge puts reports together: all parts of one run, or reports of runs with different cases, or
// of different traffic. Of a case that is in two reports, the worse result stays. The notes name
// such cases, and whatever else the reader should know. The reports must have used the same
// specifications. A part that is missing is a *MissingError. Of a client under test, the caller
// sets Conformant and Why.
func Merge(all []Named) (r *contract.Report, notes []string, err error) {
	if err := alike(all); err != nil {
		return nil, nil, err
	}
	first := all[0].Report
	if len(all) == 1 && first.Shard == nil {
		return first, nil, nil
	}
	r = &contract.Report{
		Schema: first.Schema, Assay: first.Assay, Specs: map[string]string{}, FailOn: first.FailOn, Coverage: map[string]contract.Coverage{}, Results: []contract.Result{}, Matrix: []contract.Comparison{},
	}
	if first.Client != nil && !slices.ContainsFunc(all, func(n Named) bool { return n.Report.Matrix != nil }) {
		r.Matrix = nil
	}
	for _, n := range all {
		r.FailOnInconclusive = r.FailOnInconclusive || n.Report.FailOnInconclusive
		maps.Copy(r.Specs, n.Report.Specs)
		r.Shapes = append(r.Shapes, n.Report.Shapes...)
		if n.Report.Assay != first.Assay {
			notes = append(notes, fmt.Sprintf("%s is by assay %s, and %s by %s", n.File, n.Report.Assay, all[0].File, first.Assay))
		}
		if n.Report.Baseline != nil {
			notes = append(notes, n.File+" was compared with a baseline; what is known there stays known")
		}
	}
	if err := complete(all); err != nil {
		return nil, nil, err
	}
	if first.Traffic != nil {
		mergeTraffic(r, all)
	} else {
		notes = append(notes, mergeResults(r, all)...)
		mergeMatrix(r, all)
	}
	for _, n := range all {
		for name, c := range n.Report.Coverage {
			if before, there := r.Coverage[name]; there {
				c = mergeCoverage(before, c, first.Shard != nil)
			}
			r.Coverage[name] = c
		}
	}
	for name, c := range r.Coverage {
		r.Coverage[name] = withoutItems(c)
	}
	r.Client = mergeClient(all)
	return r, notes, nil
}

// alike returns an error if reports cannot be put together.
func alike(all []Named) error {
	if len(all) == 0 {
		return errors.New("there is no report")
	}
	first := all[0]
	digests, from := map[string]string{}, map[string]string{}
	for _, n := range all {
		switch {
		case (n.Report.Traffic != nil) != (first.Report.Traffic != nil), (n.Report.Client != nil) != (first.Report.Client != nil):
			return fmt.Errorf("%s and %s are about different things: cases, traffic or a client under test", first.File, n.File)
		case n.Report.FailOn != first.Report.FailOn:
			return fmt.Errorf("%s fails on %s, and %s on %s: give both runs the same --fail-on", first.File, first.Report.FailOn, n.File, n.Report.FailOn)
		}
		for _, provider := range slices.Sorted(maps.Keys(n.Report.Specs)) {
			digest := n.Report.Specs[provider]
			if before, there := digests[provider]; there && before != digest {
				return fmt.Errorf("%s and %s used different specifications of %s: %s and %s", from[provider], n.File, provider, before, digest)
			}
			digests[provider], from[provider] = digest, n.File
		}
	}
	return nil
}

// complete returns an error unless the reports are no parts, or all parts of one run.
func complete(all []Named) error {
	first := all[0].Report.Shard
	files, positions := map[int]string{}, map[int]bool{}
	for _, n := range all {
		s := n.Report.Shard
		switch {
		case (s == nil) != (first == nil):
			return fmt.Errorf("%s and %s: one is a shard, and the other is a whole run", all[0].File, n.File)
		case s == nil:
			continue
		case s.Of != first.Of || s.Total != first.Total:
			return fmt.Errorf("%s is shard %d/%d of %d results, and %s is shard %d/%d of %d: they are of different runs", all[0].File, first.Index, first.Of, first.Total, n.File, s.Index, s.Of, s.Total)
		}
		files[s.Index] = n.File
		for _, at := range s.Positions {
			positions[at] = true
		}
	}
	if first == nil {
		return nil
	}
	var missing []string
	for i := 1; i <= first.Of; i++ {
		if files[i] == "" {
			missing = append(missing, fmt.Sprintf("%d/%d", i, first.Of))
		}
	}
	if len(missing) > 0 {
		return &MissingError{"no report is shard " + strings.Join(missing, ", ")}
	}
	if lost := first.Total - len(positions); lost > 0 {
		return &MissingError{fmt.Sprintf("%s of the run missing from every shard: a run was interrupted, or the shards are of different data", contract.Plural(lost, "result"))}
	}
	return nil
}

// worse orders verdicts, the worst first.
func worse(v contract.Verdict) int {
	return slices.Index([]contract.Verdict{contract.Errored, contract.Fail, contract.Inconclusive, contract.Pass}, v)
}

// mergeResults puts the results of cases together, in the order of the whole run.
func mergeResults(r *contract.Report, all []Named) (notes []string) {
	type placed struct {
		contract.Result
		at   int
		file string
	}
	var results []placed
	index, same := map[string]int{}, 0
	for _, n := range all {
		for i, result := range n.Report.Results {
			one := placed{result, len(results), n.File}
			if s := n.Report.Shard; s != nil {
				one.at = s.Positions[i]
			}
			at, there := index[result.Case]
			if !there || results[at].file == n.File { // a report may have several results of a name
				index[result.Case] = len(results)
				results = append(results, one)
				continue
			}
			before := results[at]
			if before.Verdict == result.Verdict {
				same++
			} else {
				kept := before
				if worse(result.Verdict) < worse(before.Verdict) {
					kept = one
				}
				notes = append(notes, fmt.Sprintf("%s: %s in %s, and %s in %s; %s stays", result.Case, before.Verdict, before.file, result.Verdict, n.File, kept.Verdict))
			}
			if worse(result.Verdict) < worse(before.Verdict) || before.Verdict == result.Verdict && len(result.Findings) > len(before.Findings) {
				one.at = before.at
				results[at] = one
			}
		}
	}
	if same > 0 {
		notes = append(notes, contract.Plural(same, "case")+" in two reports, with the same verdict")
	}
	slices.SortStableFunc(results, func(a, b placed) int { return a.at - b.at })
	for _, one := range results {
		r.Results = append(r.Results, one.Result)
	}
	return notes
}

// mergeMatrix puts the rows of the matrix together.
func mergeMatrix(r *contract.Report, all []Named) {
	type placed struct {
		contract.Cell
		at int
	}
	rows, cells := map[string]contract.Comparison{}, map[string][]placed{}
	for _, n := range all {
		for _, row := range n.Report.Matrix {
			if _, there := rows[row.Scenario]; !there {
				rows[row.Scenario] = row
			}
			for i, c := range row.Cells {
				one := placed{c, len(cells[row.Scenario])}
				if s := n.Report.Shard; s != nil && i < len(s.Cells[row.Scenario]) {
					one.at = s.Cells[row.Scenario][i]
				}
				if !slices.ContainsFunc(cells[row.Scenario], func(other placed) bool { return other.Operation == c.Operation && other.Case == c.Case }) {
					cells[row.Scenario] = append(cells[row.Scenario], one)
				}
			}
		}
	}
	names := []string{}
	for _, s := range contract.Scenarios() {
		names = append(names, s.Name)
	}
	for _, name := range append(names, contract.UndocumentedCode) {
		row, there := rows[name]
		if !there {
			continue
		}
		slices.SortStableFunc(cells[name], func(a, b placed) int { return a.at - b.at })
		row.Cells = nil
		for _, c := range cells[name] {
			row.Cells = append(row.Cells, c.Cell)
		}
		r.Matrix = append(r.Matrix, row)
	}
}

// mergeClient adds up what the reports say about a client under test.
func mergeClient(all []Named) *contract.ClientReport {
	if all[0].Report.Client == nil {
		return nil
	}
	merged := *all[0].Report.Client
	merged.Skips, merged.CoreSkips = slices.Clone(merged.Skips), slices.Clone(merged.CoreSkips)
	for _, n := range all[1:] {
		c := n.Report.Client
		merged.Calls += c.Calls
		merged.Lost += c.Lost
		for _, s := range c.Skips {
			if !slices.Contains(merged.Skips, s) {
				merged.Skips = append(merged.Skips, s)
			}
		}
		for _, s := range c.CoreSkips {
			if !slices.Contains(merged.CoreSkips, s) {
				merged.CoreSkips = append(merged.CoreSkips, s)
			}
		}
	}
	return &merged
}
