package specdiff

import (
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/oasdiff/checker"
)

// TestTable has a line for every rule of oasdiff's that is looked at, with a name for
// each argument that its sentence takes. Of a rule that is about a property the line
// names it: a change without its property is taken for one of the whole body.
func TestTable(t *testing.T) {
	t.Parallel()
	say := checker.NewDefaultLocalizer()
	properties := 0
	for _, rule := range checker.GetAllRules() {
		if passed(rule) {
			continue
		}
		l := lines()[rule.Id]
		if l == nil {
			t.Errorf("%s has no line in oasdiff.tsv", rule.Id)
			continue
		}
		var named []any
		for _, name := range l.names {
			named = append(named, "`{"+name+"}`")
		}
		if theirs := say(rule.Id, named...); theirs != l.sentence {
			t.Errorf("%s: oasdiff says %q, and the line %q: the names may be of other arguments", rule.Id, theirs, l.sentence)
		}
		if strings.Contains(rule.Id, "-property-") && !strings.Contains(rule.Id, "parameter") && !strings.Contains(rule.Id, "header") && !strings.Contains(rule.Id, "body") {
			if properties++; !slices.Contains(l.names, "property") {
				t.Errorf("%s names no property: %q", rule.Id, l.names)
			}
		}
	}
	if properties < 100 {
		t.Errorf("only %d rules are about a property", properties)
	}
}
