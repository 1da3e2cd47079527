package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/golden"
	"assay/internal/openapi"
	"assay/internal/testsize"
	"assay/specs"
)

// TestReadme compares README.md with real output: two commands, and the table of what each
// provider was seen to respond. With -args -update it writes them, for all providers; else
// README.md may leave out a provider that is new.
func TestReadme(t *testing.T) {
	t.Parallel()
	const file = "../../README.md"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, p := range k.Providers() {
		if golden.Update() || strings.Contains(string(raw), "\n"+p+"/") {
			shown = append(shown, p)
		}
	}
	got := readmeWith(t, k, string(raw), shown)
	if golden.Update() {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden.Compare(t, file, []byte(got))
}

// TestReadmeWritten writes the README of all providers into one that shows none but the
// first: it becomes what it was.
func TestReadmeWritten(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := k.Providers()
	whole := readmeWith(t, k, string(raw), all)
	less := readmeWith(t, k, whole, all[:1])
	for _, p := range all[1:] {
		if regexp.MustCompile(`(?m)^`+p+`/\S+ +[0-9]+ pass`).MatchString(less) || strings.Contains(strings.ToLower(less), "\n| "+p+" | ") {
			t.Errorf("%s is still shown", p)
		}
	}
	again := readmeWith(t, k, less, all)
	if !strings.EqualFold(again, whole) { // the spelling of a name comes from README.md
		t.Errorf("written again:\n%s\nwas:\n%s", again, whole)
	}
}

// TestReadmeChange makes the change that README.md describes, and looks for the lines that it
// shows in what is printed. With -update it corrects the line of the specification.
func TestReadmeChange(t *testing.T) {
	const file = "../../README.md"
	if !golden.Update() { // TestReadme writes the file, too
		t.Parallel()
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(raw), "$ assay run paytm/createOrder/duplicate --data mine\n")
	block, _, found := strings.Cut(block, "```")
	if !found {
		t.Fatal("README.md does not show what a change does")
	}
	mine := filepath.Join(t.TempDir(), "mine")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"export", mine}, nil, &stdout, &stderr); code != exitConforms {
		t.Fatal(stderr.String())
	}
	changed := filepath.Join(mine, "specs", "paytm.yaml")
	specification, err := os.ReadFile(changed)
	if err != nil {
		t.Fatal(err)
	}
	const before, after = "code: \"324\"\n        status: F", "code: \"324\"\n        status: U"
	if err := os.WriteFile(changed, []byte(strings.Replace(string(specification), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout.Reset()
	if code := run(t.Context(), []string{"run", "paytm/createOrder/duplicate", "--data", mine}, nil, &stdout, &stderr); code != exitFindings {
		t.Errorf("exit %d", code)
	}
	rest := strings.ReplaceAll(stdout.String(), mine, "mine")
	if line := regexp.MustCompile(`specification: mine/specs/paytm\.yaml:[0-9]+`); golden.Update() {
		block = line.ReplaceAllLiteralString(block, line.FindString(rest))
		if err := os.WriteFile(file, []byte(line.ReplaceAllLiteralString(string(raw), line.FindString(rest))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(block) {
		if line == "…\n" {
			continue
		}
		_, behind, shown := strings.Cut(rest, line)
		if !shown {
			t.Errorf("README.md shows %q; assay prints\n%s", line, stdout.String())
		}
		rest = behind
	}
}

// readmeOutputs has what a command prints by its arguments: it is the same in every README.md.
var readmeOutputs sync.Map

// readmeWith returns README.md with real output and real rows of some providers.
func readmeWith(t *testing.T, k *catalog.Catalog, readme string, providers []string) string {
	t.Helper()
	output := func(args ...string) string {
		printed, _ := readmeOutputs.LoadOrStore(strings.Join(args, " "), sync.OnceValues(func() (string, error) {
			var stdout, stderr bytes.Buffer
			if code := run(context.Background(), args, nil, &stdout, &stderr); code != exitConforms {
				return "", fmt.Errorf("assay %s: exit %d: %s", args, code, stderr.String())
			}
			return strings.TrimSpace(stdout.String()) + "\n", nil
		}))
		text, err := printed.(func() (string, error))() // nothing else is stored
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	played := []string{"run"}
	if len(providers) < len(k.Providers()) {
		played = append(played, providers...)
	}
	for before, text := range map[string]string{"$ assay run\n": output(played...), "$ assay explain paytm/324\n": output("explain", "paytm/324")} {
		start := strings.Index(readme, before)
		length := strings.Index(readme[max(0, start):], "```")
		if start < 0 || length < 0 {
			t.Fatalf("README.md has no block that begins with %q", before)
		}
		readme = readme[:start+len(before)] + text + readme[start+length:]
	}
	const head = "| provider | operation |"
	start := strings.Index(readme, head)
	end := start + strings.Index(readme[max(0, start):]+"\n\n", "\n\n") + 1
	if start < 0 {
		t.Fatalf("README.md has no table that begins with %q", head)
	}
	lines := strings.SplitAfter(readme[start:min(end, len(readme))], "\n")
	return readme[:start] + strings.Join(lines[:2], "") + readmeRows(t.Context(), k, lines[2:], providers) + readme[min(end, len(readme)):]
}

// readmeRows returns the rows of the table. The names of a known row, and the version of
// the documents, stay as they are.
func readmeRows(ctx context.Context, k *catalog.Catalog, known, providers []string) string {
	e := engine.New(k, engine.Cassettes(k))
	r := e.Run(ctx, e.Fixtures.Cases, contract.Error, version, nil)
	var rows strings.Builder
	for _, p := range providers {
		for _, o := range orderedAs(k.Spec(p), known) {
			name, release := cmp.Or(cellOf(known, p, o.ID, 1), p), cmp.Or(cellOf(known, p, o.ID, 6), "`"+documentsVersion(p)+"`")
			c := r.Coverage[o.Name()]
			documented := codeCells(o, c, contract.Documented)
			simulated := codeCells(o, c, contract.Simulated)
			sent := codeCells(o, c, contract.Sandbox, contract.Production)
			rows.WriteString("| " + strings.Join([]string{name, o.ID, documented, simulated, sent, release}, " | ") + " |\n")
		}
	}
	return rows.String()
}

// orderedAs returns the operations of a provider: first those of the known rows.
func orderedAs(s *openapi.Spec, known []string) []*openapi.Operation {
	all := slices.Clone(s.Operations)
	place := func(o *openapi.Operation) int {
		i := slices.IndexFunc(known, func(row string) bool { return isRow(row, s.Provider, o.ID) })
		if i < 0 {
			return len(known)
		}
		return i
	}
	slices.SortStableFunc(all, func(a, b *openapi.Operation) int { return cmp.Compare(place(a), place(b)) })
	return all
}

func isRow(row, provider, operation string) bool {
	cells := strings.Split(row, "|")
	return len(cells) > 6 && strings.EqualFold(strings.TrimSpace(cells[1]), provider) && strings.TrimSpace(cells[2]) == operation
}

// cellOf returns a cell of the row of an operation, "" if there is no such row.
func cellOf(known []string, provider, operation string, cell int) string {
	for _, row := range known {
		if isRow(row, provider, operation) {
			return strings.TrimSpace(strings.Split(row, "|")[cell])
		}
	}
	return ""
}

// codeCells lists the codes with some evidence: the documented ones by number or name, then
// those that were only seen.
func codeCells(o *openapi.Operation, c contract.Coverage, of ...contract.Evidence) string {
	var all []string
	for _, codes := range []map[string]contract.Evidence{c.Codes, c.Undocumented} {
		for _, code := range slices.SortedFunc(maps.Keys(codes), byNumber) {
			if !slices.Contains(of, codes[code]) {
				continue
			}
			text := "`" + code + "`"
			if row := o.Code(code); row == nil || row.SeenIn != "" {
				text += " (seen, documented nowhere)"
			}
			all = append(all, text)
		}
	}
	return cmp.Or(strings.Join(all, " "), "none")
}

// byNumber compares codes as numbers, if both are, and else as texts.
func byNumber(a, b string) int {
	m, notA := strconv.Atoi(a)
	n, notB := strconv.Atoi(b)
	if notA != nil || notB != nil {
		return strings.Compare(a, b)
	}
	return cmp.Compare(m, n)
}

var documentVersion = regexp.MustCompile(`(?m)^  version: "?([^"\n]*)`)

// documentsVersion returns the version of a specification.
func documentsVersion(provider string) string {
	raw, _ := fs.ReadFile(specs.Files, provider+".yaml")
	if found := documentVersion.FindSubmatch(raw); found != nil {
		return string(found[1])
	}
	return "1"
}
