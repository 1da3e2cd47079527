package rule_test

import (
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/openapi"
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
		"a right signature":                   {"2005", func(*bench) {}, "code-explained.false", "none of this is true"},
		"a signature without keys":            {"2005", withoutKeys, "code-explained.open", "--keys FILE"},
		"a merchant without keys":             {"2006", withoutKeys, "code-explained.open", "--keys FILE"},
		"the right merchant":                  {"2006", func(*bench) {}, "code-explained.false", ""},
		"a reference never seen":              {"324", func(*bench) {}, "code-explained.open", "no earlier request with this reference"},
		"a reference seen before":             {"324", func(b *bench) { b.pass = func(p *rule.Subject) { p.View.Known = []string{"R1"} } }, "code-explained.true", "known("},
		"another reference seen":              {"324", func(b *bench) { b.pass = func(p *rule.Subject) { p.View.Known = []string{"R2"} } }, "code-explained.false", ""},
		"a violation of another kind":         {"1011", func(b *bench) { b.ask(`"requestType":"PAYMENT",`, "") }, "code-explained.false", ""},
		"the violation it is about":           {"1007", func(b *bench) { b.ask(`"websiteName":"retail",`, "") }, "code-explained.true", "is true"},
		"the violation of an equivalent code": {"1012", func(b *bench) { b.ask(`"websiteName":"retail",`, "") }, "code-explained.true", "(listed for 1007, which is equivalent) is true"},
		"an enumeration, as row 1001 has it":  {"1001", func(b *bench) { b.ask(`"requestType":"PAYMENT"`, `"requestType":"PAYMENT1"`) }, "code-explained.true", "(listed for 1011, which is equivalent) is true"},
		"no violation, of neither code":       {"1001", func(*bench) {}, "code-explained.false", "(listed for 1011, which is equivalent); none of this is true"},
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

// TestOpenReasons checks that the message names every reason why conditions are open, and
// which conditions each is about. It names three at most.
func TestOpenReasons(t *testing.T) {
	t.Parallel()
	const (
		keys      = "it depends on the merchant's credentials (use --keys FILE)"
		merchant  = "it depends on the merchant's settings at the provider, which no exchange shows"
		reference = "no earlier request with this reference was seen; record the traffic from the first request on"
		member    = "the request does not have a member that the condition names"
	)
	for when, want := range map[string]string{
		`signature == "invalid"`: keys,
		`signature == "invalid" || request.body.body.mid != credentials.mid`:      keys,
		`merchant.checksum && signature == "missing"`:                             keys + "; " + merchant,
		`signature == "invalid" || known(request.body.body.orderId)`:              "`signature == \"invalid\"`: " + keys + "; `known(request.body.body.orderId)`: " + reference,
		`signature == "invalid" || merchant.checksum && signature == "missing"`:   keys + "; `merchant.checksum && signature == \"missing\"`: " + merchant,
		`known("R1") || signature == "invalid" || known("R2")`:                    "`known(\"R1\")` and `known(\"R2\")`: " + reference + "; `signature == \"invalid\"`: " + keys,
		`request.query.mid == "" || request.body.none == 1 || merchant.checksum`:  "`request.body.none == 1`: " + member + "; `merchant.checksum`: " + merchant,
		`merchant.a || known("R") || signature == "invalid" || request.body.b==1`: "`merchant.a`: " + merchant + "; `known(\"R\")`: " + reference + "; `signature == \"invalid\"`: " + keys + "; and 1 more",
	} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.response("2005")
			row := b.own().Operation("createOrder").Code("2005")
			row.When = &openapi.Expression{Source: when, Line: row.When.Line}
			if err := row.When.Compile(); err != nil {
				t.Fatal(err)
			}
			b.pass = func(p *rule.Subject) { p.View.Signature, p.View.Credentials = contract.SignatureUnverified, nil }
			found := apply(t, contract.CodeExplained, b.made()).Findings
			if len(found) != 1 {
				t.Fatalf("found %+v", found)
			}
			if got := report.Sentence(found[0].Message); !strings.HasSuffix(got, "cannot be known: "+want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
