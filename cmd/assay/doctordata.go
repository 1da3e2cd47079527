package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/lint"
	"assay/internal/openapi"
	"assay/internal/report"
)

// soon is how long before its end doctor warns of a waiver or a certificate.
const soon = 21 * 24 * time.Hour

// specification checks what can be checked of a specification without an exchange.
func (d *doctor) specification(k *catalog.Catalog, s *openapi.Spec) {
	counts := map[contract.Severity]int{}
	r := lint.Spec(k, s)
	for _, f := range r.Findings {
		if f.Waived == nil {
			counts[f.Severity]++
		}
	}
	hint := "`assay lint` lists them"
	switch text := fmt.Sprintf("%d errors, %d warnings", counts[contract.Error], counts[contract.Warning]); {
	case r.Verdict == contract.Errored:
		d.fail(exitInconclusive, "specification", s.Provider, "a rule panicked", "`assay lint -v` says more; please report it")
	case counts[contract.Error] > 0:
		d.fail(exitFindings, "specification", s.Provider, text, hint)
	case counts[contract.Warning] > 0:
		d.warn("specification", s.Provider, text, hint)
	default:
		d.ok("specification", s.Provider, "no fault")
	}
}

// recordings checks the digests and the age of a provider's cassettes.
func (d *doctor) recordings(k *catalog.Catalog, s *openapi.Spec) {
	count, damaged, stale, live, oldest := 0, 0, 0, 0, ""
	first := ""
	for _, c := range k.Fixtures.Cases {
		if c.Provider() != s.Provider || !k.Recorded(c) {
			continue
		}
		t, err := k.Cassette(c)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil || !t.Listed || t.SHA256 != t.Entry.SHA256:
			if damaged++; first == "" {
				first = "cassettes/" + c.Name + ".yaml"
			}
			count++
			continue
		}
		count++
		if t.Entry.Evidence != contract.Sandbox && t.Entry.Evidence != contract.Production {
			continue
		}
		live++
		if oldest == "" || t.Entry.Date < oldest {
			oldest = t.Entry.Date
		}
		if recorded, err := time.Parse(time.DateOnly, t.Entry.Date); err == nil && s.FreshDays > 0 && int(d.now.Sub(recorded).Hours()/24) > s.FreshDays {
			stale++
		}
	}
	switch {
	case damaged > 0:
		d.fail(exitFindings, "recordings", s.Provider, fmt.Sprintf("%d of %d differ from the manifest or do not load, such as %s", damaged, count, first), "restore them from version control, or record them again; `assay run "+s.Provider+"` names each")
	case count == 0:
		d.warn("recordings", s.Provider, "there is none", "`assay record "+s.Provider+" --sandbox --data DIR` or --live makes them")
	default:
		d.ok("recordings", s.Provider, fmt.Sprintf("%d have the digest of the manifest", count))
	}
	switch {
	case stale > 0:
		d.warn("age", s.Provider, fmt.Sprintf("%d of %d recordings of the provider are over %d days old, the oldest of %s", stale, live, s.FreshDays, oldest), "`assay record "+s.Provider+" --live --data DIR` records them again")
	case live > 0:
		d.ok("age", s.Provider, fmt.Sprintf("%d recordings of the provider, the oldest of %s", live, oldest))
	case count > 0:
		d.ok("age", s.Provider, "no recording is of the provider, so none has an age")
	}
}

// waivers checks the waivers of the data and of files: none may have expired, or be
// incomplete.
func (d *doctor) waivers(k *catalog.Catalog, files []string) {
	more, err := readWaivers(files)
	if err != nil {
		known := &exit{}
		_ = errors.As(err, &known)
		d.fail(exitUsage, "waivers", "files", err.Error(), known.hint)
	}
	all := append(append([]contract.Waiver{}, k.Fixtures.Waivers...), more...)
	good := 0
	for _, w := range all {
		left := w.Expires.Sub(d.now)
		name := w.Rule + " at " + w.Where
		switch missing := w.MissingFields(); {
		case len(missing) > 0:
			d.fail(exitFindings, "waiver", w.Source, name+" tolerates nothing: it has no "+missing[0], "add it; fixtures/README.md lists the members")
		case left <= 0:
			d.fail(exitFindings, "waiver", w.Source, name+" expired on "+w.Expires.Format(time.DateOnly)+" and tolerates nothing", "correct what it waives and remove it, or ask "+report.Foreign(w.Owner)+" to prolong it")
		case left < soon:
			d.warn("waiver", w.Source, name+" expires on "+w.Expires.Format(time.DateOnly), "correct what it waives, or ask "+report.Foreign(w.Owner)+" to prolong it")
		default:
			good++
		}
	}
	if good == len(all) && err == nil {
		d.ok("waivers", "all", fmt.Sprintf("%d, none expires within %d days", good, int(soon.Hours()/24)))
	}
}
