package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMan checks that each command has a manual page, and that each page has the whole text
// of the command: the generator reads it as Markdown, which swallows some characters.
func TestMan(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	dir := filepath.Join(t.TempDir(), "new", "man1")
	if code := run(t.Context(), []string{"man", dir}, nil, io.Discard, io.Discard); code != exitConforms {
		t.Fatalf("exit code %d", code)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	root, described := fresh(), 0
	root.InitDefaultCompletionCmd()
	for _, c := range everyCommand(root) {
		if c.HasParent() && !c.IsAvailableCommand() { // help and man
			continue
		}
		described++
		raw, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		page := plainRoff(string(raw))
		for _, text := range []string{c.Short, c.Long, c.Example} {
			if words := plainWords(text); !strings.Contains(page, words) {
				t.Errorf("%s: the page lacks\n%s\nit has\n%s", c.CommandPath(), words, page)
			}
		}
		if !strings.Contains(string(raw), `"Nov 2023" "assay `+version+`"`) {
			t.Errorf("%s: the page has another date or version: %.200s", c.CommandPath(), raw)
		}
	}
	if len(pages) != described {
		t.Errorf("%d pages of %d commands", len(pages), described)
	}
}

// macro matches a line of roff that is no text, and the change of a font.
var macro = regexp.MustCompile(`(?m)^\.(SH|TP|PP|EX|EE|nh|TH|RS|RE|IP).*$|^\.SS|\\f[A-Z]`)

// plainRoff returns the words of a manual page.
func plainRoff(page string) string {
	return plainWords(strings.NewReplacer(`\-`, "-", `\&`, "", `\\`, `\`, `\[`, "[").Replace(macro.ReplaceAllString(page, " ")))
}

// plainWords returns a text with single spaces, without the marks of Markdown.
func plainWords(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("`", "", "#### ", "").Replace(text)), " ")
}
