package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/crash"
	"assay/internal/engine"
	"assay/internal/interrupt"
	"assay/internal/recording"
	"assay/internal/report"
)

type recordFlags struct {
	live   liveFlags
	yes    bool
	anyway bool
}

func (p *program) record() *cobra.Command {
	f := &recordFlags{}
	c := &cobra.Command{
		Use:   "record [provider[/operation[/case]]]...",
		Short: "record responses as cassettes, redacted",
		Long: `record sends the requests of the selected cases with --live or --sandbox and writes the exchanges
as cassettes to the folder of --data. Without --data it uses this folder, if it has
cassettes/manifest.yaml. It takes secrets and personal data out before it writes. It does not write
a response with findings, or one that proves less than the cassette that exists. It lists the
changes and asks before it overwrites. More: assay help evidence, assay help live.`,
		Example: `  assay record paytm/createOrder/accepted --live --data mine
  assay record paytm --live --base paytm=https://pay.example.com --max-calls 20
  assay record --sandbox --yes
  assay record enkash/createToken --sandbox --data mine --anyway`,
		ValidArgsFunction: p.completeCases,
		RunE:              func(c *cobra.Command, args []string) error { return p.runRecord(c, f, args) },
	}
	f.live.add(c)
	c.Flags().BoolVar(&f.yes, "yes", false, "overwrite cassettes without asking")
	c.Flags().BoolVar(&f.anyway, "anyway", false, "write responses that have findings, too")
	return c
}

// runRecord sends every request, prints the results and then writes all cassettes. If a
// secret remains in one, it writes none.
func (p *program) runRecord(c *cobra.Command, f *recordFlags, args []string) error {
	if !f.live.live && !f.live.sandbox {
		return &exit{exitUsage, "record needs --live or --sandbox", "--live sends requests to the providers, --sandbox to a sandbox that it starts"}
	}
	dir, err := p.cassetteDir()
	if err != nil {
		return err
	}
	if err := checkLock(c.Context(), dir); err != nil { // before any request is sent
		return err
	}
	e, selected, stop, err := p.prepare(c, &f.live, catalog.Options{Now: p.time()}, args)
	if err != nil {
		return err
	}
	defer stop()
	folders := []string{dir}
	for _, one := range selected {
		folders = append(folders, filepath.Join(dir, one.Provider(), one.Operation()))
	}
	if err := checkFolders(folders...); err != nil {
		return err
	}
	if f.live.live { // a request cannot be taken back: ask before
		existing := 0
		for _, one := range selected {
			if e.Recorded(one) {
				existing++
			}
		}
		if err := p.confirmOverwrite(c.Context(), existing, "nothing was sent", f.yes); err != nil {
			return err
		}
	}
	recordings := p.recordCases(c, f, e, selected)
	kept, err := p.reportRecordings(recordings, f)
	switch {
	case err == nil && len(kept) == 0 && c.Context().Err() != nil:
		return interrupted("nothing is written")
	case err != nil || len(kept) == 0:
		return errors.Join(err, recordExit(recordings))
	}
	existing := 0
	for _, r := range recordings {
		if _, ok := kept[r.Case.Name]; ok && r.Exists {
			existing++
		}
	}
	if err := p.confirmOverwrite(c.Context(), existing, "nothing is written", f.yes || f.live.live); err != nil {
		return err
	}
	p.unhurried.Store(true)
	defer p.unhurried.Store(false)
	if err := saveCassettes(c.Context(), dir, kept); isLocked(err) {
		return lockExit(err)
	} else if err != nil {
		return &exit{exitUsage, "writing cassettes: " + err.Error(), "run the command again; what was written is complete"}
	}
	note(p.stderr, "%s written to %s", contract.Plural(len(kept), "cassette"), dir)
	if c.Context().Err() != nil {
		return interrupted("what was recorded before is written")
	}
	return recordExit(recordings)
}

// cassetteDir gives the folder to write to. Without --data it is cassettes in the
// working directory, which must have a manifest. With --data, a folder of specifications
// may still lack it.
func (p *program) cassetteDir() (string, error) {
	given := p.data != ""
	if !given {
		p.data = "."
	}
	dir := filepath.Join(p.data, "cassettes")
	if info, err := os.Stat(filepath.Join(p.data, "specs")); given && err == nil && info.IsDir() {
		if err := cassette.Create(dir); isLocked(err) {
			return "", lockExit(err)
		} else if err != nil {
			return "", &exit{exitUsage, err.Error(), ""}
		}
		return dir, nil
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.yaml")); errors.Is(err, fs.ErrNotExist) {
		return "", &exit{exitUsage, filepath.Join(dir, "manifest.yaml") + " does not exist; cassettes are recorded next to their manifest", "run `assay export DIR`, then record with --data DIR"}
	} else if err != nil {
		return "", &exit{exitUsage, err.Error(), ""}
	}
	return dir, nil
}

// recordCases sends the request of each case, and shows progress.
func (p *program) recordCases(c *cobra.Command, f *recordFlags, e *engine.Engine, selected []*contract.Case) []recording.Recording {
	progress := p.progress(f.live.live, len(selected))
	var recordings []recording.Recording
	for _, one := range selected {
		r := recordCase(c.Context(), e, one)
		if progress != nil {
			progress(r.Result)
		}
		recordings = append(recordings, r)
	}
	return recordings
}

// recordCase records a case. Once ctx has ended it gives up after interrupt.Patience.
func recordCase(ctx context.Context, e *engine.Engine, one *contract.Case) recording.Recording {
	var r recording.Recording
	var crashed *crash.Error
	switch {
	case !interrupt.Do(ctx, func() {
		crashed = crash.Contain("recording "+one.Name, func() { r = recording.Record(ctx, e, one, contract.Error, time.Now()) })
	}):
		result := engine.Interrupted(one)
		return recording.Recording{Case: one, Result: result, Why: result.Why}
	case crashed != nil:
		return recording.Recording{Case: one, Result: e.Result(ctx, one).Crashed(crashed.Error(), crashed.Stack), Why: crashed.Error()}
	}
	return r
}

// maxRecordLines limits the lines about one case.
const maxRecordLines = 100

// reportRecordings prints the result of each case and gives the cassettes to write. A
// leak is an error; then nothing is written.
func (p *program) reportRecordings(recordings []recording.Recording, f *recordFlags) (map[string]cassette.Saved, error) {
	kept, leaks, unchanged, none := map[string]cassette.Saved{}, 0, 0, 0
	say := func(r recording.Recording, word string, lines ...string) {
		text := []string{report.Foreign(r.Case.Name) + "  " + word}
		text = append(text, lines[:min(len(lines), maxRecordLines)]...)
		if more := len(lines) - maxRecordLines; more > 0 {
			text = append(text, fmt.Sprintf("and %d more", more))
		}
		_, _ = fmt.Fprintln(p.stdout, strings.Join(text, "\n  ")) // there is no other place to report it
	}
	for _, r := range recordings {
		findings := findingLines(r.Result)
		switch {
		case r.Why != "":
			none++
			say(r, "not recorded: "+indent(report.Errors(r.Why)))
		case r.Result.Verdict == contract.Errored:
			none++
			say(r, "not recorded: "+indent(report.Errors(r.Result.Why)))
		case len(r.Leaks) > 0:
			leaks++
			say(r, "not recorded: secret or personal values remain", leakLines(r.Leaks)...)
		case r.Result.Verdict == contract.Fail && !f.anyway:
			none++
			say(r, "not recorded: its response has findings; --anyway records it", findings...)
		case r.Unchanged():
			unchanged++
			say(r, "unchanged")
		default:
			word := "new"
			lines := append(r.Changes, findings...)
			switch {
			case r.Damage != "":
				word, lines = "recorded again", append([]string{"the cassette was damaged: " + r.Damage}, lines...)
			case r.Exists:
				word = "changed"
			}
			say(r, fmt.Sprintf("%s, %s %s", word, r.Saved.Entry.Evidence, report.Foreign(r.Result.Code)), lines...)
			kept[r.Case.Name] = r.Saved
		}
	}
	_, _ = fmt.Fprintf(p.stderr, "%d to write, %d unchanged, %d not recorded\n", len(kept), unchanged, leaks+none) // there is no other place to report it
	if leaks > 0 {
		return nil, &exit{exitFindings, fmt.Sprintf("secret or personal values remain in %d of %d recordings; nothing is written", leaks, len(recordings)), "mark the members with x-secret or x-personal in the specification and record again"}
	}
	return kept, nil
}

// leakLines lists leaks, escaped for a terminal.
func leakLines(leaks []recording.Leak) []string {
	var all []string
	for _, l := range leaks {
		all = append(all, report.Foreign(string(l.At))+": "+report.Visible(l.What))
	}
	return all
}

// findingLines lists the findings that fail a case.
func findingLines(r contract.Result) []string {
	var all []string
	for _, f := range r.Findings {
		if f.Counts() && f.Severity == contract.Error {
			all = append(all, f.Rule+": "+report.Sentence(f.Message))
		}
	}
	return all
}

// confirmOverwrite asks before existing cassettes are overwritten. done says what was done
// so far. Without a reply, or if the command is interrupted, nothing is overwritten.
func (p *program) confirmOverwrite(ctx context.Context, existing int, done string, yes bool) error {
	if existing == 0 || yes {
		return nil
	}
	if !isTerminal(p.stdin) {
		return &exit{exitUsage, fmt.Sprintf("%d cassettes exist already, and standard input is no terminal to ask for confirmation; %s", existing, done), "--yes overwrites them"}
	}
	_, _ = fmt.Fprintf(p.stderr, "overwrite %d cassettes? [y/N] ", existing) // there is no other place to report it
	reply, err := bufio.NewReader(p.input(ctx)).ReadString('\n')             // no input means no
	switch {
	case ctx.Err() != nil:
		return interrupted(done)
	case err != nil && !errors.Is(err, io.EOF), !strings.HasPrefix(strings.ToLower(reply), "y"):
		return &exit{exitUsage, done, ""}
	}
	return nil
}

// recordExit gives the exit code of record. Findings count more than errors.
func recordExit(recordings []recording.Recording) error {
	errored, failed := 0, 0
	for _, r := range recordings {
		switch r.Result.Verdict {
		case contract.Errored:
			errored++
		case contract.Fail:
			failed++
		}
	}
	switch {
	case failed > 0:
		return &exit{exitFindings, fmt.Sprintf("%d of %d responses have findings", failed, len(recordings)), ""}
	case errored > 0:
		return &exit{exitInconclusive, fmt.Sprintf("%d of %d cases could not be checked", errored, len(recordings)), "the lines above have the reason for each"}
	}
	return nil
}
