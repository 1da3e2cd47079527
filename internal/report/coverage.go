package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"assay/internal/contract"
)

// figures writes the coverage of each provider: how many codes, fields, enumerated values
// and conditions its documents name, how many the cases could show, and how many this run
// showed.
func figures(b *strings.Builder, r *contract.Report) {
	sums := map[string]contract.Figure{}
	for name, c := range r.Coverage {
		provider, _, _ := strings.Cut(name, "/")
		for _, f := range c.Figures {
			sums[provider] = sum(sums[provider], f)
		}
	}
	if len(sums) == 0 {
		return
	}
	b.WriteString("\n")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "PROVIDER\tDOCUMENTED ITEMS\tSHOWN BY ALL CASES\tSHOWN IN THIS RUN") // a strings.Builder never fails
	for _, provider := range slices.Sorted(maps.Keys(sums)) {
		f := sums[provider]
		shown := share(f.Shown(), f.Documented)
		if f.Shown() > 0 {
			shown += ", " + strengthsOf(f.Did)
		}
		_, _ = fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", provider, f.Documented, share(f.Could, f.Documented), shown)
	}
	_ = t.Flush()
	b.WriteString("Items are result codes, members, values of enumerations and conditions of the selected operations.\n")
}

func sum(a, b contract.Figure) contract.Figure {
	did := map[contract.Evidence]int{}
	for _, f := range []contract.Figure{a, b} {
		for evidence, n := range f.Did {
			did[evidence] += n
		}
	}
	return contract.Figure{Documented: a.Documented + b.Documented, Could: a.Could + b.Could, Did: did, Open: slices.Concat(a.Open, b.Open)}
}

// share writes a number and its percentage, rounded down: 100 % means all of them.
func share(n, of int) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%d %%)", n, n*100/of)
}
