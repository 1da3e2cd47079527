package suites_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"assay/suites"
)

// output writes what became of the sentences, in place of Ginkgo's own reporter: failures
// alone, and with -v every sentence. It has no colour and no progress, and a failure names
// the file that it is about. Ginkgo writes itself with -vv and in parallel runs.
type output struct {
	w       io.Writer
	verbose bool
	ginkgo  *bytes.Buffer   // what Ginkgo would have written; nil: it writes
	texts   map[string]bool // of failures that were written: those of a case can be the same
}

// newOutput takes Ginkgo's output over. It is called before the suite runs.
func newOutput(suite types.SuiteConfig, reporter *types.ReporterConfig) *output {
	o := &output{w: os.Stdout, verbose: testing.Verbose() || reporter.Verbosity().Is(types.VerbosityLevelVerbose), texts: map[string]bool{}}
	if suite.ParallelTotal > 1 || reporter.Verbosity().Is(types.VerbosityLevelVeryVerbose) {
		return o
	}
	o.ginkgo = &bytes.Buffer{}
	reporter.NoColor, reporter.SilenceSkips = true, true
	formatter.ColorableStdOut = o.ginkgo
	ReportAfterEach(o.sentence)
	return o
}

// sentence writes one sentence.
func (o *output) sentence(r SpecReport) {
	name := sentenceOf(r)
	switch {
	case r.Failed() && o.texts[r.FailureMessage()] && !o.verbose:
	case r.Failed():
		o.texts[r.FailureMessage()] = true
		o.print("FAIL " + name + "\n  " + locationOf(r) + "\n  " + strings.ReplaceAll(r.FailureMessage(), "\n", "\n  ") + "\n\n")
	case !o.verbose:
	case r.State.Is(types.SpecStateSkipped) && r.FailureMessage() != "":
		o.print("skip " + name + ": " + r.FailureMessage() + "\n")
	case r.State.Is(types.SpecStatePassed):
		o.print("ok   " + name + "\n")
	}
}

// sentenceOf is a sentence as README.md writes it.
func sentenceOf(r SpecReport) string {
	texts := r.ContainerHierarchyTexts
	return strings.TrimSuffix(texts[len(texts)-1], ":") + ": " + r.LeafNodeText
}

// locationOf is the file and line that a failure is about: those of its first finding, or
// the file of the case.
func locationOf(r SpecReport) string {
	for _, entry := range r.ReportEntries {
		if entry.Name == suites.LocationEntry {
			return entry.StringRepresentation()
		}
	}
	return r.LeafNodeLocation.String()
}

// summary writes how many sentences failed. Silence means that none did.
func (o *output) summary(r Report) {
	failed, passed, skipped := 0, 0, 0
	for _, one := range r.SpecReports.WithLeafNodeType(types.NodeTypeIt) {
		switch {
		case one.Failed():
			failed++
		case one.State.Is(types.SpecStatePassed):
			passed++
		case one.FailureMessage() != "": // the others were not selected
			skipped++
		}
	}
	if o.ginkgo != nil && (failed > 0 || o.verbose) {
		o.print(fmt.Sprintf("sentences: %d failed, %d passed, %d skipped\n", failed, passed, skipped))
	}
}

// suite writes a failure of the suite itself, and fails it.
func (o *output) suite(text string) {
	o.texts[text] = true
	o.print("FAIL " + text + "\n")
	Fail(text)
}

// finish writes Ginkgo's own text if the run failed and no sentence did, for example
// because a filter selects nothing.
func (o *output) finish(passed bool) {
	if !passed && o.ginkgo != nil && len(o.texts) == 0 {
		o.print(o.ginkgo.String())
	}
}

func (o *output) print(text string) { _, _ = io.WriteString(o.w, text) } // nowhere left to say so
