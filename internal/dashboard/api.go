package dashboard

import (
	"net/http"
	"time"

	"assay/internal/report"
	"assay/internal/watch"
)

// thingJSON is a thing in /api/things.
type thingJSON struct {
	Name     string          `json:"name"`
	Job      string          `json:"job"`
	Provider string          `json:"provider"`
	State    watch.State     `json:"state"`
	Since    time.Time       `json:"since"`
	Why      string          `json:"why"`
	Seen     time.Time       `json:"seen"`
	LastOK   time.Time       `json:"lastOk,omitzero"`
	Problem  *watch.Problem  `json:"problem,omitempty"`
	Findings []watch.Finding `json:"findings"`
}

// serveThings responds with the state of each thing, the worst first.
func (d *Dashboard) serveThings(w http.ResponseWriter, r *http.Request) {
	all := d.read(r.Context())
	made := struct {
		Time   time.Time   `json:"time"`
		Faults []string    `json:"faults"`
		Things []thingJSON `json:"things"`
	}{all.now.UTC(), append([]string{}, all.faults...), []thingJSON{}}
	for _, t := range all.things {
		one := thingJSON{Name: report.Named(t.Name), Job: t.Job, Provider: t.Provider, State: t.State, Since: t.Since, Why: report.Errors(t.Why), Seen: t.Seen, LastOK: t.LastOK, Problem: t.Problem, Findings: append([]watch.Finding{}, t.Findings...)}
		for i := range one.Findings {
			one.Findings[i].Sentence = report.Errors(one.Findings[i].Sentence)
		}
		made.Things = append(made.Things, one)
	}
	status := http.StatusOK
	if all.storeErr != nil {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, made)
}

// serveHistory responds with the points of a thing.
func (d *Dashboard) serveHistory(w http.ResponseWriter, r *http.Request) {
	s, wrong := d.spanOf(r)
	if wrong != "" {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": wrong})
		return
	}
	points, err := d.Store.History(r.Context(), r.URL.Query().Get("name"), s.step, s.from, s.to)
	if err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "The history cannot be read: " + cause(err) + "."})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"step": s.step, "from": s.from, "to": s.to, "points": append([]watch.Point{}, points...)})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := report.Encode(value, "  ")
	if err != nil {
		status, text = http.StatusInternalServerError, []byte("{}\n")
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // it only fails if the client is gone
}
