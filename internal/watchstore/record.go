package watchstore

import (
	"encoding/json"
	"time"

	"assay/internal/watch"
)

// The records below are how things, events, messages and windows are stored. Their members
// may be added to, and never renamed.

// findingRecord is a watch.Finding.
type findingRecord struct {
	ID       string `json:"i"`
	Rule     string `json:"r"`
	Side     string `json:"s,omitempty"`
	Severity string `json:"v,omitempty"`
	Sentence string `json:"t,omitempty"`
	New      bool   `json:"n,omitempty"`
}

// thingRecord is a watch.Thing. Times are in milliseconds.
type thingRecord struct {
	Name     string          `json:"name"`
	Job      string          `json:"job"`
	Provider string          `json:"provider,omitempty"`
	State    watch.State     `json:"state"`
	Since    int64           `json:"since,omitempty"`
	Why      string          `json:"why,omitempty"`
	Seen     int64           `json:"seen"`
	Verdict  int64           `json:"verdict,omitempty"`
	LastOK   int64           `json:"ok,omitempty"`
	Row      int             `json:"row,omitempty"`
	RowState watch.State     `json:"rowState,omitempty"`
	Blind    int             `json:"blind,omitempty"`
	Problem  *problemRecord  `json:"problem,omitempty"`
	Findings []findingRecord `json:"findings,omitempty"`
}

// problemRecord is a watch.Problem.
type problemRecord struct {
	Event    string      `json:"event"`
	State    watch.State `json:"state"`
	Since    int64       `json:"since"`
	Reminded int64       `json:"reminded"`
}

// eventRecord is a watch.Event.
type eventRecord struct {
	ID       string          `json:"id"`
	Kind     watch.EventKind `json:"kind"`
	Thing    string          `json:"thing"`
	Job      string          `json:"job,omitempty"`
	Provider string          `json:"provider,omitempty"`
	From     watch.State     `json:"from,omitempty"`
	To       watch.State     `json:"to,omitempty"`
	Time     int64           `json:"time"`
	Since    int64           `json:"since,omitempty"`
	Why      string          `json:"why,omitempty"`
	Findings []findingRecord `json:"findings,omitempty"`
	More     int             `json:"more,omitempty"`
}

// messageRecord is a watch.Message, with the key of its event in place of the event.
type messageRecord struct {
	ID       string `json:"id"`
	Channel  string `json:"channel"`
	Event    string `json:"event"`
	At       int64  `json:"at"` // the time of the event
	Created  int64  `json:"created"`
	Attempts int    `json:"attempts,omitempty"`
	Next     int64  `json:"next"`
	Problem  string `json:"problem,omitempty"`
	Number   int    `json:"number,omitempty"` // its place among the messages of its run
}

// windowRecord is a watch.Window.
type windowRecord struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"`
	From     int64  `json:"from"`
	To       int64  `json:"to"`
	Why      string `json:"why,omitempty"`
	By       string `json:"by,omitempty"`
}

// put writes a record as the content of a row.
func put(k key, record any) ([]byte, error) {
	content, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	return k.seal(pack(content)), nil
}

// get reads a record from a row.
func get(k key, sealed []byte, record any) error {
	packed, err := k.open(sealed)
	if err != nil {
		return err
	}
	content, err := unpack(packed)
	if err != nil {
		return err
	}
	if json.Unmarshal(content, record) != nil {
		return damage("a row is not JSON")
	}
	return nil
}

// msOf gives a time in milliseconds since 1970; the zero time is 0.
func msOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// timeOf undoes msOf.
func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func findingRecords(all []watch.Finding) (out []findingRecord) {
	for _, f := range all {
		out = append(out, findingRecord(f))
	}
	return out
}

func findings(all []findingRecord) (out []watch.Finding) {
	for _, f := range all {
		out = append(out, watch.Finding(f))
	}
	return out
}

func recordThing(t watch.Thing) thingRecord {
	r := thingRecord{
		Name: t.Name, Job: t.Job, Provider: t.Provider, State: t.State, Since: msOf(t.Since), Why: t.Why, Seen: msOf(t.Seen),
		Verdict: msOf(t.Verdict), LastOK: msOf(t.LastOK), Row: t.Row, RowState: t.RowState, Blind: t.Blind, Findings: findingRecords(t.Findings),
	}
	if p := t.Problem; p != nil {
		r.Problem = &problemRecord{p.Event, p.State, msOf(p.Since), msOf(p.Reminded)}
	}
	return r
}

func (r thingRecord) thing() watch.Thing {
	t := watch.Thing{
		Name: r.Name, Job: r.Job, Provider: r.Provider, State: r.State, Since: timeOf(r.Since), Why: r.Why, Seen: timeOf(r.Seen),
		Verdict: timeOf(r.Verdict), LastOK: timeOf(r.LastOK), Row: r.Row, RowState: r.RowState, Blind: r.Blind, Findings: findings(r.Findings),
	}
	if p := r.Problem; p != nil {
		t.Problem = &watch.Problem{Event: p.Event, State: p.State, Since: timeOf(p.Since), Reminded: timeOf(p.Reminded)}
	}
	return t
}

func recordEvent(e watch.Event) eventRecord {
	return eventRecord{
		ID: e.ID, Kind: e.Kind, Thing: e.Thing, Job: e.Job, Provider: e.Provider, From: e.From, To: e.To,
		Time: msOf(e.Time), Since: msOf(e.Since), Why: e.Why, Findings: findingRecords(e.Findings), More: e.More,
	}
}

func (r eventRecord) event() watch.Event {
	return watch.Event{
		ID: r.ID, Kind: r.Kind, Thing: r.Thing, Job: r.Job, Provider: r.Provider, From: r.From, To: r.To,
		Time: timeOf(r.Time), Since: timeOf(r.Since), Why: r.Why, Findings: findings(r.Findings), More: r.More,
	}
}
