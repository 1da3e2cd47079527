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
		traffic(&b, p, r, how)
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
	repeated := repeatsOf(r, verbose)
	for _, result := range r.Results {
		failures(&b, p, result, repeated, how.again())
	}
	summary(&b, p, r, how)
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
			codes += fmt.Sprintf(", and %d undocumented", len(c.Undocumented))
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, verdicts(counts), codes, strengths(c.Codes))
	}
	_ = t.Flush()
	for _, name := range names {
		if r.Shard != nil {
			break // the other shards may show them
		}
		if missing := r.Coverage[name].Missing; len(missing) > 0 {
			noun := "result code"
			if len(missing) > 1 {
				noun += "s"
			}
			_, _ = fmt.Fprintf(b, "no passing case of %s shows %s %s\n", name, noun, strings.Join(foreigns(missing), ", "))
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
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.verdict(result.Verdict), Foreign(result.Case), Foreign(result.Code), result.Evidence, contract.Plural(len(result.Checked), "rule"))
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
		_, _ = fmt.Fprintf(b, "\n%s %d cases of %s\n  %s\n", p.verdict(why.verdict), len(names), why.operation, lines(Errors(why.why)))
		for _, name := range few(names, verbose) {
			_, _ = fmt.Fprintf(b, "  %s\n", p.paint(faint, Foreign(name)))
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
	text := p.verdict(r.Verdict) + " " + Foreign(r.Case)
	if r.Verdict == contract.Errored {
		text += "  (not checked)"
	}
	text += "\n  " + lines(Errors(r.Why))
	if commands := again.Commands(r.Case, ""); len(commands) > 0 {
		text += "\n  again: " + Visible(words(commands[0]))
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

// failures writes the unexpected findings of a result, but those that repeat earlier ones.
func failures(b *strings.Builder, p pen, result contract.Result, repeated *repeats, again *Again) {
	for _, one := range blocksOf(shownFindings(result)) {
		if repeated.fresh(result, one) {
			b.WriteString("\n" + p.block(result.Case, one, again) + repeated.also(result, one))
		}
	}
}

func summary(b *strings.Builder, p pen, r *contract.Report, how How) {
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
	_, _ = fmt.Fprintf(b, "\n%s of %s; ", verdicts(counts), contract.Plural(len(r.Results), "result"))
	_, _ = fmt.Fprintf(b, "%s that the cases provoke on purpose (not counted), %s, %s inconclusive", contract.Plural(expected, "finding"), contract.Plural(infos, "info"), contract.Plural(gaps, "rule"))
	if gaps > 0 && !how.Verbose {
		b.WriteString(" (--verbose gives the reasons)")
	}
	b.WriteString("\n")
	if how.Verbose {
		inconclusiveRules(b, r)
	}
	b.WriteString(p.fixedLines(r.Baseline) + exportHint(r) + skips(r) + worth(r) + "\n" + reproduceText(reproduce(r, how)) + p.closing(r, counts) + "\n")
}

// inconclusiveRules lists the rules that could not check, with the reason and the case.
// Cases with the same rule and reason are counted.
func inconclusiveRules(b *strings.Builder, r *contract.Report) {
	var order []string
	cases := map[string][]string{}
	for _, result := range r.Results {
		for _, gap := range result.Inconclusive {
			text := gap.Rule + " is inconclusive: " + line(gap.Why)
			if cases[text] == nil {
				order = append(order, text)
			}
			cases[text] = append(cases[text], result.Case)
		}
	}
	for _, text := range order {
		where := Foreign(cases[text][0])
		if n := len(cases[text]); n > 1 {
			where = contract.Plural(n, "case")
		}
		b.WriteString("  " + text + " (" + where + ")\n")
	}
}

// exportHint says how to read the files that are marked as embedded; "" if there are
// none.
func exportHint(r *contract.Report) string {
	shown := func(f contract.Finding) bool {
		return !f.Expected && f.Severity != contract.Info && slices.ContainsFunc(f.Locations, func(l contract.Location) bool { return l.Embedded })
	}
	found := slices.ContainsFunc(r.Results, func(result contract.Result) bool { return slices.ContainsFunc(result.Findings, shown) })
	if r.Traffic != nil {
		found = slices.ContainsFunc(r.Traffic.Groups, func(g contract.Group) bool { return shown(g.Finding) })
	}
	if !found {
		return ""
	}
	return "Files marked (embedded) are inside the program; `assay export DIR` writes them to DIR.\n"
}

// remedies is the end of the last line of a failing report: the commands that explain
// the rules.
func remedies(rules []string) string {
	slices.Sort(rules)
	rules = slices.Compact(rules)
	if len(rules) == 0 || len(rules) > 3 {
		return "; `assay explain RULE` says why a rule matters and what to do"
	}
	for i, name := range rules {
		rules[i] = "`assay explain " + name + "`"
	}
	return "; what to do: " + strings.Join(rules, ", ")
}

// failingRules lists the rules whose findings fail the run.
func failingRules(r *contract.Report) []string {
	var all []string
	for _, result := range r.Results {
		for _, f := range result.Findings {
			if f.Counts() && f.Severity.AtLeast(r.FailOn) {
				all = append(all, f.Rule)
			}
		}
	}
	return all
}

// closing is the last line: the verdict of the run.
func (p pen) closing(r *contract.Report, counts map[contract.Verdict]int) string {
	switch {
	case counts[contract.Fail] == 0 && r.FailOnInconclusive && len(r.Inconclusive()) > 0:
		return p.paint(red, "does not conform") + ": --fail-on inconclusive, and these are inconclusive: " + strings.Join(foreigns(few(r.Inconclusive(), false)), ", ")
	case r.Client != nil:
		return p.conformance(r, counts)
	case counts[contract.Fail] > 0, slices.ContainsFunc(r.Results, func(one contract.Result) bool { return one.Fails(r.FailOn) }):
		return p.paint(red, "does not conform") + remedies(failingRules(r))
	case counts[contract.Errored] > 0:
		return p.paint(red, "not everything could be checked") + "; the reasons are above"
	case p.onlyKnown(r) != "":
		return p.onlyKnown(r)
	case counts[contract.Pass] == 0:
		return p.paint(red, "nothing was checked")
	case counts[contract.Inconclusive] > 0:
		return p.paint(yellow, "conforms where it was checked; "+contract.Plural(counts[contract.Inconclusive], "result")+" inconclusive")
	}
	return p.paint(green, "conforms")
}

// worth says what the evidence of the run proves, and what it does not prove.
func worth(r *contract.Report) string {
	strongest, provider, others, client := contract.NoEvidence, false, false, false
	for _, result := range r.Results {
		strongest = strongest.Stronger(result.Evidence)
		client = client || result.Evidence != contract.NoEvidence && !slices.ContainsFunc(result.Inconclusive, func(g contract.Gap) bool { return g.Why.Template != nil && g.Why.Template.ID == contract.NoClient })
		switch result.Evidence {
		case contract.Sandbox, contract.Production:
			provider = true
		case contract.Simulated, contract.Documented:
			others = true
		}
	}
	if r.Traffic != nil {
		return worthOfTraffic(r, strongest, others)
	}
	if r.Client != nil {
		return worthOfClient(strongest, others)
	}
	switch {
	case provider && others && !client:
		return "Some responses came from a provider. The others only show that cases and specifications agree."
	case others && !provider && !client:
		return "No request went to a provider. This run compares cases with specifications; it does not show how a provider behaves."
	case provider && others:
		return "Some responses came from a provider. The others only show that the adapters of assay and the specifications agree."
	case provider:
		return "The responses came from a provider."
	case others:
		return "No request went to a provider. This run checks the adapters of assay and the specifications; it does not show how a provider behaves."
	}
	return nothingShown
}

// provenance says where responses of a provider came from.
var provenance = map[contract.Evidence]string{contract.Sandbox: "the provider's staging environment", contract.Production: "the provider's production environment"}

const nothingShown = "No response was checked, so this run shows nothing."

// worthOfTraffic is worth for the exchanges of a client. others: some were simulated.
func worthOfTraffic(r *contract.Report, strongest contract.Evidence, others bool) string {
	from := provenance[strongest]
	switch {
	case from != "" && others:
		return "Some responses came from " + from + ", others from a simulation."
	case from != "":
		return "The responses came from " + from + "."
	case others:
		return "The responses came from a simulation or from this machine. This run checks the client; it does not show how a provider behaves."
	case r.Traffic.Exchanges > r.Traffic.Unmatched:
		return "Recorded traffic does not prove that the provider sent these responses."
	}
	return nothingShown
}
