package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"assay/internal/contract"
)

// traffic writes the results of recorded or proxied exchanges: a line for each operation,
// the groups of findings, the worst first, and the exchanges that could not be read.
func traffic(b *strings.Builder, p pen, r *contract.Report, how How) {
	verbose := how.Verbose
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "OPERATION\tEXCHANGES\tFAIL\tRESULT CODES") // a strings.Builder never fails
	for _, name := range slices.Sorted(maps.Keys(r.Traffic.Operations)) {
		o := r.Traffic.Operations[name]
		_, _ = fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", name, o.Exchanges, o.Failing, codeCounts(o.Codes))
	}
	_ = t.Flush()
	for _, g := range r.Traffic.Groups {
		if g.Finding.Expected && !verbose || g.Finding.Severity == contract.Info && !slices.Contains(contract.ShownInfos(), g.Finding.Rule) && !verbose {
			continue
		}
		b.WriteString("\n" + p.group(g))
	}
	if r.Traffic.More > 0 {
		_, _ = fmt.Fprintf(b, "\nand %s; --max-findings lists more\n", contract.Plural(r.Traffic.More, "more kind")+" of findings")
	}
	unreadable := 0
	for _, result := range r.Results {
		if result.Case == "traffic" && result.Verdict == contract.Inconclusive {
			_, _ = fmt.Fprintf(b, "\nskipped %s\n", strings.ReplaceAll(result.Why, "\n", "\n  "))
		}
		if result.Verdict == contract.Errored {
			unreadable++
			_, _ = fmt.Fprintf(b, "\n%s %s\n", p.verdict(result.Verdict), lines(Errors(result.Why)))
			b.WriteString(stack(result.Stack, verbose))
		}
		if faults := LintLines(result); ofSpecification(result) && len(faults) > 0 {
			b.WriteString("\n" + strings.Join(faults, "\n") + "\n")
		}
	}
	if rest := r.Traffic.Unreadable - int64(unreadable); rest > 0 {
		_, _ = fmt.Fprintf(b, "\n%s that could not be read\n", "and "+contract.Plural(int(rest), "more exchange"))
	}
	totals(b, p, r, how)
}

// ofSpecification reports whether a result is about the specification of a provider.
func ofSpecification(r contract.Result) bool {
	return r.Operation == "" && strings.HasPrefix(r.Origin, "spec:")
}

// Group writes the findings of one fingerprint, without colour.
func Group(g contract.Group) string { return pen{}.group(g) }

func (p pen) group(g contract.Group) string {
	var b strings.Builder
	side := string(g.Finding.Side)
	if g.Finding.Expected {
		side += ", expected by the test"
	}
	_, _ = fmt.Fprintf(&b, "%s %s  %s  (%s)  %s\n", spaced(g.Finding.Status)+p.severity(g.Finding.Severity), g.Operation, g.Finding.Rule, side, times(g.Count))
	p.finding(&b, g.Finding)
	_, _ = fmt.Fprintf(&b, "    %s\n", strings.Join(foreigns(g.Places), ", "))
	return b.String()
}

// exchanges says what became of the exchanges; "" without traffic.
func exchanges(c *contract.Traffic) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s: %d conforming, %d failing%s; %d matched no documented operation, %d unreadable%s", contract.Plural(int(c.Exchanges), "exchange"), c.Conforming, c.Failing, assumed(c), c.Unmatched, c.Unreadable, elsewhere(c))
}

func totals(b *strings.Builder, p pen, r *contract.Report, how How) {
	infos, expected := int64(0), int64(0)
	for _, g := range r.Traffic.Groups {
		if g.Finding.Expected {
			expected += g.Count
		} else if g.Finding.Severity == contract.Info {
			infos += g.Count
		}
	}
	c := r.Traffic
	_, _ = fmt.Fprintf(b, "\n%s; %s, %s inconclusive%s\n", exchanges(c), contract.Plural(int(infos), "info"), contract.Plural(gaps(r), "rule"), provoked(expected))
	for _, t := range testedOf(r) {
		if t.Origin == contract.WholeTraffic {
			gapLines(b, t.Result)
		}
	}
	b.WriteString(p.fixedLines(r.Baseline) + exportHint(r) + worth(r) + "\n" + reproduceText(reproduce(r, how)) + p.closingTraffic(r) + "\n")
}

// provoked counts the findings that tests expect.
func provoked(n int64) string {
	if n == 0 {
		return ""
	}
	return "; " + contract.Plural(int(n), "finding") + " that tests provoke on purpose (not counted)"
}

// assumed counts the exchanges about which nothing was proved.
func assumed(c *contract.Traffic) string {
	if c.Assumed == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of operations with assumed facts", c.Assumed)
}

// gapLines lists the inconclusive rules of an operation. Rules that share a reason share a
// line if they are many.
func gapLines(b *strings.Builder, result contract.Result) {
	const many = 4
	sharing := map[string]int{}
	for _, gap := range result.Inconclusive {
		sharing[gap.Why.Key()]++
	}
	for _, gap := range result.Inconclusive {
		switch n := sharing[gap.Why.Key()]; {
		case n >= many:
			_, _ = fmt.Fprintf(b, "  %s: %d rules are inconclusive: %s\n", Foreign(result.Case), n, line(gap.Why))
			sharing[gap.Why.Key()] = 0
		case n > 0:
			_, _ = fmt.Fprintf(b, "  %s: %s is inconclusive: %s\n", Foreign(result.Case), gap.Rule, line(gap.Why))
		}
	}
}

// elsewhere counts the unreadable entries that are ignored.
func elsewhere(c *contract.Traffic) string {
	if c.Elsewhere == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d of hosts that no specification names; ignored)", c.Elsewhere)
}

// closingTraffic is the last line for traffic: the verdict.
func (p pen) closingTraffic(r *contract.Report) string {
	switch {
	case r.TrafficFails():
		return p.paint(red, "does not conform") + remedies(failingGroups(r))
	case r.Traffic.Partial:
		return p.paint(red, "stopped before the end")
	case slices.ContainsFunc(r.Results, func(one contract.Result) bool { return ofSpecification(one) && one.Fails(contract.Error) }):
		return p.paint(red, "does not conform") + ": the specification has faults, so what it was compared with may be wrong"
	case r.Traffic.Unreadable > 0:
		return p.paint(red, "not everything could be read")
	case r.Traffic.Assumed > 0:
		return p.paint(red, "nothing was proved") + ": the specification assumes facts (x-assumed)"
	case p.onlyKnown(r) != "":
		return p.onlyKnown(r)
	case r.Traffic.Conforming == 0:
		return p.paint(red, "nothing was checked")
	case r.FailOnInconclusive && len(r.Inconclusive()) > 0:
		return p.paint(red, "not everything could be checked") + ": --fail-on inconclusive, and a rule checked no exchange"
	}
	return p.paint(green, "conforms")
}

// failingGroups lists the rules whose findings fail the check.
func failingGroups(r *contract.Report) []string {
	var all []string
	for _, g := range r.Traffic.Groups {
		if g.Finding.Counts() && g.Finding.Severity.AtLeast(r.FailOn) {
			all = append(all, g.Finding.Rule)
		}
	}
	return all
}

// codeCounts writes result codes with their counts, the most frequent first.
func codeCounts(codes map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(codes), func(a, b string) int {
		if codes[a] != codes[b] {
			return int(codes[b] - codes[a])
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, name := range names {
		shown := Foreign(name)
		if name == "" {
			shown = "none documented"
		}
		parts = append(parts, fmt.Sprintf("%s ×%d", shown, codes[name]))
	}
	return strings.Join(parts, ", ")
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
