package report_test

import (
	"bytes"
	"html"
	"net/url"
	"strings"
	"testing"

	"assay/internal/report"
)

// TestReproduce has the command, the seed, the version and the digests in every format of a run
// and of a comparison. A digest may be cut to its beginning.
func TestReproduce(t *testing.T) {
	t.Parallel()
	const command = "assay run p --sandbox --seed 4711"
	how := report.How{Command: command, Seed: "4711"}
	check := func(name, text string, want ...string) {
		if plain, err := url.PathUnescape(text); err == nil && strings.HasPrefix(text, "::") {
			text = plain
		}
		text = html.UnescapeString(text)
		for _, one := range append(want, command, "4711") {
			if !strings.Contains(strings.ReplaceAll(text, command, command+"\n"), one) {
				t.Errorf("%s lacks %s\n%s", name, one, text)
			}
		}
		if rest := strings.ReplaceAll(text, command, ""); !strings.Contains(rest, "4711") {
			t.Errorf("%s has no seed\n%s", name, text)
		}
	}
	for _, one := range report.Runs() {
		var b bytes.Buffer
		if err := one.Write(&b, same(false), how); err != nil {
			t.Fatal(err)
		}
		check(one.Name, b.String(), "0a0a0a0a0a0a")
	}
	compared := sampleDrift()
	compared.Specs = same(false).Specs
	for _, one := range report.Drifts() {
		var b bytes.Buffer
		if err := one.Write(&b, compared, how); err != nil {
			t.Fatal(err)
		}
		check("drift "+one.Name, b.String(), "0a0a0a0a0a0a")
	}
	check("step summary", string(report.Summary(same(false), how, 0)), "0a0a0a0a0a0a")
}
