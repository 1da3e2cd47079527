package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assay/internal/contract"
)

// pictures are the tables of a page that show the whole at one look. Each cell has its
// number or a sign; shades only repeat it.
type pictures struct {
	Drift      bool
	Columns    []string // families of rules, or kinds of changes
	Heat       []heatRow
	Operations []operationRow
	Traffic    bool // the operations have exchanges
	Evidence   []string
	Codes      []codesRow
	Coverage   []coverageRow
	Timeline   []timelineGroup
	From, To   string // the ends of the timeline
	Matrix     []matrixRow
	Skips      []detail
	Worth      string
	More       int // kinds of findings that were left out
	Sides      []detail
}

// heatRow are the issues of an operation by family.
type heatRow struct {
	Operation string
	Cells     []heatCell
}

type heatCell struct {
	Mark, Class, Say, Filter string
	N                        int64
}

// operationRow counts the checks of an operation.
type operationRow struct {
	Operation                        string
	Passed, Failed, Skipped, Errored int
	Exchanges, Failing               int64
	Codes                            string
}

// codesRow are the documented codes of an operation by their strongest evidence.
type codesRow struct {
	Operation string
	Total     int
	Cells     []codesCell
	Bar       []segment
}

type codesCell struct {
	N     int
	Codes string
}

// segment is a part of a bar, in hundredths of a percent of its length.
type segment struct {
	Class    string
	X, Width int
}

// coverageRow are the documented items of one kind.
type coverageRow struct {
	Operation, Kind        string
	Documented, Could, Did int
	CouldShare, DidShare   string
	Bar                    []segment
	Open                   []string
	More                   int
}

// timelineGroup are the changes of an operation in the ledger.
type timelineGroup struct {
	Operation string
	Rows      []timelineRow
}

type timelineRow struct {
	Sentence, Kind, Impact, ID string
	First, Last, Runs, State   string
	X, Width, End              int // from the first day to the last, in hundredths of a percent
	Acknowledged, Gone         int
	IsAcknowledged, IsGone     bool
}

type matrixRow struct{ Scenario, State, Differs string }

// whole is the length of a bar.
const whole = 10_000

// picturesOfRun makes the pictures of a run or of traffic.
func picturesOfRun(o *overview, r *contract.Report, how How) pictures {
	p := pictures{Traffic: r.Traffic != nil, Worth: worth(r)}
	if p.Traffic {
		p.More = r.Traffic.More
	}
	checked := map[[2]string]bool{}
	for _, result := range r.Results {
		name := strings.TrimSuffix(result.Provider+"/"+result.Operation, "/")
		for _, rule := range result.Checked {
			checked[[2]string{name, how.Families[rule]}] = true
		}
	}
	p.heat(o, how, checked)
	p.operations(o, r.Traffic)
	p.coverage(r)
	for _, row := range r.Matrix {
		for _, difference := range differences(row.Cells) {
			p.Matrix = append(p.Matrix, matrixRow{Foreign(row.Scenario), string(row.State), Visible(words(difference))})
		}
	}
	if r.Client != nil {
		p.Skips = mapped(r.Client.Skips, func(s contract.Skip) detail { return detail{Foreign(s.What), Foreign(s.Reason)} })
	}
	return p
}

// picturesOfDrift makes the pictures of a comparison.
func picturesOfDrift(o *overview, d *contract.Drift) pictures {
	p := pictures{Drift: true, Sides: []detail{{"old", sideText(d.Old)}, {"new", sideText(d.New)}}}
	p.heat(o, How{}, nil)
	p.operations(o, nil)
	p.timeline(d.Timeline)
	return p
}

// heat counts the issues that count of each operation and family.
func (p *pictures) heat(o *overview, how How, checked map[[2]string]bool) {
	counts, worst := map[[2]string]int64{}, map[[2]string]contract.Severity{}
	rows, columns := map[string]bool{}, map[string]bool{}
	for key := range checked {
		rows[key[0]], columns[key[1]] = true, true
	}
	for _, i := range o.Issues {
		key := [2]string{i.Operation, how.family(i)}
		rows[i.Operation], columns[key[1]] = true, true
		if !i.counts() {
			continue
		}
		switch {
		case worst[key] != i.Level && worst[key] != "" && worst[key].AtLeast(i.Level) && i.Traffic:
			continue // the number is that of the worst severity
		case worst[key] != i.Level && i.Traffic:
			counts[key] = 0
		}
		if counts[key]++; !p.Drift {
			counts[key] += i.Count - 1 // the exchanges that show a change say nothing about its weight
		}
		if worst[key] == "" || i.Level.AtLeast(worst[key]) {
			worst[key] = i.Level
		}
	}
	p.Columns = slices.Sorted(maps.Keys(columns))
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row := heatRow{Operation: Foreign(name)}
		for _, column := range p.Columns {
			key := [2]string{name, column}
			cell := heatCell{Mark: "–", Class: "none", Say: "not checked"}
			switch {
			case counts[key] > 0:
				cell = heatCell{Mark: markOf(worst[key]), Class: fmt.Sprintf("%s-%d", worst[key], shade(counts[key])), Say: "worst: " + string(worst[key]), N: counts[key], Filter: heatFilter(name, column)}
				if p.Traffic {
					cell.Filter += " s:" + string(worst[key])
				}
			case checked[key]:
				cell = heatCell{Mark: "✓", Class: "ok", Say: "no finding"}
			case checked == nil:
				cell.Say = "no change"
			}
			row.Cells = append(row.Cells, cell)
		}
		p.Heat = append(p.Heat, row)
	}
	p.Columns = mapped(p.Columns, func(s string) string { return cmp.Or(s, "other") })
}

// counts reports whether pictures count an issue: it is not waived, expected, acknowledged or gone.
func (i issue) counts() bool {
	return i.Waived == nil && !i.Expected && i.Status != contract.Acknowledged && i.Status != "gone"
}

func heatFilter(operation, family string) string {
	filter := "o:" + Foreign(operation) + " !waived !expected !acknowledged !gone"
	if family != "" {
		filter += " f:" + family
	}
	return filter
}

// shade is how dark a cell is.
func shade(n int64) int {
	switch {
	case n < 5:
		return 1
	case n < 50:
		return 2
	}
	return 3
}

// operations counts the checks of each operation.
func (p *pictures) operations(o *overview, t *contract.Traffic) {
	rows := map[string]*operationRow{}
	row := func(name string) *operationRow {
		if rows[name] == nil {
			rows[name] = &operationRow{Operation: Foreign(name)}
		}
		return rows[name]
	}
	for _, c := range o.Tests {
		of := row(c.Suite)
		*map[checkStatus]*int{passed: &of.Passed, failed: &of.Failed, skipped: &of.Skipped, errored: &of.Errored}[c.Status]++
	}
	if t != nil {
		for name, count := range t.Operations {
			of := row(name)
			of.Exchanges, of.Failing, of.Codes = count.Exchanges, count.Failing, codeCounts(count.Codes)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		p.Operations = append(p.Operations, *rows[name])
	}
}

// coverage shows the codes by evidence, and the documented items that could occur and did.
func (p *pictures) coverage(r *contract.Report) {
	levels := slices.Clone(contract.Evidences())
	slices.Reverse(levels)
	p.Evidence = append(mapped(levels, func(e contract.Evidence) string { return string(e) }), "did not occur", "undocumented")
	for _, name := range slices.Sorted(maps.Keys(r.Coverage)) {
		c := r.Coverage[name]
		row := codesRow{Operation: Foreign(name), Total: len(c.Codes) + len(c.Missing)}
		at := 0
		for _, level := range levels {
			var codes []string
			for code, evidence := range c.Codes {
				if evidence == level {
					codes = append(codes, code)
				}
			}
			slices.Sort(codes)
			width := portion(len(codes), row.Total)
			row.Bar = append(row.Bar, segment{string(level), at, width})
			at += width
			row.Cells = append(row.Cells, codesCell{len(codes), strings.Join(foreigns(codes), ", ")})
		}
		row.Cells = append(row.Cells, codesCell{len(c.Missing), strings.Join(foreigns(c.Missing), ", ")}, codesCell{len(c.Undocumented), strings.Join(foreigns(slices.Sorted(maps.Keys(c.Undocumented))), ", ")})
		if row.Total+len(c.Undocumented) > 0 {
			p.Codes = append(p.Codes, row)
		}
		for _, kind := range slices.Sorted(maps.Keys(c.Figures)) {
			p.Coverage = append(p.Coverage, coverageOf(Foreign(name), kind, c.Figures[kind]))
		}
	}
}

func coverageOf(operation, kind string, f contract.Figure) coverageRow {
	const few = 50
	row := coverageRow{Operation: operation, Kind: kindNames[kind], Documented: f.Documented, Could: f.Could, Did: f.Shown(), CouldShare: share(f.Could, f.Documented), DidShare: share(f.Shown(), f.Documented)}
	row.Kind = cmp.Or(row.Kind, Foreign(kind))
	row.Bar = []segment{{"could", 0, portion(f.Could, f.Documented)}, {"did", 0, portion(f.Shown(), f.Documented)}}
	row.Open = foreigns(f.Open[:min(few, len(f.Open))])
	row.More = len(f.Open) - len(row.Open)
	return row
}

// kindNames are the kinds of documented items in words.
var kindNames = map[string]string{"codes": "result codes", "requestFields": "request members", "responseFields": "response members", "values": "listed values", "conditions": "conditions"}

// portion is the part of a bar that n of all take.
func portion(n, of int) int {
	if of == 0 {
		return 0
	}
	return min(n*whole/of, whole)
}
