// Package metrics writes numbers as Prometheus reads them. A Registry has counters that the
// caller increments, and Serve adds families that the caller reads at the moment of a scrape.
//
// The caller bounds the number of labels, and lets no value from outside become one.
package metrics

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Registry is a set of series that all have the same further labels.
type Registry struct {
	registry *prometheus.Registry
	labels   prometheus.Labels
}

// New makes an empty set. labels are on each series.
func New(labels map[string]string) *Registry {
	return &Registry{registry: prometheus.NewRegistry(), labels: labels}
}

// Counters is a family of counters.
type Counters struct{ vector *prometheus.CounterVec }

// Counters adds a family of counters with labels.
func (r *Registry) Counters(name, help string, labels ...string) Counters {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: r.labels}, labels)
	r.registry.MustRegister(v)
	return Counters{v}
}

// Inc adds 1 to the counter with these values of the labels.
func (c Counters) Inc(values ...string) { c.Add(1, values...) }

// Add adds a number to the counter with these values of the labels.
func (c Counters) Add(n float64, values ...string) { c.vector.WithLabelValues(valid(values)...).Add(n) }

// Histograms is a family of histograms.
type Histograms struct{ vector *prometheus.HistogramVec }

// Histograms adds a family of histograms with labels. The buckets go from 0.1 ms to 30 s.
func (r *Registry) Histograms(name, help string, labels ...string) Histograms {
	buckets := []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10, 30}
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, ConstLabels: r.labels, Buckets: buckets}, labels)
	r.registry.MustRegister(v)
	return Histograms{v}
}

// Observe adds a value, in seconds, to the histogram with these values of the labels.
func (h Histograms) Observe(seconds float64, values ...string) {
	h.vector.WithLabelValues(valid(values)...).Observe(seconds)
}

// Gauge adds a gauge that is read at each scrape.
func (r *Registry) Gauge(name, help string, value func() float64) {
	r.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: r.labels}, value))
}

// Family is a family of gauges as they are at the moment of a scrape.
type Family struct {
	Name, Help string
	Labels     []string
	Samples    []Sample
}

// Sample is a gauge: the values of its labels, and its own.
type Sample struct {
	Values []string
	Value  float64
}

// Set adds a gauge to the family.
func (f *Family) Set(value float64, values ...string) {
	f.Samples = append(f.Samples, Sample{values, value})
}

// Serve writes the series of the registry and these families. Of gauges with the same labels
// the first stays.
func (r *Registry) Serve(w http.ResponseWriter, req *http.Request, families ...Family) {
	moment := prometheus.NewRegistry()
	for _, f := range families {
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: f.Name, Help: f.Help, ConstLabels: r.labels}, f.Labels)
		moment.MustRegister(v)
		seen := map[string]bool{}
		for _, s := range f.Samples {
			if key := strings.Join(s.Values, "\x00"); !seen[key] {
				seen[key] = true
				v.WithLabelValues(valid(s.Values)...).Set(s.Value)
			}
		}
	}
	promhttp.HandlerFor(prometheus.Gatherers{r.registry, moment}, promhttp.HandlerOpts{}).ServeHTTP(w, req)
}

// valid makes values UTF-8, as Prometheus wants them.
func valid(values []string) []string {
	for i, v := range values {
		if !utf8.ValidString(v) {
			values = slices.Clone(values)
			values[i] = strings.ToValidUTF8(v, "\ufffd")
		}
	}
	return values
}
