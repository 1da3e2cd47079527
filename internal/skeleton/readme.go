package skeleton

import (
	"fmt"
	"strings"
)

// readme says what the skeleton has, and what to do next.
func (p *Provider) readme() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s: the beginning of a specification\n", p.Name)
	if p.Source != "" {
		line("`assay new provider` made this folder from %s. It proves nothing yet: what has `x-assumed: true` was inferred, and every result code has the outcome `unknown`. Rules about such operations are inconclusive.\n", p.Source)
	} else {
		line("`assay new provider` made this folder from a template. It proves nothing yet: replace everything in it that has `x-assumed: true` or TODO.\n")
	}
	line("## What to do next")
	line("1. Read `%s` beside the provider's documents, from top to bottom. `assay help dialect` explains the extensions.", p.specPath())
	line("2. For each `x-assumed: true`: compare, correct, write into `x-doc` where the documents say so, and remove the mark. `grep -n x-assumed %s` lists them.", p.specPath())
	line("3. For each result code: set `outcome` and `retry`, and `when` if the documents give the condition. A code that is on no page gets an ambiguity and `seen`.")
	line("4. Set `externalDocs`, `servers` and `x-credentials`; mark amounts, references and times with `x-means`, secrets with `x-secret`, personal data with `x-personal`.")
	line("5. Check the cases below `fixtures/%s`: each states a request and the code that it should get. Their values are placeholders.", p.Name)
	line("")
	line("```")
	line("assay run %s --data .              # inconclusive, until facts are confirmed and recorded", p.Name)
	line("assay sandbox %s --data .          # a server that responds with the examples", p.Name)
	line("assay check traffic.har --provider %s --data .", p.Name)
	line("assay record %s --data . --live    # needs the credentials, each in its environment variable", p.Name)
	line("```")
	line("")
	line("## What was found")
	line("")
	line("| operation | request | result codes |")
	line("|---|---|---|")
	for _, o := range p.Operations {
		var codes []string
		for _, c := range o.Codes {
			text := c.Name()
			if c.Seen > 0 {
				text += fmt.Sprintf(" (%d)", c.Seen)
			}
			codes = append(codes, text)
		}
		line("| %s | `%s %s` | %s |", o.ID, o.Method, o.Path, strings.Join(codes, ", "))
	}
	if len(p.Left) > 0 {
		line("\n## What was left out")
		for _, left := range p.Left {
			line("- %s", left)
		}
	}
	return []byte(b.String())
}
