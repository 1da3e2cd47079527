package rule_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/rule"
	"assay/specs"
)

// specText returns the line of specs/paytm.yaml that a location names, without
// indentation.
func specText(t *testing.T, l contract.Location) string {
	t.Helper()
	raw, err := fs.ReadFile(specs.Files, strings.TrimPrefix(l.File, "specs/"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	if l.Kind != contract.SpecificationFile || l.Line < 1 || l.Line > len(lines) {
		t.Fatalf("%+v is no line of the specification", l)
	}
	return strings.TrimSpace(lines[l.Line-1])
}

func TestLocationsInSpecification(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule, begins string
		change             func(*bench)
	}{
		{"a member of the response", "fields-typed", "resultCode:", func(b *bench) { b.swap(`"resultCode":"0000"`, `"resultCode":7`) }},
		{"a code's row", "code-agrees", `- code: "324"`, func(b *bench) {
			b.response("324")
			b.swap(`"resultStatus":"F"`, `"resultStatus":"S"`)
		}},
		{"the row of the expected code", "code-expected", `- code: "324"`, func(b *bench) { b.c.Want.Code = "324" }},
		{"a member of the request", "request-documented", "mid:", func(b *bench) { b.ask(`"mid":"216820000002516036253",`, "") }},
		{"a parameter", "request-documented", "- ", func(b *bench) { b.query("mid", "") }},
		{"the parent of an undocumented member", "request-closed", "userInfo:", func(b *bench) { b.ask(`"custId"`, `"custid":"x","custId"`) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c.change(b)
			findings := apply(t, c.rule, b.made()).Findings
			if len(findings) == 0 || len(findings[0].Locations) == 0 {
				t.Fatalf("no finding with locations: %+v", findings)
			}
			if got := specText(t, findings[0].Locations[0]); !strings.HasPrefix(got, c.begins) {
				t.Errorf("%s points to %q, want %q", findings[0].Locations[0], got, c.begins)
			}
		})
	}
}

func TestLocationsOfCase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.c.File, b.c.Lines, b.c.Want.Code = "fixtures/paytm/createOrder/test.yaml", map[string]int{"want.code": 12}, "324"
	b.pass = func(p *rule.Subject) {
		p.Path = func(name string) (string, bool) { return "mine/" + name, false }
		p.Recording.Line = func() int { return 4 }
	}
	found := apply(t, "code-expected", b.made()).Findings[0]
	want := []contract.Location{
		{Kind: contract.FixtureFile, File: "mine/fixtures/paytm/createOrder/test.yaml", Line: 12},
		{Kind: contract.CassetteFile, File: "mine/cassettes/paytm/createOrder/test.yaml", Line: 4},
	}
	if got := found.Locations; len(got) != 3 || got[0].File != "mine/specs/paytm.yaml" || !slices.Equal(got[1:], want) {
		t.Errorf("got %v, want the specification and %v", got, want)
	}
}

func TestLocationsOfWaiver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.pass = func(p *rule.Subject) {
		p.Waivers = []contract.Waiver{{Rule: "fields-typed", Where: "paytm/*", Source: "fixtures/waivers.yaml:3"}}
	}
	found := apply(t, "waiver-justified", b.whole()).Findings
	if len(found) != 1 || !slices.Equal(found[0].Locations, []contract.Location{{Kind: contract.WaiversFile, File: "fixtures/waivers.yaml", Line: 3}}) {
		t.Errorf("got %+v", found)
	}
}
