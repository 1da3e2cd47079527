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

// Text writes what a person reads in ten seconds: a line an operation, what
// counts against it, and what the run is worth.
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
	unseen(&b, p, r, verbose)
	for _, result := range r.Results {
		trouble(&b, p, result)
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
			codes += fmt.Sprintf(" + %d seen", len(c.Undocumented))
		}
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", name, verdicts(counts), codes, strengths(c.Codes))
	}
	_ = t.Flush()
	for _, name := range names {
		if missing := r.Coverage[name].Missing; len(missing) > 0 {
			_, _ = fmt.Fprintf(b, "inconclusive codes of %s: %s\n", name, strings.Join(missing, " "))
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

// unseen tells what could not be looked at: the cases of an operation that have
// the same reason together.
func unseen(b *strings.Builder, p pen, r *contract.Report, verbose bool) {
	type reason struct {
		operation string
		verdict   contract.Verdict
		why       string
	}
	var order []reason
	cases := map[reason][]string{}
	for _, result := range r.Results {
		if result.Verdict != contract.Errored && result.Verdict != contract.Inconclusive {
			continue
		}
		why := reason{result.Provider + "/" + result.Operation, result.Verdict, result.Why}
		if cases[why] == nil {
			order = append(order, why)
		}
		cases[why] = append(cases[why], result.Case)
	}
	for _, why := range order {
		said := strings.ReplaceAll(why.why, "\n", "\n  ")
		if names := cases[why]; len(names) == 1 {
			_, _ = fmt.Fprintf(b, "\n%s %s\n  %s\n", p.verdict(why.verdict), names[0], said)
		} else {
			_, _ = fmt.Fprintf(b, "\n%s %d cases of %s\n  %s\n", p.verdict(why.verdict), len(names), why.operation, said)
			for _, name := range few(names, verbose) {
				_, _ = fmt.Fprintf(b, "  %s\n", p.paint(faint, name))
			}
		}
	}
}

// few is what a line or a screen has room for, and how many more there are.
func few(names []string, all bool) []string {
	const room = 3
	if all || len(names) <= room+1 {
		return names
	}
	return append(slices.Clone(names[:room]), fmt.Sprintf("and %d more; --verbose lists them", len(names)-room))
}

// trouble tells of the findings that nobody expects. Infos are counted in the
// summary.
func trouble(b *strings.Builder, p pen, result contract.Result) {
	for _, f := range result.Findings {
		if f.Expected || f.Severity == contract.Info {
			continue
		}
		_, _ = fmt.Fprintf(b, "\n%s %s  %s  (%s)\n  %s\n", p.severity(f.Severity), result.Case, f.Rule, f.Side, line(f.Message))
		if f.Waived != nil {
			_, _ = fmt.Fprintf(b, "  waived by %s until %s: %s\n", f.Waived.Owner, f.Waived.Expires, f.Waived.Reason)
		}
		if f.Doc != "" {
			_, _ = fmt.Fprintf(b, "  %s\n", p.paint(faint, f.Doc))
		}
		if len(f.Locations) > 0 {
			_, _ = fmt.Fprintf(b, "  %s\n", p.paint(faint, Locations(f)))
		}
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
	_, _ = fmt.Fprintf(b, "%s expected by their cases, %s, %s without proof\n", plural(expected, "finding"), plural(infos, "info"), plural(gaps, "rule"))
	b.WriteString(worth(r) + "\n" + p.closing(r, counts) + "\n")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// closing is the last line: what the run comes to.
func (p pen) closing(r *contract.Report, counts map[contract.Verdict]int) string {
	switch {
	case counts[contract.Fail] == 0 && r.FailOnInconclusive && len(r.Inconclusive()) > 0:
		return p.paint(red, "does not conform") + ": inconclusive counts, and inconclusive is " + strings.Join(few(r.Inconclusive(), false), ", ")
	case counts[contract.Fail] > 0:
		return p.paint(red, "does not conform") + "; `assay explain RULE` says why a rule matters and what to do"
	case counts[contract.Errored] > 0:
		return p.paint(red, "could not look at everything")
	case counts[contract.Pass] == 0:
		return p.paint(red, "proved nothing")
	case counts[contract.Inconclusive] > 0:
		return p.paint(yellow, "conforms as far as it was looked at: "+plural(counts[contract.Inconclusive], "result")+" inconclusive")
	}
	return p.paint(green, "conforms")
}

// worth says what the strongest evidence of the run proves, and what it does not.
func worth(r *contract.Report) string {
	strongest := contract.NoEvidence
	for _, result := range r.Results {
		strongest = strongest.Stronger(result.Evidence)
	}
	switch strongest {
	case contract.Sandbox, contract.Production:
		return "Some responses came from a provider; the others prove our adapters and that specifications and documents agree."
	case contract.NoEvidence:
		if r.Traffic != nil && r.Traffic.Exchanges > r.Traffic.Unmatched {
			return "Recordings say what they say: whether a provider responded so, nobody here saw."
		}
		return "No response was looked at: this run proves nothing."
	}
	return "No provider was asked: this proves our adapters, and that specifications and documents agree, and nothing of any provider."
}
