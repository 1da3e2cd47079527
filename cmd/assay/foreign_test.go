package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/judge"
	"assay/internal/proxy"
	"assay/internal/testsize"
)

// hostileTexts are texts that control terminals, pipelines and web pages, or break formats.
func hostileTexts() []string {
	return []string{
		"x\n\nconforms\n::error title=owned::from a body\n\x1b[2J\x1b[H",
		"::error::x", "  ::warning file=a::b", "##[error]x", "a ##vso[task.complete result=Succeeded]", "##teamcity[testFailed name='x']",
		"\r\nassay: conforms", "\x00\x07\x08\x7f", "\u009b31m\u0085", "\u202egnp.exe\u2066\u2069\u200f\u061c", "a\u200bb\u200d\u2060\ufeff\u00ad\u3164", "\u2028\u2029",
		"\xff\xfe\xc0\x80", "\ufffe\uffff", "\U000e0041\U000f0000", "a|b|c", "`a` | `b`", "\\|\\`", "[x](javascript:alert(1))", "<script>alert(1)</script>", "]]><a/>", "&#0;&lt;",
		"![x](https://h.test/p.png)", "```\n# x\n```", "\t| x |\n|---|", "{place}{x|quoted}", "%s%d%n", "'; rm -rf ~ #", "\"quoted\"", "~1~0/a/b", "", " ", strings.Repeat("long", 100), strings.Repeat("\x1b", 300),
	}
}

// people are personal data that no output may show.
func people() []string {
	return []string{"kanary.vogel@mail.test", "4111111111111111", "4111-1111-1111-1111", "BQZPV1234K", "9876501234", "+91 98765 01234", "234123412346", "HDFC0001234 50100098765432"}
}

// hostilePlaces are the places at which a provider, a client or a recorder writes a text.
func hostilePlaces() map[string]func(edits, string) {
	all := places()
	delete(all, "no JSON") // it replaces the body
	delete(all, "the name of a header")
	all["the name of a response header"] = func(e edits, v string) { e.ex.Response.Header[v] = []string{v} }
	all["the name of a request header"] = func(e edits, v string) { e.ex.Request.Header[v] = []string{v} }
	all["the media type"] = func(e edits, v string) { e.ex.Response.Header["Content-Type"] = []string{v} }
	all["the media type of the request"] = func(e edits, v string) { e.ex.Request.Header["Content-Type"] = []string{v} }
	all["the host"] = func(e edits, v string) { e.ex.Request.URL.Host = v }
	all["the path"] = func(e edits, v string) { e.ex.Request.URL.Path = "/" + v }
	all["below the path"] = func(e edits, v string) { e.ex.Request.URL.Path += "/" + v }
	all["the method"] = func(e edits, v string) { e.ex.Request.Method = v }
	all["a documented object"] = func(e edits, v string) { e.object(e.request, "body")["txnAmount"] = map[string]any{v: v} }
	return all
}

var hostileBase = sync.OnceValues(func() (contract.Exchange, *judge.Judge) {
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		panic(err)
	}
	e := engine.New(k, engine.Cassettes(k))
	play := e.Play(context.Background(), e.Fixtures.Case("paytm/createOrder/sample"))
	j, err := judge.New(k, judge.Options{})
	if play.Err != nil || err != nil {
		panic(errors.Join(play.Err, err))
	}
	return *play.Exchange, j
})

// withHostile returns the exchange with a text at a place.
func withHostile(t *testing.T, put func(edits, string), v string) contract.Exchange {
	t.Helper()
	ex, _ := hostileBase()
	e := edits{ex: &ex}
	if err := errors.Join(json.Unmarshal(ex.Request.Body, &e.request), json.Unmarshal(ex.Response.Body, &e.response)); err != nil {
		t.Fatal(err)
	}
	u := *ex.Request.URL
	ex.Request.URL, ex.Request.Header, ex.Response.Header = &u, ex.Request.Header.Clone(), ex.Response.Header.Clone()
	put(e, v)
	var one, other error
	ex.Request.Body, one = contract.Encode(e.request)
	ex.Response.Body, other = contract.Encode(e.response)
	if err := errors.Join(one, other); err != nil {
		t.Fatal(err)
	}
	return ex
}

// asLine writes an exchange as NDJSON, also if no recorder would.
func asLine(t *testing.T, ex contract.Exchange) []byte {
	t.Helper()
	flat := func(h http.Header) map[string]string {
		all := map[string]string{}
		for name, values := range h {
			all[name] = values[0]
		}
		return all
	}
	u := ex.Request.URL
	raw, err := json.Marshal(map[string]any{
		"request":  map[string]any{"method": ex.Request.Method, "url": u.Scheme + "://" + u.Host + u.Path + "?" + u.RawQuery, "headers": flat(ex.Request.Header), "body": string(ex.Request.Body)},
		"response": map[string]any{"status": ex.Response.Status, "headers": flat(ex.Response.Header), "body": string(ex.Response.Body)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

// asHAR writes an exchange as a HAR file whose creator has the text as its name.
func asHAR(t *testing.T, ex contract.Exchange, v string) []byte {
	t.Helper()
	pairs := func(h http.Header) []any {
		all := []any{}
		for name, values := range h {
			all = append(all, map[string]any{"name": name, "value": values[0]})
		}
		return all
	}
	raw, err := json.Marshal(map[string]any{"log": map[string]any{"version": v, "creator": map[string]any{"name": v, "version": v}, "comment": v, "entries": []any{map[string]any{
		"startedDateTime": v, "time": 1, "comment": v,
		"request":  map[string]any{"method": ex.Request.Method, "url": ex.Request.URL.String(), "httpVersion": v, "headers": pairs(ex.Request.Header), "queryString": []any{}, "cookies": []any{}, "headersSize": -1, "bodySize": -1, "postData": map[string]any{"mimeType": v, "text": string(ex.Request.Body)}},
		"response": map[string]any{"status": ex.Response.Status, "statusText": v, "headers": pairs(ex.Response.Header), "cookies": []any{}, "content": map[string]any{"size": -1, "mimeType": v, "encoding": v, "text": string(ex.Response.Body)}, "redirectURL": v, "headersSize": -1, "bodySize": -1},
		"cache":    map[string]any{}, "timings": map[string]any{"send": 0, "wait": 1, "receive": 0},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// From this number on, the text of FuzzForeign ends in personal data.
const hostileOnly = 128

// FuzzForeign puts a text at every place where a provider, a client, a recorder or a user
// writes one, and reads every output back. The work is in parts, because the fuzzer ends a
// process that takes ten seconds for one input. In the short form of its seeds, every second text
// and every second person goes to one part.
func FuzzForeign(f *testing.F) {
	parts := []func(*testing.T, string, string, int){foreignCheck, foreignDrift, foreignProxy, foreignArguments}
	for part := range parts {
		for i, text := range hostileTexts() {
			if which := uint8(i); testsize.Full() {
				f.Add(text, which, uint8(part))
			} else if i%(2*len(parts)) == 2*part {
				f.Add(text, which/uint8(len(parts)), uint8(part)) // with other arguments than the last one
			}
		}
		for i := range people() {
			if testsize.Full() || i%(2*len(parts)) == 2*part {
				f.Add("", uint8(i+hostileOnly), uint8(part))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string, which, part uint8) {
		t.Parallel()
		if len(text) > 1000 {
			return // see TestForeignLong
		}
		who := people()[int(which)%len(people())]
		if which >= hostileOnly {
			text += "x\n" + who
		}
		parts[int(part)%len(parts)](t, text, who, int(which))
	})
}

// TestForeignLong puts a text at every place that is too long to be searched or shown.
func TestForeignLong(t *testing.T) {
	t.Parallel()
	who := people()[0]
	long := strings.Repeat("long ", 1000)
	foreignCheck(t, long+who, who, 0)
	foreignDrift(t, who+long, who, 0)
}

// foreignCheck checks traffic with the text.
func foreignCheck(t *testing.T, v, who string, _ int) {
	t.Helper()
	all := hostilePlaces()
	var lines []byte
	for _, name := range slices.Sorted(maps.Keys(all)) {
		lines = append(lines, asLine(t, withHostile(t, all[name], v))...)
	}
	lines = append(lines, "\n{"+strings.ReplaceAll(v, "\n", " ")+"\n"...)
	name := "folder/" + fileName(v)
	dir := written(t, map[string][]byte{
		name + ".ndjson":    lines,
		name + ".har":       asHAR(t, withSeveral(t, v), v),
		name + ".empty.har": nil,
		name + ".yaml":      []byte("version: 2\ninteractions:\n  - " + v),
	})
	foreignReports(t, v, who, dir, []string{"text", "json", "junit"}, "check", filepath.Join(dir, "folder"), "-v", "--max-findings", "1000")
}

// foreignDrift compares traffic with the text, and lists the changes.
func foreignDrift(t *testing.T, v, who string, _ int) {
	t.Helper()
	several, coded := asLine(t, withSeveral(t, v)), asLine(t, withHostile(t, hostilePlaces()["the code"], v))
	base := asLine(t, withHostile(t, func(edits, string) {}, ""))
	odd := fileName(v)
	dir := written(t, map[string][]byte{
		"old.ndjson":        bytes.Repeat(base, 20),
		odd + ".new.ndjson": bytes.Repeat(slices.Concat(several, coded), 20),
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	foreignReports(t, v, who, dir, []string{"text", "json", "junit", "markdown"}, "drift", in("old.ndjson"), in(odd+".new.ndjson"), "--ledger", in(odd+".db"))
	readable(t, "ledger", "json", foreignRun(t, v, who, "ledger", in(odd+".db"), "--json"), v, who)
	foreignRun(t, v, who, "ledger", in(odd+".db"))
}

// withSeveral returns the exchange with a text at several places.
func withSeveral(t *testing.T, v string) contract.Exchange {
	t.Helper()
	all := hostilePlaces()
	return withHostile(t, func(e edits, v string) {
		for _, name := range []string{"the name of a member", "a name further below", "a name in the request", "the name of a response header", "the query", "the message"} {
			all[name](e, v)
		}
	}, v)
}

// written writes files into a folder of its own, and returns it.
func written(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, raw := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, raw, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// foreignReports runs a command with a report in each format, and reads them.
func foreignReports(t *testing.T, v, who, dir string, formats []string, args ...string) {
	t.Helper()
	file := func(format string) string { return filepath.Join(dir, "report."+format) }
	for _, format := range formats {
		args = append(args, "--report", format+"="+file(format))
	}
	foreignRun(t, v, who, append(args, "--report", "text")...)
	for _, format := range formats {
		raw, err := os.ReadFile(file(format))
		if err != nil {
			t.Fatal(err)
		}
		readable(t, args[0]+" "+format, format, raw, v, who)
	}
}

// fileName makes a name of a file from a text.
func fileName(v string) string {
	name := strings.NewReplacer("/", "_", "\x00", "_").Replace(v)
	return "f" + name[:min(len(name), 150)]
}

// foreignRun runs a command and reads what it writes to its streams.
func foreignRun(t *testing.T, v, who string, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second) // the name of a provider starts a server
	defer stop()
	run(ctx, args, strings.NewReader(""), &stdout, &stderr)
	readable(t, args[0]+" standard error", "text", stderr.Bytes(), v, who)
	readable(t, args[0]+" standard output", "text", stdout.Bytes(), v, who)
	return stdout.Bytes()
}

// foreignArguments gives the text as an argument. There are many kinds of arguments; a
// text is given to every fourth.
func foreignArguments(t *testing.T, v, who string, which int) {
	t.Helper()
	if strings.ContainsRune(v, 0) || strings.HasPrefix(v, "-") {
		return // no shell can pass it as it is
	}
	for i, args := range [][]string{
		{"explain", v},
		{"explain", "paytm/" + v},
		{"explain", v + "/createOrder"},
		{"list", v},
		{"list", "codes", v},
		{v},
		{"run", v},
		{"help", v},
		{"check", v},
		{"check", "x", "--provider", v},
		{"check", "x", "--base", "paytm=" + v},
		{"check", "x", "--report", v},
		{"check", "x", "--report", "json=/nowhere/" + fileName(v)},
		{"check", "x", "--fail-on", v},
		{"check", "x", "--keys", v},
		{"check", "x", "--format", v},
		{"run", "--data", v},
		{"run", "--color", v},
		{"run", "--" + v},
		{"drift", v, v},
		{"drift", "x", "--only", v},
		{"ledger", v},
		{"ledger", "ack", "x", v},
		{"run", "paytm", "--base", v},
		{"proxy", v},
		{"proxy", "paytm", "--to", v},
		{"sandbox", v},
		{"record", v},
		{"export", "/dev/null/" + fileName(v)},
	} {
		if which >= hostileOnly || i%4 == which%4 {
			foreignRun(t, v, who, args...)
		}
	}
}

// foreignProxy logs exchanges with the text as the proxy does.
func foreignProxy(t *testing.T, v, who string, _ int) {
	t.Helper()
	_, j := hostileBase()
	for name, put := range hostilePlaces() {
		ex := withHostile(t, put, v)
		o := j.Operation(ex.Request)
		if o == nil {
			continue
		}
		result, _ := j.Judge(ex)
		var log bytes.Buffer
		if err := proxy.WriteLogLine(&log, proxy.Observed{Number: 1, Time: time.Unix(0, 0), Operation: o.Name(), Result: result, Exchange: ex}); err != nil {
			t.Fatal(err)
		}
		if log.Len() == 0 {
			continue
		}
		if n := bytes.Count(log.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(log.Bytes(), []byte("}\n")) {
			t.Errorf("%s: the log has %d lines: %q", name, n, log.String())
		}
		readable(t, "log, "+name, "json", log.Bytes(), v, who)
	}
}

// readable reads an output back, and fails if the text controls it.
func readable(t *testing.T, what, format string, raw []byte, v, who string) {
	t.Helper()
	text := string(raw)
	switch {
	case !utf8.Valid(raw):
		t.Errorf("%s is not UTF-8: %q", what, text)
	case strings.ContainsFunc(text, unseen):
		i := strings.IndexFunc(text, unseen)
		t.Errorf("%s has %q after %q", what, text[i:min(len(text), i+4)], text[max(0, i-60):i])
	case strings.Contains(text, "##[") || strings.Contains(text, "##vso") || strings.Contains(text, "##team"):
		t.Errorf("%s has a command", what)
	case strings.Contains(v, who) && strings.Contains(text, who):
		i := strings.Index(text, who)
		t.Errorf("%s shows %s: %q", what, who, text[max(0, i-100):min(len(text), i+60)])
	}
	for line := range strings.Lines(text) {
		if len(line) > 1<<14 && format != "json" {
			t.Errorf("%s has a line of %d bytes", what, len(line))
		}
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("%s has the command %q", what, line)
		}
	}
	switch format {
	case "text":
		if n := len(verdictLine.FindAllString(text, -1)); n > 1 {
			t.Errorf("%s has %d verdicts: %s", what, n, text)
		}
	case "json":
		if !json.Valid(raw) {
			t.Errorf("%s is not JSON: %s", what, text)
		}
	case "junit":
		readXML(t, what, raw)
	case "markdown":
		readTable(t, what, text)
	}
}

var escapedPair = regexp.MustCompile(`\\.`)

var verdictLine = regexp.MustCompile(`(?m)^(assay: )?conforms\b`)

// unseen is what no output may have: it knows nothing of package report.
func unseen(r rune) bool {
	return r != '\n' && (unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || r == 0x3164)
}

func readXML(t *testing.T, what string, raw []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s is not XML: %v", what, err)
		}
		var texts []string
		switch v := token.(type) {
		case xml.StartElement:
			if !slices.Contains([]string{"testsuites", "testsuite", "testcase", "properties", "property", "failure", "error", "skipped", "system-out"}, v.Name.Local) {
				t.Errorf("%s has an element %s", what, v.Name.Local)
			}
			for _, a := range v.Attr {
				texts = append(texts, a.Value)
			}
		case xml.CharData:
			texts = append(texts, string(v))
		}
		for _, one := range texts {
			if strings.ContainsFunc(one, unseen) {
				t.Errorf("%s: %q", what, one)
			}
		}
	}
}

// readTable counts the cells of each row as GitHub does: a backslash escapes the next
// character.
func readTable(t *testing.T, what, text string) {
	t.Helper()
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		if strings.HasPrefix(line, "|") {
			if n := strings.Count(escapedPair.ReplaceAllString(line, ""), "|"); n != 12 {
				t.Errorf("%s: %d bars in %q", what, n, line)
			}
		}
		for _, markup := range []string{"<script", "](", "<!--", "<img"} {
			if strings.Contains(line, markup) {
				t.Errorf("%s has %s: %q", what, markup, line)
			}
		}
	}
	if fenced {
		t.Errorf("%s has an open fence", what)
	}
}
