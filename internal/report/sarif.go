package report

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"assay/internal/contract"
)

// maxSARIF is the number of results that GitHub keeps of a file.
const maxSARIF = 5000

// SARIF writes a run as SARIF 2.1.0, for code scanning. The worst results come first, and no
// more than 5,000; a notification counts the others. Every result has a file, because GitHub
// refuses a whole document for one that has none.
func SARIF(w io.Writer, r *contract.Report, how How) error {
	return writeJSON(w, sarifOf(overviewOf(r, how), r.Assay))
}

// DriftSARIF is SARIF for a comparison.
func DriftSARIF(w io.Writer, d *contract.Drift, how How) error {
	return writeJSON(w, sarifOf(overviewOfDrift(d, how), d.Assay))
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	ColumnKind  string            `json:"columnKind"`
	Results     []sarifResult     `json:"results"`
	Properties  map[string]string `json:"properties,omitempty"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string      `json:"id"`
	Short   sarifText   `json:"shortDescription"`
	Full    sarifText   `json:"fullDescription"`
	Help    sarifText   `json:"help"`
	HelpURI string      `json:"helpUri,omitempty"`
	Default *sarifLevel `json:"defaultConfiguration,omitempty"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Command       string              `json:"commandLine,omitempty"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string    `json:"level"`
	Message sarifText `json:"message"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Kind         string             `json:"kind,omitempty"` // "": fail
	Level        string             `json:"level"`
	Baseline     string             `json:"baselineState,omitempty"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions"`
	Properties   map[string]string  `json:"properties,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine   int `json:"startLine"`
			StartColumn int `json:"startColumn,omitempty"`
		} `json:"region"`
	} `json:"physicalLocation"`
	Logical []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

func sarifOf(o *overview, version string) sarifLog {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}, Properties: map[string]string{}}
	run.Tool.Driver = sarifDriver{Name: "assay", Version: version, Rules: []sarifRule{}}
	for _, d := range o.Reproduce {
		run.Properties["reproduce: "+d.Name] = d.Value
	}
	invocation := sarifInvocation{Successful: true, Command: commandOf(o.Reproduce)}
	index := map[string]int{}
	left := 0
	for _, i := range slices.Concat(o.Issues, o.Fixed) {
		if i.Expected {
			continue
		}
		if len(run.Results) == maxSARIF {
			left++
			continue
		}
		at, known := index[i.Rule]
		if !known {
			at = len(run.Tool.Driver.Rules)
			index[i.Rule] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(i))
		}
		run.Results = append(run.Results, sarifResultOf(i, at))
	}
	if left > 0 {
		invocation.Notifications = []sarifNotification{{"warning", sarifText{fmt.Sprintf("%s left out, the mildest; the text report has all", contract.Plural(left, "result"))}}}
	}
	run.Invocations = []sarifInvocation{invocation}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
}

func sarifRuleOf(i issue) sarifRule {
	rule := sarifRule{ID: i.Rule, Short: sarifText{strings.ReplaceAll(i.Rule, "-", " ")}, HelpURI: address(i.Doc)}
	rule.Full.Text = "What `assay explain " + i.Rule + "` describes."
	rule.Help.Text = "`assay explain " + i.Rule + "` says why this matters and what to do."
	return rule
}

// address is the URL of a document; "": it is none that a page can link to.
func address(doc string) string {
	link, _, _ := strings.Cut(doc, " ")
	if u, err := url.Parse(link); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return link
}

func sarifResultOf(i issue, rule int) sarifResult {
	r := sarifResult{
		RuleID: i.Rule, RuleIndex: rule, Level: map[contract.Severity]string{contract.Error: "error", contract.Warning: "warning", contract.Info: "note"}[i.Level],
		Message: sarifText{i.Sentence}, Fingerprints: map[string]string{"assay/v1": i.ID}, Suppressions: []sarifSuppression{},
		Properties: map[string]string{"operation": i.Operation, "case": i.Case, "side": string(i.Side), "count": fmt.Sprint(i.Count)},
	}
	if i.Impact != "" {
		r.Properties["impact"] = string(i.Impact)
	}
	if i.Status != "" {
		r.Properties["status"] = i.Status
	}
	if i.Again != "" {
		r.Properties["again"] = i.Again
	}
	r.baseline(i.Status)
	for _, l := range i.files() {
		r.Locations = append(r.Locations, sarifLocationOf(l, i))
	}
	if w := i.Waived; w != nil {
		r.Suppressions = append(r.Suppressions, sarifSuppression{"external", "accepted", waived(w)})
	}
	return r
}

// baseline sets the state of a result against a baseline. One that is gone is no failure, and no
// program should count it as one.
func (r *sarifResult) baseline(status string) {
	switch status {
	case contract.StatusNew, contract.StatusBack:
		r.Baseline = "new"
	case contract.StatusKnown, contract.Acknowledged:
		r.Baseline = "unchanged"
	case statusFixed:
		r.Baseline, r.Kind, r.Level = "absent", "pass", "none"
	}
}

// waived says who tolerates a finding, why, and until when.
func waived(w *contract.AppliedWaiver) string {
	return "waived by " + Foreign(w.Owner) + " until " + Foreign(w.Expires) + ": " + Foreign(w.Reason)
}

func sarifLocationOf(l contract.Location, i issue) sarifLocation {
	var s sarifLocation
	s.Physical.Artifact.URI = uri(l.File)
	s.Physical.Region.StartLine, s.Physical.Region.StartColumn = max(1, l.Line), l.Column
	s.Logical = []sarifLogical{{strings.TrimSpace(i.Operation + " " + i.Place)}}
	return s
}

// uri writes a path as a relative reference with forward slashes, or as a file URL if it is
// absolute.
func uri(path string) string {
	u := url.URL{Path: filepath.ToSlash(filepath.Clean(Foreign(path)))}
	if strings.HasPrefix(u.Path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
