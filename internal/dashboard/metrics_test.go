package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/golden"
	"assay/internal/watch"
)

// scrape gives the series of /metrics, sorted.
func scrape(t *testing.T, d *dashboard.Dashboard) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(text(t, get(t, d, "/metrics"), http.StatusOK)) {
		if !strings.HasPrefix(line, "#") {
			all = append(all, strings.TrimSpace(line))
		}
	}
	slices.Sort(all)
	return all
}

// TestMetrics compares every series of the month with a golden file.
func TestMetrics(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	run := watch.Commit{
		Slot: watch.Slot{Job: "north-live"}, Sent: 5,
		Observations: []watch.Observation{
			{Thing: "north-live northpay/createOrder", State: watch.Failing, Codes: map[string]int{"0000": 2, "undocumented": 1}},
			{Thing: "north-live northpay/refund", State: watch.NoData},
		},
		Events: []watch.Event{{Kind: watch.Began}},
	}
	d.Committed(run)
	d.Committed(run)
	d.Committed(watch.Commit{Slot: watch.Slot{Job: "east-logs"}, Observations: []watch.Observation{{Thing: "east-logs eastpay/createOrder", State: watch.OK}}})
	golden.Compare(t, "testdata/metrics.txt", []byte(strings.Join(scrape(t, d), "\n")+"\n"))
}

// TestMetrics_fault has the fault of the store, and no states: they are not known.
func TestMetrics_fault(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		watch.ErrFull: "full", watch.ErrDamaged: "damaged", watch.ErrBusy: "busy", context.DeadlineExceeded: "other",
	} {
		s := month.New()
		s.Fail(faultOf(err))
		all := scrape(t, dashboard.New(options(s)))
		for _, fault := range []string{"full", "damaged", "busy", "other"} {
			n := 0
			if fault == want {
				n = 1
			}
			if line := fmt.Sprintf(`assay_watch_store_fault{fault=%q} %d`, fault, n); !slices.Contains(all, line) {
				t.Errorf("%v: there is no %s", err, line)
			}
		}
		if slices.ContainsFunc(all, func(line string) bool {
			return strings.HasPrefix(line, "assay_watch_state") || strings.HasPrefix(line, "assay_watch_outbox") || strings.HasPrefix(line, "assay_watch_maintenance")
		}) {
			t.Errorf("%v: there are states: %v", err, all)
		}
	}
}

// TestMetrics_labels lets no text from outside become a label, and no fault make series
// without end.
func TestMetrics_labels(t *testing.T) {
	t.Parallel()
	const private = "jane.doe@mail.test"
	s := things{Store: month.New()}
	for i := range 5100 {
		s.all = append(s.all, watch.Thing{
			Name: fmt.Sprintf("north-live x/%d", i), Job: "north-live", Provider: "northpay", State: watch.Failing, Why: private,
			Findings: []watch.Finding{{Rule: private, Side: "Jane Doe", Sentence: private, ID: private}},
		})
	}
	o := options(s.Store)
	o.Store = s
	o.Ledger = func(context.Context) ([]contract.TimelineEntry, error) {
		return []contract.TimelineEntry{{Operation: private + "/x", Sentence: private, By: private, Impact: contract.Breaks, FirstSeen: month.Now().Add(-time.Hour)}}, nil
	}
	d := dashboard.New(o)
	codes := map[string]int{}
	for i := range 5100 {
		codes[fmt.Sprint("c", i)] = 1
	}
	d.Committed(watch.Commit{Slot: watch.Slot{Job: "north-live"}, Observations: []watch.Observation{{Thing: "north-live a", Why: private, Codes: codes}}})
	all := scrape(t, d)
	for _, line := range all {
		if strings.Contains(line, private) || strings.Contains(line, "Jane") {
			t.Fatal(line)
		}
	}
	families := map[string]int{}
	for _, line := range all {
		name, _, _ := strings.Cut(line, "{")
		families[name]++
	}
	for name, n := range families {
		if n > 4*5000+1 {
			t.Errorf("%s has %d series", name, n)
		}
	}
	if line := `assay_watch_codes_total{code="other",job="north-live",thing="other"} 100`; !slices.Contains(all, line) {
		t.Errorf("there is no %s", line)
	}
}

// things is a store with other things.
type things struct {
	*month.Store
	all []watch.Thing
}

func (s things) Things(context.Context) ([]watch.Thing, error) { return s.all, nil }
