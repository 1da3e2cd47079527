package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/internal/cassette"
	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
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
		RunE:              func(c *cobra.Command, args []string) error { return p.keep(c, f, args) },
	}
	f.live.add(c)
	c.Flags().BoolVar(&f.yes, "yes", false, "overwrite cassettes without asking")
	c.Flags().BoolVar(&f.anyway, "anyway", false, "write responses that have findings, too")
	return c
}

// keep asks everything, tells what came, and then writes all of it or, where
// something leaked, nothing.
func (p *program) keep(c *cobra.Command, f *recordFlags, args []string) error {
	if !f.live.live && !f.live.sandbox {
		return &exit{exitUsage, "record needs somebody to ask", "--live asks the providers, --sandbox a sandbox that is started for the run"}
	}
	dir, err := p.shelf()
	if err != nil {
		return err
	}
	e, selected, stop, err := p.prepared(c, &f.live, catalog.Options{Now: time.Now()}, args)
	if err != nil {
		return err
	}
	defer stop()
	took := p.recorded(c, f, e, selected)
	kept, err := p.told(took, f)
	if err != nil || len(kept) == 0 {
		return errors.Join(err, responded(took))
	}
	if err := p.consent(took, kept, f.yes); err != nil {
		return err
	}
	if err := cassette.Save(dir, kept); err != nil {
		return &exit{exitUsage, "writing cassettes: " + err.Error(), "run it again: what was written is whole, and the manifest knows it"}
	}
	_, _ = fmt.Fprintf(p.stderr, "%d cassettes written below %s\n", len(kept), dir) // nowhere left to say so
	return responded(took)
}

// shelf finds the folder to write into; its cassettes are those that are told
// of as there.
func (p *program) shelf() (string, error) {
	if p.data == "" {
		p.data = "."
	}
	dir := filepath.Join(p.data, "cassettes")
	if _, err := os.Stat(filepath.Join(dir, "manifest.yaml")); errors.Is(err, fs.ErrNotExist) {
		return "", &exit{exitUsage, filepath.Join(dir, "manifest.yaml") + " is not there: cassettes are kept beside their manifest", "`assay export DIR` writes the data out; then record with --data DIR"}
	} else if err != nil {
		return "", &exit{exitUsage, err.Error(), ""}
	}
	return dir, nil
}

// recorded asks every case, and tells of each on a terminal.
func (p *program) recorded(c *cobra.Command, f *recordFlags, e *engine.Engine, selected []*contract.Case) []recording.Recording {
	progress := p.progress(f.live.live, len(selected))
	var took []recording.Recording
	for _, one := range selected {
		r := recording.Record(c.Context(), e, one, contract.Error, time.Now())
		if progress != nil {
			progress(r.Result)
		}
		took = append(took, r)
	}
	return took
}

// told says what became of every case, and gives what is to be written. A leak
// is an error, and then nothing is.
func (p *program) told(took []recording.Recording, f *recordFlags) (map[string]cassette.Saved, error) {
	kept, leaks, unchanged, none := map[string]cassette.Saved{}, 0, 0, 0
	say := func(r recording.Recording, word string, lines ...string) {
		text := r.Case.Name + "  " + word
		for _, line := range lines {
			text += "\n  " + line
		}
		_, _ = fmt.Fprintln(p.stdout, text) // nowhere left to say so
	}
	for _, r := range took {
		findings := counting(r.Result)
		switch {
		case r.Why != "":
			none++
			say(r, "not recorded: "+strings.ReplaceAll(r.Why, "\n", "\n  "))
		case len(r.Leaks) > 0:
			leaks++
			say(r, "must not be kept", leaking(r.Leaks)...)
		case r.Result.Verdict == contract.Fail && !f.anyway:
			none++
			say(r, "not recorded: its response has findings; --anyway keeps it", findings...)
		case r.Unchanged():
			unchanged++
			say(r, "unchanged")
		default:
			word := "new"
			if r.Exists {
				word = "changed"
			}
			say(r, fmt.Sprintf("%s, %s %s", word, r.Saved.Entry.Evidence, r.Result.Code), append(r.Changes, findings...)...)
			kept[r.Case.Name] = r.Saved
		}
	}
	_, _ = fmt.Fprintf(p.stderr, "%d to write, %d unchanged, %d not recorded\n", len(kept), unchanged, leaks+none) // nowhere left to say so
	if leaks > 0 {
		return nil, &exit{exitFindings, fmt.Sprintf("%d of %d recordings still hold what must not be kept; nothing is written", leaks, len(took)), "mark the member with x-secret or x-personal in the specification, and record again"}
	}
	return kept, nil
}

// leaking lists what must not be kept, as a terminal may show it.
func leaking(leaks []recording.Leak) []string {
	var all []string
	for _, l := range leaks {
		all = append(all, report.Visible(string(l.At)+": "+l.What))
	}
	return all
}

// counting lists the findings that fail a case.
func counting(r contract.Result) []string {
	var all []string
	for _, f := range r.Findings {
		if f.Counts() && f.Severity == contract.Error {
			all = append(all, f.Rule+": "+report.Visible(report.Sentence(f.Message)))
		}
	}
	return all
}

// consent asks before anything is overwritten.
func (p *program) consent(took []recording.Recording, kept map[string]cassette.Saved, yes bool) error {
	over := 0
	for _, r := range took {
		if _, ok := kept[r.Case.Name]; ok && r.Exists {
			over++
		}
	}
	if over == 0 || yes {
		return nil
	}
	if !terminal(p.stdin) {
		return &exit{exitUsage, fmt.Sprintf("%d cassettes would be overwritten, and nobody is there to ask; nothing is written", over), "--yes overwrites them"}
	}
	_, _ = fmt.Fprintf(p.stderr, "overwrite %d cassettes? [y/N] ", over) // nowhere left to say so
	response, _ := bufio.NewReader(p.stdin).ReadString('\n')             // none is a no
	if !strings.HasPrefix(strings.ToLower(response), "y") {
		return &exit{exitUsage, "nothing is written", ""}
	}
	return nil
}

// responded is the exit code of a recording: findings before blindness.
func responded(took []recording.Recording) error {
	broken, failed := 0, 0
	for _, r := range took {
		switch r.Result.Verdict {
		case contract.Errored:
			broken++
		case contract.Fail:
			failed++
		}
	}
	switch {
	case failed > 0:
		return &exit{exitFindings, fmt.Sprintf("%d of %d responses have findings", failed, len(took)), ""}
	case broken > 0:
		return &exit{exitBlind, fmt.Sprintf("%d of %d cases could not be looked at", broken, len(took)), ""}
	}
	return nil
}
