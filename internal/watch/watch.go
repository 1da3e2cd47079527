// Package watch decides what watching a provider means: when a job runs, which state a
// thing is in, when somebody is notified, and what a store must remember so that a killed
// process goes on without a doubled request or a lost finding.
//
// A job runs on a schedule: live cases of a provider, files of a folder, or a comparison with
// accepted shapes. A thing is what a job says something about, such as an operation of a
// provider. A run of a job makes one observation of each of its things. Observations in a row
// change the state of a thing; a change makes an event, and an event makes messages for those
// who want to know.
//
// Machine holds the rules for states, Schedule those for times, and Store is what is
// remembered. The package sends nothing and opens no file.
package watch

import (
	"time"
)

// State is the state of a thing.
type State string

// The states. NoData is not the end of a problem: assay could not look.
const (
	OK       State = "ok"
	Degraded State = "degraded" // something is wrong that does not stop payments
	Failing  State = "failing"
	NoData   State = "no data"
)

// States lists the states, the best first; NoData, which is neither good nor bad, is last.
func States() []State { return []State{OK, Degraded, Failing, NoData} }

// Bad reports whether a state is a problem.
func (s State) Bad() bool { return s == Degraded || s == Failing }

// Kind is what a job does.
type Kind string

// The kinds.
const (
	Live   Kind = "live"   // play cases against the provider
	Folder Kind = "folder" // check the recordings and logs that are put into a folder
	Drift  Kind = "drift"  // compare traffic with accepted shapes, and record the changes in the ledger
)

// Job is something that runs on a schedule.
type Job struct {
	Name     string // unique; a-z, 0-9 and -
	Provider string
	Kind     Kind
	Schedule Schedule
	// Thresholds say how many observations in a row change a state.
	Thresholds Thresholds
	// Calls is the most requests that one run sends; 0 for jobs that send none.
	Calls int
	// Remind is how often a problem that goes on is mentioned again; 0: never.
	Remind time.Duration
	// Notify names the channels that get the events of the job.
	Notify []string
	// Things are what the job is expected to say something about, such as paytm/createOrder.
	Things []string
}

// Thresholds say how many observations in a row it takes to change a state. Each is at
// least 1.
type Thresholds struct {
	Failures  int // of failing or degraded
	Successes int // of ok, after a problem
	NoData    int // of no data
}

// Slot is one scheduled run of a job. Job and Time together identify it.
type Slot struct {
	Job   string
	Time  time.Time // when it is due, UTC, whole seconds
	Calls int       // the most requests that the run may send
}

// Finding is a finding of an observation. Its texts are redacted and finished.
type Finding struct {
	ID       string `json:"id"` // the fingerprint of a finding, or the id of a change
	Rule     string `json:"rule"`
	Side     string `json:"side"`
	Severity string `json:"severity"` // of a finding: error, warning, info; of a change: breaks, degrades, minor, harmless
	Sentence string `json:"sentence"`
	New      bool   `json:"new"` // the observation before that had a verdict did not have it; Observe marks it
}

// Observation is what one run found out about one thing.
type Observation struct {
	Thing string // the name of the job, a space and the name below it, such as "paytm-live paytm/createOrder"
	Slot  Slot
	Time  time.Time // start of the run, UTC, milliseconds
	State State     // what this run says by itself
	Why   string    // one sentence, redacted
	// Codes counts the documented result codes of the responses. An undocumented code is
	// counted as "undocumented", because it may be a text of the provider.
	Codes map[string]int
	// Latencies are the times from request to response, in milliseconds.
	Latencies []int
	Findings  []Finding
	// Maintenance: the run was in a maintenance window. It changes no state.
	Maintenance bool
}

// Thing is the state of a thing after its latest observation.
type Thing struct {
	Name     string
	Job      string
	Provider string
	State    State
	Since    time.Time // when the state began
	Why      string    // the sentence of the observation that changed or confirmed the state
	Seen     time.Time // the latest observation
	Verdict  time.Time // the latest one that had data; zero: there was none
	LastOK   time.Time // the latest ok one; zero: there was none
	// Row and RowState count the latest verdicts in a row that were alike. Observations without
	// data are no verdicts: Blind counts those since the latest verdict.
	Row      int
	RowState State
	Blind    int
	// Problem is the event that began the problem that is not over; nil: there is none.
	// It stays while there is no data.
	Problem  *Problem
	Findings []Finding // of the latest observation that had a verdict
}

// Problem is a problem that was announced and is not over.
type Problem struct {
	Event    string    `json:"event"` // the id of the event that announced it
	State    State     `json:"state"`
	Since    time.Time `json:"since"`
	Reminded time.Time `json:"reminded"` // the latest announcement or reminder
}

// EventKind says what an event announces.
type EventKind string

// The kinds of events.
const (
	Began    EventKind = "began"    // a problem began
	Changed  EventKind = "changed"  // a problem became better or worse, and is not over
	Over     EventKind = "over"     // a problem is over
	Lost     EventKind = "lost"     // there is no data any more
	Regained EventKind = "regained" // there is data again; a problem that went on before still does
	Reminder EventKind = "reminder" // a problem goes on
)

// Event is a change of the state of a thing.
type Event struct {
	ID       string // the same in every message about it
	Kind     EventKind
	Thing    string
	Job      string
	Provider string
	From, To State
	Time     time.Time
	Since    time.Time // when the problem began; zero: there is none
	Why      string
	Findings []Finding // at most MaxFindings, the worst first
	More     int       // how many findings were left out
}

// MaxFindings is the most findings of an event.
const MaxFindings = 10

// Message is an event on its way to one channel. The outbox keeps it until it is delivered
// or given up.
type Message struct {
	ID       string // of the event and the channel; a receiver sees it in every attempt
	Channel  string
	Event    Event
	Created  time.Time
	Attempts int
	Next     time.Time // when the next attempt is due
	Problem  string    // why the latest attempt failed; redacted
}

// Window is a time of maintenance: runs in it change no state and send no notice.
type Window struct {
	ID       string
	Provider string // "": all
	From, To time.Time
	Why      string
	By       string
}

// Covers reports whether a window is in force for a provider at a time. To is not in it.
func (w Window) Covers(provider string, at time.Time) bool {
	return (w.Provider == "" || w.Provider == provider) && !at.Before(w.From) && at.Before(w.To)
}
