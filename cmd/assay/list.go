package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/openapi"
	"assay/internal/rule"
)

// lists is what can be listed, each with the function that does.
func lists() map[string]func(*program, *catalog.Catalog, *tabwriter.Writer) {
	return map[string]func(*program, *catalog.Catalog, *tabwriter.Writer){
		"providers":   (*program).providers,
		"operations":  (*program).operations,
		"codes":       (*program).codes,
		"cases":       (*program).cases,
		"rules":       (*program).rules,
		"ambiguities": (*program).ambiguities,
		"waivers":     (*program).waivers,
	}
}

func names() []string {
	return []string{"providers", "operations", "codes", "cases", "rules", "ambiguities", "waivers"}
}

func (p *program) list() *cobra.Command {
	return &cobra.Command{
		Use:   "list " + strings.Join(names(), "|") + " [provider]...",
		Short: "list providers, operations, codes, cases, rules, ambiguities or waivers",
		Long: `list lists one kind of thing, of all providers or of the named ones. Rules are the same for all
providers, so that list takes no provider.`,
		Example: `  assay list providers
  assay list codes paytm
  assay list ambiguities paytm enkash
  assay list rules`,
		ValidArgs: names(),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &exit{exitUsage, "list takes one of " + strings.Join(names(), ", "), ""}
			}
			show, ok := lists()[args[0]]
			if !ok {
				return &exit{exitUsage, fmt.Sprintf("there is no list of %q%s", args[0], catalog.DidYouMean(args[0], names())), "the lists are " + strings.Join(names(), ", ")}
			}
			if args[0] == "rules" && len(args) > 1 {
				return &exit{exitUsage, "rules are of no provider; list rules takes none", ""}
			}
			k, err := p.catalog(catalog.Options{Wants: catalog.Named(args[1:]...)})
			if err != nil {
				return err
			}
			specs, err := chosen(k, args[1:])
			if err != nil {
				return err
			}
			of(k, specs)
			if args[0] == "ambiguities" { // which cases depart from them is looked for
				if err := openapi.Compile(specs...); err != nil {
					return p.unloaded(err)
				}
			}
			t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			show(p, k, t)
			return t.Flush()
		},
	}
}

// of leaves in a catalog what is of some specifications. Others may be there as well: a
// waiver ties them together, or a case follows one of theirs.
func of(k *catalog.Catalog, specs []*openapi.Spec) {
	listed := func(provider string) bool {
		return slices.ContainsFunc(specs, func(s *openapi.Spec) bool { return s.Provider == provider })
	}
	k.Specs = slices.DeleteFunc(slices.Clone(k.Specs), func(s *openapi.Spec) bool { return !listed(s.Provider) })
	k.Fixtures = &fixture.Set{
		Cases: slices.DeleteFunc(slices.Clone(k.Fixtures.Cases), func(c *contract.Case) bool { return !listed(c.Provider()) }),
		Waivers: slices.DeleteFunc(slices.Clone(k.Fixtures.Waivers), func(w contract.Waiver) bool {
			return !slices.ContainsFunc(specs, func(s *openapi.Spec) bool { return rule.WaiverOf(w, s.Provider) })
		}),
	}
}

// row writes a line of a table; the writer's errors come out at Flush.
func row(t *tabwriter.Writer, cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = fmt.Sprint(c)
	}
	_, _ = fmt.Fprintln(t, strings.Join(text, "\t"))
}

func (p *program) providers(k *catalog.Catalog, t *tabwriter.Writer) {
	row(t, "PROVIDER", "OPERATIONS", "STAGING OR ONLY SERVER", "CREDENTIALS")
	for _, s := range k.Specs {
		var env []string
		for _, c := range s.Credentials {
			env = append(env, c.Env)
		}
		row(t, s.Provider, len(s.Operations), s.Servers[0].URL, strings.Join(env, " "))
	}
}

func (p *program) operations(k *catalog.Catalog, t *tabwriter.Writer) {
	row(t, "OPERATION", "REQUEST", "CODES", "CASES", "DOCUMENT")
	for _, s := range k.Specs {
		for _, o := range s.Operations {
			cases := 0
			for _, c := range k.Fixtures.Cases {
				if c.Provider() == s.Provider && c.Operation() == o.ID {
					cases++
				}
			}
			row(t, o.Name(), o.Method+" "+o.Path, len(o.Codes), cases, o.URL)
		}
	}
}

func (p *program) codes(k *catalog.Catalog, t *tabwriter.Writer) {
	row(t, "CODE", "STATUS", "OUTCOME", "AGAIN", "DOCUMENTED", "HAD FROM THE SANDBOX", "MESSAGE")
	for _, s := range k.Specs {
		for _, o := range s.Operations {
			for _, c := range o.Codes {
				documented := "yes"
				if c.SeenIn != "" {
					documented = "no, seen (" + c.SeenIn + ")"
				}
				row(t, o.Name()+"/"+c.Code, dash(c.Status), c.State, c.Retry, documented, had(o, c), dash(strings.Join(c.Messages, " | ")))
			}
		}
	}
}

// had tells how the sandbox is made to response a code: by a request with which
// nothing is wrong, by one for which the code's when holds, or by preference.
func had(o *openapi.Operation, c *openapi.Code) string {
	switch {
	case c == o.Success():
		return "by a good request"
	case c.When != nil:
		return "when " + c.When.String()
	}
	return "by Prefer: code=" + c.Code
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (p *program) cases(k *catalog.Catalog, t *tabwriter.Writer) {
	row(t, "CASE", "WANTS", "ABOUT")
	for _, c := range k.Fixtures.Cases {
		row(t, c.Name, c.Want.Code, c.About)
	}
}

func (p *program) rules(_ *catalog.Catalog, t *tabwriter.Writer) {
	row(t, "RULE", "FAMILY", "SIDE", "SEVERITY", "SAYS")
	for _, r := range rule.Rules() {
		row(t, r.ID, r.Family, r.Side, r.Severity, r.Title)
	}
}

// ambiguities prints every contradiction in full: it is read, not scanned.
func (p *program) ambiguities(k *catalog.Catalog, t *tabwriter.Writer) {
	for _, s := range k.Specs {
		for _, r := range s.Ambiguities {
			reading(t, s.Provider, r, k.DepartingCases(s, r))
		}
		for _, o := range s.Operations {
			for _, r := range o.Ambiguities {
				reading(t, o.Name(), r, k.DepartingCases(s, r))
			}
		}
	}
}

func reading(t *tabwriter.Writer, name string, r *openapi.Ambiguity, departs []string) {
	where := "the page as a whole"
	if len(r.At) > 0 {
		where = strings.Join(contract.PlaceTexts(r.At), ", ")
	}
	row(t, name+" "+r.ID+", at "+where)
	for _, s := range r.Sources {
		row(t, "  says\t"+s.Source+": "+s.Text)
	}
	row(t, "  taken\t"+r.Chosen+": "+r.Why)
	held := strings.Join(r.Held, ", ")
	if r.Strict != nil {
		held = fmt.Sprintf("strict-interpretation, %s where it departs from the letter; an error under --profile strict", r.Severity)
	}
	row(t, "  held by\t"+held)
	if len(departs) > 0 {
		row(t, "  shown by\t"+strings.Join(departs, ", "))
	}
	if r.Lenient != nil {
		row(t, "  lenient\t`assay sandbox --lenient` accepts the other side")
	}
	row(t, "")
}

func (p *program) waivers(k *catalog.Catalog, t *tabwriter.Writer) {
	row(t, "RULE", "WHERE", "OWNER", "EXPIRES", "REASON")
	for _, w := range k.Fixtures.Waivers {
		row(t, w.Rule, strings.TrimSpace(w.Where+" "+string(w.At)), w.Owner, w.Expires.Format("2006-01-02"), w.Reason)
	}
}

// asked lists the cases that want a code of an operation.
func asked(k *catalog.Catalog, o *openapi.Operation, code string) []*contract.Case {
	var all []*contract.Case
	for _, c := range k.Fixtures.Cases {
		if c.Provider() == o.Provider && c.Operation() == o.ID && c.Want.Code == code {
			all = append(all, c)
		}
	}
	return all
}
