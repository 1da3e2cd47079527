package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"assay/internal/contract"
)

// undocumentedLabel is the label of operations and codes that the documents do not list.
// No value that a client or provider sends becomes a label, so the number of labels is
// bounded by the specification's operations and codes and by the rules.
const undocumentedLabel = "undocumented"

// metrics are the series of /metrics.
type metrics struct {
	registry   *prometheus.Registry
	exchanges  *prometheus.CounterVec
	findings   *prometheus.CounterVec
	codes      *prometheus.CounterVec
	unchecked  *prometheus.CounterVec
	refused    *prometheus.CounterVec
	recordings *prometheus.CounterVec
	responses  *prometheus.HistogramVec
	checks     prometheus.Histogram
	failures   prometheus.Counter
	dropped    prometheus.Counter
}

func newMetrics(provider string, inFlight func() int, bodyBytes func() int64) *metrics {
	own := prometheus.Labels{"provider": provider}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: own}, labels)
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: own})
	}
	buckets := []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10, 30}
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		exchanges:  counters("assay_exchanges_total", "Exchanges by verdict: pass, fail, inconclusive, error (of a documented operation, but not judged) or unmatched (matched no documented operation).", "operation", "verdict"),
		findings:   counters("assay_findings", "Findings that are not waived.", "operation", "rule", "severity"),
		codes:      counters("assay_result_code_total", "Result codes of judged responses.", "operation", "code"),
		unchecked:  counters("assay_unchecked_total", "Exchanges that were not judged, by reason.", "reason"),
		refused:    counters("assay_refused_total", "Exchanges that were refused: the request, before it was sent, or the response.", "side"),
		recordings: counters("assay_recordings_total", "Exchanges for --record: kept, leak (not written, because a secret or personal value was left), error, or late (not written, because too many waited).", "outcome"),
		responses:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "assay_upstream_seconds", Help: "Time from sending a request to the end of its response, or to the header of a response that is not judged.", ConstLabels: own, Buckets: buckets}, []string{"operation"}),
		checks:     prometheus.NewHistogram(prometheus.HistogramOpts{Name: "assay_check_seconds", Help: "Time to judge a request or exchange, without waiting for a worker.", ConstLabels: own, Buckets: buckets}),
		failures:   counter("assay_check_failures_total", "Checks in which the judge failed or panicked."),
		dropped:    counter("assay_dropped_total", "Exchanges that were counted but not written to log and terminal, because too many waited."),
	}
	flight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "assay_in_flight", Help: "Exchanges in progress.", ConstLabels: own}, func() float64 { return float64(inFlight()) })
	memory := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "assay_body_bytes", Help: "Memory of the bodies of exchanges in progress.", ConstLabels: own}, func() float64 { return float64(bodyBytes()) })
	m.registry.MustRegister(memory, m.exchanges, m.findings, m.codes, m.unchecked, m.refused, m.recordings, m.responses, m.checks, m.failures, m.dropped, flight)
	return m
}

// label returns the id of an operation without its provider.
func label(operation string) string {
	if _, id, documented := strings.Cut(operation, "/"); documented {
		return id
	}
	return undocumentedLabel
}

func (m *metrics) countExchange(s Observed) {
	verdict := string(s.Result.Verdict)
	switch {
	case s.Skipped == Undocumented:
		verdict = "unmatched"
	case s.Skipped != "":
		verdict = string(contract.Errored)
	}
	operation := label(s.Operation)
	m.exchanges.WithLabelValues(operation, verdict).Inc()
	if s.Refused != "" {
		m.refused.WithLabelValues(s.Refused).Inc()
	}
	if s.Skipped != "" {
		m.unchecked.WithLabelValues(string(s.Skipped)).Inc()
		return
	}
	for _, f := range s.Result.Findings {
		if f.Counts() {
			m.findings.WithLabelValues(operation, f.Rule, string(f.Severity)).Inc()
		}
	}
	if s.Refused == "request" {
		return // there is no response
	}
	code := s.Result.Code
	if code == "" {
		code = undocumentedLabel
	}
	m.codes.WithLabelValues(operation, code).Inc()
}

func (m *metrics) observeUpstream(operation string, took time.Duration) {
	m.responses.WithLabelValues(label(operation)).Observe(took.Seconds())
}

func (m *metrics) countCheck(done judgement) {
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
func (p *Proxy) CountRecording(outcome string) { p.metrics.recordings.WithLabelValues(outcome).Inc() }

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
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // it only fails if the client is gone
}
