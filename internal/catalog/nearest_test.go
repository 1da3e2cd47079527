package catalog_test

import (
	"testing"

	"assay/internal/catalog"
)

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	names := []string{"enkash", "ipayments", "paytm", "paytring"}
	for text, want := range map[string]string{
		"paytn": "; did you mean paytm?", "PAYTM": "; did you mean paytm?", "ipayment": "; did you mean ipayments?",
		"nope": "", "foo": "", "": "",
	} {
		if got := catalog.DidYouMean(text, names); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		text  string
		names []string
		want  string
	}{
		"a close name needs no hint": {"paytn", []string{"enkash", "paytm"}, ""},
		"few names":                  {"nope", []string{"enkash", "paytm"}, "choose from enkash, paytm"},
		"many names":                 {"nope", make([]string, 13), "`assay list cases` lists the names"},
	} {
		if got := catalog.Choices(x.text, x.names, "assay list cases"); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
