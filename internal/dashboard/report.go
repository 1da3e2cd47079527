package dashboard

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"assay/internal/report"
	"assay/internal/watch"
)

// serveReport responds with the HTML report of the newest run of a job that has one.
func (d *Dashboard) serveReport(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("job")
	if !slices.ContainsFunc(d.Jobs, func(j watch.Job) bool { return j.Name == name }) {
		d.refuse(w, r, http.StatusNotFound, "There is no job called "+report.Foreign(strconv.Quote(name))+".")
		return
	}
	raw, ran, err := d.Store.Report(r.Context(), name)
	if err != nil {
		d.fail(w, r, "The report", err)
		return
	}
	if raw == nil {
		d.refuse(w, r, http.StatusNotFound, "The job "+report.Foreign(name)+" has no report yet.")
		return
	}
	page, err := d.reportPage(raw, report.How{Began: ran, Families: d.Families, Back: "/"})
	if err != nil {
		d.refuse(w, r, http.StatusInternalServerError, "The report of the job "+report.Foreign(name)+" cannot be shown: "+report.Errors(err.Error())+".")
		return
	}
	head(w, report.PagePolicy("frame-ancestors 'none'"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page) // it only fails if the client is gone
}

// reportPage writes a JSON report as HTML, as `assay report` does.
func (d *Dashboard) reportPage(raw []byte, how report.How) ([]byte, error) {
	parsed, err := report.ReadJSON(raw)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if parsed.Drift != nil {
		if was := parsed.Drift.Reproduce; was != nil {
			how.Command, how.Seed = was.Command, was.Seed
		}
		err = report.DriftHTML(&b, parsed.Drift, how)
		return b.Bytes(), err
	}
	if was := parsed.Run.Reproduce; was != nil {
		how.Command, how.Seed = was.Command, was.Seed
	}
	how.Again.NoSuite = true
	err = report.HTML(&b, parsed.Run, how)
	return b.Bytes(), err
}
