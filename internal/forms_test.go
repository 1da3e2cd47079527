package internal_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// form is a GitHub issue form. As on GitHub, any other member is an error.
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
type form struct {
	Name, Description, Title string
	Body                     []struct {
		Type, ID   string
		Attributes struct {
			Label, Description, Placeholder, Value, Render string
			Options                                        []yaml.Node
		}
		Validations struct{ Required bool }
	}
}

// booleans are the words that are booleans on GitHub, which reads YAML 1.1.
var booleans = []string{"yes", "no", "on", "off", "true", "false"}

// option is a check box.
type option struct {
	Label    string
	Required bool
}

// TestIssueForms checks that GitHub can read the issue forms, and that each form has a
// required check box: nothing in the issue is secret or personal.
func TestIssueForms(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob("../.github/ISSUE_TEMPLATE/*.yml")
	if err != nil || len(all) < 4 {
		t.Fatalf("%d issue forms, %v", len(all), err)
	}
	for _, file := range all {
		if filepath.Base(file) == "config.yml" {
			continue
		}
		var f form
		d := yaml.NewDecoder(bytes.NewReader([]byte(text(t, file))))
		d.KnownFields(true)
		if err := d.Decode(&f); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, fault := range f.faults() {
			t.Errorf("%s: %s", file, fault)
		}
	}
}

func (f form) faults() (faults []string) {
	if f.Name == "" || f.Description == "" {
		faults = append(faults, "the form needs a name and a description")
	}
	var ids []string
	warned, confirmed := false, false
	for _, b := range f.Body {
		a := b.Attributes
		if b.Type == "markdown" {
			warned = warned || strings.Contains(a.Value, "Do not paste credentials")
			continue
		}
		if !slices.Contains([]string{"input", "textarea", "dropdown", "checkboxes"}, b.Type) || b.ID == "" || a.Label == "" || slices.Contains(ids, b.ID) {
			faults = append(faults, b.Type+" "+b.ID+": a field needs a known type, a unique id and a label")
		}
		if choice := b.Type == "dropdown" || b.Type == "checkboxes"; choice != (len(a.Options) > 0) {
			faults = append(faults, b.ID+": a dropdown or checkboxes must have options, other fields must not")
		}
		ids = append(ids, b.ID)
		for _, n := range a.Options {
			var o option
			switch {
			case b.Type == "dropdown" && (n.ShortTag() != "!!str" || n.Style == 0 && slices.Contains(booleans, strings.ToLower(n.Value))):
				faults = append(faults, b.ID+": "+n.Value+" is not a string: write it in quotes")
			case b.Type == "checkboxes":
				if err := n.Decode(&o); err != nil || o.Label == "" {
					faults = append(faults, b.ID+": a check box needs a label")
				}
				confirmed = confirmed || b.ID == "secrets" && o.Required
			}
		}
	}
	if !warned || !confirmed {
		faults = append(faults, "the form needs a text \"Do not paste credentials\" and a required check box with the id secrets")
	}
	return faults
}
