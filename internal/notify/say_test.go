package notify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/internal/golden"
	"assay/internal/notify"
	"assay/internal/watch"
)

// now is the time of the tests.
func now() time.Time { return time.Date(2026, 11, 29, 18, 30, 0, 0, time.UTC) }

// event makes an event of the kind that package watch makes in these states.
func event(kind watch.EventKind, from, to watch.State, lasts time.Duration) watch.Event {
	e := watch.Event{
		Kind: kind, Thing: "paytm-live paytm/createOrder", Job: "paytm-live", Provider: "paytm",
		From: from, To: to, Time: now(), Why: "2 of 5 cases failed",
	}
	e.ID = "paytm-live/paytm/createOrder/" + string(kind) + "/" + e.Time.Format("20060102T150405.000Z")
	if lasts >= 0 {
		e.Since = e.Time.Add(-lasts)
	}
	return e
}

// none is for events without a problem.
const none = -time.Nanosecond

// events are the events that occur, by name.
func events() []struct {
	name  string
	event watch.Event
} {
	found := event(watch.Began, watch.OK, watch.Failing, 0)
	found.Findings = []watch.Finding{
		{ID: "0123456789ab", Rule: "code-documented", Side: "provider", Severity: "error", Sentence: "The result code 999 is not documented.", New: true},
		{ID: "ba9876543210", Rule: "fields-typed", Side: "client", Severity: "warning", Sentence: "The amount is a text and should be a number."},
	}
	found.More = 3
	ok := event(watch.Over, watch.Failing, watch.OK, 95*time.Minute)
	ok.Why = "all 5 cases passed"
	lost := event(watch.Lost, watch.OK, watch.NoData, none)
	lost.Why = "this machine has no network"
	lostProblem := event(watch.Lost, watch.Failing, watch.NoData, 26*time.Hour)
	lostProblem.Why = lost.Why
	regained := event(watch.Regained, watch.NoData, watch.OK, none)
	regained.Why = ok.Why
	over := event(watch.Over, watch.NoData, watch.OK, 3*24*time.Hour)
	over.Why = ok.Why
	return []struct {
		name  string
		event watch.Event
	}{
		{"began", found},
		{"began degraded after no data", event(watch.Began, watch.NoData, watch.Degraded, 0)},
		{"changed", event(watch.Changed, watch.Degraded, watch.Failing, 42*time.Second)},
		{"changed after no data", event(watch.Changed, watch.NoData, watch.Degraded, 10*time.Minute)},
		{"over", ok},
		{"over after no data", over},
		{"lost", lost},
		{"lost during a problem", lostProblem},
		{"regained", regained},
		{"regained during a problem", event(watch.Regained, watch.NoData, watch.Failing, 27*time.Hour+5*time.Minute)},
		{"reminder", event(watch.Reminder, watch.Failing, watch.Failing, 24*time.Hour)},
		{"reminder without data", event(watch.Reminder, watch.NoData, watch.NoData, 2*time.Hour)},
	}
}

// TestGolden writes the subject and the text of every kind of event.
func TestGolden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	kinds := map[watch.EventKind]bool{}
	for _, e := range events() {
		kinds[e.event.Kind] = true
		subject, text := notify.Say(e.event)
		_, _ = fmt.Fprintf(&b, "== %s\nSubject: %s\n\n%s\n", e.name, subject, text)
	}
	for _, k := range []watch.EventKind{watch.Began, watch.Changed, watch.Over, watch.Lost, watch.Regained, watch.Reminder} {
		if !kinds[k] {
			t.Errorf("no event of the kind %s", k)
		}
	}
	golden.Compare(t, "testdata/say.txt", []byte(b.String()))
}

// TestEventSchema holds the JSON of every event to the published schema, which refuses what
// is none.
func TestEventSchema(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(notify.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("event.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events() {
		m := notify.NewMessage(e.event, "ops", now())
		raw, err := notify.JSON(m)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", e.name, err)
		}
		again, _ := notify.JSON(m)
		if !bytes.Equal(raw, again) || bytes.ContainsAny(raw, "\n") {
			t.Errorf("%s: not the same bytes, or not one line: %s", e.name, raw)
		}
		for _, member := range []string{"id", "schema", "type", "timestamp", "data"} {
			damaged := map[string]any{}
			_ = json.Unmarshal(raw, &damaged)
			delete(damaged, member)
			if schema.Validate(damaged) == nil {
				t.Errorf("the schema accepts an event without %s", member)
			}
		}
	}
}
