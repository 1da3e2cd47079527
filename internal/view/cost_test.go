package view

import (
	"net/url"
	"strings"
	"testing"

	"assay/internal/contract"
)

// TestCostOfExpressions: a long list cannot keep a loop busy. The expression is given up,
// and the view says so.
func TestCostOfExpressions(t *testing.T) {
	t.Parallel()
	const nested = `request.body.l.all(a, request.body.l.all(b, a == b))`
	for name, c := range map[string]struct {
		source string
		items  int
		costly bool
	}{
		"no loop over a long list":       {`size(request.body.l) > 1`, 100_000, false},
		"a search in a long list":        {`"x" in request.body.l`, 100_000, false},
		"a loop over a list":             {`request.body.l.all(a, a == "x")`, 10_000, false},
		"a loop in a loop, short":        {nested, 100, false},
		"a loop in a loop, long":         {nested, 20_000, true},
		"a loop in a loop in a loop":     {`request.body.l.exists(a, request.body.l.exists(b, request.body.l.exists(c, a + b == c)))`, 500, true},
		"a list of lists":                {`size(request.body.l.map(a, request.body.l.map(b, a))) == 0`, 20_000, true},
		"a filter in a filter":           {`request.body.l.filter(a, request.body.l.filter(b, a == b).size() == 7).size() == 7`, 20_000, true},
		"a long loop":                    {`request.body.l.all(a, a == "x")`, 300_000, true},
		"a search in a loop":             {`request.body.l.all(a, a in request.body.l)`, 100_000, true},
		"a search in a short loop":       {`request.body.l.all(a, a in request.body.l)`, 1_000, false},
		"a known list in a loop":         {`request.body.l.all(a, a in ["x", "y"])`, 100_000, false},
		"a sum in a loop":                {`request.body.l.map(a, request.body.l + request.body.l).size() == 7`, 100_000, true},
		"a filter of a long list":        {`request.body.l.filter(a, a == "y").size() == 0`, 30_000, false},
		"a loop that stops by itself":    {`request.body.l.exists(a, a == "x")`, 100_000, false},
		"not a loop over something else": {`request.body.none.all(a, a == "x")`, 20_000, false},
	} {
		e := &Expression{Source: c.source}
		x := newTestView(t, testBody(), e)
		body := `{"l":[` + strings.TrimSuffix(strings.Repeat(`"x",`, c.items), ",") + `]}`
		ex := contract.Exchange{Request: contract.Request{Body: []byte(body), URL: &url.URL{}}}
		x.Load(ex, nil, nil)
		holds, applies := x.Holds(e)
		if x.TooCostly(e) != c.costly || c.costly && (holds || applies) {
			t.Errorf("%s: too costly: %t, applies: %t, holds: %t", name, x.TooCostly(e), applies, holds)
		}
		x.Load(contract.Exchange{Request: contract.Request{Body: []byte(`{"l":["x"]}`), URL: &url.URL{}}}, nil, nil)
		if x.TooCostly(e) {
			t.Errorf("%s: the next exchange is still too costly", name)
		}
		if x.Holds(e); x.TooCostly(e) {
			t.Errorf("%s: a list of one item is too costly", name)
		}
	}
}
