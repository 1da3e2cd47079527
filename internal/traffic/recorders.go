package traffic

import (
	"strings"
	"sync"

	"assay/internal/contract"
)

// Recorder is a program that writes recordings, and what it leaves out.
type Recorder struct {
	Creator string // the beginning of creator.name in a HAR file, or "" for a cassette
	Name    string
	Leaves  string // what it leaves out, for people
	Instead string // what to record instead

	key       string   // in the ids of messages
	sanitizes []string // the headers that it leaves out of sanitized files, the first always
}

// Recorders lists the programs whose recordings are known to lack something.
func Recorders() []Recorder {
	return []Recorder{
		{"WebInspector", "Chrome, Edge", "Authorization, cookies; bodies", "export the HAR with sensitive data and content", "chrome", []string{"authorization", "cookie", "set-cookie"}},
		{"Firefox", "Firefox", "bodies over a limit", "raise devtools.netmonitor.responseBodyLimit", "firefox", nil},
		{"WebKit Web Inspector", "Safari", "bodies and their sizes", "open the network tab before the request", "safari", nil},
		{"Playwright", "Playwright", "bodies, which it keeps in files", "record with content: 'embed', mode: 'full'", "playwright", nil},
		{"Puppeteer", "Puppeteer", "bodies of responses", "record with saveResponse: true", "puppeteer", nil},
		{"chrome-har", "chrome-har", "bodies of responses", "record with includeTextFromResponseBody", "chrome-har", nil},
		{"Browsertime", "Browsertime", "bodies of responses", "record with --chrome.includeResponseBodies all", "browsertime", nil},
		{"mitmproxy", "mitmproxy", "bodies that it streams", "record without stream_large_bodies", "mitmproxy", nil},
		{"Charles", "Charles", "bodies over a limit", "raise the limit in Recording Settings", "charles", nil},
		{"Proxyman", "Proxyman", "bodies over a limit", "raise the limit in the settings", "proxyman", nil},
		{"Fiddler", "Fiddler", "bodies over a limit", "raise the limits of HAR export", "fiddler", nil},
		{"HTTP Toolkit", "HTTP Toolkit", "bodies over a limit", "raise the limit in the settings", "httptoolkit", nil},
		{"BrowserMob Proxy", "BrowserMob Proxy", "what is not enabled", "enable all capture types", "browsermob", nil},
		{"Selenium Wire", "Selenium Wire", "bodies that are not captured", "record with enable_har and all bodies", "seleniumwire", nil},
		{"ZAP", "ZAP", "bodies over a limit", "raise the limit of the database", "zap", nil},
		{"Insomnia", "Insomnia", "bodies that are files", "send the body as text", "insomnia", nil},
		{"Postman", "Postman", "bodies that are files", "send the body as text", "postman", nil},
		{"k6", "k6", "bodies of responses", "record with bodies", "k6", nil},
		{"", "go-vcr", "what a hook removes", "let the hook replace values only", "govcr", nil},
		{"", "VCR.py", "what a filter names", "record without the filter", "vcrpy", nil},
		{"", "Ruby VCR", "what a filter replaces", "record without filter_sensitive_data", "rubyvcr", nil},
		{"", unknownName, "not known", "record with all headers and bodies", "other", nil},
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
			Header: message("header", "the recording lacks the header (recorder: "+r.Name+")"),
			Body:   message("body", "the recording lacks the body or a part of it (recorder: "+r.Name+")"),
			Value:  message("value", "a value was replaced in the recording (recorder: "+r.Name+")"),
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
