package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"assay/internal/contract"
)

// maxPlain is how many issues stand in the page as plain HTML. The script shows the others.
const maxPlain = 200

// maxReasons is how many reasons the page gives why something was not checked.
const maxReasons = 100

var (
	//go:embed html/page.html
	pageText string
	//go:embed html/page.css
	pageStyle string
	//go:embed html/page.js
	pageScript string

	pageTemplate = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("page").Funcs(template.FuncMap{"number": func(n int) string { return grouped(int64(n)) }}).Parse(pageText))
	})
)

// HTML writes a run as one file for a browser. It loads nothing else.
func HTML(w io.Writer, r *contract.Report, how How) error {
	o := overviewOf(r, how)
	return htmlOf(o, how, picturesOfRun(o, r, how)).write(w)
}

// DriftHTML is HTML for a comparison.
func DriftHTML(w io.Writer, d *contract.Drift, how How) error {
	o := overviewOfDrift(d, how)
	return htmlOf(o, how, picturesOfDrift(o, d)).write(w)
}

// page is what the template shows.
type page struct {
	Policy string // what a browser may load and run: the style and the script of this page
	Style  template.CSS
	Script template.JS
	Rest   template.HTML // all issues, compressed; the alphabet of base64 has no markup

	Title, Verdict, Mark string
	Back                 string   // the page that leads here
	Head                 string   // the closing line without what it advises
	Advice               []string // commands
	Exchanges            string   // what became of the exchanges of traffic
	Against              string   // what differs from the baseline
	Unread               bool     // something could not be checked because of an error
	When                 string
	Tiles                []tile
	Quick                []quick
	Issues               []entry // the first ones
	Total                int     // of issues that no case provokes on purpose
	Expected             int     // of those that a case provokes on purpose; only a filter shows them
	Plain                string  // how many issues the page shows without its script, in words
	Noun, Nouns          string  // what an issue is
	Unchecked            []reason
	UncheckedMore        int
	Reproduce            []detail
	pictures
}

// tile is a number in the head of the page.
type tile struct {
	Mark, Label, Class string
	N                  int
}

// quick is a link to a view of the issues.
type quick struct {
	Label, Filter string
	N             int
}

// reason is why some checks had no result.
type reason struct {
	Mark, Status, Why string
	N                 int
	Names             []string
	More              int
}

// entry is an issue as the page shows it. The script reads the same from JSON.
type entry struct {
	Level     string      `json:"level"`
	Mark      string      `json:"mark"`
	Label     string      `json:"label"` // severity or impact
	States    []string    `json:"states,omitempty"`
	Sentence  string      `json:"text"`
	Operation string      `json:"operation"`
	Case      string      `json:"case,omitempty"`
	Rule      string      `json:"rule"`
	Family    string      `json:"family,omitempty"`
	Side      string      `json:"side,omitempty"`
	ID        string      `json:"id"`
	Count     int64       `json:"count"`
	Link      string      `json:"link,omitempty"`
	Doc       string      `json:"doc,omitempty"`
	Files     []string    `json:"files,omitempty"`
	Waived    string      `json:"waived,omitempty"`
	Details   [][2]string `json:"details,omitempty"`
	Sent      string      `json:"sent,omitempty"`
	Received  string      `json:"received,omitempty"`
	Again     string      `json:"again,omitempty"`
	Open      bool        `json:"-"` // the page shows all of it at first
}

// Often says how often an issue occurred; "": once.
func (e entry) Often() string {
	if e.Count < 2 {
		return ""
	}
	return "×" + grouped(e.Count)
}

// aside is 1 if the page shows the issue only to somebody who asks for it: a case provokes it
// on purpose, or it is fixed.
func (e entry) aside() int {
	if slices.Contains(e.States, "expected") || slices.Contains(e.States, statusFixed) {
		return 1
	}
	return 0
}

// htmlOf makes the page of an overview.
func htmlOf(o *overview, how How, p pictures) *page {
	made := &page{
		Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Policy: PagePolicy(), Back: how.Back, Title: o.Title, Noun: "finding", Nouns: "findings", Exchanges: o.Exchanges, Against: capital(o.Against), Reproduce: o.Reproduce, pictures: p,
	}
	if p.Drift {
		made.Noun, made.Nouns = "change", "changes"
	}
	made.Verdict, made.Mark = o.verdict()
	if !how.Began.IsZero() {
		made.When = how.Began.UTC().Format("2006-01-02 15:04 UTC")
	}
	all := mapped(slices.Concat(o.Issues, o.Fixed), func(i issue) entry { return entryOf(i, how) })
	slices.SortStableFunc(all, func(a, b entry) int { return a.aside() - b.aside() })
	for _, e := range all {
		made.Total += 1 - e.aside()
	}
	made.Expected = len(o.Issues) - made.Total
	made.Issues = all[:min(made.Total, maxPlain)]
	if len(made.Issues) > 0 && slices.Contains(made.Issues[0].States, "fails") {
		made.Issues[0].Open = true
	}
	made.Head, made.Advice = headed(o.Closing)
	made.Plain = grouped(int64(len(made.Issues)))
	if len(all) > 0 {
		made.Rest = template.HTML(packed(all))
	}
	made.Tiles, made.Quick, made.Unchecked = tiles(o), quicks(all), uncheckedOf(o)
	made.Unread = len(made.Unchecked) > 0 && made.Unchecked[0].Status == "error"
	if n := len(made.Unchecked); n > maxReasons {
		made.Unchecked, made.UncheckedMore = made.Unchecked[:maxReasons], n-maxReasons
	}
	return made
}

// headed separates the closing line and the commands that it advises.
func headed(closing string) (head string, advice []string) {
	head, commands, advises := strings.Cut(strings.TrimPrefix(closing, "drift: "), "; what to do: ")
	if short, _, ok := strings.Cut(head, "; `assay explain RULE` "); ok { // the rules are many
		head, commands, advises = short, "assay explain RULE", true
	}
	if advises {
		advice = mapped(strings.Split(commands, ", "), func(s string) string { return strings.Trim(s, "`") })
	}
	return capital(head), advice
}

// capital begins a text with a capital letter.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// digest names a text in a Content-Security-Policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// packed compresses issues for the script.
func packed(all []entry) string {
	var b bytes.Buffer
	out := base64.NewEncoder(base64.StdEncoding, &b)
	z, _ := gzip.NewWriterLevel(out, gzip.BestCompression) // the level is a good one
	_ = json.NewEncoder(z).Encode(all)                     // a bytes.Buffer never fails, and texts and numbers are JSON
	_ = z.Close()
	_ = out.Close()
	return b.String()
}

// write writes the page.
func (p *page) write(w io.Writer) error {
	var b bytes.Buffer
	if err := pageTemplate().Execute(&b, p); err != nil {
		return fmt.Errorf("report: the page: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// verdict is the result in a word, and its mark.
func (o *overview) verdict() (word, mark string) {
	switch {
	case o.Title == "assay ledger":
		return "history", "≡"
	case strings.HasPrefix(o.Closing, "does not conform"), strings.HasPrefix(o.Closing, "not conformant"):
		return "failed", "✗"
	case slices.ContainsFunc(o.Issues, func(i issue) bool { return i.Fails }):
		return "failed", "✗"
	case strings.HasPrefix(o.Closing, "conform"), strings.HasPrefix(o.Closing, "drift:") && !strings.Contains(o.Closing, "nothing was compared") && !strings.Contains(o.Closing, "stopped"):
		return "passed", "✓"
	}
	return "unsure", "?"
}

// markOf is the sign of a severity. It tells severities apart without colour.
func markOf(level contract.Severity) string {
	return map[contract.Severity]string{contract.Error: "✗", contract.Warning: "▲", contract.Info: "●"}[level]
}

func entryOf(i issue, how How) entry {
	e := entry{
		Level: string(i.Level), Mark: markOf(i.Level), Label: string(i.Level), Sentence: lines(i.Sentence), Operation: Foreign(i.Operation), Case: i.Case, Rule: i.Rule,
		Family: how.family(i), Side: string(i.Side), ID: i.ID, Count: i.Count, Link: linked(i.Doc), Doc: Visible(words(Document(i.Doc))), Again: Visible(words(i.Again)), Details: i.Details,
	}
	if i.Impact != "" {
		e.Label = string(i.Impact)
	}
	for _, state := range []struct {
		is   bool
		name string
	}{{i.Fails, "fails"}, {i.Waived != nil, "waived"}, {i.Expected, "expected"}, {i.Status != "", i.Status}} {
		if state.is {
			e.States = append(e.States, state.name)
		}
	}
	if i.Status == statusFixed {
		e.Mark, e.Count = "✓", 1
	}
	if i.Waived != nil {
		e.Waived = waived(i.Waived)
	}
	for _, l := range i.Locations {
		e.Files = append(e.Files, string(l.Kind)+": "+Foreign(l.String())+embedded(l))
	}
	if i.Excerpt != nil {
		e.Sent, e.Received = visibleLines(i.Excerpt.Sent), visibleLines(i.Excerpt.Received)
	}
	return e
}

// family is the family of a rule, or the first word of the kind of a change.
func (h How) family(i issue) string {
	if i.Impact != "" {
		word, _, _ := strings.Cut(i.Rule, "-")
		return word
	}
	return h.Families[i.Rule]
}

// linked is the address of a document, if it is one that the page may link to.
func linked(doc string) string {
	link := address(doc)
	if Visible(words(link)) != link {
		return ""
	}
	return link
}

// visibleLines makes a text of several lines safe to show.
func visibleLines(text string) string {
	return strings.Join(mapped(strings.Split(text, "\n"), Visible), "\n")
}
