package report

import (
	"io"
	"path"
	"path/filepath"
	"strings"

	"assay/internal/contract"
)

// GitLab writes findings as a Code Quality report. GitLab shows only the first issue with a
// fingerprint, so findings with one fingerprint are one issue.
func GitLab(w io.Writer, r *contract.Report, how How) error {
	return writeJSON(w, qualityOf(overviewOf(r, how)))
}

// DriftGitLab is GitLab for a comparison.
func DriftGitLab(w io.Writer, d *contract.Drift, how How) error {
	return writeJSON(w, qualityOf(overviewOfDrift(d, how)))
}

// quality is an issue as Code Climate defines it. GitLab shows neither content nor categories;
// other readers do.
type quality struct {
	Type        string   `json:"type"`
	Categories  []string `json:"categories"`
	Description string   `json:"description"`
	Check       string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Content     *body    `json:"content,omitempty"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
			End   int `json:"end"`
		} `json:"lines"`
	} `json:"location"`
}

type body struct {
	Body string `json:"body"`
}

func qualityOf(o *overview) []quality {
	all := []quality{}
	var again *body
	if text := reproduceText(o.Reproduce); text != "" {
		again = &body{strings.TrimSpace(text)}
	}
	more, at := map[string]int{}, map[string]int{}
	for _, i := range o.Issues {
		if i.Expected || i.Waived != nil {
			continue
		}
		if _, known := at[i.ID]; known {
			more[i.ID]++
			continue
		}
		at[i.ID] = len(all)
		one := quality{Type: "issue", Categories: []string{"Bug Risk"}, Description: i.Operation + ": " + i.Sentence + i.often() + inBrackets(i.Status), Check: i.Rule, Fingerprint: i.ID, Severity: i.gitlabSeverity(), Content: again}
		l := i.files()[0]
		one.Location.Path, one.Location.Lines.Begin, one.Location.Lines.End = relative(l.File), max(1, l.Line), max(1, l.Line)
		all = append(all, one)
	}
	for id, n := range more {
		all[at[id]].Description += " (and " + contract.Plural(n, "more case") + ")"
	}
	return all
}

// inBrackets is the status against a baseline behind a sentence.
func inBrackets(status string) string {
	if status == "" {
		return ""
	}
	return " (" + status + ")"
}

func (i issue) gitlabSeverity() string {
	switch {
	case i.Impact == contract.Breaks:
		return "blocker"
	case i.Level == contract.Error:
		return "critical"
	case i.Level == contract.Warning:
		return "major"
	case i.Impact == contract.Minor:
		return "minor"
	}
	return "info"
}

// relative writes a path with forward slashes and without ./ at the beginning, as GitLab
// compares it with those of the repository.
func relative(file string) string {
	return strings.TrimPrefix(path.Clean(filepath.ToSlash(Foreign(file))), "./")
}
