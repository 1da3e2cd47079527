package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"assay/internal/contract"
)

// traffic writes what came of exchanges that others had: a line an operation,
// the groups of findings, the worst first, and what could not be read.
func traffic(b *strings.Builder, p pen, r *contract.Report, verbose bool) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "OPERATION\tEXCHANGES\tFAIL\tRESULT CODES") // a strings.Builder never fails
	for _, name := range slices.Sorted(maps.Keys(r.Traffic.Operations)) {
		o := r.Traffic.Operations[name]
		_, _ = fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", name, o.Exchanges, o.Failing, met(o.Codes))
	}
	_ = t.Flush()
	for _, g := range r.Traffic.Groups {
		if g.Finding.Severity == contract.Info && !verbose {
			continue
		}
		b.WriteString("\n" + p.group(g))
	}
	if r.Traffic.More > 0 {
		_, _ = fmt.Fprintf(b, "\nand %s; --max-findings lists more\n", plural(r.Traffic.More, "further kind of finding"))
	}
	broken := 0
	for _, result := range r.Results {
		if result.Verdict == contract.Errored {
			broken++
			_, _ = fmt.Fprintf(b, "\n%s %s\n", p.verdict(result.Verdict), strings.ReplaceAll(result.Why, "\n", "\n  "))
		}
	}
	if rest := r.Traffic.Unreadable - int64(broken); rest > 0 {
		_, _ = fmt.Fprintf(b, "\n%s that could not be read\n", "and "+plural(int(rest), "further one"))
	}
	totals(b, p, r)
}

// Group is findings of one fingerprint in words, without colour.
func Group(g contract.Group) string { return pen{}.group(g) }

func (p pen) group(g contract.Group) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s %s  %s  (%s)  %s\n", p.severity(g.Finding.Severity), g.Operation, g.Finding.Rule, g.Finding.Side, times(g.Count))
	p.finding(&b, g.Finding)
	_, _ = fmt.Fprintf(&b, "    %s\n", strings.Join(g.Places, ", "))
	return b.String()
}

func totals(b *strings.Builder, p pen, r *contract.Report) {
	infos, gaps := int64(0), 0
	for _, g := range r.Traffic.Groups {
		if g.Finding.Severity == contract.Info {
			infos += g.Count
		}
	}
	for _, result := range r.Results {
		if result.Origin == contract.WholeTraffic {
			gaps += len(result.Inconclusive)
		}
	}
	c := r.Traffic
	_, _ = fmt.Fprintf(b, "\n%s: %d conforming, %d failing, %d of nobody known; %d broken; %s, %s without proof\n", plural(int(c.Exchanges), "exchange"), c.Conforming, c.Failing, c.Unmatched, c.Unreadable, plural(int(infos), "info"), plural(gaps, "rule"))
	for _, result := range r.Results {
		for _, gap := range result.Inconclusive {
			if result.Origin == contract.WholeTraffic {
				_, _ = fmt.Fprintf(b, "  %s: %s proves nothing: %s\n", result.Case, gap.Rule, line(gap.Why))
			}
		}
	}
	b.WriteString(worth(r) + "\n" + p.comes(r) + "\n")
}

// comes is the last line of traffic.
func (p pen) comes(r *contract.Report) string {
	switch {
	case r.Traffic.Failing > 0:
		return p.paint(red, "does not conform") + "; `assay explain RULE` says why a rule matters and what to do"
	case r.Traffic.Partial:
		return p.paint(red, "stopped before the end")
	case r.Traffic.Unreadable > 0:
		return p.paint(red, "could not look at everything")
	case r.Traffic.Conforming == 0:
		return p.paint(red, "proved nothing")
	}
	return p.paint(green, "conforms")
}

// met is result codes with how often each came, the most frequent first.
func met(codes map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(codes), func(a, b string) int {
		if codes[a] != codes[b] {
			return int(codes[b] - codes[a])
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, name := range names {
		shown := name
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
