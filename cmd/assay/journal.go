package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"assay/internal/journal"
	"assay/internal/report"
)

// lateJournal is the journal of a run. It is opened after everything else is checked.
type lateJournal struct {
	*journal.Journal
	sent *atomic.Int64 // counts the requests
}

// Sending notes a request before it is sent.
func (j *lateJournal) Sending(name string, references []string) error {
	err := j.Journal.Sending(name, references)
	if err == nil {
		j.sent.Add(1)
	}
	return err
}

// maxJournals limits the live runs that may use the default journal at the same time.
const maxJournals = 100

// openJournal opens the journal of a live run, and names the requests of earlier runs that
// were in flight when the run ended.
func (p *program) openJournal(path string) (*journal.Journal, error) {
	j, inFlight, err := openFreeJournal(path)
	for _, e := range inFlight { // also after an error: another run does not name them
		p.nameInFlight(e)
	}
	if errors.Is(err, journal.ErrBusy) {
		return nil, &exit{exitInconclusive, err.Error() + "; nothing was sent", "wait until it ends, or give this run another file with --journal"}
	}
	if err != nil {
		return nil, &exit{exitUsage, err.Error() + "; nothing was sent", "--journal FILE names another file"}
	}
	return j, nil
}

// nameInFlight names a request of an earlier run.
func (p *program) nameInFlight(e journal.Entry) {
	provider, _, _ := strings.Cut(e.Case, "/")
	about := ""
	if len(e.References) > 0 {
		about = " with " + strings.Join(e.References, ", ") + " of its reference (printf %s REFERENCE | sha256sum)"
	}
	p.warn(report.Visible(fmt.Sprintf("an earlier run ended while the request of %s was in flight, sent %s: it is unknown whether %s accepted it", e.Case, e.Time.Format(time.RFC3339), provider)),
		report.Visible(fmt.Sprintf("ask %s for the status of the order%s; do not send it again before you know. %s lists what was sent", provider, about, e.File)))
}

// warn prints what a user must know, or gives it to what runs the command.
func (p *program) warn(text, hint string) {
	if p.warned != nil {
		p.warned(text, hint)
		return
	}
	printError(p.stderr, nil, text, hint)
}

// openFreeJournal opens the journal at a path. Without a path it is the first file in the
// state directory that no other run writes to.
func openFreeJournal(path string) (*journal.Journal, []journal.Entry, error) {
	if path != "" {
		return journal.Open(path, time.Now)
	}
	dir, err := stateDir()
	if err != nil {
		return nil, nil, err
	}
	for n := range maxJournals {
		name := "journal.ndjson"
		if n > 0 {
			name = fmt.Sprintf("journal.%d.ndjson", n)
		}
		j, inFlight, err := journal.Open(filepath.Join(dir, name), time.Now)
		if err == nil {
			more, fault := restOfJournals(dir, n+1)
			if inFlight = append(inFlight, more...); fault != nil {
				return nil, inFlight, errors.Join(fault, j.Close())
			}
			return j, inFlight, nil
		}
		if !errors.Is(err, journal.ErrBusy) {
			return nil, nil, err
		}
	}
	return nil, nil, fmt.Errorf("journal: %s: %w", dir, journal.ErrBusy)
}

// restOfJournals returns the requests in flight in the further journals of the state
// directory, which runs at the same time used.
func restOfJournals(dir string, from int) (inFlight []journal.Entry, err error) {
	for n := from; n < maxJournals; n++ {
		path := filepath.Join(dir, fmt.Sprintf("journal.%d.ndjson", n))
		if _, err := os.Stat(path); err != nil {
			return inFlight, nil //nolint:nilerr // there is none
		}
		j, more, err := journal.Open(path, time.Now)
		if errors.Is(err, journal.ErrBusy) {
			continue
		}
		inFlight = append(inFlight, more...)
		if err != nil {
			return inFlight, err
		}
		if err := j.Close(); err != nil {
			return inFlight, err
		}
	}
	return inFlight, nil
}

// stateDir gives the folder for what assay remembers on this machine.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "assay"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("journal: there is no home folder: %w", err)
	}
	return filepath.Join(home, ".local", "state", "assay"), nil
}
