package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"assay/internal/contract"
	"assay/internal/metrics"
)

// undocumentedLabel is the label of operations and codes that the documents do not list.
// No value that a client or provider sends becomes a label, so the number of labels is
// bounded by the specification's operations and codes and by the rules.
const undocumentedLabel = "undocumented"

// numbers are the series of /metrics.
type numbers struct {
	registry   *metrics.Registry
	exchanges  metrics.Counters
	findings   metrics.Counters
	codes      metrics.Counters
	unchecked  metrics.Counters
	refused    metrics.Counters
	recordings metrics.Counters
	failures   metrics.Counters
	dropped    metrics.Counters
	responses  metrics.Histograms
	checks     metrics.Histograms
}

func newNumbers(provider string, inFlight func() int, bodyBytes func() int64) *numbers {
	r := metrics.New(map[string]string{"provider": provider})
	r.Gauge("assay_in_flight", "Exchanges in progress.", func() float64 { return float64(inFlight()) })
	r.Gauge("assay_body_bytes", "Memory of the bodies of exchanges in progress.", func() float64 { return float64(bodyBytes()) })
	n := &numbers{
		registry:   r,
		exchanges:  r.Counters("assay_exchanges_total", "Exchanges by verdict: pass, fail, inconclusive, error (of a documented operation, but not judged) or unmatched (matched no documented operation).", "operation", "verdict"),
		findings:   r.Counters("assay_findings", "Findings that are not waived.", "operation", "rule", "severity"),
		codes:      r.Counters("assay_result_code_total", "Result codes of judged responses.", "operation", "code"),
		unchecked:  r.Counters("assay_unchecked_total", "Exchanges that were not judged, by reason.", "reason"),
		refused:    r.Counters("assay_refused_total", "Exchanges that were refused: the request, before it was sent, or the response.", "side"),
		recordings: r.Counters("assay_recordings_total", "Exchanges for --record: kept, leak (not written, because a secret or personal value was left), error, or late (not written, because too many waited).", "outcome"),
		failures:   r.Counters("assay_check_failures_total", "Checks in which the judge failed or panicked."),
		dropped:    r.Counters("assay_dropped_total", "Exchanges that were counted but not written to log and terminal, because too many waited."),
		responses:  r.Histograms("assay_upstream_seconds", "Time from sending a request to the end of its response, or to the header of a response that is not judged.", "operation"),
		checks:     r.Histograms("assay_check_seconds", "Time to judge a request or exchange, without waiting for a worker."),
	}
	n.failures.Add(0) // so that they are there from the start
	n.dropped.Add(0)
	return n
}

// label returns the id of an operation without its provider.
func label(operation string) string {
	if _, id, documented := strings.Cut(operation, "/"); documented {
		return id
	}
	return undocumentedLabel
}

func (m *numbers) countExchange(s Observed) {
	verdict := string(s.Result.Verdict)
	switch {
	case s.Skipped == Undocumented:
		verdict = "unmatched"
	case s.Skipped != "":
		verdict = string(contract.Errored)
	}
	operation := label(s.Operation)
	m.exchanges.Inc(operation, verdict)
	if s.Refused != "" {
		m.refused.Inc(s.Refused)
	}
	if s.Skipped != "" {
		m.unchecked.Inc(string(s.Skipped))
		return
	}
	for _, f := range s.Result.Findings {
		if f.Counts() {
			m.findings.Inc(operation, f.Rule, string(f.Severity))
		}
	}
	if s.Refused == "request" {
		return // there is no response
	}
	code := s.Result.Code
	if code == "" {
		code = undocumentedLabel
	}
	m.codes.Inc(operation, code)
}

func (m *numbers) observeUpstream(operation string, took time.Duration) {
	m.responses.Observe(took.Seconds(), label(operation))
}

func (m *numbers) countCheck(done judgement) {
	switch done.reason {
	case "":
		m.checks.Observe(done.duration.Seconds())
	case JudgeFailure:
		m.failures.Inc()
	}
}

// CountDropped counts an exchange that was not logged because too many were waiting.
func (p *Proxy) CountDropped() { p.metrics.dropped.Inc() }

// CountRecording counts an exchange for the recorder. outcome is "kept", "leak", "error"
// or "late".
func (p *Proxy) CountRecording(outcome string) { p.metrics.recordings.Inc(outcome) }

// Admin returns the handler of /healthz, /readyz and /metrics. Serve it on a listener of
// its own.
func (p *Proxy) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if p.draining.Load() {
			writeText(w, http.StatusServiceUnavailable, "draining")
			return
		}
		writeText(w, http.StatusOK, "ready")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) { p.metrics.registry.Serve(w, r) })
	return mux
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // it only fails if the client is gone
}
