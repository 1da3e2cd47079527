package report

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/lazy"
)

// Failure writes what a developer needs to act on the findings of one rule in one case:
// the case and rule, each finding with its place, document, files and the part of the
// exchange around the place, and the commands that run just this again. The text report,
// JUnit and the Ginkgo suites all show this text. It has no colour and no line break at
// the end.
func Failure(name string, findings []contract.Finding, again *Again) string {
	var blocks []string
	for _, b := range blocksOf(findings) {
		blocks = append(blocks, strings.TrimSuffix(pen{}.block(name, b, again), "\n"))
	}
	return strings.Join(blocks, "\n\n")
}

// Unchecked writes why a case has no exchange to check, and how to run it again: the
// verdict is error or inconclusive. The formats are those of Failure.
func Unchecked(r contract.Result, again *Again) string { return pen{}.unchecked(r, again) }

// Again says how a run was started, so that its failures can be run again.
type Again struct {
	// Command is the command that plays cases; "": run. Only `assay run` and the suites find
	// the same.
	Command string
	// Flags are those of the command that change what a run finds, such as --sandbox. They
	// stand at the end, and may be followed by the command of a client.
	Flags []string
	// SuiteFlags are the flags that make the Ginkgo suites do the same.
	SuiteFlags []string
	// NoSuite says that no flag makes the suites do the same.
	NoSuite bool
	// Whole is the whole command that checks recorded traffic again, which no case asked for,
	// without secrets. "": there is none, or it names many files.
	Whole string
}

// Commands are the shell commands that run a rule of a case again: `assay run` for the
// case, and ginkgo for the one sentence of the rule.
func (a *Again) Commands(name, rule string) []string {
	if a == nil {
		return nil
	}
	command := cmp.Or(a.Command, "run")
	run := append([]string{"assay", command, name, "-v"}, a.Flags...)
	commands := []string{Shell(run)}
	if a.NoSuite || command != "run" {
		return commands
	}
	// A sentence is "PROVIDER CASE: TITLE", and has its rule as a label.
	suite := []string{"ginkgo", "--focus", " " + regexp.QuoteMeta(name) + ": ", "--label-filter", rule, "./suites"}
	if len(a.SuiteFlags) > 0 {
		suite = append(append(suite, "--"), a.SuiteFlags...)
	}
	return append(commands, Shell(suite))
}

// plainWord is a word that no shell changes.
var plainWord = lazy.Regexp(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Shell writes a command so that a POSIX shell reads back the same words.
func Shell(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if quoted[i] = word; !plainWord().MatchString(word) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// block is findings of one rule that share a heading.
type block struct {
	heading
	findings []contract.Finding
}

type heading struct {
	rule     string
	severity contract.Severity
	side     contract.Side
	waived   bool
	status   string // against a baseline
}

// blocksOf puts findings of the same heading together, in the order in which they came.
func blocksOf(findings []contract.Finding) []*block {
	var all []*block
	known := map[heading]*block{}
	for _, f := range findings {
		h := heading{f.Rule, f.Severity, f.Side, f.Waived != nil, f.Status}
		if known[h] == nil {
			known[h] = &block{heading: h}
			all = append(all, known[h])
		}
		known[h].findings = append(known[h].findings, f)
	}
	// A changed cassette can cause all the other findings, so it comes first.
	slices.SortStableFunc(all, func(a, b *block) int { return rank(a) - rank(b) })
	return all
}

func rank(b *block) int {
	if b.rule == "cassette-intact" {
		return 0
	}
	return 1
}

// block writes the findings of one heading.
func (p pen) block(name string, of *block, again *Again) string {
	var b strings.Builder
	b.WriteString(p.label(of) + " " + Foreign(name) + "  " + of.rule + "  (" + source(of) + ")\n")
	var shown *contract.Excerpt
	for _, f := range of.findings {
		if f.Excerpt != nil && shown != nil && *f.Excerpt == *shown { // right above
			f.Excerpt = nil
		} else {
			shown = f.Excerpt
		}
		p.finding(&b, f)
	}
	if of.waived {
		return b.String()
	}
	for i, command := range again.Commands(name, of.rule) {
		b.WriteString("  " + [...]string{"again: ", "   or: "}[i] + Visible(words(command)) + "\n")
	}
	return b.String()
}

// label is the first word of a block: the severity, or that it is waived.
func (p pen) label(of *block) string {
	if of.waived {
		return p.paint(faint, "waived")
	}
	return spaced(of.status) + p.severity(of.severity)
}

// spaced puts a space behind a text that is not empty.
func spaced(text string) string {
	if text == "" {
		return ""
	}
	return text + " "
}

// source is the side of a block. A response from a cassette is not from the provider
// itself.
func source(of *block) string {
	if of.side == contract.ProviderSide && slices.ContainsFunc(of.findings[0].Locations, func(l contract.Location) bool { return l.Kind == contract.CassetteFile }) {
		return "provider, recorded response"
	}
	return string(of.side)
}

// finding writes one finding below its heading.
func (p pen) finding(b *strings.Builder, f contract.Finding) {
	text, doc := located(f), f.Doc
	if atLine(f) {
		text, doc = lines(Sentence(f.Message)), "" // the location says it, and no page is about it
	}
	b.WriteString("  " + text + "\n")
	if w := f.Waived; w != nil {
		b.WriteString("    tolerated until " + Foreign(w.Expires) + "; owner: " + Foreign(w.Owner) + "; reason: \"" + Foreign(w.Reason) + "\"\n")
	}
	if doc != "" {
		b.WriteString("    " + p.paint(faint, Visible(words(Document(doc)))) + "\n")
	}
	if f.Fingerprint != "" {
		b.WriteString("    id: " + f.Fingerprint + "\n")
	}
	for _, l := range f.Locations {
		b.WriteString("    " + string(l.Kind) + ": " + Foreign(l.String()) + embedded(l) + "\n")
	}
	if f.Excerpt != nil {
		b.WriteString(indented("sent: ", f.Excerpt.Sent) + indented("received: ", f.Excerpt.Received))
	}
}

// atLine reports whether the place of a finding is the line of its only location.
func atLine(f contract.Finding) bool {
	return len(f.Locations) == 1 && f.At.Direction() == "" && strings.HasSuffix(f.Locations[0].String(), string(f.At))
}

func embedded(l contract.Location) string {
	if l.Embedded {
		return " (embedded)"
	}
	return ""
}

// Document writes the document of a finding or result code: the address, and the path on
// the page in parentheses.
func Document(doc string) string {
	address, path, ok := strings.Cut(doc, " ")
	if !ok || path == "" {
		return doc
	}
	return address + " (on the page: " + strings.ReplaceAll(path, " / ", " > ") + ")"
}

// located is "place: message". Many messages begin with the place: it stands there once.
func located(f contract.Finding) string {
	text := Sentence(f.Message)
	if f.At == "" {
		return lines(text)
	}
	rest, ok := strings.CutPrefix(text, place(f.At)+" ")
	if ok {
		text = rest
	}
	return place(f.At) + ": " + lines(text)
}

// indented writes a text of several lines below a finding.
func indented(label, text string) string {
	var b strings.Builder
	for i, l := range strings.Split(text, "\n") {
		if i > 0 {
			label = "  "
		}
		b.WriteString("    " + label + Visible(l) + "\n")
	}
	return b.String()
}
