package notify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"assay/internal/golden"
	"assay/internal/notify"
)

// TestDocs holds the example and the names in docs/watch/notifications.md to the code.
func TestDocs(t *testing.T) {
	t.Parallel()
	const path = "../../docs/watch/notifications.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := notify.JSON(notify.NewMessage(events()[0].event, "ops", now()))
	if err != nil {
		t.Fatal(err)
	}
	var example bytes.Buffer
	if err := json.Indent(&example, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```json\n.*?\n```")
	golden.Compare(t, path, block.ReplaceAllLiteral(page, []byte("```json\n"+example.String()+"\n```")))
	for _, one := range notify.Variables(notify.NewMessage(events()[0].event, "ops", now())) {
		if name, _, _ := strings.Cut(one, "="); !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("the page does not have %s", name)
		}
	}
}
