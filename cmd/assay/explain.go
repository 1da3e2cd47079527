package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/rule"
)

func (p *program) explain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE | provider/CODE",
		Short: "explain a rule or a result code, and what to do",
		Long: `explain explains a rule that a finding names, or a result code of a provider: what it means, why
it matters and what to do. It cites the provider's page.`,
		Example: `  assay explain code-agrees
  assay explain strict-interpretation
  assay explain paytm/324
  assay explain ipayments/0x0206`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit{exitUsage, "explain takes one rule, or one provider/CODE", "`assay list rules` and `assay list codes` list the names"}
			}
			provider, _, isCode := strings.Cut(args[0], "/")
			if !isCode {
				return p.explainRule(args[0])
			}
			k, err := p.catalog(catalog.Options{Wants: catalog.Named(provider)})
			if err != nil {
				return err
			}
			return p.explainCode(k, args[0])
		},
	}
}

func (p *program) explainRule(id string) error {
	r, ok := rule.Find(id)
	if !ok {
		return &exit{exitUsage, fmt.Sprintf("there is no rule %q%s", id, catalog.DidYouMean(id, catalog.RuleIDs())), "`assay list rules` lists the rules; to explain a result code, write provider/CODE"}
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

// explainCode explains the code named by provider/CODE or provider/operation/CODE.
func (p *program) explainCode(k *catalog.Catalog, name string) error {
	provider, code, _ := strings.Cut(name, "/")
	s := k.Spec(provider)
	if s == nil {
		return unknownName("provider", provider, k.Providers(), "assay list providers")
	}
	operation := ""
	if before, after, ok := strings.Cut(code, "/"); ok {
		operation, code = before, after
		if s.Operation(operation) == nil {
			return &exit{exitUsage, fmt.Sprintf("%s has no operation %q", provider, operation), "`assay list operations " + provider + "` lists the operations"}
		}
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	var known []string
	found := false
	for _, o := range s.Operations {
		for _, c := range o.Codes {
			known = append(known, c.Code)
			if c.Code == code && (operation == "" || operation == o.ID) {
				found = true
				explainOne(t, k, o, c)
			}
		}
	}
	if !found {
		return &exit{exitUsage, fmt.Sprintf("%s documents no result code %q%s", provider, code, catalog.DidYouMean(code, known)), "treat an undocumented code as unknown: ask the provider for the status of the order first; `assay list codes " + provider + "` lists the documented codes"}
	}
	return t.Flush()
}

func explainOne(t *tabwriter.Writer, k *catalog.Catalog, o *openapi.Operation, c *openapi.Code) {
	row(t, o.Name()+" responds with "+c.Code)
	row(t, "  status", fmt.Sprintf("%s, with HTTP %d", dash(c.Status), c.HTTP))
	row(t, "  message", dash(strings.Join(c.Messages, " | ")))
	row(t, "  outcome", string(c.State)+": "+stateMeaning(c.State))
	row(t, "  send again", string(c.Retry)+": "+retryMeaning(c.Retry))
	when := "the documents do not say"
	if c.When != nil {
		when = c.When.String()
	}
	row(t, "  when", when)
	document := o.URL + " " + c.Doc
	if c.SeenIn != "" {
		document = "none: responses had this code, see ambiguity " + c.SeenIn
	}
	row(t, "  document", document)
	for _, like := range o.Codes {
		if like.Code != c.Code && o.Equal(like.Code, c.Code) {
			row(t, "  same as", like.Code)
		}
	}
	for _, one := range casesExpecting(k, o, c.Code) {
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
