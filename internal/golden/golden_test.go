package golden_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/golden"
)

// told is a test that keeps what it is told.
type told struct {
	testing.TB
	text string
}

func (t *told) Helper()                         {}
func (t *told) Errorf(format string, of ...any) { t.text += fmt.Sprintf(format, of...) }

func TestCompare(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "new", "a.txt")
	golden.Write(t, file, []byte("one\ntwo\n"))
	for got, want := range map[string]string{"one\ntwo\n": "", "one\nTWO\n": `"TWO\n"`, "one\ntwo": `"two\n"`, "": `"one\n"`} {
		tb := &told{TB: t}
		golden.Compare(tb, file, []byte(got))
		if (want == "") != (tb.text == "") || !strings.Contains(tb.text, want) {
			t.Errorf("%q: %s", got, tb.text)
		}
	}
}
