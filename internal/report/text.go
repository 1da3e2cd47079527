package report

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"

	"assay/internal/contract"
)

const (
	red, yellow, green, cyan, faint, plain = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[36m", "\x1b[2m", "\x1b[0m"
)

type pen struct{ color bool }

func (p pen) paint(color, text string) string {
	if !p.color {
		return text
	}
	return color + text + plain
}

// Text writes a report that a person reads in ten seconds: a line for each operation, the
// failures, and a summary of what the run proves.
func Text(w io.Writer, r *contract.Report, how How) error {
	var b strings.Builder
	p, verbose := pen{how.Color}, how.Verbose
	if r.Traffic != nil {
		traffic(&b, p, r, verbose)
		_, err := io.WriteString(w, b.String())
		return err
	}
	table(&b, r)
	figures(&b, r)
	if verbose {
		cases(&b, p, r)
		matrix(&b, r)
	}
	unchecked(&b, p, r, verbose, how.again())
	for _, result := range r.Results {
		failures(&b, p, result, how.again())
	}
	summary(&b, p, r)
	_, err := io.WriteString(w, b.String())
	return err
}

func table(b *strings.Builder, r *contract.Report) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "OPERATION\tCASES\tRESULT CODES\tEVIDENCE") // a strings.Builder never fails
	names := make([]string, 0, len(r.Coverage))
	for name := range r.Coverage {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c := r.Coverage[name]
		counts := map[contract.Verdict]int{}
		for _, result := range r.Results {
			if result.Provider+"/"+result.Operation == name {
				counts[result.Verdict]++
			}
		}
		codes := fmt.Sprintf("%d of %d", len(c.Codes), len(c.Codes)+len(c.Missing))
		if len(c.Undocumented) > 0 {
			codes += fmt.Sprintf(" + %d undocumented", len(c.Undocumented))
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, verdicts(counts), codes, strengths(c.Codes))
	}
	_ = t.Flush()
	for _, name := range names {
		if missing := r.Coverage[name].Missing; len(missing) > 0 {
			_, _ = fmt.Fprintf(b, "result codes of %s that no response had: %s\n", name, strings.Join(missing, " "))
		}
	}
}

func verdicts(counts map[contract.Verdict]int) string {
	var parts []string
	for _, v := range []contract.Verdict{contract.Errored, contract.Fail, contract.Inconclusive, contract.Pass} {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	return strings.Join(parts, ", ")
}

func strengths(codes map[string]contract.Evidence) string {
	counts := map[contract.Evidence]int{}
	for _, e := range codes {
		counts[e]++
	}
	return strengthsOf(counts)
}

func strengthsOf(counts map[contract.Evidence]int) string {
	var parts []string
	for _, e := range contract.Evidences() {
		if counts[e] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[e], e))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func cases(b *strings.Builder, p pen, r *contract.Report) {
	b.WriteString("\n")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, result := range r.Results {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d rules\n", p.verdict(result.Verdict), result.Case, Visible(result.Code), result.Evidence, len(result.Checked))
	}
	_ = t.Flush()
}

func (p pen) verdict(v contract.Verdict) string {
	switch v {
	case contract.Pass:
		return p.paint(green, string(v))
	case contract.Inconclusive:
		return p.paint(yellow, string(v))
	}
	return p.paint(red, string(v))
}

func (p pen) severity(s contract.Severity) string {
	switch s {
	case contract.Error:
		return p.paint(red, string(s))
	case contract.Warning:
		return p.paint(yellow, string(s))
	}
	return p.paint(faint, string(s))
}

// unchecked writes why cases have no exchange to check. Cases of an operation with the
// same reason stand together.
func unchecked(b *strings.Builder, p pen, r *contract.Report, verbose bool, again *Again) {
	type reason struct {
		operation string
		verdict   contract.Verdict
		why       string
	}
	var order []reason
	cases, stacks := map[reason][]string{}, map[reason][]string{}
	for _, result := range r.Results {
		if result.Verdict != contract.Errored && result.Verdict != contract.Inconclusive {
			continue
		}
		why := reason{result.Provider + "/" + result.Operation, result.Verdict, result.Why}
		if cases[why] == nil {
			order = append(order, why)
		}
		cases[why], stacks[why] = append(cases[why], result.Case), result.Stack
	}
	for _, why := range order {
		names := cases[why]
		if len(names) == 1 {
			b.WriteString("\n" + p.unchecked(contract.Result{Case: names[0], Verdict: why.verdict, Why: why.why}, again) + "\n" + stack(stacks[why], verbose))
			continue
		}
		_, _ = fmt.Fprintf(b, "\n%s %d cases of %s\n  %s\n", p.verdict(why.verdict), len(names), why.operation, lines(why.why))
		for _, name := range few(names, verbose) {
			_, _ = fmt.Fprintf(b, "  %s\n", p.paint(faint, Visible(name)))
		}
		b.WriteString(stack(stacks[why], verbose))
	}
}

// stack lists where assay panicked, for the report of a fault.
func stack(functions []string, verbose bool) string {
	if len(functions) == 0 || !verbose {
		return ""
	}
	return "    " + strings.Join(functions, "\n    ") + "\n"
}

// unchecked says why a case has no exchange to check, and how to run it again.
func (p pen) unchecked(r contract.Result, again *Again) string {
	text := p.verdict(r.Verdict) + " " + Visible(r.Case) + "\n  " + lines(r.Why)
	if commands := again.Commands(r.Case, ""); len(commands) > 0 {
		text += "\n  again: " + Visible(commands[0])
	}
	return text
}

// few cuts a list to what a screen has room for, and counts the rest.
func few(names []string, all bool) []string {
	const room = 3
	if all || len(names) <= room+1 {
		return names
	}
	return append(slices.Clone(names[:room]), fmt.Sprintf("and %d more; --verbose lists them", len(names)-room))
}

// failures writes the unexpected findings of a result. The summary counts infos.
func failures(b *strings.Builder, p pen, result contract.Result, again *Again) {
	shown := slices.DeleteFunc(slices.Clone(result.Findings), func(f contract.Finding) bool { return f.Expected || f.Severity == contract.Info })
	for _, one := range blocksOf(shown) {
		b.WriteString("\n" + p.block(result.Case, one, again))
	}
}

func summary(b *strings.Builder, p pen, r *contract.Report) {
	expected, infos, gaps := 0, 0, 0
	for _, result := range r.Results {
		gaps += len(result.Inconclusive)
		for _, f := range result.Findings {
			switch {
			case f.Expected:
				expected++
			case f.Severity == contract.Info:
				infos++
			}
		}
	}
	counts := Counts(r)
	_, _ = fmt.Fprintf(b, "\n%s of %s; ", verdicts(counts), plural(len(r.Results), "result"))
	_, _ = fmt.Fprintf(b, "%s expected by the cases, %s, %s inconclusive\n", plural(expected, "finding"), plural(infos, "info"), plural(gaps, "rule"))
	b.WriteString(worth(r) + "\n" + p.closing(r, counts) + "\n")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// closing is the last line: the verdict of the run.
func (p pen) closing(r *contract.Report, counts map[contract.Verdict]int) string {
	switch {
	case counts[contract.Fail] == 0 && r.FailOnInconclusive && len(r.Inconclusive()) > 0:
		return p.paint(red, "does not conform") + ": --fail-on inconclusive, and these are inconclusive: " + strings.Join(few(r.Inconclusive(), false), ", ")
	case counts[contract.Fail] > 0, slices.ContainsFunc(r.Results, func(one contract.Result) bool { return one.Fails(r.FailOn) }):
		return p.paint(red, "does not conform") + "; `assay explain RULE` says why a rule matters and what to do"
	case counts[contract.Errored] > 0:
		return p.paint(red, "not everything could be checked")
	case counts[contract.Pass] == 0:
		return p.paint(red, "nothing was checked")
	case counts[contract.Inconclusive] > 0:
		return p.paint(yellow, "conforms where it was checked; "+plural(counts[contract.Inconclusive], "result")+" inconclusive")
	}
	return p.paint(green, "conforms")
}

// worth says what the strongest evidence of the run proves, and what it does not prove.
func worth(r *contract.Report) string {
	strongest := contract.NoEvidence
	for _, result := range r.Results {
		strongest = strongest.Stronger(result.Evidence)
	}
	switch strongest {
	case contract.Sandbox, contract.Production:
		return "Some responses came from a provider. The others check only our adapters, and the specifications against the documents."
	case contract.NoEvidence:
		if r.Traffic != nil && r.Traffic.Exchanges > r.Traffic.Unmatched {
			return "Recorded traffic does not prove that the provider sent these responses."
		}
		return "No response was checked: this run proves nothing."
	}
	return "No request went to a provider. This run checks our adapters, and the specifications against the documents; it proves nothing about any provider."
}
