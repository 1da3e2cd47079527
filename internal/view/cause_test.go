package view

import (
	"slices"
	"testing"
)

// TestAlternatives splits conditions at each || that joins whole conditions.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		`a`:                                {`a`},
		`a || b||c`:                        {`a`, `b`, `c`},
		`a && b || c`:                      {`a && b`, `c`},
		`(a || b) && c`:                    {`(a || b) && c`},
		`a || (b || c)`:                    {`a`, `(b || c)`},
		`x in ["||", "a"] || c`:            {`x in ["||", "a"]`, `c`},
		`x == "a || b" || c`:               {`x == "a || b"`, `c`},
		`x == 'a\'||b' || c`:               {`x == 'a\'||b'`, `c`},
		`x == "\\" || c`:                   {`x == "\\"`, `c`},
		`l.exists(i, i > 1 || i < 0) || c`: {`l.exists(i, i > 1 || i < 0)`, `c`},
		`a || b ? c : d`:                   {`a || b ? c : d`},
		`(a ? b : c) || d`:                 {`(a ? b : c)`, `d`},
		"a\n|| b":                          {`a`, `b`},
	} {
		var got []string
		for _, e := range (&Expression{Source: source}).Alternatives() {
			got = append(got, e.Source)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
