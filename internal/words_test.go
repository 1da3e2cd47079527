package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// retired are the words that this project no longer uses, each with the word to use.
// They are matched as whole words, whatever their case; an identifier is split where
// its case changes.
// anyWord matches all of them: most texts have none.
func retired() (each map[string]*regexp.Regexp, anyWord *regexp.Regexp) {
	words := map[string]string{
		"response, or respond":           `answer(s|ed|ing)?|unanswered`,
		"strict interpretation":          `letters?`,
		"chosen":                         `taken (is|was)`,
		"name who does not do it":        `nobody('?s)?`,
		"report, or say who does what":   `told`,
		"error, unreadable, or violated": `broken`,
		"inconclusive":                   `unproved`,
		"redact":                         `scrub(s|bed|bing|ber)?`,
		"test data":                      `harness`,
		"ambiguity":                      `x-readings|letter-kept|reading-settled`,
	}
	each = map[string]*regexp.Regexp{}
	var patterns []string
	for use, pattern := range words {
		each[use] = wholeWord(pattern)
		patterns = append(patterns, pattern)
	}
	return each, wholeWord(strings.Join(patterns, "|"))
}

func wholeWord(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(^|[^a-z])(` + pattern + `)($|[^a-z])`)
}

// exceptions are places where a retired word means something else, "file word" with
// the reason. Ten are the most.
func exceptions() map[string]string { return nil }

// TestWords finds retired words in identifiers, comments, strings, documents, help
// texts and the descriptions in schemas and data.
func TestWords(t *testing.T) {
	t.Parallel()
	watch(t)
	if len(exceptions()) > 10 {
		t.Errorf("%d exceptions; ten are the most", len(exceptions()))
	}
	words, anyWord := retired()
	used := map[string]bool{}
	report := func(path, at, text string) {
		if !anyWord.MatchString(text) {
			return
		}
		text = alphabet.ReplaceAllString(text, "")
		for use, word := range words {
			found := word.FindStringSubmatch(text)
			if found == nil {
				continue
			}
			key := path + " " + strings.ToLower(found[2])
			if _, ok := exceptions()[key]; ok {
				used[key] = true
				continue
			}
			t.Errorf("%s: %q is retired; use: %s\n\t%s", at, found[2], use, strings.TrimSpace(text))
		}
	}
	for _, path := range prose(t) {
		if strings.HasSuffix(path, ".go") {
			goWords(t, path, func(at, text string) { report(strings.TrimPrefix(path, "../"), at, text) })
			continue
		}
		for n, line := range strings.Split(text(t, path), "\n") {
			report(strings.TrimPrefix(path, "../"), strings.TrimPrefix(path, "../")+":"+strconv.Itoa(n+1), line)
		}
	}
	for key, why := range exceptions() {
		if !used[key] {
			t.Errorf("the exception for %s (%s) is not needed", key, why)
		}
	}
}

// prose lists the files of the project that people read, without test data.
func prose(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name := d.Name(); name == ".git" || name == "node_modules" || name == "bin" || name == "testdata" || name == "cassettes" && path != "../cassettes" {
				return fs.SkipDir
			}
		case path == "../internal/words_test.go":
		case regexp.MustCompile(`\.(go|md|yaml|yml|txt|json)$|Makefile$|/run$`).MatchString(path):
			all = append(all, path)
		}
		return nil
	})
	if err != nil || len(all) < 100 {
		t.Fatal(len(all), err)
	}
	return all
}

// alphabet matches letters of the alphabet, which are not what letter used to mean.
var alphabet = regexp.MustCompile(`(?i)letters?,? (and|or) digits?|digits? (and|or) letters?|(capital|lower-case) letters?`)

var humps = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// goWords calls give with the identifiers that a Go file declares, its comments and its strings.
func goWords(t *testing.T, path string, give func(at, text string)) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, raw, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	at := func(p token.Pos) string { return strings.TrimPrefix(set.Position(p).String(), "../") }
	for _, group := range file.Comments {
		for _, c := range group.List {
			give(at(c.Pos()), c.Text)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if n.Obj != nil && n.Obj.Pos() == n.Pos() || strings.HasPrefix(n.Name, "Test") {
				give(at(n.Pos()), humps.ReplaceAllString(n.Name, "$1 $2"))
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				give(at(n.Pos()), n.Value)
			}
		}
		return true
	})
}
