package traffic_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"assay/internal/golden"
	"assay/internal/testsize"
	"assay/internal/traffic"
)

// entries are what an item of log.entries may look like.
var entries = []string{
	`{}`, `null`, `[]`, `{"request":null,"response":null,"time":null}`,
	entryOf(1),
	`{"request":{"method":"GET","url":"https://x/","headers":null,"postData":null},"response":{"status":null,"headers":null,"content":null}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":[{"name":"a"},{"name":"A","value":null},{"value":"1","name":"a","_x":{}}]},"response":{"status":200,"headers":[{"name":"b","value":1.50},{"name":"c","value":true}]}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":[{"name":"cookie","value":"a\nb\r\nc"},{"name":":path","value":"/"}]},"response":{"status":2e2,"content":{"text":"\u00e9\ud83d\ude00\ud83d","size":1e99}}}`,
	`{"request":{"method":"POST","url":"https://x/","postData":{"mimeType":"application/x-www-form-urlencoded;charset=utf-8","params":[{"name":"a b","value":"&"},{"name":"c"}]}},"response":{"status":200}}`,
	`{"request":{"method":"POST","url":"https://x/","postData":{"text":"4oI=","encoding":"base64"}},"response":{"status":204,"content":{"size":5}}}`,
	`{"request":{"method":"HEAD","url":"https://x/"},"response":{"status":200,"content":{"size":5}},"time":-1}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"4oI","encoding":"base64","mimeType":"x/y","_file":"a"}},"time":1e-3}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"size":"5","text":null,"_file":"a"}}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200},"time":"12"}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":"200"}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":1000}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":[{"value":"no name"}]}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":[{"name":"a","value":{}}]}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":["a"]}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":[1.5e+3,-0,"\u0041\/",{"a":[],"b":{}},true,false,null]},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":"\x"},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":1.},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"\udd00\udd00"}}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":nul},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":01},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":-},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":1eE5},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","_x":+1},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":020}}`,
	"{\"request\":{\"method\":\"GET\",\"url\":\"https://x/\",\"_x\":\"a\tb\"},\"response\":{\"status\":200}}",
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"\ud83d\ue000"}}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"a \udd00"}}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"\uda00\ud83d\ude00"}}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"\ud83d\udc00\ud83d\udbff"}}}`,
	`{"_x":1,"request":{"_x":{"a":1,"a":2},"_x":3,"m\u0065thod":"GET","url":"https://x/","headers":[{"name":"a","_x":1,"_x":2,"value":"b"}]},"_x":{},"response":{"status":200}}`,
	`{"request":null,"request":{"method":"GET","url":"https://x/"},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"status":null}}`,
	`{"request":{"method":"GET","url":"https://x/","headers":[{"name":"a","name":"b"}]},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","postData":{"text":"","text":""}},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","postData":{"text":1}},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","postData":{"params":{}}},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/","postData":{"params":[{"name":null}]}},"response":{"status":200}}`,
	`{"request":{"method":null,"url":"https://x/"},"response":{"status":200}}`,
	`{"Request":{"method":"GET","url":"https://x/"},"response":{"status":200}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200.5}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":1e400}}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200},"time":1e300}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":[]}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200}`,
	`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200}} {}`,
}

// TestHAREntry holds what entries are read as, and what is said of those that are
// none, to a golden file.
func TestHAREntry(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, text := range entries {
		all.WriteString(text + "\n\t" + parsed(traffic.ParseHAR(text)) + "\n")
	}
	golden.Compare(t, filepath.Join("testdata", "golden", "entries.txt"), []byte(all.String()))
	deep := `{"request":{"method":"GET","url":"https://x/"},"response":{"status":200},"_x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`
	if _, err := traffic.ParseHAR(deep); err != nil {
		t.Errorf("deep, and of no interest: %v", err)
	}
	if _, err := traffic.ParseHAR(strings.Repeat("[", 1e6)); err == nil {
		t.Error("a million brackets are an entry")
	}
}

// TestHARBodies tells a body that was there and is not in the file from none. The short form
// leaves out a body that is too large.
func TestHARBodies(t *testing.T) {
	t.Parallel()
	const packed = `"headers":[{"name":"content-encoding","value":"gzip"}],`
	bomb := ""
	if testsize.Full() {
		bomb = base64.StdEncoding.EncodeToString(gzipped(t, strings.Repeat("x", traffic.Largest+1)))
	}
	for name, c := range map[string]struct {
		method, response string
		body, typed      string
		fault            string
	}{
		"none":                      {"GET", `{"status":200}`, "", "", ""},
		"of size 0":                 {"GET", `{"status":200,"content":{"size":0}}`, "", "", ""},
		"an empty text":             {"GET", `{"status":200,"content":{"size":5,"text":""}}`, "", "", "lacks the body of the response, which had 5 bytes"},
		"not kept":                  {"GET", `{"status":200,"content":{"size":5}}`, "", "", "lacks the body of the response, which had 5 bytes"},
		"asked with HEAD":           {"HEAD", `{"status":200,"content":{"size":5}}`, "", "", ""},
		"no content":                {"GET", `{"status":204,"content":{"size":5}}`, "", "", ""},
		"not modified":              {"GET", `{"status":304,"content":{"size":5}}`, "", "", ""},
		"in a file":                 {"GET", `{"status":200,"content":{"_file":"a.json"}}`, "", "", "it stands in another file"},
		"in a file, and here":       {"GET", `{"status":200,"content":{"text":"{}","_file":"a.json"}}`, "{}", "", ""},
		"base64":                    {"GET", `{"status":200,"content":{"text":"aGVsbG8=","encoding":"base64"}}`, "hello", "", ""},
		"base64 in capitals":        {"GET", `{"status":200,"content":{"text":"aGVsbG8=","encoding":"BASE64"}}`, "hello", "", ""},
		"base64 without padding":    {"GET", `{"status":200,"content":{"text":"aGVsbG8","encoding":"base64"}}`, "hello", "", ""},
		"a type and no headers":     {"GET", `{"status":200,"content":{"text":"{}","mimeType":"application/json"}}`, "{}", "application/json", ""},
		"no type and no headers":    {"GET", `{"status":200,"content":{"text":"{}","mimeType":"x-unknown"}}`, "{}", "", ""},
		"a type and other headers":  {"GET", `{"status":200,"headers":[{"name":"a","value":"b"}],"content":{"text":"{}","mimeType":"application/json"}}`, "{}", "", ""},
		"gzip, as it came":          {"GET", `{"status":200,` + packed + `"content":{"encoding":"base64","text":"H4sIAAAAAAAC/8tIzcnJBwCGphA2BQAAAA=="}}`, "hello", "", ""},
		"gzip, unpacked, in base64": {"GET", `{"status":200,` + packed + `"content":{"encoding":"base64","text":"aGVsbG8="}}`, "hello", "", ""},
		"gzip, unpacked":            {"GET", `{"status":200,` + packed + `"content":{"text":"\u001f\u008b text"}}`, "\u001f\u008b text", "", ""},
		"br, as it came":            {"GET", `{"status":200,` + strings.Replace(packed, "gzip", "br", 1) + `"content":{"encoding":"base64","text":"CwKAaGVsbG8D"}}`, "hello", "", ""},
		"gzip of too much":          {"GET", `{"status":200,` + packed + `"content":{"encoding":"base64","text":"` + bomb + `"}}`, "", "", "decoded body has more than 67108864 bytes"},
	} {
		if name == "gzip of too much" && !testsize.Full() {
			continue // 64 MB
		}
		ex, err := traffic.ParseHAR(`{"request":{"method":"` + c.method + `","url":"https://x/"},"response":` + c.response + `,"time":-1}`)
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v", name, err)
		}
		if string(ex.Response.Body) != c.body || ex.Response.Header.Get("Content-Type") != c.typed || ex.Response.Duration != 0 || ex.Response.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %q of type %q, %s", name, ex.Response.Body, ex.Response.Header.Get("Content-Type"), ex.Response.Duration)
		}
	}
	for post, want := range map[string]string{
		`{"params":[{"name":"a","value":"1"},{"name":"a","value":"2"}]}`:                        "a=1&a=2 ",
		`{"mimeType":"application/x-www-form-urlencoded ; charset=x","params":[{"name":"a"}]}`:  "a= application/x-www-form-urlencoded ; charset=x",
		`{"mimeType":"application/json","text":"{}","params":[]}`:                               "{} application/json",
		`{"mimeType":"application/json","text":"","params":[]}`:                                 " ",
		`{"text":"aGVsbG8=","encoding":"base64"}`:                                               "hello ",
		`{"mimeType":"application/x-www-form-urlencoded","text":"a=b","params":[{"name":"c"}]}`: "a=b application/x-www-form-urlencoded",
	} {
		ex, err := traffic.ParseHAR(`{"request":{"method":"POST","url":"https://x/","postData":` + post + `},"response":{"status":200}}`)
		if got := string(ex.Request.Body) + " " + ex.Request.Header.Get("Content-Type"); err != nil || got != want {
			t.Errorf("%s: %q, %v", post, got, err)
		}
	}
}

func FuzzHAR(f *testing.F) {
	for _, text := range entries {
		f.Add(harOf(text, text))
		f.Add(text)
	}
	for _, name := range []string{"chrome.har", "insomnia.har", "v1.yaml", "lines.ndjson"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range []traffic.Options{{Format: traffic.HAR}, {}, traffic.Limited(traffic.Options{}, 100)} {
			whole := read(t, o, strings.NewReader(text), "-")
			for how, in := range map[string]io.Reader{
				"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
				"data and err": iotest.DataErrReader(strings.NewReader(text)),
			} {
				if got := read(t, o, in, "-"); !slices.Equal(got, whole) {
					t.Errorf("%s:\n%s\nwhole:\n%s", how, strings.Join(got, "\n"), strings.Join(whole, "\n"))
				}
			}
		}
		if n, ok := counted(text); ok {
			if got := read(t, traffic.Options{Format: traffic.HAR}, strings.NewReader(text), "-"); len(got) != n {
				t.Errorf("%d entries, encoding/json finds %d: %s", len(got), n, strings.Join(got, "\n"))
			}
		}
	})
}

// counted counts the entries of a HAR file with encoding/json.
func counted(text string) (int, bool) {
	var file struct {
		Log struct {
			Entries []json.RawMessage `json:"entries"`
		} `json:"log"`
	}
	lower := strings.ToLower(text)
	if json.Unmarshal([]byte(text), &file) != nil || file.Log.Entries == nil || strings.Count(lower, `log`) != 1 || strings.Count(lower, `entries`) != 1 ||
		!strings.Contains(text, `"log"`) || !strings.Contains(text, `"entries"`) {
		return 0, false
	}
	return len(file.Log.Entries), true
}
