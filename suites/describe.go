package suites

import (
	"context"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"assay/internal/rule"
)

// locationEntry is the report entry that holds file:line of what a failure is about.
const locationEntry = "location"

// Describe holds a client to the cases of a provider in a Ginkgo suite. It is called where
// Describe of Ginkgo may be called, and makes a container for each case and a sentence for
// each rule, as the suites of assay itself do. The labels are the provider, the operation, the
// family and the rule. Conform says what fails and what is skipped.
//
// All sentences of a provider run in one process, in the order of the cases. A report entry
// after the last one says whether the client is conformant.
func Describe(provider string, client Client, options ...Option) bool {
	return ginkgo.Describe(provider, ginkgo.Ordered, ginkgo.ContinueOnFailure, ginkgo.Label(provider), func() {
		s := settingsOf(options)
		r, err := newRun(context.Background(), provider, client, s)
		if err != nil {
			ginkgo.It("can be held to its contract", func() { ginkgo.Fail(err.Error()) })
			return
		}
		for _, c := range r.cases {
			said := false
			subject{
				Name: c.Name, Rules: r.session.Rules(c), Labels: []string{c.Operation()}, At: types.CodeLocation{FileName: c.File, LineNumber: 1},
				Check: func(_ context.Context, one rule.Rule) verdict {
					v := r.verdict(c, one)
					if text, wrong := r.wrong(c); wrong && !said {
						said = true
						v.failure = text + "\n" + v.failure
					}
					return v
				},
			}.describe()
		}
		ginkgo.AfterAll(func() {
			last, err := r.finish()
			if last != "" {
				ginkgo.AddReportEntry(provider+": "+last, ginkgo.ReportEntryVisibilityAlways)
			}
			if err != nil {
				ginkgo.Fail(err.Error())
			}
		})
	})
}

// subject is a case, or a specification as a whole, with the rules that apply to it. Describe
// and the suites of assay itself make their sentences of it.
type subject struct {
	Name   string
	Rules  []rule.Rule
	Labels []string
	At     types.CodeLocation // the file that the sentences are about
	// Check plays the subject, once, and says what became of a rule.
	Check func(context.Context, rule.Rule) verdict
}

// describe makes a container for each family of rules. With the title of a rule its
// text is a sentence: "paytm/createOrder/duplicate: the response has a documented HTTP
// status".
func (s subject) describe() {
	for rules := s.Rules; len(rules) > 0; {
		family := rules[0].Family
		ginkgo.Describe(s.Name+":", s.At, ginkgo.Label(append(s.Labels, family)...), func() {
			for len(rules) > 0 && rules[0].Family == family {
				s.sentence(rules[0])
				rules = rules[1:]
			}
		})
	}
}

// sentence makes the sentence of one rule. A rule that could check nothing is skipped,
// with the reason: that is the verdict inconclusive.
func (s subject) sentence(r rule.Rule) {
	ginkgo.It(r.Title, s.At, ginkgo.Label(r.ID), func(ctx ginkgo.SpecContext) {
		v := s.Check(ctx, r)
		properties(r, v)
		switch {
		case v.failure != "":
			ginkgo.Fail(v.failure)
		case v.skipped != "":
			ginkgo.Skip(v.skipped)
		}
	})
}

// properties puts rule, side, document and place into the reports that Ginkgo writes.
func properties(r rule.Rule, v verdict) {
	side, doc := string(r.Side), v.doc
	if all := failing(v.findings); len(all) > 0 {
		side, doc = string(all[0].Side), all[0].Doc
		if len(all[0].Locations) > 0 {
			ginkgo.AddReportEntry(locationEntry, all[0].Locations[0].String(), ginkgo.ReportEntryVisibilityNever)
		}
	}
	ginkgo.AddReportEntry("rule", r.ID, ginkgo.ReportEntryVisibilityNever)
	ginkgo.AddReportEntry("side", side, ginkgo.ReportEntryVisibilityNever)
	ginkgo.AddReportEntry("doc", doc, ginkgo.ReportEntryVisibilityNever)
}
