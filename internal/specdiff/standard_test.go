package specdiff

import (
	"strings"
	"testing"

	"github.com/oasdiff/oasdiff/checker"
)

// TestPropertyMark has every sentence of oasdiff's that is about a property name
// it: a change without its property is taken for one of the whole body. The
// marks are put into the sentence as place does it.
func TestPropertyMark(t *testing.T) {
	t.Parallel()
	say := checker.NewDefaultLocalizer()
	var marks []any
	for i := range 9 {
		marks = append(marks, mark(i))
	}
	seen := 0
	for _, rule := range checker.GetAllRules() {
		if !strings.Contains(rule.Id, "-property-") || strings.Contains(rule.Id, "parameter") || strings.Contains(rule.Id, "header") || strings.Contains(rule.Id, "body") {
			continue
		}
		seen++
		sentence, _, _ := strings.Cut(say(rule.Id, marks...), "%!(EXTRA")
		if propertyMark.FindStringSubmatch(sentence) == nil {
			t.Errorf("%s: %s", rule.Id, sentence)
		}
	}
	if seen < 100 {
		t.Errorf("only %d rules", seen)
	}
}
