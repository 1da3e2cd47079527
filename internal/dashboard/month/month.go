// Package month is a store with a month of watching, for tests: three made-up providers, an
// outage, a lost network, a change of a response, and maintenance. It computes what was
// observed from the time, so that it is the same in every run.
package month

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/watch"
)

// Now is the end of the month.
func Now() time.Time { return time.Date(2026, 11, 29, 18, 2, 30, 0, time.UTC) }

// on is a time of the month.
func on(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

// member is a place in the body of a response.
func member(name string) contract.Place {
	return contract.ResponseBody("").Member("body").Member(name)
}

// every is the time between two runs of the live jobs.
const every = 5 * time.Minute

// Jobs are what was configured.
func Jobs() []watch.Job {
	must := func(s watch.Schedule, err error) watch.Schedule {
		if err != nil {
			panic(err) // it is only used in tests
		}
		return s
	}
	often := must(watch.Every(every, 20*time.Second))
	daily := must(watch.Cron("30 2 * * *", time.UTC, 0))
	limits := watch.Thresholds{Failures: 2, Successes: 2, NoData: 2}
	return []watch.Job{
		{Name: "north-live", Provider: "northpay", Kind: watch.Live, Schedule: often, Thresholds: limits, Calls: 6},
		{Name: "south-live", Provider: "southpay", Kind: watch.Live, Schedule: often, Thresholds: limits, Calls: 4},
		{Name: "east-logs", Provider: "eastpay", Kind: watch.Folder, Schedule: often, Thresholds: limits},
		{Name: "north-drift", Provider: "northpay", Kind: watch.Drift, Schedule: daily, Thresholds: limits},
	}
}

// Store is the month. Only what a page reads works; the other methods panic.
type Store struct {
	watch.Store

	guard   sync.Mutex
	things  []watch.Thing
	windows []watch.Window
	err     error
}

// New makes the month as it was at its end.
func New() *Store {
	fields := watch.Finding{ID: "5f0c1d9a77b1e204", Rule: "fields-required", Side: "provider", Severity: "error", Sentence: string(member("txnToken")) + ": the member is missing, and the documents require it", New: true}
	code := watch.Finding{ID: "91aa02c4d7e3f815", Rule: "code-documented", Side: "provider", Severity: "warning", Sentence: "the documents do not list the result code of the response"}
	changed := watch.Finding{ID: "0123456789a0", Rule: "member-retyped", Side: "provider", Severity: "degrades", Sentence: string(member("amount")) + ": was a string, is a number"}
	s := &Store{}
	add := func(name, provider string, state watch.State, since time.Time, why string, findings ...watch.Finding) *watch.Thing {
		job, _, _ := strings.Cut(name, " ")
		s.things = append(s.things, watch.Thing{Name: name, Job: job, Provider: provider, State: state, Since: since, Why: why, Seen: on(29, 18, 0), LastOK: on(29, 18, 0), Row: 9, RowState: state, Findings: findings})
		t := &s.things[len(s.things)-1]
		if state.Bad() {
			t.LastOK = since.Add(-every)
			t.Problem = &watch.Problem{Event: "north/1", State: state, Since: since, Reminded: since}
		}
		return t
	}
	add("north-live northpay/createOrder", "northpay", watch.Failing, on(29, 15, 50), "2 of 3 cases failed: the response has no transaction token", fields, code)
	add("north-live northpay/orderStatus", "northpay", watch.OK, on(17, 5, 35), "3 cases passed")
	lost := add("north-live northpay/refund", "northpay", watch.NoData, on(29, 16, 30), "the budget of 100 requests in 24h0m0s is used up: 98 were sent, and a run may send 4")
	lost.LastOK, lost.Problem = on(28, 9, 0), &watch.Problem{Event: "north/2", State: watch.Degraded, Since: on(28, 9, 5), Reminded: on(29, 9, 5)}
	add("south-live southpay/payment", "southpay", watch.OK, on(17, 5, 35), "4 cases passed")
	slow := add("south-live southpay/paymentStatus", "southpay", watch.OK, on(17, 5, 35), "2 cases passed")
	slow.Row, slow.RowState = 1, watch.Degraded
	add("east-logs eastpay/createOrder", "eastpay", watch.OK, on(2, 8, 0), "1,204 exchanges conform")
	add("east-logs eastpay/orderStatus", "eastpay", watch.OK, on(2, 8, 0), "3,310 exchanges conform")
	add("north-drift northpay", "northpay", watch.Degraded, on(21, 2, 30), "drift member-retyped: response#/body/amount: was a string, is a number", changed).Seen = on(29, 2, 30)
	s.windows = []watch.Window{
		{ID: "w1", Provider: "eastpay", From: on(29, 17, 0), To: on(29, 19, 30), Why: "the bank moves its data centre", By: "Asha"},
		{ID: "w2", From: on(30, 1, 0), To: on(30, 2, 0), Why: "new certificates", By: "configuration"},
	}
	return s
}

// Fail lets every later call return an error; nil: it works again.
func (s *Store) Fail(err error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.err = err
}

// Set changes a thing, or adds one.
func (s *Store) Set(t watch.Thing) {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.things = append(slices.DeleteFunc(slices.Clone(s.things), func(was watch.Thing) bool { return was.Name == t.Name }), t)
}

// Things implements watch.Store.
func (s *Store) Things(context.Context) ([]watch.Thing, error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	all := slices.Clone(s.things)
	slices.SortFunc(all, func(a, b watch.Thing) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Windows implements watch.Store.
func (s *Store) Windows(context.Context, time.Time) ([]watch.Window, error) {
	s.guard.Lock()
	defer s.guard.Unlock()
	return slices.Clone(s.windows), s.err
}

// Plan implements watch.Store.
func (s *Store) Plan(_ context.Context, w watch.Window) error {
	s.guard.Lock()
	defer s.guard.Unlock()
	s.windows = append(s.windows, w)
	return s.err
}

// Outbox implements watch.Store.
func (s *Store) Outbox(context.Context) (waiting, givenUp int, err error) { return 2, 1, s.fault() }

// Check implements watch.Store.
func (s *Store) Check(context.Context) error { return s.fault() }

func (s *Store) fault() error {
	s.guard.Lock()
	defer s.guard.Unlock()
	return s.err
}

// Events implements watch.Store.
func (s *Store) Events(_ context.Context, since time.Time, n int) ([]watch.Event, error) {
	var all []watch.Event
	for _, e := range events() {
		if !e.Time.Before(since) && len(all) < n {
			all = append(all, e)
		}
	}
	return all, s.fault()
}

// events are what happened, the newest first.
func events() []watch.Event {
	event := func(kind watch.EventKind, thing string, from, to watch.State, at, since time.Time, why string) watch.Event {
		job, below, _ := strings.Cut(thing, " ")
		provider, _, _ := strings.Cut(below, "/")
		return watch.Event{ID: string(kind) + at.String(), Kind: kind, Thing: thing, Job: job, Provider: provider, From: from, To: to, Time: at, Since: since, Why: why}
	}
	all := []watch.Event{
		event(watch.Lost, "north-live northpay/refund", watch.Degraded, watch.NoData, on(29, 16, 30), on(28, 9, 5), "the budget of 100 requests in 24h0m0s is used up: 98 were sent, and a run may send 4"),
		event(watch.Began, "north-live northpay/createOrder", watch.OK, watch.Failing, on(29, 15, 50), on(29, 15, 50), "2 of 3 cases failed: the response has no transaction token"),
		event(watch.Began, "north-live northpay/refund", watch.OK, watch.Degraded, on(28, 9, 5), on(28, 9, 5), "1 of 2 cases failed: the response came after 9.2 s"),
		event(watch.Began, "north-drift northpay", watch.OK, watch.Degraded, on(21, 2, 30), on(21, 2, 30), "drift member-retyped: response#/body/amount: was a string, is a number"),
	}
	for day := 22; day < 30; day++ {
		for hour := range 24 {
			all = append(all, event(watch.Reminder, "north-drift northpay", watch.Degraded, watch.Degraded, on(day, hour, 40), on(21, 2, 30), "drift member-retyped: response#/body/amount: was a string, is a number"))
		}
	}
	for _, thing := range []string{"north-live northpay/createOrder", "north-live northpay/orderStatus", "south-live southpay/payment"} {
		all = append(all, event(watch.Regained, thing, watch.NoData, watch.OK, on(17, 5, 35), time.Time{}, "the cases passed"), event(watch.Lost, thing, watch.OK, watch.NoData, on(17, 2, 5), time.Time{}, "this machine has no connection of its own"))
	}
	for _, thing := range []string{"north-live northpay/createOrder", "north-live northpay/orderStatus"} {
		all = append(all, event(watch.Over, thing, watch.Failing, watch.OK, on(9, 13, 25), on(9, 10, 5), "3 cases passed"), event(watch.Began, thing, watch.OK, watch.Failing, on(9, 10, 5), on(9, 10, 5), "no response: the connection was refused"))
	}
	slices.SortStableFunc(all, func(a, b watch.Event) int { return b.Time.Compare(a.Time) })
	return all
}

// Ledger are the changes that drift found.
func Ledger(context.Context) ([]contract.TimelineEntry, error) {
	return []contract.TimelineEntry{
		{ID: "0123456789a0", Operation: "northpay/createOrder", Kind: contract.MemberRetyped, Impact: contract.Degrades, At: member("amount"), Sentence: "was a string, is a number", FirstSeen: on(21, 2, 30), LastSeen: on(29, 2, 30), Runs: 9},
		{ID: "0123456789a1", Operation: "northpay/createOrder", Kind: contract.HeaderAdded, Impact: contract.Harmless, At: contract.ResponseHeader("x-edge"), Sentence: "was absent, is sent", FirstSeen: on(25, 2, 30), LastSeen: on(29, 2, 30), Runs: 5},
		{ID: "0123456789a2", Operation: "northpay/orderStatus", Kind: contract.CodeNew, Impact: contract.Degrades, Sentence: "the result code 810 is new", FirstSeen: on(3, 2, 30), LastSeen: on(29, 2, 30), Runs: 27, By: "Asha", Acknowledged: on(5, 9, 0)},
		{ID: "0123456789a3", Operation: "southpay/payment", Kind: contract.MemberAbsent, Impact: contract.Minor, At: member("hint"), Sentence: "was in each response, is in 40 of 90", FirstSeen: on(6, 2, 30), LastSeen: on(14, 2, 30), Runs: 8, Gone: on(17, 2, 30)},
	}, nil
}

// Report implements watch.Store: only the job north-live has one.
func (s *Store) Report(_ context.Context, job string) ([]byte, time.Time, error) {
	if job != "north-live" || s.fault() != nil {
		return nil, time.Time{}, s.fault()
	}
	template := &contract.Template{ID: "fields-required.missing", Text: "the member is missing, and the documents require it"}
	f := contract.Finding{Rule: "fields-required", Severity: contract.Error, Side: contract.ProviderSide, At: member("txnToken"), Message: template.Says(), Doc: "https://docs.example.com/order Response / txnToken"}
	f.Identify("northpay", "createOrder")
	result := contract.Result{Case: "northpay/createOrder/accepted", Origin: "live", Provider: "northpay", Operation: "createOrder", Verdict: contract.Fail, Evidence: contract.Sandbox, Code: "0000", Checked: []string{"fields-required"}, Inconclusive: []contract.Gap{}, Findings: []contract.Finding{f}}
	var b bytes.Buffer
	err := report.JSON(&b, &contract.Report{Schema: contract.ReportSchema, Assay: "0.1.0", FailOn: contract.Error, Specs: map[string]string{"northpay": "sha256:" + strings.Repeat("0a", 32)}, Coverage: map[string]contract.Coverage{}, Results: []contract.Result{result}}, report.How{Command: "assay watch"})
	return b.Bytes(), on(29, 18, 0), err
}
