package report

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"assay/internal/contract"
)

// matrix writes the scenarios that end differently with different providers, each
// difference with the document that explains it.
func matrix(b *strings.Builder, r *contract.Report) {
	var lines []string
	for _, row := range r.Matrix {
		for i, difference := range differences(row.Cells) {
			name, state := row.Scenario, string(row.State)
			if i > 0 {
				name, state = "", ""
			}
			lines = append(lines, name+"\t"+state+"\t"+difference)
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "SCENARIO\tIS\tBUT AT") // a strings.Builder never fails
	for _, line := range lines {
		_, _ = fmt.Fprintln(t, line)
	}
	_ = t.Flush()
}

// differences makes one line for each explanation, with the operations that it explains.
func differences(cells []contract.Cell) []string {
	var explanations []string
	at := map[string][]string{}
	for _, c := range cells {
		why := explained(c)
		if why == "" {
			continue
		}
		if !slices.Contains(explanations, why) {
			explanations = append(explanations, why)
		}
		at[why] = append(at[why], c.Operation)
	}
	for i, why := range explanations {
		explanations[i] = strings.Join(at[why], ", ") + ": " + why
	}
	return explanations
}

// explained says how a cell differs from the others; "" if it does not.
func explained(c contract.Cell) string {
	switch {
	case c.Differs && c.State != "":
		return strings.TrimSpace(string(c.State)+" "+bracketed(c.Code)) + ", " + Document(c.Doc)
	case c.State == "":
		return Sentence(c.Why)
	}
	return ""
}

func bracketed(code string) string {
	if code == "" {
		return ""
	}
	return "(" + code + ")"
}
