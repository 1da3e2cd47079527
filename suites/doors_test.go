package suites_test

import (
	"context"
	"sort"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"assay/internal/contract"
	"assay/internal/rule"
)

// bothDoors checks that the suites and `assay run` check the same: the sentences are
// exactly the rules that `assay run` applies to each case, whatever was selected.
func bothDoors(ctx SpecContext, report Report) {
	var sentences []string
	for _, spec := range report.SpecReports {
		if spec.LeafNodeType == types.NodeTypeIt {
			name := spec.ContainerHierarchyTexts[len(spec.ContainerHierarchyTexts)-1]
			sentences = append(sentences, name+" "+spec.LeafNodeText)
		}
	}
	sort.Strings(sentences)
	Expect(sentences).To(Equal(checkedRules(ctx)), "the sentences of the suites and the rules of `assay run`")
}

// checkedRules lists case and rule of everything that `assay run` checks.
func checkedRules(ctx context.Context) []string {
	rules := map[string]rule.Rule{}
	for _, r := range rule.Rules() {
		rules[r.ID] = r
	}
	var all []string
	add := func(name, id string) {
		all = append(all, name+": "+rules[id].Title)
	}
	for _, r := range house.Run(ctx, house.Fixtures.Cases, contract.Error, "", nil).Results {
		if c := house.Fixtures.Case(r.Case); c != nil && len(r.Checked) == 0 { // no exchange: the rules that would apply
			for _, one := range rule.For(house.EmptySubject(c)) {
				add(r.Case, one.ID)
			}
		}
		for _, id := range r.Checked {
			add(r.Case, id)
		}
		for _, gap := range r.Inconclusive {
			add(r.Case, gap.Rule)
		}
	}
	sort.Strings(all)
	return all
}
