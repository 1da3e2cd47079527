package traffic

import (
	"strings"
	"sync"

	"assay/internal/contract"
)

// Recorder is a program that writes recordings, and what it leaves out.
type Recorder struct {
	Creator string // the beginning of creator.name in a HAR file; "": it writes cassettes
	Name    string
	Leaves  string // what it leaves out, for people
	Instead string // what to record instead

	key       string   // in the ids of messages
	sanitizes []string // the headers that it leaves out of sanitized files, the first always
	latin     bool     // it writes the bytes of a request's text as characters
	// queryApart: it writes parameters only to queryString, and sends them besides those of the URL.
	queryApart bool
}

// Recorders lists the programs whose recordings are known to lack something.
func Recorders() []Recorder {
	return []Recorder{
		{Creator: "WebInspector", Name: "Chrome, Edge", Leaves: "Authorization, cookies; bodies", Instead: "export the HAR with sensitive data and content", key: "chrome", sanitizes: []string{"authorization", "cookie", "set-cookie"}},
		{Creator: "Firefox", Name: "Firefox", Leaves: "bodies over a limit", Instead: "raise devtools.netmonitor.*BodyLimit", key: "firefox"},
		{Creator: "WebKit Web Inspector", Name: "Safari", Leaves: "bodies that it has discarded", Instead: "export before the page changes", key: "safari"},
		{Creator: "Playwright", Name: "Playwright", Leaves: "bodies, which it keeps in files", Instead: "record with content: 'embed', mode: 'full'", key: "playwright"},
		{Creator: "Puppeteer", Name: "Puppeteer", Leaves: "bodies of responses", Instead: "record with saveResponse: true", key: "puppeteer"},
		{Creator: "chrome-har", Name: "chrome-har", Leaves: "bodies of responses", Instead: "set includeTextFromResponseBody or saveResponse", key: "chrome-har"},
		{Creator: "Browsertime", Name: "Browsertime", Leaves: "bodies of responses", Instead: "record with --chrome.includeResponseBodies all", key: "browsertime"},
		{Creator: "mitmproxy", Name: "mitmproxy", Leaves: "bodies that it streams", Instead: "record with --set store_streamed_bodies=true", key: "mitmproxy"},
		{Creator: "Charles", Name: "Charles", Leaves: "bodies over a limit", Instead: "raise the limit in Recording Settings", key: "charles"},
		{Creator: "Proxyman", Name: "Proxyman", Leaves: "large or binary bodies", Instead: "export without the option to skip large bodies", key: "proxyman"},
		{Creator: "Fiddler", Name: "Fiddler", Leaves: "bodies over a limit", Instead: "raise HTTPArchiveJSON.MaxTextBodyLength", key: "fiddler"},
		{Creator: "HTTP Toolkit", Name: "HTTP Toolkit", Leaves: "bodies over 500 KB", Instead: "export the exchange on its own", key: "httptoolkit"},
		{Creator: "BrowserMob Proxy", Name: "BrowserMob Proxy", Leaves: "what is not enabled", Instead: "enable all capture types", key: "browsermob"},
		{Creator: "Selenium Wire", Name: "Selenium Wire", Leaves: "hosts and methods it ignores", Instead: "record with enable_har, without exclude_hosts", key: "seleniumwire"},
		{Creator: "ZAP", Name: "ZAP", Leaves: "bodies over a limit", Instead: "raise the body sizes in the Database options", key: "zap"},
		{Creator: "Insomnia", Name: "Insomnia", Leaves: "files; values of template tags", Instead: "send text without template tags", key: "insomnia", queryApart: true},
		{Creator: "Postman", Name: "Postman", Leaves: "bodies that are files", Instead: "send the body as text", key: "postman"},
		{Creator: "k6", Name: "k6", Leaves: "repeated fields of a form", Instead: "record with mitmproxy", key: "k6", latin: true},
		{Creator: "Polly.JS", Name: "Polly.JS", Leaves: "status >= 400; binary bodies", Instead: "set recordFailedRequests: true; send text", key: "polly"},
		{Name: "go-vcr", Leaves: "headers that a hook deletes", Instead: "record without the hook", key: "govcr", sanitizes: []string{"authorization"}},
		{Name: "VCR.py", Leaves: "what a filter names", Instead: "record without the filter", key: "vcrpy", sanitizes: []string{"authorization"}},
		{Name: "Ruby VCR", Leaves: "what a filter or hook removes", Instead: "record without filter_sensitive_data and hooks", key: "rubyvcr", sanitizes: []string{"authorization"}},
		{Name: "PHP-VCR", Leaves: "what a listener removes; files", Instead: "record without VCR_BEFORE_RECORD and encryption", key: "phpvcr", sanitizes: []string{"authorization"}},
		{Name: unknownName, Leaves: "not known", Instead: "record with all headers and bodies", key: "other"},
	}
}

// unknownName is the name of a recorder that is not known.
const unknownName = "another program"

// unnamed stands for the recorder of a HAR file that names it after its entries, where assay
// could not look. It may be one that leaves headers out.
var unnamed = Recorder{
	Name: "not known, as the file names it after its entries", Instead: "pass a whole file by name, not through a pipe",
	key: "unnamed", sanitizes: []string{"authorization", "cookie", "set-cookie"},
}

// knownRecorder is a recorder with its messages.
type knownRecorder struct {
	Recorder
	shared *contract.Recorder
	places []contract.Place // of the headers in sanitizes
}

var recorders = sync.OnceValue(func() []*knownRecorder {
	var all []*knownRecorder
	for _, r := range append(Recorders(), unnamed) {
		message := func(id, text string) *contract.Template {
			return &contract.Template{ID: "recording." + id + "." + r.key, Text: text, WayOut: r.Instead}
		}
		k := &knownRecorder{Recorder: r, shared: &contract.Recorder{
			Name:   r.Name,
			Header: message("header", "the recording lacks the header; recorder: "+r.Name),
			Body:   message("body", "the recording lacks the body or a part of it; recorder: "+r.Name),
			Value:  message("value", "a value was replaced in the recording; recorder: "+r.Name),
		}}
		for _, name := range r.sanitizes {
			of := contract.InRequest
			if name == "set-cookie" {
				of = contract.InResponse
			}
			k.places = append(k.places, of.Header(name))
		}
		all = append(all, k)
	}
	return all
})

// RecorderTemplates returns the messages about what recorders leave out.
func RecorderTemplates() []*contract.Template {
	var all []*contract.Template
	for _, k := range recorders() {
		all = append(all, k.shared.Header, k.shared.Body, k.shared.Value)
	}
	return all
}

// recorderOf returns the recorder that creator.name of a HAR file names.
func recorderOf(creator string) *knownRecorder {
	creator = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(creator), "OWASP "))
	for _, k := range recorders() {
		if k.Creator != "" && strings.HasPrefix(creator, strings.ToLower(k.Creator)) {
			return k
		}
	}
	return anyRecorder()
}

// anyRecorder stands for a recorder that is not known.
var anyRecorder = sync.OnceValue(func() *knownRecorder { return recorderNamed(unknownName) })

// unnamedRecorder is unnamed with its messages.
var unnamedRecorder = sync.OnceValue(func() *knownRecorder { return recorderNamed(unnamed.Name) })

// recorderNamed returns the recorder with a name.
func recorderNamed(name string) *knownRecorder {
	for _, k := range recorders() {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// sanitized returns the headers that the recorder left out of an exchange. A file that
// has one of them is not sanitized.
func (k *knownRecorder) sanitized(ex *contract.Exchange) []contract.Place {
	for _, name := range k.sanitizes {
		if ex.Request.Header.Get(name) != "" || ex.Response.Header.Get(name) != "" {
			return nil
		}
	}
	return k.places
}
