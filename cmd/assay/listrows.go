package main

import (
	"fmt"
	"strings"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/openapi"
	"assay/internal/report"
	"assay/internal/rule"
)

// listRow is one entry of a list. Its fields are the members of the JSON document, and
// text makes the lines of the table from the same fields.
type listRow interface {
	// text gives the lines of the table, each made by cells.
	text() []string
}

// cells makes one line of a table. A tab within a text separates cells too; everything else that
// would move the cursor, a line break included, is escaped.
func cells(all ...any) string {
	text := make([]string, len(all))
	for i, c := range all {
		parts := strings.Split(fmt.Sprint(c), "\t")
		for j := range parts {
			parts[j] = report.Visible(parts[j])
		}
		text[i] = strings.Join(parts, "\t")
	}
	return strings.Join(text, "\t")
}

type providerRow struct {
	Provider    string          `json:"provider"`
	Operations  int             `json:"operations"`
	Server      string          `json:"server"`
	Credentials []credentialRow `json:"credentials"`
}

// credentialRow names a credential and the environment variable that holds it, never
// its value.
type credentialRow struct {
	Name     string `json:"name"`
	Env      string `json:"env"`
	Optional bool   `json:"optional"`
	About    string `json:"about"`
}

func (r providerRow) text() []string {
	var env []string
	for _, c := range r.Credentials {
		env = append(env, c.Env)
	}
	return []string{cells(r.Provider, r.Operations, r.Server, strings.Join(env, " "))}
}

func providerRows(k *catalog.Catalog, want *listSelection) []listRow {
	var rows []listRow
	for _, s := range want.specs(k) {
		r := providerRow{Provider: s.Provider, Operations: len(s.Operations), Server: s.Servers[0].URL, Credentials: []credentialRow{}}
		for _, c := range s.Credentials {
			r.Credentials = append(r.Credentials, credentialRow{Name: c.Name, Env: c.Env, Optional: c.Optional, About: c.About})
		}
		rows = append(rows, r)
	}
	return rows
}

type operationRow struct {
	Operation string `json:"operation"` // provider/operation
	Method    string `json:"method"`
	Path      string `json:"path"`
	Codes     int    `json:"codes"`
	Cases     int    `json:"cases"`
	Document  string `json:"document"` // the page's address
	// Idempotency says how a request may be repeated.
	Idempotency *idempotencyRow `json:"idempotency,omitempty"`
}

type idempotencyRow struct {
	At       contract.Place `json:"at"` // of the key
	Hours    int            `json:"hours,omitempty"`
	Conflict string         `json:"conflict,omitempty"` // the code for a known key with another request
}

func (r operationRow) text() []string {
	return []string{cells(r.Operation, r.Method+" "+r.Path, r.Codes, r.Cases, r.Document)}
}

func operationRows(k *catalog.Catalog, want *listSelection) []listRow {
	var rows []listRow
	for _, o := range want.operations(k) {
		r := operationRow{Operation: o.Name(), Method: o.Method, Path: o.Path, Codes: len(o.Codes), Document: o.URL}
		if i := o.Idempotency; i != nil {
			r.Idempotency = &idempotencyRow{i.At, i.Hours, i.Conflict}
		}
		for _, c := range k.Fixtures.Cases {
			if c.Provider() == o.Provider && c.Operation() == o.ID {
				r.Cases++
			}
		}
		rows = append(rows, r)
	}
	return rows
}

type codeRow struct {
	Operation  string         `json:"operation"`
	Code       string         `json:"code"`
	Variant    string         `json:"variant,omitempty"`
	If         string         `json:"if,omitempty"` // which responses with the code are this variant
	Status     string         `json:"status,omitempty"`
	HTTP       int            `json:"http"`
	Outcome    contract.State `json:"outcome"`
	Retry      contract.Retry `json:"retry"`
	Documented bool           `json:"documented"`
	Ambiguity  string         `json:"ambiguity,omitempty"` // reports the code if it is not documented
	Sandbox    sandboxTrigger `json:"sandbox"`
	When       string         `json:"when,omitempty"`
	Messages   []string       `json:"messages"`
}

// sandboxTrigger says which request makes the sandbox respond with a code.
type sandboxTrigger string

const (
	validRequest  sandboxTrigger = "valid-request"
	whenCondition sandboxTrigger = "when"       // a request for which the condition of the code holds
	keyReused     sandboxTrigger = "key-reused" // another request with a known idempotency key
	preferHeader  sandboxTrigger = "prefer"     // a request with the header Prefer: code=CODE, and variant=VARIANT if the code has variants
)

func (r codeRow) text() []string {
	documented := "yes"
	if !r.Documented {
		documented = "no, seen (" + r.Ambiguity + ")"
	}
	trigger := "by a valid request"
	switch r.Sandbox {
	case whenCondition:
		trigger = "when " + r.When
	case keyReused:
		trigger = "by a known idempotency key with another request"
	case preferHeader:
		trigger = "by Prefer: code=" + r.Code
		if r.Variant != "" {
			trigger += "; variant=" + r.Variant
		}
	}
	return []string{cells(r.Operation+"/"+contract.CodeName(r.Code, r.Variant), dash(r.Status), r.Outcome, r.Retry, documented, trigger, dash(strings.Join(r.Messages, " | ")))}
}

func codeRows(k *catalog.Catalog, want *listSelection) []listRow {
	var rows []listRow
	for _, o := range want.operations(k) {
		for _, c := range o.Codes {
			r := codeRow{
				Operation: o.Name(), Code: c.Code, Variant: c.Variant, Status: c.Status, HTTP: c.HTTP, Outcome: c.State, Retry: c.Retry,
				Documented: c.Documented(), Ambiguity: c.SeenIn, Sandbox: preferHeader, Messages: orEmpty(c.Messages),
			}
			if c.When != nil {
				r.Sandbox, r.When = whenCondition, c.When.String()
			}
			if c.If != nil {
				r.If = c.If.String()
			}
			if o.Idempotency != nil && c.Name() == o.Idempotency.Conflict {
				r.Sandbox = keyReused
			}
			if c == o.Success() {
				r.Sandbox = validRequest
			}
			rows = append(rows, r)
		}
	}
	return rows
}

type caseRow struct {
	Case string `json:"case"` // provider/operation/case
	Code string `json:"code"` // the result code that the case expects
	// Variant is the variant of the code that the case expects.
	Variant string `json:"variant,omitempty"`
	About   string `json:"about"`
}

func (r caseRow) text() []string {
	return []string{cells(r.Case, contract.CodeName(r.Code, r.Variant), r.About)}
}

func caseRows(k *catalog.Catalog, want *listSelection) []listRow {
	var rows []listRow
	for _, c := range k.Fixtures.Cases {
		if want.matches(c.Name) {
			rows = append(rows, caseRow{c.Name, c.Want.Code, c.Want.Variant, c.About})
		}
	}
	return rows
}

type ruleRow struct {
	Rule     string            `json:"rule"`
	Family   string            `json:"family"`
	Side     contract.Side     `json:"side"` // the side that a finding is against
	Severity contract.Severity `json:"severity"`
	Title    string            `json:"title"`
	About    string            `json:"about"`
	Remedy   string            `json:"remedy"`
}

func (r ruleRow) text() []string {
	return []string{cells(r.Rule, r.Family, r.Side, r.Severity, r.Title)}
}

func ruleRows(*catalog.Catalog, *listSelection) []listRow {
	var rows []listRow
	for _, r := range rule.Rules() {
		rows = append(rows, ruleRow{r.ID, r.Family, r.Side, r.Severity, r.Title, r.About, r.Remedy})
	}
	return rows
}

type ambiguityRow struct {
	Name      string            `json:"name"` // the provider or provider/operation whose documents are ambiguous
	Ambiguity string            `json:"ambiguity"`
	Places    []string          `json:"places"` // empty: the page as a whole
	Sources   []sourceRow       `json:"sources"`
	Chosen    string            `json:"chosen"`
	Why       string            `json:"why"`
	Message   string            `json:"message,omitempty"`  // of a finding about the strict interpretation
	Page      string            `json:"page,omitempty"`     // "this page" in the sources; absent for a provider as a whole
	Strict    bool              `json:"strict"`             // --profile strict applies the strict interpretation
	Severity  contract.Severity `json:"severity,omitempty"` // of an exchange that violates the strict interpretation
	CheckedBy []string          `json:"checkedBy"`          // rules and cases
	ShownBy   []string          `json:"shownBy"`            // cases whose recordings violate the strict interpretation
	Lenient   bool              `json:"lenient"`            // sandbox --lenient accepts the other interpretation
}

type sourceRow struct {
	Source string `json:"source"`
	Text   string `json:"text"`
}

// text prints an ambiguity in full, on several lines.
func (r ambiguityRow) text() []string {
	where := "the page as a whole"
	if len(r.Places) > 0 {
		where = strings.Join(r.Places, ", ")
	}
	lines := []string{cells(r.Name + " " + r.Ambiguity + ", at " + where)}
	if r.Page != "" {
		lines = append(lines, cells("  this page", r.Page))
	}
	for _, s := range r.Sources {
		lines = append(lines, cells("  source", s.Source+": "+s.Text))
	}
	lines = append(lines, cells("  chosen", r.Chosen+": "+r.Why))
	if r.Message != "" {
		lines = append(lines, cells("  finding", r.Message))
	}
	checked := strings.Join(r.CheckedBy, ", ")
	if r.Strict {
		checked += fmt.Sprintf(" (%s; error with --profile strict)", r.Severity)
	}
	lines = append(lines, cells("  checked by", checked))
	if len(r.ShownBy) > 0 {
		lines = append(lines, cells("  cases", strings.Join(r.ShownBy, ", ")))
	}
	if r.Lenient {
		lines = append(lines, cells("  lenient", "`assay sandbox --lenient` accepts the other interpretation"))
	}
	return append(lines, "")
}

func ambiguityRows(k *catalog.Catalog, want *listSelection) []listRow {
	var rows []listRow
	for _, s := range want.specs(k) {
		for _, a := range s.Ambiguities { // they concern each operation of the provider
			rows = append(rows, ambiguityOf(k, s, s.Provider, a))
		}
		for _, o := range s.Operations {
			if !want.matches(o.Name()) {
				continue
			}
			for _, a := range o.Ambiguities {
				rows = append(rows, ambiguityOf(k, s, o.Name(), a))
			}
		}
	}
	return rows
}

func ambiguityOf(k *catalog.Catalog, s *openapi.Spec, name string, a *openapi.Ambiguity) ambiguityRow {
	r := ambiguityRow{
		Name: name, Ambiguity: a.ID, Places: orEmpty(contract.PlaceTexts(a.At)), Chosen: a.Chosen, Why: a.Why, Message: a.Message,
		CheckedBy: orEmpty(a.Held), ShownBy: orEmpty(k.DepartingCases(s, a)), Strict: a.Strict != nil, Lenient: a.Lenient != nil,
	}
	if r.Strict {
		r.CheckedBy, r.Severity = append([]string{"strict-interpretation"}, a.Held...), a.Severity
	}
	if o := s.Operation(a.Operation); o != nil {
		r.Page = o.URL
	}
	for _, x := range a.Sources {
		r.Sources = append(r.Sources, sourceRow{x.Source, x.Text})
	}
	return r
}

type waiverRow struct {
	Rule     string `json:"rule"`
	Cases    string `json:"cases"`           // a glob over case names
	Place    string `json:"place,omitempty"` // a glob over places; absent: every place
	Owner    string `json:"owner,omitempty"`
	Expires  string `json:"expires,omitempty"` // the first day on which the waiver no longer applies
	Reason   string `json:"reason,omitempty"`
	Evidence string `json:"evidence,omitempty"`
	Source   string `json:"source"` // file:line
}

func (r waiverRow) text() []string {
	return []string{cells(r.Rule, strings.TrimSpace(r.Cases+" "+r.Place), r.Owner, dash(r.Expires), r.Reason)}
}

func waiverRows(k *catalog.Catalog, want *listSelection) []listRow {
	var rows []listRow
	for _, w := range k.Fixtures.Waivers {
		if want.waiver(k, w) {
			rows = append(rows, waiverRow{w.Rule, w.Where, string(w.At), w.Owner, expiry(w), w.Reason, w.Evidence, w.Source})
		}
	}
	return rows
}

// expiry is "" for a waiver without an expiry date: it loads, but tolerates nothing.
func expiry(w contract.Waiver) string {
	if w.Expires.IsZero() {
		return ""
	}
	return w.Expires.Format(time.DateOnly)
}

// orEmpty makes an empty JSON array of nil.
func orEmpty(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
