package judge_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/traffic"
)

// TestRepeatedReferences checks that a second success with a reference is a finding, and
// that a refusal as a duplicate is explained by the success before it, whatever the number
// of workers. The request of each exchange is conforming.
func TestRepeatedReferences(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	lines := map[string][2]string{} // by case: the line and its reference
	order := func(name, reference string) []byte {
		if l, ok := lines[name]; ok {
			return []byte(strings.ReplaceAll(l[0], l[1], reference))
		}
		play := e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/"+name))
		if play.Err != nil {
			t.Fatal(play.Err)
		}
		line, err := traffic.Append(nil, *play.Exchange)
		if err != nil {
			t.Fatal(err)
		}
		own := play.Exchange.Request.URL.Query().Get("orderId")
		lines[name] = [2]string{string(bytes.TrimSpace(line)) + "\n", own}
		return []byte(strings.ReplaceAll(lines[name][0], own, reference))
	}
	var all bytes.Buffer
	const orders = 3000
	for n := range orders {
		all.Write(order("accepted", fmt.Sprintf("R%07d", n)))
	}
	all.Write(order("accepted", "R0000007")) // 3001: a second success
	all.Write(order("duplicate", "R0000008"))
	all.Write(order("duplicate", "R9999999"))
	all.Write(order("accepted", "R9999999"))
	all.Write(order("accepted", "R0000007")) // 3005: a third

	var first string
	for _, workers := range []int{1, 2, 5} {
		j, err := judge.New(e.Catalog, judge.Options{Recorded: true})
		if err != nil {
			t.Fatal(err)
		}
		tally, err := j.Check(t.Context(), []string{"-"}, bytes.NewReader(all.Bytes()), judge.CheckOptions{FailOn: contract.Error, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		report := tally.Report(e.Catalog, "test", 100)
		for _, g := range report.Traffic.Groups {
			if g.Finding.Rule == contract.CodeExplained {
				got = append(got, fmt.Sprintf("%s %s ×%d %v", g.Finding.Severity, g.Finding.Message.Template.ID, g.Count, g.Places))
			}
		}
		text := strings.Join(got, "\n")
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%d workers: %s; one worker: %s", workers, text, first)
		}
	}
	for _, want := range []string{
		"warning code-explained.accepted ×2 [ndjson:-#3001 ndjson:-#3005]",
		"code-explained.true ×1 [ndjson:-#3002]",
		"code-explained.open ×1 [ndjson:-#3003]",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %s in\n%s", want, first)
		}
	}
}
