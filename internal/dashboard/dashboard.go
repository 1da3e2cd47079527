// Package dashboard serves what `assay watch` knows: a page for people, metrics for
// Prometheus, and whether the process is well.
//
//	/                 what is wrong, each thing, the known changes, maintenance, next runs
//	/thing?name=NAME  the history of a thing; step=run, minute, hour or day, and to=TIME
//	/report?job=JOB   the HTML report of the newest run of a job
//	/events           server-sent events: one for each change of the data
//	/api/things       the states as JSON; /api/history has the points of a thing
//	/metrics          for Prometheus
//	/healthz, /readyz whether the process lives, and whether it can work
//
// It changes nothing: it accepts GET and HEAD only. The page works without its script; then
// somebody has to reload it.
//
// With a token, each request needs it: as a bearer token, or as the password of Basic
// authentication, with any user name. A browser asks for the password and sends it again by
// itself, also when somebody follows a link from a message. Only /healthz and /readyz need no
// token: they say nothing about providers. Without a token, only a loopback name is accepted
// in the Host header, so no page of another site can read the data through DNS.
package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"assay/internal/contract"
	"assay/internal/report"
	"assay/internal/watch"
)

// Limits of a request.
const (
	maxQuery   = 4 << 10          // bytes of a query
	maxAtOnce  = 8                // requests that read the store at the same time
	patience   = 5 * time.Second  // for the store; Prometheus waits 10
	writeLimit = 30 * time.Second // until a response is written
)

// Options say what a Dashboard shows.
type Options struct {
	Store watch.Store
	Jobs  []watch.Job
	// Ledger gives the known changes; nil: there is no ledger.
	Ledger func(context.Context) ([]contract.TimelineEntry, error)
	// Planned gives the maintenance windows of the configuration around a time; nil: none.
	Planned func(at time.Time) []watch.Window
	// Status gives what the loop knows; nil: nothing.
	Status func() Status
	// Now gives the time; nil: the time of the machine.
	Now func() time.Time
	// Token is what a request must have; "": only requests to a loopback name are accepted.
	Token   string
	Version string // of assay
	// Families gives the family of each rule, for the reports.
	Families map[string]string
}

// Status is what the loop knows and the store does not.
type Status struct {
	Started time.Time // when the loop began; zero: it has not
	Next    []Run     // the next run of each job
	Running []Run     // what runs now
	// Offline says why this machine has no connection of its own; zero: it has one.
	Offline Trouble
	// Store says why the loop could not use the store; zero: it could.
	Store Trouble
}

// Run is a run that is planned, or goes on.
type Run struct {
	Job   string
	Due   time.Time
	Start time.Time // when it starts or started: up to the jitter later
}

// Trouble is a fault that goes on. The zero Trouble is none.
type Trouble struct {
	Since time.Time
	Why   string // redacted
}

// Is reports whether there is one.
func (t Trouble) Is() bool { return t.Why != "" || !t.Since.IsZero() }

// Dashboard serves the pages. It is safe for concurrent use.
type Dashboard struct {
	Options

	mux       *http.ServeMux
	hub       *hub
	counts    *counts
	places    chan struct{} // one for each request that reads the store
	cache     cache
	ready     readiness
	heartbeat time.Duration // of streams; 0: heartbeat
}

// New makes a Dashboard. Call Close at the end, for example with RegisterOnShutdown of a
// server: open streams of events would keep the server from ending.
func New(o Options) *Dashboard {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Version = report.Foreign(o.Version)
	if o.Status == nil {
		o.Status = func() Status { return Status{} }
	}
	d := &Dashboard{Options: o, mux: http.NewServeMux(), hub: newHub(o.Now()), counts: newCounts(o.Version), places: make(chan struct{}, maxAtOnce)}
	d.mux.HandleFunc("GET /{$}", d.page(d.serveOverview))
	d.mux.HandleFunc("GET /thing", d.page(d.serveThing))
	d.mux.HandleFunc("GET /report", d.page(d.serveReport))
	d.mux.HandleFunc("GET /api/things", d.page(d.serveThings))
	d.mux.HandleFunc("GET /api/history", d.page(d.serveHistory))
	d.mux.HandleFunc("GET /metrics", d.page(d.serveMetrics))
	d.mux.HandleFunc("GET /events", d.serveEvents)
	return d
}

// Changed says that the data has changed: open pages show it. It never waits.
func (d *Dashboard) Changed() { d.hub.changed() }

// Committed counts a run that the store has committed, for /metrics, and calls Changed.
func (d *Dashboard) Committed(c watch.Commit) {
	d.counts.commit(c, d.job(c.Slot.Job))
	d.Changed()
}

// Close ends the streams of events. Later ones end at once.
func (d *Dashboard) Close() { d.hub.close() }

// ServeHTTP implements http.Handler.
func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A connection without deadlines is one in a test.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeLimit))
	head(w, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		d.refuse(w, r, http.StatusMethodNotAllowed, "This address accepts GET and HEAD.")
	case r.URL.Path == "/healthz":
		writeText(w, http.StatusOK, "ok")
	case r.URL.Path == "/readyz":
		d.serveReady(w, r)
	case d.Token == "" && !loopback(r.Host):
		d.refuse(w, r, http.StatusMisdirectedRequest, "Without a token, assay watch accepts requests to localhost only. Open it as http://localhost or http://127.0.0.1, or set a token.")
	case d.Token != "" && !authorized(r, d.Token):
		w.Header().Set("WWW-Authenticate", `Basic realm="assay watch", charset="UTF-8"`)
		w.Header().Add("WWW-Authenticate", `Bearer realm="assay watch"`)
		d.refuse(w, r, http.StatusUnauthorized, "This page needs the token of assay watch: as the password, with any user name, or as a bearer token.")
	case len(r.URL.RawQuery) > maxQuery:
		d.refuse(w, r, http.StatusRequestURITooLong, "The address is too long.")
	default:
		if _, pattern := d.mux.Handler(r); pattern == "" {
			d.refuse(w, r, http.StatusNotFound, "There is no such page.")
			return
		}
		d.mux.ServeHTTP(w, r)
	}
}

// page bounds how long a request may take, and how many read the store at the same time.
func (d *Dashboard) page(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), patience)
		defer stop()
		select {
		case d.places <- struct{}{}:
			defer func() { <-d.places }()
		case <-ctx.Done():
			w.Header().Set("Retry-After", "5")
			d.refuse(w, r, http.StatusServiceUnavailable, "Too many requests wait; try again later.")
			return
		}
		serve(w, r.WithContext(ctx))
	}
}

// job finds a job by name; the zero Job with that name: it is not configured any more.
func (d *Dashboard) job(name string) watch.Job {
	for _, j := range d.Jobs {
		if j.Name == name {
			return j
		}
	}
	return watch.Job{Name: name}
}

// readiness is the latest check of the store. A check writes, and anybody may ask for it, so
// it is not made more often than every cacheFor.
type readiness struct {
	guard   sync.Mutex
	checked time.Time
	err     error
}

// serveReady responds whether the store can be read and written, and the loop has started.
func (d *Dashboard) serveReady(w http.ResponseWriter, r *http.Request) {
	if d.Status().Started.IsZero() {
		writeText(w, http.StatusServiceUnavailable, "not ready: the loop has not started")
		return
	}
	d.ready.guard.Lock()
	if age := d.Now().Sub(d.ready.checked); d.ready.checked.IsZero() || age < 0 || age >= cacheFor {
		ctx, stop := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
		d.ready.err = d.Store.Check(ctx)
		stop()
		d.ready.checked = d.Now()
	}
	err := d.ready.err
	d.ready.guard.Unlock()
	if err != nil {
		writeText(w, http.StatusServiceUnavailable, "not ready: the store: "+cause(err))
		return
	}
	writeText(w, http.StatusOK, "ready")
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // it only fails if the client is gone
}
