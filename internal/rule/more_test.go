package rule_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/rule"
	"assay/internal/testsize"
)

// TestFaultsAreBounded has bodies and queries with more faults than a report could show.
// Some are listed, the others are counted, and no finding says of the whole body what is
// true of a member.
func TestFaultsAreBounded(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	const many = 8_000
	names := strings.TrimPrefix(members(many, "1"), ",")
	for name, c := range map[string]struct {
		rule   string
		change func(*bench)
		total  int // of the faults
	}{
		"undocumented members of a response": {"fields-documented", func(b *bench) { b.largeBody(members(many, "1")) }, many + 1},
		"undocumented members of a request":  {"request-closed", func(b *bench) { b.ask(`"body":{`, `"body":{`+names+",") }, many},
		"undocumented parameters": {"request-closed", func(b *bench) {
			u, all := *b.exchange.Request.URL, url.Values{}
			for i := range many {
				all.Set(fmt.Sprintf("undocumented%06d", i), "1")
			}
			u.RawQuery += "&" + all.Encode()
			b.exchange.Request.URL = &u
		}, many},
		"items of a wrong type": {"request-documented", func(b *bench) { b.ask(`"body":{`, `"body":{"enablePaymentMode":[`+strings.Repeat("1,", many-1)+"1],") }, many},
		"items with two wrong members": {"request-documented", func(b *bench) {
			b.ask(`"body":{`, `"body":{"enablePaymentMode":[`+strings.Repeat(`{"mode":1,"channels":1},`, many-1)+`{"mode":1,"channels":1}],`)
		}, 2 * many},
		"wrong after undocumented": {"request-documented", func(b *bench) { b.ask(`"body":{`, `"body":{`+names+`,"enablePaymentMode":1,`) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			c.change(b)
			got := apply(t, c.rule, b.made())
			listed, more := 0, 0
			for _, f := range got.Findings {
				switch {
				case f.Detail == "more":
					for _, a := range f.Message.Args {
						more += int(a.Int())
					}
				case f.At == contract.RequestRoot || f.At == contract.ResponseRoot:
					t.Errorf("%s %q is about the whole body", f.Rule, f.Detail)
				default:
					listed++
				}
			}
			if listed == 0 || listed > 6000 || listed+more != c.total {
				t.Errorf("%d listed and %d more of %d", listed, more, c.total)
			}
		})
	}
}

// TestTooManyValues has bodies with more values than are decoded: no rule takes a member
// for absent that is present, and the rules that need its value say why they did not check.
func TestTooManyValues(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	b, without := newBench(t), newBench(t)
	traffic := func(p *rule.Subject) { p.Case, p.Recording = nil, nil }
	b.pass, without.pass = traffic, traffic
	b.large = true
	list := `"more":[` + strings.Repeat("1,", contract.MaxValues) + "1],"
	b.ask(`"body":{`, `"body":{`+list)
	b.swap(`"body":{`, `"body":{`+list)
	p, small := b.made(), without.made()
	undecoded := 0
	for _, r := range rule.For(p) {
		got, before := rule.Apply(r, p), rule.Apply(r, small)
		if got.Inconclusive != nil && got.Inconclusive.ID == "body.values" {
			undecoded++
			continue
		}
		if r.ID == "request-closed" || r.ID == "fields-documented" {
			continue // the list is not documented
		}
		if len(got.Findings) != len(before.Findings) {
			t.Errorf("%s: %d findings, and %d without the list: %+v", r.ID, len(got.Findings), len(before.Findings), got.Findings)
		}
	}
	if undecoded == 0 {
		t.Error("every rule checked")
	}
}
