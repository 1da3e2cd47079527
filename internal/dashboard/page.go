package dashboard

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"sync"

	"assay/internal/report"
)

var (
	//go:embed html/page.html
	pageText string
	//go:embed html/page.css
	pageStyle string
	//go:embed html/live.js
	pageScript string

	pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(pageText)) })
)

// frame is what every page has around its content.
type frame struct {
	Title   string // of the window, before the name of the program
	Version string
	Verdict string // passed, failed, unsure or history: the colour of the mark
	Mark    string
	Head    string
	When    *moment
	// Revision is the data that the page shows; the script asks for later ones. "": it does
	// not update.
	Revision string
	Home     bool // it is the overview
}

// Style, Script are what the page has inside, so that it loads nothing.
func (frame) Style() template.CSS { return template.CSS(style()) }

// Script keeps the page up to date.
func (frame) Script() template.JS { return template.JS(pageScript) }

// style is the style of the reports and that of these pages.
func style() string { return report.Style() + pageStyle }

// policy lets a page use its own style and script, and ask this server for news.
func policy() string {
	return report.Policy(style(), pageScript, "connect-src 'self'", "frame-ancestors 'none'")
}

// render makes a page of the template with this name.
func render(name string, content any) ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate().ExecuteTemplate(&b, name, content)
	return b.Bytes(), err
}

// write responds with a page.
func write(w http.ResponseWriter, status int, page []byte) {
	head(w, policy())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page) // it only fails if the client is gone
}

// refuse responds with a page that says why there is nothing else.
func (d *Dashboard) refuse(w http.ResponseWriter, _ *http.Request, status int, why string) {
	page, err := render("plain", frame{Title: http.StatusText(status), Verdict: "unsure", Mark: "?", Head: why})
	if err != nil {
		http.Error(w, why, status)
		return
	}
	write(w, status, page)
}

// fail responds that a page could not be made.
func (d *Dashboard) fail(w http.ResponseWriter, r *http.Request, what string, err error) {
	d.refuse(w, r, http.StatusServiceUnavailable, what+" cannot be read: "+cause(err)+".")
}
