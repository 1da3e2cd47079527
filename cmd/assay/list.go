package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
)

// listSchema is the JSON Schema of what list --json writes.
//
//go:embed list.schema.json
var listSchema []byte

// listing is one of the lists.
type listing struct {
	name   string
	header string // of the table; "": the rows are no table
	depth  int    // the most parts of a selection, such as 2 for provider/operation; 0: it takes none
	rows   func(*catalog.Catalog, *listSelection) []listRow
}

func lists() []listing {
	return []listing{
		{"providers", cells("PROVIDER", "OPERATIONS", "STAGING OR ONLY SERVER", "CREDENTIALS"), 1, providerRows},
		{"operations", cells("OPERATION", "REQUEST", "CODES", "CASES", "DOCUMENT"), 2, operationRows},
		{"codes", cells("CODE", "STATUS", "OUTCOME", "RETRY", "DOCUMENTED", "SANDBOX RESPONDS", "MESSAGE"), 2, codeRows},
		{"cases", cells("CASE", "CODE", "ABOUT"), 3, caseRows},
		{"rules", cells("RULE", "FAMILY", "SIDE", "SEVERITY", "TITLE"), 0, ruleRows},
		{"ambiguities", "", 2, ambiguityRows},
		{"waivers", cells("RULE", "WHERE", "OWNER", "EXPIRES", "REASON"), 2, waiverRows},
	}
}

func listNames() []string {
	var names []string
	for _, l := range lists() {
		names = append(names, l.name)
	}
	return names
}

// listDocument is what list --json writes.
type listDocument struct {
	Schema string    `json:"schema"`
	Assay  string    `json:"assay"`
	List   string    `json:"list"`
	Rows   []listRow `json:"rows"`
}

func (p *program) list() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "list LIST [provider[/operation]]...",
		Short: "list providers, operations, codes, cases, rules, ambiguities or waivers",
		Long: `list prints one LIST: ` + strings.Join(listNames(), ", ") + `.
It lists all providers, or the selected ones and their operations, as a table or as JSON. rules
takes no selection; cases also takes provider/operation/case. * stands for any characters except
a slash.`,
		Example: `  assay list providers
  assay list codes paytm
  assay list codes paytm/createOrder --json
  assay list ambiguities paytm enkash`,
		ValidArgsFunction: p.completeLists,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &exit{exitUsage, "list takes one of " + strings.Join(listNames(), ", "), ""}
			}
			i := slices.IndexFunc(lists(), func(l listing) bool { return l.name == args[0] })
			if i < 0 {
				return unknownName("list", args[0], listNames(), "assay list --help")
			}
			rows, err := p.rowsOf(lists()[i], args[1:])
			if err != nil {
				return err
			}
			if asJSON {
				return p.writeListJSON(lists()[i], rows)
			}
			return p.writeListText(lists()[i], rows)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON (schema assay.list/v1) instead of a table")
	return c
}

// listed loads the selected providers and gives the rows of a list.
func (p *program) rowsOf(l listing, args []string) ([]listRow, error) {
	if l.depth == 0 && len(args) > 0 {
		return nil, &exit{exitUsage, l.name + " belong to no provider; list " + l.name + " takes no selection", ""}
	}
	p.lintsLater = true // nothing is checked
	k, err := p.catalog(catalog.Options{Wants: catalog.Selected(args)})
	if err != nil {
		return nil, err
	}
	want, err := selection(k, l.name, l.depth, args)
	if err != nil {
		return nil, err
	}
	if l.name == "ambiguities" { // cases that depart from them are found by compiled expressions
		if err := openapi.Compile(want.specs(k)...); err != nil {
			return nil, p.loadError(err)
		}
	}
	return l.rows(k, want), nil
}

func (p *program) writeListText(l listing, rows []listRow) error {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	if l.header != "" {
		row(t, l.header)
	}
	for _, r := range rows {
		writeRow(t, r)
	}
	return t.Flush()
}

func (p *program) writeListJSON(l listing, rows []listRow) error {
	if rows == nil {
		rows = []listRow{}
	}
	return p.writeJSON(listDocument{Schema: "assay.list/v1", Assay: version, List: l.name, Rows: rows})
}

// completeLists offers the lists, then what a list can be limited to.
func (p *program) completeLists(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return listNames(), cobra.ShellCompDirectiveNoFileComp
	}
	return p.completeCases(c, args, begun)
}

// row writes a line of a table. Flush reports the errors of the writer.
func row(t *tabwriter.Writer, all ...any) {
	_, _ = fmt.Fprintln(t, cells(all...))
}

// writeRow writes the lines of an entry of a list.
func writeRow(t *tabwriter.Writer, r listRow) {
	for _, line := range r.text() {
		_, _ = fmt.Fprintln(t, line)
	}
}

// casesExpecting lists the cases that expect a row of an operation, by its name.
func casesExpecting(k *catalog.Catalog, o *openapi.Operation, code string) []*contract.Case {
	var all []*contract.Case
	for _, c := range k.Fixtures.Cases {
		if c.Provider() == o.Provider && c.Operation() == o.ID && c.Want.Row() == code {
			all = append(all, c)
		}
	}
	return all
}
