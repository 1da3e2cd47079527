package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/golden"
)

// recorder is a test that keeps its log and its failure.
type recorder struct {
	testing.TB
	text   string
	failed bool
}

func (t *recorder) Helper() {}
func (t *recorder) Fail()   { t.failed = true }
func (t *recorder) Errorf(format string, all ...any) {
	t.failed = true
	t.text += fmt.Sprintf(format, all...)
}
func (t *recorder) Log(all ...any)                 { t.text += fmt.Sprint(all...) }
func (t *recorder) Logf(format string, all ...any) { t.text += fmt.Sprintf(format, all...) }

func TestCompare(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(file, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		"one\ntwo\n": "", "one\nTWO\n": "+TWO", "one\ntwo": "-two", "": "-one", "one\r\ntwo\r\n": "differs", "one\ntwo \n": "+two",
	} {
		tb := &recorder{TB: t}
		golden.Compare(tb, file, []byte(got))
		if tb.failed != (want != "") || !strings.Contains(tb.text, want) {
			t.Errorf("%q: fails: %t\n%s", got, tb.failed, tb.text)
		}
	}
	tb := &recorder{TB: t}
	if golden.Compare(tb, file+".none", nil); !tb.failed {
		t.Error("a missing file does not fail the test")
	}
}

// TestSet compares what a test covered with a list, in any order and each item once.
func TestSet(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(file, []byte("one\nthree\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for items, want := range map[string]string{
		"one two three": "", "two three two one": "", "two": "-one", "one four three two": "+four", "": "-one",
	} {
		tb := &recorder{TB: t}
		golden.Set(tb, file, strings.Fields(items))
		if tb.failed != (want != "") || !strings.Contains(tb.text, want) {
			t.Errorf("%q: fails: %t\n%s", items, tb.failed, tb.text)
		}
	}
}
