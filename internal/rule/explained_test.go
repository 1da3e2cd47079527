package rule_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/rule"
)

// TestCodeExplained holds refusals of Paytm against their documented conditions: what is
// true, what is not, and what the exchange does not show.
func TestCodeExplained(t *testing.T) {
	t.Parallel()
	withoutKeys := func(b *bench) {
		b.pass = func(p *rule.Subject) { p.View.Signature, p.View.Credentials = contract.SignatureUnverified, nil }
	}
	for name, c := range map[string]struct {
		code   string
		change func(*bench)
		want   string // the id of the message
		more   string // a part of the sentence
	}{
		"a wrong signature": {"2005", func(b *bench) {
			b.exchange.Request.Body = []byte(strings.Replace(string(b.exchange.Request.Body), `"1.00"`, `"9.00"`, 1))
		}, "code-explained.true", "`signature == \"invalid\"` is true"},
		"a right signature":           {"2005", func(*bench) {}, "code-explained.false", "none of this is true"},
		"a signature without keys":    {"2005", withoutKeys, "code-explained.open", "--keys FILE"},
		"a merchant without keys":     {"2006", withoutKeys, "code-explained.open", "--keys FILE"},
		"the right merchant":          {"2006", func(*bench) {}, "code-explained.false", ""},
		"a reference never seen":      {"324", func(*bench) {}, "code-explained.open", "no earlier request with this reference"},
		"a reference seen before":     {"324", func(b *bench) { b.pass = func(p *rule.Subject) { p.View.Known = []string{"R1"} } }, "code-explained.true", "known("},
		"another reference seen":      {"324", func(b *bench) { b.pass = func(p *rule.Subject) { p.View.Known = []string{"R2"} } }, "code-explained.false", ""},
		"a violation of another kind": {"1011", func(b *bench) { b.ask(`"websiteName":"retail",`, "") }, "code-explained.false", ""},
		"the violation it is about":   {"1007", func(b *bench) { b.ask(`"websiteName":"retail",`, "") }, "code-explained.true", "is true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c.change(b)
			b.response(c.code)
			found := apply(t, contract.CodeExplained, b.made()).Findings
			if len(found) != 1 {
				t.Fatalf("found %+v", found)
			}
			if f := found[0]; f.Message.Template.ID != c.want || !strings.Contains(report.Sentence(f.Message), c.more) || (f.Severity == contract.Warning) != (c.want == "code-explained.false") {
				t.Errorf("%s %s: %s", f.Severity, f.Message.Template.ID, report.Sentence(f.Message))
			}
		})
	}
}
