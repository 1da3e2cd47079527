package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/atomicfile"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/drift"
	"assay/internal/impact"
	"assay/internal/lazy"
	"assay/internal/report"
	"assay/internal/shape"
)

type driftFlags struct {
	provider string
	format   string

	skipUnreadable bool
	failOn         string
	only           string
	accept         bool
	spec           bool
	ledger         string
	overlay        string
	reports        []string
	live           liveFlags
}

func (p *program) drift() *cobra.Command {
	f := &driftFlags{}
	c := &cobra.Command{
		Use:   "drift [OLD] NEW",
		Short: "report what changed in a provider's responses, and the impact",
		Long: `drift compares the responses in NEW with those in OLD, or with the accepted baseline. It
reports each change and its impact on our adapters: breaks, degrades, minor or harmless.
OLD and NEW are traffic, shapes or JSON reports, - for standard input, or one of the words live,
sandbox, cases and spec. ` + "`assay help drift`" + ` explains them, the changes and the impacts.`,
		Example: `  assay drift traffic.har --overlay paytm.overlay.yaml --provider paytm
  assay drift monday.ndjson tuesday.ndjson.gz --ledger drift.db --report markdown=drift.md
  assay drift live --provider paytm --max-calls 40
  assay drift --spec old/paytm.yaml new/paytm.yaml`,
		RunE: func(c *cobra.Command, args []string) error { return p.runDrift(c, f, args) },
	}
	c.Flags().StringVar(&f.provider, "provider", "", "all traffic belongs to this `PROVIDER`; of cases, play only its own")
	addSkipFlag(c, &f.skipUnreadable)
	c.Flags().StringVar(&f.format, "format", "", "read files as har, ndjson or cassette instead of detecting it")
	c.Flags().StringVar(&f.failOn, "fail-on", "breaks", "mildest `IMPACT` that fails: breaks, degrades, minor")
	c.Flags().StringVar(&f.only, "only", "", "report only this `CHANGE`: an id, a provider or provider/operation")
	c.Flags().BoolVar(&f.spec, "spec", false, "compare two specifications of one provider")
	c.Flags().StringVar(&f.ledger, "ledger", "", "record changes in this `FILE`; an acknowledged one fails no run")
	c.Flags().StringVar(&f.overlay, "overlay", "", "write an OpenAPI Overlay with the proposed change to `FILE`")
	c.Flags().BoolVar(&f.accept, "accept", false, "make NEW the baseline, in --data DIR")
	addReportFlag(c, &f.reports)
	c.Flags().StringArrayVar(&f.live.bases, "base", nil, "`PROVIDER=URL`: where its traffic and its live requests go; repeatable")
	c.Flags().Float64Var(&f.live.rate, "rate", 2, "with live: send at most `CALLS` a second")
	c.Flags().IntVar(&f.live.maxCalls, "max-calls", 200, "with live: send at most `CALLS`")
	c.Flags().DurationVar(&f.live.timeout, "timeout", 30*time.Second, "with live: wait this `TIME` for a response")
	c.Flags().StringVar(&f.live.journal, "journal", "", "with live: note in `FILE` what is sent; see assay help live")
	return c
}

const baseline = "the baseline"

func (p *program) runDrift(c *cobra.Command, f *driftFlags, args []string) error {
	p.heap.bound(64 << 20) // beyond it, collect garbage more often: entries can have many megabytes
	to, err := p.checkDriftUsage(f, args)
	if err != nil {
		return err
	}
	before := f.accept || f.overlay != "" || f.ledger != "" || slices.Contains(args, "live")
	if err := checkOutputs(append(slices.Clone(to), output{path: f.overlay}, output{path: f.ledger}), before); err != nil {
		return err
	}
	if f.accept {
		if err := checkFolders(filepath.Join(p.data, "cassettes")); err != nil {
			return err
		}
	}
	if err := checkLedger(c.Context(), f.ledger); err != nil {
		return err
	}
	color, err := p.useColor(p.stdout)
	if err != nil {
		return err
	}
	options := catalog.Options{Now: p.time(), Traffic: true}
	if f.provider != "" && !f.spec {
		options.Wants = catalog.Named(f.provider)
	}
	p.lintsLater = true // of the providers that are compared
	k, err := p.catalog(options)
	if err != nil {
		return err
	}
	if err := p.checkSelection(f, k); err != nil {
		return err
	}
	if f.spec {
		return p.compareDocuments(c, f, k, to, color, args)
	}
	old := baseline
	if len(args) == 2 {
		old = args[0]
	}
	was, is, err := p.sides(c, f, k, old, args[len(args)-1])
	if err != nil {
		return err
	}
	r := &contract.Drift{
		Schema: contract.DriftSchema, Assay: version, FailOn: contract.Impact(f.failOn), Changes: []contract.Change{},
		Old: driftSide(old, was), New: driftSide(args[len(args)-1], is), Partial: was.Partial || is.Partial,
	}
	if r.Partial {
		return p.comparePartly(c, f, k, r, to, color, was, is)
	}
	both, _, _ := matchOperations(was.Shapes, is.Shapes, func(string) bool { return true })
	if err := p.loadCompared(k, both); err != nil {
		return err
	}
	p.lintLaid(k, func(provider string) bool {
		return !slices.ContainsFunc(both, func(name string) bool { return strings.HasPrefix(name, provider+"/") })
	})
	if r.Shapes, err = shape.MarshalReport(is.Shapes); err != nil {
		return &exit{exitUsage, err.Error(), ""}
	}
	ours := impact.New(k)
	found, _ := ours.Drift(was.Shapes, is.Shapes)
	crashed := ours.Crashed()
	r.Compared, r.Missing, r.Skipped = matchOperations(was.Shapes, is.Shapes, f.selects)
	r.Specs = digestsOf(k, r.Compared)
	for _, change := range found {
		if change.Command = p.rerunDrift(f, args, change.ID); f.selectsChange(change) {
			r.Changes = append(r.Changes, change)
		}
	}
	if changeID().MatchString(f.only) && len(r.Changes) == 0 {
		return &exit{exitInconclusive, "no change has the id " + f.only, "without --only, the report lists every change with its id"}
	}
	complete := cmp.Or(unreadableError(was, is), omittedError(was, is), crashed) == nil // otherwise the ledger would count as gone what was not read
	switch {
	case f.ledger == "" || len(r.Compared) == 0:
	case complete:
		err = p.recordChanges(c.Context(), f.ledger, r, found, both)
	default:
		err = markChanges(c.Context(), f.ledger, r)
	}
	if err != nil && c.Context().Err() == nil {
		return err
	}
	written := p.writeDrift(to, r, report.How{Color: color})
	if c.Context().Err() != nil {
		return after(written, interrupted("the comparison is complete; nothing else is written"))
	}
	if f.ledger != "" && !complete {
		_, _ = fmt.Fprintln(p.stderr, "the ledger was not changed, because some of the input could not be read or compared") // there is no other place to report it
	}
	if f.overlay != "" {
		if err := p.writeOverlay(f.overlay, k, r.Changes); err != nil {
			return errors.Join(err, written)
		}
	}
	switch {
	case crashed != nil && (f.accept || r.Failing() == 0):
		return after(written, crashed)
	case f.accept && written != nil:
		return written
	case f.accept:
		return p.accept(ours, was, is, found)
	}
	return after(written, driftExit(r, was, is))
}

// loadCompared loads the providers whose operations are compared. Their cases are
// needed to find out what the adapters read.
func (p *program) loadCompared(k *catalog.Catalog, operations []string) error {
	var providers []string
	for _, name := range operations {
		provider, _, _ := strings.Cut(name, "/")
		providers = append(providers, provider)
	}
	if err := p.need(k, providers...); err != nil {
		return err
	}
	if err := k.Compile(operations...); err != nil {
		return p.loadError(err)
	}
	return p.loadError(k.NeedCases(providers...))
}

// selects reports whether --provider and --only select an operation.
func (f *driftFlags) selects(operation string) bool {
	asked := func(name string) bool {
		return name == "" || operation == name || strings.HasPrefix(operation, name+"/")
	}
	return asked(f.provider) && (changeID().MatchString(f.only) || asked(f.only))
}

// selectsChange reports whether --provider and --only select a change.
func (f *driftFlags) selectsChange(c contract.Change) bool {
	return f.only == c.ID || !changeID().MatchString(f.only) && f.selects(c.Operation)
}

// matchOperations sorts the selected operations: those of both sides, those only of the
// new side (missing from the old), and those only of the old side (unseen).
func matchOperations(was, is map[string]*shape.Shape, asked func(string) bool) (both, missing, unseen []string) {
	both, missing, unseen = []string{}, []string{}, []string{}
	for _, name := range shape.Names(is) {
		switch {
		case !asked(name):
		case was[name] != nil:
			both = append(both, name)
		default:
			missing = append(missing, name)
		}
	}
	for _, name := range shape.Names(was) {
		if asked(name) && is[name] == nil {
			unseen = append(unseen, name)
		}
	}
	return both, missing, unseen
}

// checkDriftUsage checks flags and arguments, and reads --report.
func (p *program) checkDriftUsage(f *driftFlags, args []string) ([]output, error) {
	impacts := contract.Impacts()[:3]
	switch {
	case f.spec && (len(args) != 2 || f.accept || f.overlay != ""):
		return nil, &exit{exitUsage, "--spec compares two specifications: assay drift --spec OLD.yaml NEW.yaml", "--accept and --overlay cannot be combined with --spec"}
	case f.spec && f.format != "":
		return nil, &exit{exitUsage, "--format is for traffic; it cannot be combined with --spec", ""}
	case len(args) == 0:
		return nil, &exit{exitUsage, "drift needs a file or another source", "assay drift traffic.har compares the file with the baseline; - is standard input"}
	case len(args) > 2:
		return nil, &exit{exitUsage, fmt.Sprintf("drift takes at most two arguments, OLD and NEW, not %d", len(args)), "give many files as a folder or as a glob in quotes"}
	case len(args) == 2 && args[0] == args[1]:
		return nil, &exit{exitUsage, "OLD and NEW are the same", ""}
	case !slices.Contains(impacts, contract.Impact(f.failOn)):
		return nil, &exit{exitUsage, fmt.Sprintf("--fail-on %s: use breaks, degrades or minor", f.failOn), ""}
	case f.accept && len(args) == 2:
		return nil, &exit{exitUsage, "--accept updates the baseline, but OLD is " + args[0], "leave OLD out"}
	case f.accept && f.only != "":
		return nil, &exit{exitUsage, "--accept accepts every change; it cannot be combined with --only", ""}
	case f.accept && p.data == "":
		return nil, &exit{exitUsage, "--accept needs a folder for the baseline", "give --data DIR, a folder that `assay export DIR` wrote, or --data . in the sources"}
	}
	return parseReportsOf(f.reports, report.Drifts().Names())
}

var changeID = lazy.Regexp(`^[0-9a-f]{12}$`)

// checkSelection checks that the values of --provider and --only exist.
func (p *program) checkSelection(f *driftFlags, k *catalog.Catalog) error {
	if f.only != "" && !changeID().MatchString(f.only) {
		if err := p.need(k, k.Providers()...); err != nil {
			return err
		}
	}
	if f.provider != "" && k.Spec(f.provider) == nil {
		return unknownName("provider", f.provider, k.Providers(), "assay list providers")
	}
	var names []string
	for _, s := range k.Specs {
		names = append(names, s.Provider)
		for _, o := range s.Operations {
			names = append(names, o.Name())
		}
	}
	if f.only == "" || changeID().MatchString(f.only) || slices.Contains(names, f.only) {
		return nil
	}
	return &exit{
		exitUsage, fmt.Sprintf("--only %s is not the id of a change, a provider or an operation%s", f.only, catalog.DidYouMean(f.only, names)),
		catalog.Choices(f.only, names, "assay list operations"),
	}
}

// rerunDrift gives the command that shows one change again.
func (p *program) rerunDrift(f *driftFlags, args []string, id string) string {
	words := append([]string{"assay", "drift"}, args...)
	for _, flag := range []struct{ name, value string }{{"--data", p.data}, {"--provider", f.provider}, {"--format", f.format}} {
		if flag.value != "" {
			words = append(words, flag.name, flag.value)
		}
	}
	if f.skipUnreadable {
		words = append(words, "--skip-unreadable")
	}
	for _, base := range f.live.bases {
		words = append(words, "--base", masked(base))
	}
	for i, w := range words {
		if !plainWord().MatchString(w) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(append(words, "--only", id), " ")
}

var plainWord = lazy.Regexp(`^[A-Za-z0-9_./:=@%+-]+$`)

// accept writes the new baseline; each file is written completely or not at all.
// Accepting a change can make another one visible, because the numbers of responses
// change. Such a change is accepted too, so that the next run reports nothing.
func (p *program) accept(ours *impact.Impact, was, is *shape.ShapeSet, found []contract.Change) error {
	if err := cmp.Or(unreadableError(was, is), omittedError(was, is)); err != nil {
		return err
	}
	files := map[string][]byte{}
	next := drift.Accept(was.Shapes, is.Shapes, found)
	for range maxAcceptRounds {
		whole := map[string]*shape.Shape{}
		maps.Copy(whole, was.Shapes) // which may be empty
		maps.Copy(whole, next)
		more, _ := ours.Drift(whole, is.Shapes)
		if len(more) == 0 {
			break
		}
		for _, c := range more {
			note(p.stderr, "also accepted: %s %s %s %s", c.Operation, c.Kind, c.Code, c.At)
		}
		found = append(found, more...)
		next = drift.Accept(was.Shapes, is.Shapes, found)
	}
	for name, s := range next {
		raw, err := shape.Marshal(s)
		if err != nil {
			return &exit{exitUsage, err.Error(), ""}
		}
		files[filepath.Join(p.data, "cassettes", filepath.FromSlash(name)+shape.Suffix)] = raw
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = atomicfile.Replace(path, files[path])
		}
		if err != nil {
			return &exit{exitUsage, "writing the baseline: " + err.Error(), ""}
		}
		note(p.stderr, "%s written", path)
	}
	first := 0
	for name := range is.Shapes {
		if was.Shapes[name] == nil {
			first++
		}
	}
	summary := contract.Plural(len(found), "change") + " accepted"
	if first > 0 {
		summary += ", and the first baseline of " + contract.Plural(first, "operation")
	}
	_, _ = fmt.Fprintln(p.stderr, summary) // there is no other place to report it
	return nil
}

// maxAcceptRounds limits how often accept looks for changes that its own result makes
// visible.
const maxAcceptRounds = 100

// unreadableError is the error if something could not be read on either side.
func unreadableError(was, is *shape.ShapeSet) error {
	for _, side := range []*shape.ShapeSet{was, is} {
		if side.Unreadable > 0 {
			return &exit{exitInconclusive, fmt.Sprintf("%d of %d entries could not be read; the first: %v", side.Unreadable, side.Unreadable+side.Exchanges, side.Why), "correct them or record them again; `assay check` names each entry of a traffic file"}
		}
	}
	return nil
}

// omittedError is the error if the recordings of a side lack something that must not be taken
// for what the provider sent.
func omittedError(was, is *shape.ShapeSet) error {
	for _, side := range []*shape.ShapeSet{was, is} {
		if side.Omitted != (contract.Omitted{}) {
			return &exit{exitInconclusive, omittedText(side), omittedHint(side)}
		}
	}
	return nil
}

// omittedText says what the recordings of a side lack.
func omittedText(side *shape.ShapeSet) string {
	o := side.Omitted
	var all []string
	if o.Exchanges > 0 {
		all = append(all, "the recording lacks the body or the result code of "+contract.Plural(o.Exchanges, "response"))
	}
	if o.Requests > 0 {
		all = append(all, "the recording lacks the body of "+contract.Plural(o.Requests, "request"))
	}
	if o.Values > 0 {
		all = append(all, "the recording replaces "+contract.Plural(o.Values, "value"))
	}
	text := strings.Join(all, "; ")
	if side.Recorder != nil {
		text += "; recorder: " + side.Recorder.Name
	}
	return text
}

// omittedHint says what to record instead.
func omittedHint(side *shape.ShapeSet) string {
	hint := "record it again with whole bodies, and without a filter that replaces values"
	if side.Recorder != nil {
		hint += " (" + side.Recorder.Name + ": " + side.Recorder.Body.WayOut + ")"
	}
	return hint
}

// driftExit gives the exit code of a comparison. Changes count more than errors.
func driftExit(r *contract.Drift, was, is *shape.ShapeSet) error {
	switch err := unreadableError(was, is); {
	case r.Failing() > 0:
		return &exit{code: exitFindings}
	case err != nil:
		return err
	case len(r.Compared) == 0 && omittedError(was, is) != nil:
		return omittedError(was, is)
	case len(r.Compared) == 0:
		return &exit{exitInconclusive, "inconclusive: no selected operation is on both sides", "`assay drift NEW --accept` adds the new operations to the baseline"}
	}
	return nil
}
