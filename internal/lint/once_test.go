package lint_test

import (
	"regexp"
	"strings"
	"testing"
)

// byPath makes the order's path one with a parameter.
var byPath = []edit{
	{"  /v1/orders:", "  /v1/orders/{order_id}:"},
	{"      security: []\n", "      security: []\n      parameters: [{name: order_id, in: path, required: true, x-doc: Path / order_id, schema: {type: string}}]\n"},
}

// TestOnce expects every fault of paths and of variants, each of them once.
func TestOnce(t *testing.T) {
	t.Parallel()
	row := `- {code: BAD, http: 400, outcome: invalid, retry: never, when: violation.keyword != "", x-doc: Errors}`
	variants := func(rows ...string) []edit {
		text := ""
		for _, r := range rows {
			text += "          - {code: BAD, http: 400, outcome: invalid, retry: never, x-doc: Errors, " + r + "}\n"
		}
		return []edit{{"          " + row + "\n", text}}
	}
	for name, c := range map[string]struct {
		edits []edit
		want  []string // in the order of the document
	}{
		"a path with its parameter": {byPath, nil},
		"names that do not fit": {
			append(byPath[:1:1], edit{"      security: []\n", "      security: []\n      parameters: [{name: orderId, in: path, required: true, x-doc: Path / orderId, schema: {type: string}}]\n"}),
			[]string{`^specs/acme\.yaml:8:\d+: .*lists no parameter order_id with in: path; did you mean orderId\?`, `^specs/acme\.yaml:12:\d+: .*has no \{orderId\}; did you mean order_id\?`},
		},
		"a fault of the path and others": {
			append(byPath[:1:1], edit{"x-means: reference, x-doc: Body / reference", "x-mean: reference, x-doc: Body / reference"}, edit{"x-means: amount-decimal, x-doc: Body / fee", "x-means: amount-decimal, description: a fee"}),
			[]string{`:8:\d+: .*lists no parameter order_id`, `x-mean`, `request#/fee needs x-doc`},
		},
		"an expression with a typo in the path": {
			append(byPath[:2:2], edit{`violation.keyword != ""`, `request.path.orderid == ""`}),
			[]string{`the when of code BAD names request.path.orderid, which is not documented; did you mean request.path.order_id\?`},
		},
		"a code twice": {
			[]edit{{"          " + row + "\n", "          " + row + "\n          " + row + "\n"}},
			[]string{`^specs/acme\.yaml:18:\d+: code BAD is listed twice`},
		},
		"ifs without variants": {
			variants(`if: 'response.status == 400', when: 'violation.keyword != ""'`, `if: 'response.status == 500'`),
			[]string{`:17:\d+: code BAD has 2 rows, so this one needs a variant`, `:18:\d+: code BAD has 2 rows, so this one needs a variant`},
		},
		"a variant twice": {
			variants(`variant: a, if: 'response.status == 400', when: 'violation.keyword != ""'`, `variant: a, if: 'response.status == 400', when: 'violation.keyword != ""'`),
			[]string{`code BAD/a is listed twice`},
		},
		"a variant behind one that takes all": {
			variants(`variant: a, when: 'violation.keyword != ""'`, `variant: b, when: 'violation.keyword == "enum"'`),
			[]string{`no response can be BAD/b: the row of BAD/a in line 17 takes all of them`},
		},
		"a when behind one that catches all": {
			variants(`variant: a, if: 'request.method == "POST"', when: 'violation.keyword != ""'`, `variant: b, when: 'violation.keyword == "enum"'`),
			[]string{`the when of code BAD/b never decides: .*the when of code BAD/a \(line 17\)`},
		},
		"a when of a variant that cannot hold": {
			variants(`variant: a, when: 'violation.keyword == "enum" && violation.keyword == "type"'`),
			[]string{`the when of code BAD/a can never hold`},
		},
		"an if that compares with a typo": {
			variants(`variant: a, if: 'request.method == "PSOT"', when: 'violation.keyword != ""'`, `variant: b`),
			[]string{`the if of code BAD/a compares request.method with PSOT`},
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			edits := c.edits
			if strings.Contains(string(specification(t, edits...)), "variant:") {
				edits = append(edits[:len(edits):len(edits)], edit{"                BAD: {value: {code: BAD}}", "                BAD/a: {value: {code: BAD}}"})
			}
			_, lines := linted(t, map[string][]byte{"specs/acme.yaml": specification(t, edits...)})
			if len(lines) != len(c.want) {
				t.Fatalf("want %d faults; got:\n%s", len(c.want), strings.Join(lines, "\n"))
			}
			for i, want := range c.want {
				if !regexp.MustCompile(want).MatchString(lines[i]) {
					t.Errorf("want %q; got %s", want, lines[i])
				}
			}
		})
	}
}
