package dashboard_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/dashboard"
	"assay/internal/dashboard/month"
	"assay/internal/watch"
)

// options are those of the month.
func options(s *month.Store) dashboard.Options {
	return dashboard.Options{
		Store: s, Jobs: month.Jobs(), Ledger: month.Ledger, Now: month.Now, Version: "0.1.0",
		Status: func() dashboard.Status {
			status := dashboard.Status{Started: month.Now().Add(-28 * 24 * time.Hour)}
			for _, j := range month.Jobs() {
				due := j.Schedule.Next(month.Now())
				status.Next = append(status.Next, dashboard.Run{Job: j.Name, Due: due, Start: j.Schedule.Start(j.Name, due)})
			}
			status.Running = []dashboard.Run{{Job: "south-live", Due: month.Now(), Start: month.Now().Add(-20 * time.Second)}}
			return status
		},
	}
}

// reply is a response that was read.
type reply struct {
	StatusCode int
	Header     http.Header
	body       string
}

// get sends a request to a handler.
func get(t testing.TB, h http.Handler, target string, edit ...func(*http.Request)) reply {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.Host = "127.0.0.1:8420"
	for _, e := range edit {
		e(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

// text is the body of a response, which must have this status.
func text(t testing.TB, r reply, status int) string {
	t.Helper()
	if r.StatusCode != status {
		_, main, _ := strings.Cut(r.body, "</style>")
		t.Fatalf("status %d, want %d\n%s", r.StatusCode, status, main[:min(len(main), 2000)])
	}
	return r.body
}

// inOrder fails if a page has not these texts, in this order.
func inOrder(t *testing.T, page string, all ...string) {
	t.Helper()
	rest := page
	for _, one := range all {
		_, after, found := strings.Cut(rest, one)
		if !found {
			t.Errorf("the page has no %q there (in all: %v)", one, strings.Contains(page, one))
			continue
		}
		rest = after
	}
}

// TestOverview shows what is wrong first, and then everything else.
func TestOverview(t *testing.T) {
	t.Parallel()
	page := text(t, get(t, dashboard.New(options(month.New())), "/"), http.StatusOK)
	inOrder(t, page,
		"1 of 8 things failing, 1 degraded, 1 without data",
		"What is wrong",
		"</span> failing</span>", "north-live northpay/createOrder</a>", "2 of 3 cases failed", "2026-11-29 15:50", "2 hours ago", `<span class="state">new</span>`, "the member is missing", "fields-required", "side: provider",
		"</span> degraded</span>", "north-drift northpay</a>", "was a string, is a number",
		"</span> no data</span>", "north-live northpay/refund</a>", "The problem since 2026-11-28 09:05 UTC (degraded) is not over.",
		"2 changes without an acknowledgement, the oldest since 2026-11-21 02:30 UTC, 8 days ago", "assay ledger ack FILE ID --by NAME --why REASON",
		"1 message could not be delivered", "assay watch status", "2 messages not delivered yet",
		"Maintenance of eastpay until 2026-11-29 19:30 UTC",
		"Each thing, and its last 24 hours", "north-live", "ok 89.9%, failing 10.1% of 277 observations", "<code>0000</code> ×",
		"The latest observation: degraded.",
		"Timeline of changes", "was a string, is a number", "acknowledged by Asha, 2026-11-05", "gone, 2026-11-17",
		"What happened", "no data any more", "over, was failing, after 3 hours",
		"Next runs", "north-live", "every 5m0s", "in 2 minutes", "south-live", "running", "30 2 * * * UTC",
		"eastpay", "in force", "the bank moves its data centre", "Asha", "all providers", "planned",
	)
}

// TestOverview_reminders leaves out that a problem goes on: other events would not be seen.
func TestOverview_reminders(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	for _, target := range []string{"/", "/thing?name=north-drift+northpay"} {
		if page := text(t, get(t, d, target), http.StatusOK); strings.Contains(page, "goes on") || !strings.Contains(page, "began, was ok") {
			t.Errorf("%s has reminders, or no change", target)
		}
	}
}

// TestOverview_allWell says so only if assay could look.
func TestOverview_allWell(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"well":        "<span id=\"headline\">All 8 things are ok</span>",
		"offline":     "At the last look, all 8 things are ok",
		"store fault": "At the last look, all 8 things are ok",
		"not started": "The loop has not started",
	} {
		s := month.New()
		all, _ := s.Things(t.Context())
		for _, thing := range all {
			thing.State, thing.RowState, thing.Problem = watch.OK, watch.OK, nil
			s.Set(thing)
		}
		o := options(s)
		status := o.Status()
		switch name {
		case "offline":
			status.Offline = dashboard.Trouble{Since: month.Now().Add(-time.Hour), Why: "no route"}
		case "store fault":
			status.Store = dashboard.Trouble{Since: month.Now().Add(-time.Hour), Why: "the disk is full"}
		case "not started":
			status.Started = time.Time{}
		}
		o.Status = func() dashboard.Status { return status }
		page := text(t, get(t, dashboard.New(o), "/"), http.StatusOK)
		inOrder(t, page, want)
		if passed := strings.Contains(page, `class="head passed"`); passed != (name == "well" || name == "not started") {
			t.Errorf("%s: passed is %v", name, passed)
		}
	}
}

// TestOverview_fault shows what is known although the store has a fault, and no path.
func TestOverview_fault(t *testing.T) {
	t.Parallel()
	s := month.New()
	d := dashboard.New(options(s))
	s.Fail(faultOf(watch.ErrFull))
	page := text(t, get(t, d, "/"), http.StatusServiceUnavailable)
	inOrder(t, page, "The store cannot be read: the disk is full", "The states cannot be read: the disk is full", "Timeline of changes", "Next runs", "north-live")
	if strings.Contains(page, "/var/lib") {
		t.Error("the page has a path")
	}
	if page := text(t, get(t, d, "/thing?name=x"), http.StatusServiceUnavailable); !strings.Contains(page, "the disk is full") {
		t.Error(page)
	}
	s.Fail(nil)
	d.Changed()
	inOrder(t, text(t, get(t, d, "/"), http.StatusOK), "1 of 8 things failing")
}

// TestOverview_drift draws at most 100 changes: those that are gone are left out first, then
// those that somebody acknowledged.
func TestOverview_drift(t *testing.T) {
	t.Parallel()
	o := options(month.New())
	o.Ledger = func(context.Context) ([]contract.TimelineEntry, error) {
		var all []contract.TimelineEntry
		for i := range 60 {
			seen := month.Now().AddDate(0, 0, -i)
			one := contract.TimelineEntry{ID: "gone", Operation: "northpay/refund", Impact: contract.Minor, FirstSeen: seen, LastSeen: seen, Runs: 1, Gone: seen}
			all = append(all, one)
			one.ID, one.Gone, one.By = "acknowledged", time.Time{}, "Asha"
			all = append(all, one)
			one.ID, one.By = "open", ""
			all = append(all, one)
		}
		return all, nil
	}
	page := text(t, get(t, dashboard.New(o), "/"), http.StatusOK)
	inOrder(t, page, "60 changes without an acknowledgement", "The timeline leaves out 80 of 180 changes")
	for id, want := range map[string]int{"open": 60, "acknowledged": 40, "gone": 0} {
		if got := strings.Count(page, "minor ·  · "+id+"</span>"); got != want {
			t.Errorf("%s: %d changes, want %d", id, got, want)
		}
	}
}

// TestThing shows states, codes, latency and the numbers of each step.
func TestThing(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	const name = "/thing?name=north-live+northpay%2FcreateOrder"
	inOrder(t, text(t, get(t, d, name), http.StatusOK),
		"north-live northpay/createOrder: failing", "2 of 3 cases failed", "History from 2026-11-22 19:00 to 2026-11-29 19:00 UTC", `aria-current="page">7 days by hour`, "Earlier",
		"States", "ok 98.", "failing 1.", "Latency", "mean ", "slowest ", "Result codes", "<code>0000</code>", "66.", "<code>334</code>", "<code>undocumented</code>",
		"The numbers", ">2026-11-29 18:00</time>", `<td class="num error-1">1</td>`, "undocumented ×1", "code-documented provider ×1, fields-required provider ×1",
		"What happened", "began, was ok")
	day := text(t, get(t, d, name+"&step=day"), http.StatusOK)
	inOrder(t, day, "90 days by day", ">2026-11-17</time>", `<td class="num">245</td>`, `<td class="num">42</td>`, ">2026-11-09</time>", `<td class="num error-1">`)
	back := text(t, get(t, d, name+"&step=hour&to=2026-11-10T00:00:00Z"), http.StatusOK)
	inOrder(t, back, "History from 2026-11-03 00:00 to 2026-11-10 00:00 UTC", "Later", ">2026-11-09 12:00</time>", `<td class="num error-1">12</td>`)
	if strings.Contains(back, "2026-11-10 00:00</time></th>") {
		t.Error("the history has a step after its end")
	}
	for target, want := range map[string]int{
		"/thing?name=nothing": http.StatusNotFound, "/thing": http.StatusNotFound, name + "&step=year": http.StatusBadRequest, name + "&to=yesterday": http.StatusBadRequest, name + "&to=9999-01-01T00:00:00Z": http.StatusBadRequest,
	} {
		text(t, get(t, d, target), want)
	}
}

// TestReport shows the report of a job, whose page may run its own script only.
func TestReport(t *testing.T) {
	t.Parallel()
	d := dashboard.New(options(month.New()))
	r := get(t, d, "/report?job=north-live")
	page := text(t, r, http.StatusOK)
	inOrder(t, page, `<a href="/">← Back</a>`, "2026-11-29 18:00 UTC", "the member is missing, and the documents require it")
	policy := r.Header.Get("Content-Security-Policy")
	inPage, _, _ := strings.Cut(strings.SplitN(page, `Content-Security-Policy" content="`, 2)[1], `"`)
	if want := strings.ReplaceAll(strings.ReplaceAll(inPage, "&#39;", "'"), "&#43;", "+") + "; frame-ancestors 'none'"; policy != want {
		t.Errorf("the header has the policy\n%s\nwant\n%s", policy, want)
	}
	text(t, get(t, d, "/report?job=south-live"), http.StatusNotFound)
	text(t, get(t, d, "/report?job=nothing"), http.StatusNotFound)
}

func faultOf(err error) error { return &pathError{err} }

// pathError is what a store says: it has a path.
type pathError struct{ err error }

func (e *pathError) Error() string { return "/var/lib/assay/watch.db: " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }
