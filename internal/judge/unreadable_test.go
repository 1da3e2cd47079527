package judge_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
)

// TestUnreadableLines reads lines that are damaged in different ways. All are counted, the first
// hundred are described, and the others cost next to nothing. It is not parallel, because it
// counts the memory of the whole process.
func TestUnreadableLines(t *testing.T) {
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	const lines, most = 20_000, 600 // bytes of memory for a line
	for name, line := range map[string]string{
		"cut off":     `{"request":`,
		"no JSON":     `{"request":{]`,
		"with a host": `{"request":{"method":"POST","url":"https://api.paytring.com/api/v2/order/create","headers":{"`,
	} {
		text := strings.Repeat(line+"\n", lines)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tally, err := j.Check(t.Context(), []string{"-"}, strings.NewReader(text), judge.CheckOptions{FailOn: contract.Error, Workers: 1})
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		report := tally.Report(e.Catalog, "test", 10)
		if report.Traffic.Unreadable != lines || len(report.Results) != 100 {
			t.Errorf("%s: %d unreadable, %d described", name, report.Traffic.Unreadable, len(report.Results))
		}
		for i, r := range report.Results {
			if want := fmt.Sprintf("stdin:%d: ", i+1); !strings.HasPrefix(r.Why, want) || strings.HasSuffix(r.Why, "cannot be read") {
				t.Errorf("%s: the description is %q", name, r.Why)
				break
			}
		}
		if bytes := (after.TotalAlloc - before.TotalAlloc) / lines; bytes > most && !raced {
			t.Errorf("%s: a line takes %d bytes of memory; at most %d are expected", name, bytes, most)
		} else {
			t.Logf("%s: %d bytes", name, bytes)
		}
	}
}
