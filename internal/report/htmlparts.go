package report

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"assay/internal/contract"
)

// Style is the style of the pages. The page of `assay watch` begins with it.
func Style() string { return pageStyle }

// Policy is the Content-Security-Policy of a page that has this style and this script and
// loads nothing else. more are further directives, such as "connect-src 'self'".
func Policy(style, script string, more ...string) string {
	return strings.Join(append([]string{"default-src 'none'", "style-src '" + digest(style) + "'", "script-src '" + digest(script) + "'", "img-src data:", "base-uri 'none'", "form-action 'none'"}, more...), "; ")
}

// PagePolicy is the policy of the pages that HTML, DriftHTML and LedgerHTML write, with
// further directives for a server that sends it as a header.
func PagePolicy(more ...string) string { return Policy(pageStyle, pageScript, more...) }

// TimelineHTML makes the section of a page that draws the history of changes in a ledger, in
// the order given; "" if there are none. Style has its style.
func TimelineHTML(all []contract.TimelineEntry) (template.HTML, error) {
	var p pictures
	p.timeline(all)
	var b bytes.Buffer
	if err := pageTemplate().ExecuteTemplate(&b, "timeline", p); err != nil {
		return "", fmt.Errorf("report: the timeline: %w", err)
	}
	return template.HTML(b.String()), nil
}
