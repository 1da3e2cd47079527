package report

import (
	"fmt"
	"io"
	"strings"

	"assay/internal/contract"
)

// GitHub shows this many annotations of each level in a step, and hides the rest in silence.
const maxAnnotations = 10

// GitHub writes workflow commands: at most 10 errors and 10 warnings as annotations, the worst
// ones, and a line that counts the others. The step summary has all: see Summary.
func GitHub(w io.Writer, r *contract.Report, how How) error {
	return annotate(w, overviewOf(r, how))
}

// DriftGitHub is GitHub for a comparison.
func DriftGitHub(w io.Writer, d *contract.Drift, how How) error {
	return annotate(w, overviewOfDrift(d, how))
}

func annotate(w io.Writer, o *overview) error {
	var b strings.Builder
	shown, left := map[contract.Severity]int{}, 0
	fits := func(level contract.Severity) bool {
		if shown[level]++; shown[level] <= maxAnnotations {
			return true
		}
		left++
		return false
	}
	for _, level := range []contract.Severity{contract.Error, contract.Warning} {
		for _, i := range o.Issues {
			if i.Level != level || i.Expected || i.Waived != nil || i.Status == contract.StatusKnown && !i.Fails {
				continue
			}
			if !fits(level) {
				continue
			}
			l := i.files()[0]
			_, _ = fmt.Fprintf(&b, "::%s file=%s,line=%d,title=%s::%s\n", level, commandProperty(relative(l.File)), max(1, l.Line),
				commandProperty("assay: "+spaced(i.Status)+i.Rule+" ("+i.ID+")"), commandText(i.Operation+": "+i.Sentence+i.often()+before("\nagain: ", i.Again)))
		}
	}
	for _, t := range o.Tests {
		if t.Status == errored && fits(contract.Error) {
			_, _ = fmt.Fprintf(&b, "::error title=%s::%s\n", commandProperty("assay: not checked"), commandText(t.Suite+": "+t.Name+": "+t.Why))
		}
	}
	if left > 0 {
		_, _ = fmt.Fprintf(&b, "::notice title=assay::%s in the step summary\n", commandText(contract.Plural(left, "more finding")))
	}
	if o.Against != "" {
		_, _ = fmt.Fprintf(&b, "::notice title=assay::%s\n", commandText(o.Against))
	}
	_, _ = fmt.Fprintf(&b, "::notice title=assay::%s\n", commandText(o.Closing+before("\n", strings.TrimSpace(reproduceText(o.Reproduce)))))
	_, err := io.WriteString(w, b.String())
	return err
}

// The characters that workflow commands escape, in a message and in a property.
var (
	messageEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func commandText(text string) string     { return messageEscapes.Replace(text) }
func commandProperty(text string) string { return propertyEscapes.Replace(text) }
