package rule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/rule"
	"assay/internal/testsize"
)

// members returns count members of a JSON object, each with a comma before it.
func members(count int, value string) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, `,"m%04d":%s`, i, value)
	}
	return b.String()
}

// largeBody returns a Paytm response with additional members.
func (b *bench) largeBody(more string) {
	b.swap(`"body":{`, `"body":{"first":1`+more+`,`)
}

// TestDamageIsBounded lets a client read damaged copies of large responses. The number of
// copies and their bytes stay within limits, whatever the provider sends, and the rule
// says what it left out. Members that are documented come first.
func TestDamageIsBounded(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	tests := []struct {
		name string
		more string
		why  string // the reason; "": everything was tried
	}{
		{"as documented", "", ""},
		{"a few members more", members(20, "1"), ""},
		{"5,000 members", members(5000, "1"), "damage-survived.members"},
		{"5,000 members with names of 200 bytes", strings.ReplaceAll(members(5000, "1"), "m", strings.Repeat("h", 180)), "damage-survived.bytes"},
		{"200 nested objects", `,"n":` + strings.Repeat(`{"n":`, 200) + "1" + strings.Repeat("}", 200), "damage-survived.members"},
		{"a list of 20,000 items", `,"n":[0` + strings.Repeat(",0", 20000) + "]", ""},
		{"a text of half a megabyte", `,"n":"` + strings.Repeat("x", 500_000) + `"`, "damage-survived.bytes"},
		{"1.1 MB", members(32_000, `"12345678901234567890123456"`), "altered.large"},
		{"2 MB in one text", `,"n":"` + strings.Repeat("x", 2<<20) + `"`, "altered.large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			if test.more != "" {
				b.largeBody(test.more)
			}
			b.pass = func(p *rule.Subject) { rule.SetClock(p, func() time.Time { return time.Time{} }) }
			read, bytes, reads, code := b.read, 0, 0, 0
			b.read = func(ex contract.Exchange) contract.Outcome {
				reads++
				bytes += len(ex.Response.Body)
				if !strings.Contains(string(ex.Response.Body), `"resultCode":"0000"`) && strings.Contains(string(ex.Response.Body), `"first":1`) {
					code++
				}
				return read(ex)
			}
			b.large = true
			p := b.made()
			got := apply(t, "damage-survived", p)
			if why := reason(got); why != test.why {
				t.Errorf("left out because of %q, want %q", why, test.why)
			}
			if most := 4*rule.MaxDamaged + 60; reads > most {
				t.Errorf("the client read %d responses, want at most %d", reads, most)
			}
			if bytes > rule.MaxDamageWork+len(b.exchange.Response.Body) {
				t.Errorf("the client read %d bytes, want at most %d", bytes, rule.MaxDamageWork)
			}
			if test.why == "damage-survived.members" && code == 0 {
				t.Error("no copy has another result code, which is documented")
			}
			for _, id := range []string{"unknown-never-succeeds", "extra-tolerated", "signature-verified"} {
				reads, bytes = 0, 0
				found := apply(t, id, p)
				if test.why == "altered.large" && (reads > 0 || reason(found) != test.why) {
					t.Errorf("%s: the client read %d responses, left out because of %q", id, reads, reason(found))
				}
				if len(found.Findings) > 0 {
					t.Errorf("%s: found %+v", id, found.Findings)
				}
			}
		})
	}
}

func reason(got rule.Applied) string {
	if got.Inconclusive == nil {
		return ""
	}
	return got.Inconclusive.ID
}

// TestDamageOfSlowClients checks that damage ends when the client takes too long.
func TestDamageOfSlowClients(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	now, reads := time.Time{}, 0
	read := b.read
	b.read = func(ex contract.Exchange) contract.Outcome {
		now = now.Add(rule.MaxDamageTime / 5)
		reads++
		return read(ex)
	}
	b.pass = func(p *rule.Subject) { rule.SetClock(p, func() time.Time { return now }) }
	if got := apply(t, "damage-survived", b.made()); reason(got) != "damage-survived.time" {
		t.Errorf("left out because of %q", reason(got))
	}
	if reads < 3 || reads > 8 {
		t.Errorf("the client read %d responses", reads)
	}
}
