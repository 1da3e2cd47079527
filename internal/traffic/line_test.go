package traffic_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/traffic"
)

// schema compiles exchange.schema.json.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(traffic.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertContent()
	if err := c.AddResource("exchange.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("exchange.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// conforms tells whether the schema takes a line.
func conforms(s *jsonschema.Schema, line string) bool {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	return err == nil && s.Validate(document) == nil
}

// lines are what a line may look like, and whether it is one.
var lines = map[string]bool{
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                                                           true,
	` { "response" : { "headers" : { } , "status" : 999 } , "request" : { "headers" : { } , "url" : "https://x/" , "method" : "GET" } } `:                           true,
	`{"schema":"assay.exchange/v1","request":{"method":"GET","url":"https://x/","headers":{"a":"1","b":["2","3"],"c":[]}},"response":{"status":100,"headers":{}}}`:  true,
	`{"request":{"method":"GET","url":"https://x/","headers":{"a":"1","A":"2","a ":"3",":a":"4","é":"5"}},"response":{"status":200,"headers":{}}}`:                  true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\"\\\/\b\f\n\r\t\u0000\u00e9\u20b9\ud83d\ude00 ₹"},"response":{"status":200,"headers":{}}}`: true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\ud83d \ude00 \ud83d\u0041 \uD83D\uDE00"},"response":{"status":200,"headers":{}}}`:          true,
	`{"request":{"method":"GET","url":"https:\/\/x\/\u0041","headers":{"a\u0062":"\u0063"}},"response":{"status":200,"headers":{},"bodyBase64":"4oI="}}`:            true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":""},"response":{"status":200,"headers":{},"bodyBase64":"","durationMs":0}}`:                  true,
	`{"request":{"m\u0065thod":"GET","url":"https://x/","headers":{},"x":[1,{"y":null}]},"z":-1.5e+3,"response":{"status":2.0e2,"headers":{},"durationMs":1.5e-3}}`: true,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":-0}}`:                                           true,
	`{"x":1,"x":{"y":1,"y":2},"request":{"method":"GET","url":"https://x/","headers":{},"z":1,"z":"2"},"response":{"status":200,"headers":{},"Z":1,"z":2}}`:         true,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":1e2}}`:                                          true,
	`{"request":{"method":"GET","url":"https://x/","headers":{"\ud83d":"\udc00"},"body":"\ud83d\uda00\udc00"},"response":{"status":200,"headers":{}}}`:              true,
	`{"request":{"method":null,"url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                                                            false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":null,"headers":{}}}`:                                                          false,
	`{"schema":null,"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                                             false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"bodyBase64":null}}`:                                         false,
	`{"request":{"method":"GET","url":"https://x/","headers":{"a":null}},"response":{"status":200,"headers":{}}}`:                                                   false,
	`{"request":{"method":"GET","url":"https://x/","headers":{"a":{"b":"c"}}},"response":{"status":200,"headers":{}}}`:                                              false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":1e400,"headers":{}}}`:                                                         false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":01}}`:                                           false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":1.}}`:                                           false,
	`null`: false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":12.000001}}`:            true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\ud83d\ue000"},"response":{"status":200,"headers":{}}}`:             true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"a \udd00"},"response":{"status":200,"headers":{}}}`:                 true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\uda00\ud83d\ude00"},"response":{"status":200,"headers":{}}}`:       true,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\ud83d\udc00\ud83d\udbff"},"response":{"status":200,"headers":{}}}`: true,
	`{"request":{"method":"","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                                      false,
	`{"request":{"method":"GET","url":"","headers":{}},"response":{"status":200,"headers":{}}}`:                                             false,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"headers":{}}}`:                                                false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200}}`:                                                false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"headers":{}}}`:                                                false,
	`{"request":{"method":"GET","url":"https://x/","headers":null},"response":{"status":200,"headers":{}}}`:                                 false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":null},"response":{"status":200,"headers":{}}}`:                       false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":{}},"response":{"status":200,"headers":{}}}`:                         false,
	`{"request":{"method":"GET","url":"https://x/","headers":{"a":[1]}},"response":{"status":200,"headers":{}}}`:                            false,
	`{"request":{"method":"GET","url":"https://x/","headers":{"a":["1",null]}},"response":{"status":200,"headers":{}}}`:                     false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"","bodyBase64":""},"response":{"status":200,"headers":{}}}`:         false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"bodyBase64":"***"}}`:                false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":"200","headers":{}}}`:                                 false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200.5,"headers":{}}}`:                                 false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":1000,"headers":{}}}`:                                  false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":99,"headers":{}}}`:                                    false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":0200,"headers":{}}}`:                                  false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":"1"}}`:                  false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":null}}`:                 false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":-1}}`:                   false,
	`{"schema":"","request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                       false,
	`{"schema":1,"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                        false,
	`{"request":[],"response":{"status":200,"headers":{}}}`:                                                                                 false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":null}`:                                                          false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}}}`:                                                                          false,
	`{"response":{"status":200,"headers":{}}}`:                                                                                              false,
	`{"request":{"method":GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`:                                    false,
	`{"request":{"method":"GET","url":"https://x/","headers"{}},"response":{"status":200,"headers":{}}}`:                                    false,
	`{"request"[],"response":{"status":200,"headers":{}}}`:                                                                                  false,
	`[]`: false,
	``:   false,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}},`:                                    false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},},"response":{"status":200,"headers":{}}}`:                                    false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"x":01},"response":{"status":200,"headers":{}}}`:                              false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"x":1eE5},"response":{"status":200,"headers":{}}}`:                            false,
	"{\"request\":{\"method\":\"GET\",\"url\":\"https://x/\",\"headers\":{},\"body\":\"a\tb\"},\"response\":{\"status\":200,\"headers\":{}}}": false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\x"},"response":{"status":200,"headers":{}}}`:                         false,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"\u12g4"},"response":{"status":200,"headers":{}}}`:                     false,
}

// refused are lines that the schema takes and that are read with an error: names
// that stand twice, and names that are written with other capitals.
var refused = []string{
	`{"request":{"method":"GET","url":"https://x/","headers":{"c":[],"c":"1"}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{"c":"1","c":"1"}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{":c":"1",":c":"1"}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{"c":["1"],"c":[]}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","method":"PUT","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"body":"a","body":"a"},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"headers":{}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"st\u0061tus":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":1,"durationMs":1}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`,
	`{"schema":"assay.exchange/v1","schema":"assay.exchange/v1","request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`,
	`{"Schema":"assay.exchange/v1","request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{},"BODY":"a"},"response":{"status":200,"headers":{}}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMS":1}}`,
	`{"request":{"method":"GET","url":"#","headers":{}},"response":{"status":200,"headers":{}}}`,
}

// TestLine holds what reads lines to the schema, both ways of reading to each other,
// and what is said of lines to a golden file.
func TestLine(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for text, want := range lines {
		if _, err := traffic.ParseLine(text); (err == nil) != want {
			t.Errorf("%s: read with %v", text, err)
		}
		if got := conforms(s, text); got != want {
			t.Errorf("%s: conforms to the schema: %v", text, got)
		}
	}
	for _, text := range refused {
		if _, err := traffic.ParseLine(text); err == nil || !conforms(s, text) {
			t.Errorf("%s: read with %v, and conforms to the schema: %v", text, err, conforms(s, text))
		}
	}
	var all strings.Builder
	for _, text := range slices.Concat(slices.Sorted(maps.Keys(lines)), refused) {
		agree(t, text)
		all.WriteString(text + "\n\t" + parsed(traffic.ParseLine(text)) + "\n")
	}
	golden.Compare(t, filepath.Join("testdata", "golden", "lines.txt"), []byte(all.String()))
	usual := `{"schema":"assay.exchange/v1","request":{"method":"GET","url":"https://x/","headers":{"a":"1","b":["2","3"]},"body":"\u20b9\n"},"response":{"status":200,"headers":{},"bodyBase64":"4oI=","durationMs":1.5}}`
	if _, _, quick := traffic.QuickLine(usual); !quick {
		t.Error("what is usual is not read quickly")
	}
}

// agree holds the quick way of reading a line to structs, wherever it does not
// give up.
func agree(t testing.TB, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		return // neither is asked
	}
	fast, fastErr, ok := traffic.QuickLine(text)
	if !ok {
		return
	}
	want, err := traffic.StructLine(text)
	if (err == nil) != (fastErr == nil) || err != nil && err.Error() != fastErr.Error() {
		t.Errorf("%q: quickly it is %v, in structs %v", text, fastErr, err)
	}
	if !reflect.DeepEqual(fast, want) {
		t.Errorf("%q:\nquickly    %+v\nin structs %+v", text, fast, want)
	}
}

// TestBodies reads bodies with every byte of ASCII, and with each escape, at every position
// among the quotes of JSON within JSON, quickly and in structs.
func TestBodies(t *testing.T) {
	t.Parallel()
	parts := []string{`\"`, `\\`, `\/`, `\n`, `\u0041`, `\u00e9`, `\ud83d\ude00`, `\ud83d`, `\x`, `\`, "\u00e9", `\"\"\"\"`, `\":\"`, "12345678"}
	for b := range 0x80 {
		parts = append(parts, string(rune(b)))
	}
	const body = `{\"ab\":\"cd ef\",\"ghijklmnop\":[\"q\",\"\",\"r\"]}`
	for at := range len(body) + 1 {
		for _, part := range parts {
			agree(t, `{"schema":"assay.exchange/v1","request":{"method":"GET","url":"https://a.example/","headers":{},"body":"`+body[:at]+part+body[at:]+`"},"response":{"status":200,"headers":{}}}`)
		}
	}
}

func FuzzLine(f *testing.F) {
	for text := range lines {
		f.Add(text)
	}
	for _, text := range refused {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		agree(t, text)
		ex, err := traffic.ParseLine(text)
		var scratch traffic.Scratch
		for _, before := range []string{text, lineOf(1), text} {
			if _, other := traffic.ParseInto([]byte(before), &scratch); before != text && other != nil {
				t.Fatal(other)
			}
			if again, fault := traffic.ParseInto([]byte(text), &scratch); fmt.Sprint(fault) != fmt.Sprint(err) || !reflect.DeepEqual(again, ex) {
				t.Errorf("%q: into memory that is used again %+v, %v; by itself %+v, %v", text, again, fault, ex, err)
			}
		}
		if err != nil {
			return
		}
		line, err := traffic.Append(nil, ex)
		if err != nil {
			t.Fatalf("%q was read, and is not to be written: %v", text, err)
		}
		again, err := traffic.ParseLine(strings.TrimSuffix(string(line), "\n"))
		if err != nil || !same(ex, again) {
			t.Errorf("%q became %s, which reads as %+v, %v", text, line, again, err)
		}
	})
}

// same compares exchanges, URLs by their text.
func same(a, b contract.Exchange) bool {
	if a.Request.URL.String() != b.Request.URL.String() {
		return false
	}
	a.Request.URL, b.Request.URL = nil, nil
	a.Recorder, b.Recorder = nil, nil
	return reflect.DeepEqual(a, b)
}

// TestRoundTrip writes drawn exchanges as lines, which are valid, and reads them
// again, quickly.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	s := schema(t)
	rapid.Check(t, func(t *rapid.T) {
		ex := drawn(t)
		before := []byte("before")
		line, err := traffic.Append(before, ex)
		if err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutSuffix(string(line), "\n")
		if text = strings.TrimPrefix(text, "before"); !ok || len(text)+len("before\n") != len(line) || strings.Contains(text, "\n") || !json.Valid([]byte(text)) {
			t.Fatalf("%q is no line", line)
		}
		if !conforms(s, text) {
			t.Fatalf("%s does not conform", text)
		}
		got, err, quick := traffic.QuickLine(text)
		if err != nil || !quick || !same(got, ex) {
			t.Fatalf("%s reads as %+v, %v, quickly: %v; want %+v", text, got, err, quick, ex)
		}
		if got, err := traffic.StructLine(text); err != nil || !same(got, ex) {
			t.Fatalf("%s reads in structs as %+v, %v", text, got, err)
		}
		if again, err := traffic.Append(nil, ex); err != nil || string(again) != text+"\n" {
			t.Fatalf("the second time it is %s, %v", again, err)
		}
	})
}

func drawn(t *rapid.T) contract.Exchange {
	body := rapid.OneOf(
		rapid.Just([]byte(nil)),
		rapid.SliceOfN(rapid.Byte(), 1, 60),
		rapid.Map(rapid.StringN(1, 60, -1), func(s string) []byte { return []byte(s) }),
		rapid.Map(rapid.MapOf(rapid.String(), rapid.String()), func(m map[string]string) []byte {
			raw, err := json.Marshal(m)
			if err != nil {
				panic(err)
			}
			return raw
		}),
	)
	header := rapid.Custom(func(t *rapid.T) http.Header {
		h := http.Header{}
		for name, values := range rapid.MapOfN(rapid.StringMatching(`[A-Za-z][A-Za-z0-9-]{0,12}`), rapid.SliceOfN(rapid.String(), 1, 3), 0, 5).Draw(t, "headers") {
			h[http.CanonicalHeaderKey(name)] = values
		}
		return h
	})
	u := &url.URL{
		Scheme: "https", Host: "pay.example.com",
		Path: "/" + rapid.String().Draw(t, "path"), RawQuery: url.Values{"q": {rapid.String().Draw(t, "query")}}.Encode(),
	}
	return contract.Exchange{
		Request: contract.Request{Method: rapid.StringN(1, 8, -1).Draw(t, "method"), URL: u, Header: header.Draw(t, "asked"), Body: body.Draw(t, "request")},
		Response: contract.Response{
			Status: rapid.IntRange(100, 999).Draw(t, "status"), Header: header.Draw(t, "came"), Body: body.Draw(t, "response"),
			Duration: time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "took")),
		},
	}
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	u := &url.URL{Scheme: "https", Host: "pay.example.com"}
	ok := contract.Exchange{Request: contract.Request{Method: "GET", URL: u}, Response: contract.Response{Status: 200}}
	for want, change := range map[string]func(*contract.Exchange){
		"the request has no URL":                       func(ex *contract.Exchange) { ex.Request.URL = nil },
		"the request has no method":                    func(ex *contract.Exchange) { ex.Request.Method = "" },
		"the response has the status 0":                func(ex *contract.Exchange) { ex.Response.Status = 0 },
		"the request's method or URL is not UTF-8":     func(ex *contract.Exchange) { ex.Request.Method = "\xff" },
		`the header "X-Any" is not UTF-8`:              func(ex *contract.Exchange) { ex.Response.Header = http.Header{"X-Any": {"payer\xff"}} },
		`the header "X?" is not UTF-8`:                 func(ex *contract.Exchange) { ex.Request.Header = http.Header{"X\xff": {"payer"}} },
		"the response has the status 1000; expected 1": func(ex *contract.Exchange) { ex.Response.Status = 1000 },
	} {
		ex := ok
		change(&ex)
		out, err := traffic.Append([]byte("as it was"), ex)
		if err == nil || !strings.Contains(err.Error(), want) || string(out) != "as it was" || strings.Contains(err.Error(), "payer") {
			t.Errorf("%q, %v; want %q", out, err, want)
		}
	}
	ok.Request.Header = http.Header{"A": {}, "B": {"1"}, "C": nil}
	line, err := traffic.Append(nil, ok)
	if err != nil || !strings.Contains(string(line), `"headers":{"B":"1"}`) {
		t.Errorf("%s, %v", line, err)
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	u := &url.URL{Scheme: "https", Host: "pay.example.com"}
	for _, d := range []time.Duration{0, 1, 999, 1000, time.Millisecond - 1, time.Millisecond, time.Hour + 1, 249, 34597262125456, 26*24*time.Hour + 123456789} {
		line, err := traffic.Append(nil, contract.Exchange{Request: contract.Request{Method: "GET", URL: u}, Response: contract.Response{Status: 200, Duration: d}})
		if err != nil {
			t.Fatal(err)
		}
		ex, err := traffic.ParseLine(strings.TrimSpace(string(line)))
		if err != nil || ex.Response.Duration != d {
			t.Errorf("%d became %d in %s, %v", d, ex.Response.Duration, line, err)
		}
	}
	if _, err := traffic.ParseLine(strings.Replace(lineOf(1), `200,`, `200,"durationMs":1e300,`, 1)); err == nil {
		t.Error("a duration that is out of range is read")
	}
}

// TestCodedLines takes codings off bodies that came as base64, quickly and in
// structs, and leaves what has none.
func TestCodedLines(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"gzip": "H4sIAAAAAAAC/8tIzcnJBwCGphA2BQAAAA==", "br": "CwKAaGVsbG8D", "zstd": "KLUv/QQAKQAAaGVsbG+jbZ+I", "identity": "aGVsbG8="} {
		side := `"headers":{"Content-Encoding":"` + name + `","X":"y"},"bodyBase64":"` + body + `"}`
		text := `{"request":{"method":"POST","url":"https://x/",` + side + `,"response":{"status":200,` + side + `}` + "\n"
		for _, text := range []string{text, strings.Replace(text, `"status"`, `"st\u0061tus"`, 1)} {
			got := read(t, traffic.Options{}, strings.NewReader(text+text), "-")
			for _, line := range got {
				if strings.Count(line, `"body":"hello"`) != 2 || strings.Contains(line, "Content-Encoding") != (name == "identity") {
					t.Errorf("%s: %s", name, line)
				}
			}
			if len(got) != 2 {
				t.Errorf("%s: %d lines", name, len(got))
			}
			var scratch traffic.Scratch // whose headers the next line finds again
			err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text+text), traffic.Options{}, func(e *traffic.Entry) error {
				ex, err := e.Into(&scratch)
				if string(ex.Request.Body) != "hello" || string(ex.Response.Body) != "hello" {
					t.Errorf("%s: %q and %q into memory that is used again", name, ex.Request.Body, ex.Response.Body)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
	got := read(t, traffic.Options{}, strings.NewReader(`{"request":{"method":"POST","url":"https://x/","headers":{"Content-Encoding":"gzip"},"bodyBase64":"H4sIAAAA"},"response":{"status":200,"headers":{}}}`), "-")
	if len(got) != 1 || !strings.Contains(got[0], "the request's body cannot be decoded as its Content-Encoding says") {
		t.Errorf("damaged: %q", got)
	}
}
