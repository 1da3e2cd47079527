package lint_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/lint"
	"assay/internal/report"
	"assay/internal/testsize"
)

// edit replaces a text of the specification, which must be there. The first line in which
// the replacement differs is the faulty one.
type edit struct{ old, by string }

// faulty lists, for each kind of fault, edits of testdata/acme.yaml that cause it, and how
// lint must report it. @0 stands for the file, the line of the first edit and a column.
var faulty = map[string]struct {
	edits []edit
	want  []string
}{
	"a misspelled keyword":    {[]edit{{"x-means: reference, x-doc: Body / reference", "x-mean: reference, x-doc: Body / reference"}}, []string{`@0: .*'x-mean' not allowed; did you mean x-means\?`}},
	"an unknown format":       {[]edit{{"reference: {type: string, minLength: 1", "reference: {type: string, format: dat, minLength: 1"}}, []string{`@0: .*did you mean date\?`}},
	"a format of other types": {[]edit{{"reference: {type: string, minLength: 1", "reference: {type: string, format: int64, minLength: 1"}}, []string{`@0: the format int64 is for the types integer and number`}},
	"an unquoted code":        {[]edit{{"{code: OK, http", "{code: 0, http"}}, []string{`@0: .*code`}},
	"a code twice":            {[]edit{{"          - {code: OK, http", "          - {code: BAD, http: 400, outcome: invalid, retry: never, x-doc: Errors}\n          - {code: OK, http"}}, []string{`@0: code BAD is listed twice \[spec-sound\]`}},
	"an unknown scheme": {
		[]edit{{"      x-result:", "      x-signature: {request: {scheme: paytm-cheksum, at: /parent, over: \"\", key: key}}\n      x-result:"}},
		[]string{`@0: signature: no scheme "paytm-cheksum".*did you mean paytm-checksum\?`},
	},
	"an unknown key of a signature": {
		[]edit{{"      x-result:", "      x-signature: {request: {scheme: paytm-checksum, at: /parent, over: \"\", key: kee}}\n      x-result:"}},
		[]string{`@0: the key of x-signature, kee, is not in x-credentials; did you mean key\?`},
	},
	"an expression that names nothing":  {[]edit{{`violation.keyword != ""`, `request.body.referenze == ""`}}, []string{`@0: the when of code BAD names request.body.referenze.*did you mean request.body.reference\?`}},
	"an expression that does not parse": {[]edit{{`violation.keyword != ""`, `"request.body.reference =="`}}, []string{`@0: .*CEL`}},
	"a comparison with a typo":          {[]edit{{`violation.keyword != ""`, `violation.keyword == "minLenght"`}}, []string{`@0: .*compares violation.keyword with minLenght.*did you mean minLength\?`}},
	"an example that its schema refuses": {
		[]edit{{"amount: 50000\n                    fee", "amount: many\n                    fee"}},
		[]string{`@0: the example for OK: .*/amount.* \[spec-sound\]`},
	},
	"an example member that is not listed":   {[]edit{{"                    fee: 100\n", "                    fees: 100\n"}}, []string{`@0: the example for OK: response#/fees is not documented`}},
	"an example of a schema that is refused": {[]edit{{"example: OK, x-doc", "example: 1, x-doc"}}, []string{`@0: the example of response#/code`}},
	"a path template without its parameter":  {[]edit{{"  /v1/orders:", "  /v1/orders/{id}:"}}, []string{`@0: /v1/orders/\{id\}: the operation in line \d+ lists no parameter id with in: path`}},
	"a missing x-doc":                        {[]edit{{"x-means: amount-decimal, x-doc: Body / fee", "x-means: amount-decimal, description: a fee"}}, []string{`@0: request#/fee needs x-doc`}},
	"a required member that is forbidden":    {[]edit{{"parent: {type: string, ", "parent: {not: {}, "}, {"required: [reference, sum]", "required: [reference, sum, parent]"}}, []string{`@0: request#/parent is required, but its schema excludes every value`}},
	"a required name without property":       {[]edit{{"required: [reference, sum]", "required: [reference, summ]"}}, []string{`request#/summ is required, but no property has that name; did you mean sum\?`}},
	"types that exclude each other":          {[]edit{{"fee: {type: string, pattern: \"^[0-9]+(\\\\.[0-9]{1,2})?$\",", "fee: {allOf: [{type: string}, {type: integer}],"}}, []string{`@0: no value can conform at request#/fee: the types string and integer exclude each other`}},
	"an enum that a pattern excludes":        {[]edit{{`pattern: "^[A-Z]{3}$"`, `pattern: "^[A-Z]{3}$", enum: [inr, usd]`}}, []string{`@0: no value can conform at request#/currency: no value of the enum`}},
	"a minimum above the maximum":            {[]edit{{"amount: {type: integer, x-means: amount-minor, x-doc: Response / amount}", "amount: {type: integer, minimum: 5, maximum: 4, x-means: amount-minor, x-doc: Response / amount}"}}, []string{`@0: no value can conform at response#/amount: minimum is 5, but maximum is 4`}},
	"no integer between limits":              {[]edit{{"amount: {type: integer, x-means: amount-minor, x-doc: Response / amount}", "amount: {type: integer, minimum: 1.2, maximum: 1.8, x-means: amount-minor, x-doc: Response / amount}"}}, []string{`there is no integer from 1.2 to 1.8`}},
	"no multiple between limits":             {[]edit{{"sum: {type: number,", "sum: {type: number, minimum: 11, maximum: 19, multipleOf: 10,"}}, []string{`there is no multiple of 10 from 11 to 19`}},
	"lengths that exclude each other":        {[]edit{{"parent: {type: string, ", "parent: {type: string, minLength: 3, maxLength: 2, "}}, []string{`@0: .*minLength is 3, but maxLength is 2`}},
	"a pattern that is too long":             {[]edit{{`pattern: "^[A-Z]{3}$"`, `pattern: "^[A-Z]{3}$", maxLength: 2`}}, []string{`@0: .*at least 3 characters, but maxLength is 2`}},
	"a pattern that is too short":            {[]edit{{`pattern: "^[A-Z]{3}$"`, `pattern: "^[A-Z]{3}$", minLength: 4`}}, []string{`@0: .*have 3 to 3 characters, but minLength is 4`}},
	"too many required members":              {[]edit{{"required: [reference, sum]", "required: [reference, sum]\n              maxProperties: 1"}}, []string{`2 members are required, but maxProperties is 1`}},
	"a row behind one that catches all":      {[]edit{{`retry: never, x-doc: Response}`, `retry: never, when: 'violation.keyword == "enum"', x-doc: Response}`}}, []string{`@0: the when of code OK never decides: .*code BAD \(line \d+\)`}},
	"a row behind true": {
		[]edit{{`violation.keyword != ""`, `"true"`}, {`retry: never, x-doc: Response}`, `retry: never, when: 'known(request.body.reference)', x-doc: Response}`}},
		[]string{`@1: the when of code OK never decides`},
	},
	"a variant behind a row without if": {[]edit{{"          - {code: OK, http", "          - {code: BAD, variant: other, http: 400, outcome: invalid, retry: never, x-doc: Errors}\n          - {code: OK, http"}}, []string{`no response can be BAD/other: the row of BAD in line \d+ takes all of them`}},
	"a row that never holds":            {[]edit{{`violation.keyword != ""`, `'violation.keyword == "enum" && violation.keyword == "type"'`}}, []string{`@0: the when of code BAD can never hold: .* exclude each other`}},
	"a row that is false":               {[]edit{{`violation.keyword != ""`, `"false"`}}, []string{`@0: the when of code BAD can never hold: it is false`}},
	"a status that is not documented":   {[]edit{{"code: BAD, http: 400", "code: BAD, http: 401"}}, []string{`@0: code BAD has HTTP 401, which is not among the responses`}},
	"a name twice":                      {[]edit{{"      security: []\n", "      security: []\n      security: []\n"}}, []string{`@0: `}},
	"no YAML":                           {[]edit{{"paths:", "paths: {"}}, []string{`acme.yaml:\d+:\d+: `}},
	"several at once": {
		[]edit{{"x-means: reference, x-doc: Body / reference", "x-mean: reference, x-doc: Body / reference"}, {"x-means: amount-decimal, x-doc: Body / fee", "x-means: amount-decimal, description: a fee"}, {`violation.keyword != ""`, `request.body.referenze == ""`}},
		[]string{`@0: .*x-mean`, `@1: request#/fee needs x-doc`, `@2: .*referenze`},
	},
}

// line returns the line of an edit in the edited text.
func (e edit) line(text string) int {
	same := 0
	for same < len(e.old) && same < len(e.by) && e.old[same] == e.by[same] {
		same++
	}
	at := strings.Index(text, e.by) + same
	return 1 + strings.Count(text[:min(at, len(text))], "\n")
}

// specification is testdata/acme.yaml with edits.
func specification(t testing.TB, edits ...edit) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, e := range edits {
		if !strings.Contains(text, e.old) {
			t.Fatalf("the specification does not have %q", e.old)
		}
		text = strings.Replace(text, e.old, e.by, 1)
	}
	return []byte(text)
}

// linted writes files into a data folder and returns the lines of lint about them.
func linted(t testing.TB, files map[string][]byte) ([]contract.Result, []string) {
	t.Helper()
	dir := t.TempDir()
	for name, raw := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := catalog.Embedded().Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	results, err := lint.Files(data, catalog.Options{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, func(name string) bool {
		_, embedded := data.Path(name)
		return !embedded
	})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range results {
		for _, line := range report.LintLines(r) {
			lines = append(lines, strings.TrimPrefix(line, filepath.ToSlash(dir)+"/"))
		}
	}
	return results, lines
}

// TestKinds breaks a specification in each way and expects the fault at its line. The
// specification without edits, which each is the neighbour of, has no fault.
func TestKinds(t *testing.T) {
	t.Parallel()
	if _, lines := linted(t, map[string][]byte{"specs/acme.yaml": specification(t)}); len(lines) > 0 {
		t.Fatalf("the specification without edits has faults: %q", lines)
	}
	for _, name := range slices.Sorted(maps.Keys(faulty)) {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			raw := specification(t, faulty[name].edits...)
			_, lines := linted(t, map[string][]byte{"specs/acme.yaml": raw})
			for _, want := range faulty[name].want {
				for i, e := range faulty[name].edits {
					want = strings.ReplaceAll(want, fmt.Sprintf("@%d:", i), fmt.Sprintf(`^specs/acme\.yaml:%d:[1-9]\d*:`, e.line(string(raw))))
				}
				if !slices.ContainsFunc(lines, regexp.MustCompile(want).MatchString) {
					t.Errorf("want %q; got:\n%s", want, strings.Join(lines, "\n"))
				}
			}
		})
	}
}

// TestCases breaks cases and waivers.
func TestCases(t *testing.T) {
	t.Parallel()
	embedded, err := catalog.Embedded().Open("fixtures/paytm/createOrder/least.yaml")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(embedded)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, old, by string
		want          []string
	}{
		"sound":                {"fixtures/paytm/createOrder/other.yaml", "", "", nil},
		"an unknown member":    {"fixtures/paytm/createOrder/other.yaml", "source:", "sauce:", []string{`^fixtures/paytm/createOrder/other\.yaml:\d+:\d+: .*sauce`}},
		"an unknown code":      {"fixtures/paytm/createOrder/other.yaml", `code: "`, `code: "9`, []string{`other\.yaml:\d+:\d+: want.code: paytm/createOrder lists no code`}},
		"an unknown operation": {"fixtures/paytm/createOrdre/other.yaml", "", "", []string{`createOrdre/other\.yaml:1:\d+: paytm has no operation createOrdre; did you mean createOrder\?`}},
		"an unknown provider":  {"fixtures/paytn/createOrder/other.yaml", "", "", []string{`paytn/createOrder/other\.yaml:1:\d+: there is no provider paytn; did you mean paytm\?`}},
		"a misnamed file":      {"fixtures/paytm/createOrder/Other Case.yaml", "", "", []string{`Other Case\.yaml:1:\d+: expected <provider>/<operation>/<case>\.yaml`}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			_, lines := linted(t, map[string][]byte{c.file: []byte(strings.Replace(string(raw), c.old, c.by, 1))})
			if len(lines) != len(c.want) {
				t.Errorf("want %q; got %q", c.want, lines)
			}
			for _, want := range c.want {
				if !slices.ContainsFunc(lines, regexp.MustCompile(want).MatchString) {
					t.Errorf("want %q; got %q", want, lines)
				}
			}
		})
	}
	_, lines := linted(t, map[string][]byte{"fixtures/waivers.yaml": []byte("- rule: code-agrees\n  where: paytm/**\n- rule: code-agree\n  where: paytm/**\n- rule: fields-required\n  where: paytm/**\n  owner: a\n  reason: b\n  evidence: c\n  expires: 2020-01-01\n")})
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		`(?m)^fixtures/waivers\.yaml:1:\d+: the waiver of code-agrees has no owner`, `(?m)^fixtures/waivers\.yaml:3:\d+: there is no rule code-agree; did you mean code-agrees\?`, `(?m)^fixtures/waivers\.yaml:5:\d+: the waiver of fields-required expired`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("want %q; got:\n%s", want, text)
		}
	}
}

// TestBesideFaulty expects the faults of a case although its specification does not load.
func TestBesideFaulty(t *testing.T) {
	t.Parallel()
	_, lines := linted(t, map[string][]byte{
		"specs/acme.yaml":                      []byte("openapi: {"),
		"specs/other.yaml":                     specification(t, edit{"retry: never, x-doc: Response", "retry: nevr, x-doc: Response"}),
		"fixtures/acme/createOrder/first.yaml": []byte("about: x\nsauce: y\n"),
	})
	for i, want := range []string{"specs/acme.yaml:1:", "specs/other.yaml:18:", "fixtures/acme/createOrder/first.yaml:2:"} {
		if len(lines) != 3 || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("want three faults, of a file each: %q", lines)
		}
	}
}

// place is how each line of lint begins.
var place = regexp.MustCompile(`^specs/acme\.yaml:[1-9]\d*:[1-9]\d*: .`)

// FuzzLint deletes, repeats and renames lines of a specification. Lint does not panic, and
// every fault has file, line and column. The short form starts at every seventh line.
func FuzzLint(f *testing.F) {
	whole := strings.Split(string(specification(f)), "\n")
	step := 7
	if testsize.Full() {
		step = 1
	}
	for i := 0; i < len(whole); i += step {
		f.Add(uint(i), uint(i%2), "")
	}
	f.Add(uint(24), uint(2), "$ref: '#/components/schemas/None'")
	f.Add(uint(24), uint(2), "\x00")
	f.Add(uint(20), uint(3), "x-rulse")
	f.Fuzz(func(t *testing.T, at, how uint, by string) {
		lines := slices.Clone(whole)
		i := int(at % uint(len(lines)))
		switch how % 4 {
		case 0:
			lines = slices.Delete(lines, i, i+1)
		case 1:
			lines = slices.Insert(lines, i, lines[i])
		case 2:
			lines[i] = lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " "))] + by
		case 3:
			lines[i] = regexp.MustCompile(`[A-Za-z0-9-]+:`).ReplaceAllLiteralString(lines[i], by+":")
		}
		results, found := linted(t, map[string][]byte{"specs/acme.yaml": []byte(strings.Join(lines, "\n"))})
		for _, r := range results {
			if len(r.Stack) > 0 || strings.Contains(r.Why, "panic") {
				t.Errorf("lint panics: %s", r.Why)
			}
		}
		for _, line := range found {
			if !place.MatchString(line) {
				t.Errorf("a fault without a place: %q", line)
			}
		}
	})
}
