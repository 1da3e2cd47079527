//go:build browser

package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"assay/internal/browser"
	"assay/internal/report"
)

// TestPictures writes the pictures of the README into the directory that ASSAY_PICTURES
// names; `make pictures` does that.
func TestPictures(t *testing.T) {
	dir := os.Getenv("ASSAY_PICTURES")
	if dir == "" {
		t.Skip("`make pictures` writes the pictures")
	}
	chromium := browser.Start(t)
	run, drift := html5(t, report.Runs(), many(12), families()), html5(t, report.Drifts(), sampleDrift(), report.How{})
	for _, one := range []struct {
		name, page, colours string
		width, height       int64
		scroll              string
	}{
		{"report-run.png", run, "light", 1100, 820, ""},
		{"report-drift.png", drift, "dark", 1100, 900, "#timeline"},
		{"report-telephone.png", run, "light", 390, 820, ""},
	} {
		p := open(t, chromium, one.page, one.colours, one.width, chromedp.EmulateViewport(one.width, one.height))
		p.ready()
		js[int](p, `(document.querySelector("`+or(one.scroll, "body")+`").scrollIntoView(), 0)`)
		picture := p.Picture()
		if len(picture) > 200_000 {
			t.Errorf("%s has %d bytes", one.name, len(picture))
		}
		if err := os.WriteFile(filepath.Join(dir, one.name), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
