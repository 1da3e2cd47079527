package report

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
)

// TestJSONMembers compares the types of the JSON with those of contract: they have the
// same members in the same order, with sentences and arguments in place of messages.
func TestJSONMembers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ is, written any }{
		{contract.Report{}, document{}},
		{contract.Result{}, Result{}},
		{contract.Gap{}, gap{}},
		{contract.Finding{}, Finding{}},
		{contract.Comparison{}, compared{}},
		{contract.Cell{}, cell{}},
		{contract.Traffic{}, counted{}},
		{contract.Group{}, group{}},
		{contract.ClientReport{}, clientReport{}},
		{contract.Drift{}, comparison{}},
		{contract.Change{}, Change{}},
		{contract.Baseline{}, baseline{}},
		{contract.FixedFinding{}, fixedFinding{}},
	} {
		var want []string
		for f := range reflect.TypeOf(c.is).Fields() {
			if f.Type != reflect.TypeFor[contract.Message]() && f.Tag.Get("json") != "-" {
				want = append(want, f.Name+" "+f.Tag.Get("json"))
			}
		}
		var got, sentences []string
		for f := range reflect.TypeOf(c.written).Fields() {
			if before, ok := reflect.TypeOf(c.is).FieldByName(f.Name); ok && before.Type == reflect.TypeFor[contract.Message]() {
				sentences = append(sentences, f.Name)
			} else if f.Name != "Args" && f.Name != "Reason" {
				got = append(got, f.Name+" "+f.Tag.Get("json"))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%T is written as\n%s, want\n%s", c.is, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for f := range reflect.TypeOf(c.is).Fields() {
			if f.Type == reflect.TypeFor[contract.Message]() && !slices.Contains(sentences, f.Name) {
				t.Errorf("%T is written without the sentence of %s", c.is, f.Name)
			}
		}
	}
}
