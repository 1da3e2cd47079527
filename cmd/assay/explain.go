package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

func (p *program) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE | KIND | provider[/operation]/NAME",
		Short: "explain a rule, result code, condition or ambiguity",
		Long: `explain explains a rule that a finding names: why it matters and what to do. It also explains a
result code, a condition (x-rules) or an ambiguity of a provider, and cites the provider's page.
A KIND is a kind of change of assay drift, such as code-new.
CODE/variant explains one variant of a code, and CODE all of them.`,
		Example: `  assay explain code-agrees
  assay explain paytm/324
  assay explain paytm/createOrder/order-agrees
  assay explain paytm/createOrder/C10`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit{exitUsage, "explain takes one rule, or one provider/NAME of a result code, condition or ambiguity", "`assay list rules`, `assay list codes` and `assay list ambiguities` list the names"}
			}
			provider, _, ofProvider := strings.Cut(args[0], "/")
			if !ofProvider {
				return p.explainRule(args[0])
			}
			p.lintsLater = true // nothing is checked
			k, err := p.catalog(catalog.Options{Wants: catalog.Named(provider)})
			if err != nil {
				return err
			}
			return p.explainNamed(k, args[0])
		},
	}
}

func (p *program) explainRule(id string) error {
	r, ok := rule.Find(id)
	if !ok && p.explainKind(id) {
		return nil
	}
	if !ok {
		return &exit{exitUsage, fmt.Sprintf("there is no rule %q%s", id, catalog.DidYouMean(id, catalog.RuleIDs())), "`assay list rules` lists the rules; to explain a result code, condition or ambiguity, write provider/NAME; `assay help drift` is about changes"}
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	row(t, r.ID+": "+r.Title)
	row(t, "  family", r.Family)
	row(t, "  a finding is against", r.Side)
	row(t, "  severity", r.Severity)
	row(t, "  why", r.About)
	row(t, "  what to do", r.Remedy)
	return t.Flush()
}

// explainKind explains a kind of change of assay drift. It reports false if there is none.
func (p *program) explainKind(id string) bool {
	all := drift.Kinds()
	i := slices.IndexFunc(all, func(k drift.Kind) bool { return string(k.ID) == id })
	if i < 0 {
		return false
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	row(t, id+": a kind of change of assay drift")
	row(t, "  has changed", all[i].About)
	row(t, "  impact", "the change itself says it: assay lets its adapter read the changed responses")
	row(t, "  what to do", "correct the adapter or the specification, or accept the change: see `assay help drift`")
	_ = t.Flush() // as every other output of a command
	return true
}

// explainNamed explains the result codes, conditions and ambiguities with the name
// provider/ID or provider/operation/ID.
func (p *program) explainNamed(k *catalog.Catalog, name string) error {
	provider, id, _ := strings.Cut(name, "/")
	s := k.Spec(provider)
	if s == nil {
		return unknownName("provider", provider, k.Providers(), "assay list providers")
	}
	operations := s.Operations
	if operation, rest, ok := strings.Cut(id, "/"); ok {
		o := s.Operation(operation)
		switch {
		case o != nil:
			operations, id = []*openapi.Operation{o}, rest
		case !slices.ContainsFunc(operations, func(o *openapi.Operation) bool { return o.Lists(operation) }): // not CODE/variant
			return unknownPart("operation", []string{provider}, operation, operationIDs(s))
		}
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	known, found := explainIn(t, k, s, operations, id)
	if !found {
		return &exit{
			exitUsage, fmt.Sprintf("%s has no result code, condition or ambiguity %q%s", provider, id, catalog.DidYouMean(id, known)),
			"treat an undocumented code as unknown: ask the provider for the status of the order first; `assay list codes " + provider + "` and `assay list ambiguities " + provider + "` list the names",
		}
	}
	return t.Flush()
}

func operationIDs(s *openapi.Spec) []string {
	var ids []string
	for _, o := range s.Operations {
		ids = append(ids, o.ID)
	}
	return ids
}

// explainIn explains what has an id in some operations, and returns all ids.
func explainIn(t *tabwriter.Writer, k *catalog.Catalog, s *openapi.Spec, operations []*openapi.Operation, id string) (known []string, found bool) {
	is := func(other string) bool {
		known = append(known, other)
		found = found || other == id
		return other == id
	}
	explained := map[*openapi.Ambiguity]bool{} // those of the provider belong to every operation
	for _, o := range operations {
		for _, c := range o.Codes {
			if is(c.Name()) || c.Variant != "" && is(c.Code) { // the code alone names all its rows
				explainCode(t, k, o, c)
			}
		}
		for _, r := range o.Rules {
			if is(r.ID) {
				explainCondition(t, o, r)
			}
		}
		for _, a := range s.AllAmbiguities(o) {
			if is(a.ID) && !explained[a] {
				explained[a] = true
				writeRow(t, ambiguityOf(k, s, strings.TrimSuffix(a.Name(), "/"+a.ID), a))
			}
		}
	}
	return known, found
}

// explainCondition explains a condition of x-rules.
func explainCondition(t *tabwriter.Writer, o *openapi.Operation, r *openapi.Rule) {
	row(t, o.Name()+" has the condition "+r.ID)
	row(t, "  violated if", r.Message)
	row(t, "  condition", r.Rule.String())
	row(t, "  at", r.On.Body(r.At))
	row(t, "  checked by", string(r.On)+"-rules ("+string(r.Severity)+")")
	row(t, "  document", report.Document(strings.TrimSpace(o.URL+" "+r.Doc)))
	todo := "change the request so that the condition holds"
	if r.On == contract.InResponse {
		todo = "treat the response as unknown: ask for the status of the order"
	}
	row(t, "  what to do", todo)
	row(t, "")
}

func explainCode(t *tabwriter.Writer, k *catalog.Catalog, o *openapi.Operation, c *openapi.Code) {
	row(t, o.Name()+" responds with "+c.Name())
	row(t, "  status", fmt.Sprintf("%s, with HTTP %d", dash(c.Status), c.HTTP))
	switch {
	case c.If != nil:
		row(t, "  if", c.If.String())
	case c.Variant != "":
		row(t, "  if", "no other variant fits")
	}
	row(t, "  message", dash(strings.Join(c.Messages, " | ")))
	row(t, "  outcome", string(c.State)+": "+stateMeaning(c.State))
	row(t, "  send again", string(c.Retry)+": "+retryMeaning(c.Retry))
	if o.Idempotency != nil {
		row(t, "  repeat", repeatMeaning(o.Idempotency))
	}
	when := "the documents do not say"
	switch {
	case c.When != nil:
		when = c.When.String()
	case o.Idempotency != nil && c.Name() == o.Idempotency.Conflict:
		when = "the key at " + string(o.Idempotency.At) + " was used for another request"
	}
	row(t, "  when", when)
	document := report.Document(o.URL + " " + c.Doc)
	if c.SeenIn != "" {
		document = "none: responses had this code (`assay explain " + o.Name() + "/" + c.SeenIn + "`)"
	}
	if c.Assumed {
		document = "none: the specification assumes this code (x-assumed): " + report.Foreign(c.Doc)
	}
	row(t, "  document", document)
	for _, like := range o.Codes {
		if like != c && o.Equal(like.Name(), c.Name()) {
			row(t, "  same as", like.Name())
		}
	}
	for _, one := range casesExpecting(k, o, c.Name()) {
		row(t, "  case", one.Name+": "+one.About)
	}
	row(t, "")
}

func stateMeaning(s contract.State) string {
	switch s {
	case contract.Succeeded:
		return "the provider accepted the request"
	case contract.Pending:
		return "not decided yet; ask for the status later"
	case contract.Rejected:
		return "the provider declined; no money moves"
	case contract.Invalid:
		return "the request was wrong; correct it before you send another"
	case contract.Unauthorized:
		return "the provider refused the sender; check credentials and signature"
	case contract.Duplicate:
		return "the provider already has this reference; ask for the status of the first request"
	case contract.Unavailable:
		return "the provider failed; whether it processed the request is unknown"
	case contract.Reversed:
		return "the money was returned"
	case contract.Redirect:
		return "the payer must go to another page"
	}
	return "unknown; ask for the status before you do anything else"
}

func retryMeaning(a contract.Retry) string {
	switch a {
	case contract.SameReference:
		return "the same request may be sent again, with the same reference"
	case contract.AfterInquiry:
		return "only after the provider has reported the status of the first request"
	}
	return "the same request must not be sent again"
}

// repeatMeaning says how a request may be repeated.
func repeatMeaning(i *openapi.Idempotency) string {
	text := "with the same key at " + string(i.At)
	if i.Hours > 0 {
		text += fmt.Sprintf(" within %d hours", i.Hours)
	}
	return text + ", the same request gets the same response and makes no second order (" + i.Doc + ")"
}
