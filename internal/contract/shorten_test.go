package contract_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
)

func TestShorten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":                {"", ""},
		"as long":              {"12345678", "12345678"},
		"as many characters":   {"éééééééé", "éééééééé"},
		"longer":               {"1234567890", "123456…(2 more)…90"},
		"characters":           {"ééééééèèüü", "éééééé…(2 more)…üü"},
		"not UTF-8":            {"\xff\xff\xff\xff\xff\xff\xfe\xfe\xfd\xfd", "\xff\xff\xff\xff\xff\xff…(2 more)…\xfd\xfd"},
		"half a character":     {"123456\xe2\x82ab90", "123456…(4 more)…90"},
		"a million characters": {strings.Repeat("x", 1e6), "xxxxxx…(999992 more)…xx"},
	} {
		if got := contract.Shorten(c.text, 8); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
