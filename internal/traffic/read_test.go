package traffic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"assay/internal/testsize"
	"assay/internal/traffic"
)

// harOf puts entries into the shell of a HAR file.
func harOf(entries ...string) string {
	return `{"log":{"version":"1.2","entries":[` + strings.Join(entries, ",\n") + `]}}`
}

// lineOf is a line whose URL has a number.
func lineOf(n int) string {
	return fmt.Sprintf(`{"request":{"method":"GET","url":"https://pay.example.com/%d","headers":{}},"response":{"status":200,"headers":{}}}`, n)
}

// entryOf is a HAR entry whose URL has a number.
func entryOf(n int) string {
	return fmt.Sprintf(`{"request":{"method":"GET","url":"https://pay.example.com/%d"},"response":{"status":200,"content":{"text":"{}"}}}`, n)
}

const cassetteText = "---\nversion: 1\ninteractions:\n- request: {method: GET, url: 'https://pay.example.com/1'}\n  response: {code: 200}\n"

// brief shortens what read gives: "1", "2" by the number in the URL, and what is
// wrong without its place.
func brief(all []string) []string {
	for i, text := range all {
		if _, fault, damaged := strings.Cut(text, " | ! "); damaged {
			all[i] = fault
			continue
		}
		_, text, _ = strings.Cut(text, "https://pay.example.com/")
		all[i], _, _ = strings.Cut(text, `"`)
	}
	return all
}

func TestDamage(t *testing.T) {
	t.Parallel()
	const cut = "the file is cut off here; everything before was read"
	const noKind = "stdin: the format is unknown; expected HAR, NDJSON with one exchange per line (assay.exchange/v1) or a cassette of go-vcr, VCR.py, Ruby VCR or PHP-VCR, plain, gzip, zstd or zlib"
	long := strings.Repeat("x", 3000)
	for name, c := range map[string]struct {
		text string
		o    traffic.Options
		want []string
	}{
		"har/an entry that is no JSON": {text: harOf(entryOf(1), `{"request": nonsense}`, entryOf(3)), want: []string{
			"1", "stdin, entry 2: this is not JSON at byte 14", "3",
		}},
		"har/an entry that is no object": {text: harOf(entryOf(1), `null`, `7`, `"text, with ] and }"`, entryOf(5)), want: []string{
			"1", "stdin, entry 2: the entry: expected an object", "stdin, entry 3: the entry: expected an object", "stdin, entry 4: the entry: expected an object", "5",
		}},
		"har/a member twice": {text: harOf(`{"request":{"method":"GET","method":"PUT","url":"https://x/"}}`), want: []string{
			"stdin, entry 1: request.method stands twice",
		}},
		"har/members of other types": {text: harOf(`{"request":{"method":1}}`, `{"request":{"method":"GET","url":"https://x/","headers":5}}`, `{"request":[]}`), want: []string{
			"stdin, entry 1: request.method: expected a string", "stdin, entry 2: request.headers: expected a list", "stdin, entry 3: request: expected an object",
		}},
		"har/no request, no URL, no response": {text: harOf(`{}`, `{"request":{"method":"GET"}}`, `{"request":{"method":"GET","url":"https://x/"}}`), want: []string{
			"stdin, entry 1: request is missing", "stdin, entry 2: request.url is missing or empty", "stdin, entry 3: there is no response: response is missing; record it again",
		}},
		"har/a URL that is none": {text: harOf(`{"request":{"method":"GET","url":"https://[x/"}}`), want: []string{"stdin, entry 1: request.url is not a URL"}},
		"har/a body that is no base64": {text: harOf(`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"payer@example.com","encoding":"base64"}}}`), want: []string{
			"stdin, entry 1: response.content.text is not base64",
		}},
		"har/a body in no known encoding": {text: harOf(`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"content":{"text":"payer@example.com","encoding":"rot13"}}}`), want: []string{
			"stdin, entry 1: response.content.encoding is not supported; expected base64",
		}},
		"har/a body of the request that was not kept": {text: harOf(`{"request":{"method":"POST","url":"https://x/","headers":[{"name":"content-length","value":"12"}]},"response":{"status":200}}`), want: []string{
			"stdin, entry 1: the recording lacks the body of the request, which had 12 bytes (recorder: another program); record with all headers and bodies",
		}},
		"har/a body that is no gzip": {text: harOf(`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"headers":[{"name":"content-encoding","value":"gzip"}],"content":{"text":"H4sIAAAA","encoding":"base64"}}}`), want: []string{
			"stdin, entry 1: the response's body cannot be decoded as its Content-Encoding says",
		}},
		"har/cut in an entry":     {text: harOf(entryOf(1), entryOf(2))[:200], want: []string{"1", "stdin, entry 2, byte 200: " + cut}},
		"har/cut behind an entry": {text: strings.TrimSuffix(harOf(entryOf(1)), "]}}"), want: []string{"1", "stdin, entry 2, byte 147: " + cut}},
		"har/a bracket too few": {text: harOf(entryOf(1), strings.TrimSuffix(entryOf(2), "}"), entryOf(3)), want: []string{
			"1", "stdin, entry 2, byte 374: the brackets do not match here; nothing after this was read",
		}},
		"har/a comma too few": {text: strings.Replace(harOf(entryOf(1), entryOf(2)), ",\n", "\n", 1), want: []string{
			"1", "stdin, entry 2, byte 148: this is not JSON; nothing after this was read",
		}},
		"har/more text behind":        {text: harOf(entryOf(1)) + "{}", want: []string{"1", "stdin, entry 2, byte 150: text follows the HAR; it was not read"}},
		"har/no entries":              {text: `{"log":{"version":"1.2"}}`, want: []string{"stdin, entry 1, byte 25: log.entries is missing; expected a HAR file"}},
		"har/entries that are none":   {text: `{"log":{"entries":{}}}`, want: []string{"stdin, entry 1, byte 18: expected a JSON array here; nothing after this was read"}},
		"har/nothing was recorded":    {text: harOf(), want: nil},
		"har/too large":               {text: harOf(entryOf(1), `{"request":{"method":"`+long+`"}}`, entryOf(3)), o: traffic.Limited(traffic.Options{}, 1000), want: []string{"1", "stdin, entry 2: it is larger than 1000 bytes and was skipped", "3"}},
		"har/large and unrelated":     {text: `{"_x":"` + long + `","log":{"_y":["` + long + `"],"entries":[` + entryOf(1) + `],"z":{"` + long + `":1}}}`, o: traffic.Limited(traffic.Options{}, 1000), want: []string{"1"}},
		"har/a long name":             {text: `{"` + long + long + `":1,"log":{"entries":[` + entryOf(1) + `]}}`, want: []string{"1"}},
		"har/lines like ndjson first": {text: "{\"_x\":[\n" + lineOf(8) + ",\n" + lineOf(9) + "\n],\"log\":{\"entries\":[" + entryOf(1) + `]}}`, want: []string{"1"}},
		"har/brackets in texts":       {text: `{"_x":"]}\\\"}","log":{"entries":[` + entryOf(1) + `]}}`, want: []string{"1"}},
		"har/a byte order mark":       {text: "\xef\xbb\xbf" + harOf(entryOf(1)), want: []string{"1"}},
		"ndjson/a byte order mark":    {text: "\xef\xbb\xbf" + lineOf(1), want: []string{"1"}},
		"cassette/a byte order mark":  {text: "\xef\xbb\xbf" + strings.TrimPrefix(cassetteText, "---\n"), want: []string{"1"}},
		"ndjson/blank lines":          {text: "\n \r\n" + lineOf(1) + "\r\n\n\n" + lineOf(2) + "\n \n", want: []string{"1", "2"}},
		"ndjson/too large":            {text: lineOf(1) + "\n{\"" + long + "\":1}\n" + lineOf(3), o: traffic.Limited(traffic.Options{}, 1000), want: []string{"1", "stdin:2: it is larger than 1000 bytes and was skipped", "3"}},
		"ndjson/the first is damaged": {text: "{\"re\n" + lineOf(2) + "\n", want: []string{
			"stdin:1: the JSON ends in the middle of a value", "2",
		}},
		"ndjson/not UTF-8": {text: lineOf(1) + "\n" + strings.Replace(lineOf(2), "GET", "G\xffT", 1), want: []string{
			"1", "stdin:2: this is not UTF-8; put other bytes into bodyBase64",
		}},
		"ndjson/what a line must have": {text: strings.Join([]string{
			lineOf(1),
			`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":99,"headers":{}}}`,
			`{"request":{"method":"GET","url":"https://x/"},"response":{"status":200,"headers":{}}}`,
			`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"body":"payer@example.com","bodyBase64":""}}`,
			`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"bodyBase64":"payer@example.com"}}`,
			`{"request":{"method":"GET","Url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`,
			`{"request":{"method":"GET","url":"https://x/","headers":{"a":1}},"response":{"status":200,"headers":{}}}`,
			`{"schema":"assay.exchange/v9","request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}}`,
			`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{},"durationMs":-1}}`,
			`{"request":{"method":"GET","url":"https://x/","headers":{}},"response":{"status":200,"headers":{}}} {}`,
		}, "\n"), want: []string{
			"1",
			"stdin:2: response.status is missing, or not from 100 to 999",
			"stdin:3: request.headers is missing; expected {} where there are none",
			"stdin:4: response has body and bodyBase64; expected one of them",
			"stdin:5: response.bodyBase64 is not base64",
			"stdin:6: request.url is written with other capitals",
			"stdin:7: request.headers: a value: expected a string",
			"stdin:8: schema must be assay.exchange/v1",
			"stdin:9: response.durationMs: expected a number of milliseconds, not below 0",
			"stdin:10: this is not JSON at byte 101",
		}},
		"cassette/cut": {text: cassetteText + "- request:\n    url: 'https://x/", want: []string{"1", "stdin:6: this is not YAML, see line 7"}},
		"cassette/not YAML": {text: cassetteText + "- request: {\n- request: {method: GET, url: 'https://pay.example.com/3'}\n  response: {code: 200}\n", want: []string{
			"1", "stdin:6: this is not YAML, see line 6", "3",
		}},
		"cassette/too large": {text: cassetteText + "- request:\n    body: " + long + "\n    url: x\n" + strings.Repeat("    # "+long+"\n", 200) + "- request: {method: GET, url: 'https://pay.example.com/3'}\n  response: {code: 200}\n", o: traffic.Limited(traffic.Options{}, 1000), want: []string{
			"1", "stdin:6: it is larger than 1000 bytes and was skipped", "3",
		}},
		"cassette/another version":   {text: strings.Replace(cassetteText, "1", "3", 1), want: []string{"stdin:2: the version of the cassette is not supported; expected 1 or 2"}},
		"cassette/nothing recorded":  {text: "version: 1\ninteractions: []\n", want: nil},
		"cassette/in another style":  {text: "version: 1\ninteractions: [{request: {}}]\n", want: []string{"stdin:3: interactions is not in the form of a cassette; expected one list item per dash, each on its own line"}},
		"cassette/version behind":    {text: strings.Replace(cassetteText, "version: 1\n", "", 1) + "version: 1\n", want: []string{"1"}},
		"cassette/indented":          {text: strings.ReplaceAll(strings.ReplaceAll(cassetteText, "\n- ", "\n   - "), "\n  r", "\n     r") + "\n# the end\n...\n", want: []string{"1"}},
		"cassette/two documents":     {text: cassetteText + "---\nversion: 1\ninteractions:\n- request: {method: GET, url: 'https://pay.example.com/2'}\n  response: {code: 200}\n", want: []string{"1", "2"}},
		"cassette/a null":            {text: "interactions:\n-\n-\n", want: []string{"stdin:2: expected one interaction here", "stdin:3: expected one interaction here"}},
		"empty":                      {text: "", want: []string{"stdin: the file is empty"}},
		"blank":                      {text: "\n \n", want: []string{"stdin: the file is empty"}},
		"of no kind":                 {text: "a,b\n1,2\n", want: []string{noKind}},
		"other JSON":                 {text: `{"name":"x","version":1}`, want: []string{noKind}},
		"one exchange, many lines":   {text: "{\n  \"request\": {}\n}\n", want: []string{noKind}},
		"other YAML":                 {text: "a: 1\nb:\n  interactions: 2\n", want: []string{noKind}},
		"said to be ndjson":          {text: "x\n", o: traffic.Options{Format: traffic.NDJSON}, want: []string{"stdin:1: this is not JSON at byte 1"}},
		"said to be har":             {text: "x\n", o: traffic.Options{Format: traffic.HAR}, want: []string{"stdin, entry 1, byte 0: expected a JSON object here; nothing after this was read"}},
		"said to be a cassette":      {text: "x\n", o: traffic.Options{Format: traffic.Cassette}, want: []string{"stdin:2: interactions is missing; expected a cassette of go-vcr, VCR.py, Ruby VCR or PHP-VCR"}},
		"said to be ndjson, nothing": {text: "", o: traffic.Options{Format: traffic.NDJSON}, want: nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, in := range map[string]io.Reader{
				"whole":        strings.NewReader(c.text),
				"byte by byte": iotest.OneByteReader(strings.NewReader(c.text)),
			} {
				got := brief(read(t, c.o, in, "-"))
				if !slices.Equal(got, c.want) {
					t.Errorf("%s:\ngot  %s\nwant %s", how, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
				}
				if strings.Contains(strings.Join(got, ""), "payer@example.com") {
					t.Errorf("%s: an error shows a value", how)
				}
			}
		})
	}
}

func gzipped(t testing.TB, texts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, text := range texts {
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zstandard(t testing.TB, texts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, text := range texts {
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestPacked(t *testing.T) {
	t.Parallel()
	skippable := "\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
	for name, raw := range map[string][]byte{
		"gzip":                             gzipped(t, lineOf(1)+"\n"+lineOf(2)+"\n"+lineOf(3)+"\n"),
		"gzip of several members":          gzipped(t, lineOf(1)+"\n"+lineOf(2)[:20], lineOf(2)[20:]+"\n", lineOf(3)),
		"zstd":                             zstandard(t, lineOf(1)+"\n"+lineOf(2)+"\n"+lineOf(3)+"\n"),
		"zstd of several frames":           zstandard(t, lineOf(1)+"\n"+lineOf(2)[:20], lineOf(2)[20:]+"\n", lineOf(3)),
		"zstd with a frame to skip":        append([]byte(skippable), zstandard(t, lineOf(1)+"\n"+lineOf(2)+"\n"+lineOf(3)+"\n")...),
		"gzip of HAR":                      gzipped(t, harOf(entryOf(1), entryOf(2), entryOf(3))),
		"zstd of HAR":                      zstandard(t, harOf(entryOf(1), entryOf(2), entryOf(3))),
		"gzip of HAR with byte order mark": gzipped(t, "\xef\xbb\xbf"+harOf(entryOf(1), entryOf(2), entryOf(3))),
	} {
		if got := brief(read(t, traffic.Options{}, bytes.NewReader(raw), "-")); !slices.Equal(got, []string{"1", "2", "3"}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestPackedCut breaks packed files off in their middle: what stands before it is given, then one
// entry that says where.
func TestPackedCut(t *testing.T) {
	testsize.SkipUnlessFull(t)
	t.Parallel()
	var lines, entries, items []string
	for i := range 6000 {
		lines = append(lines, lineOf(i))
		entries = append(entries, entryOf(i))
		items = append(items, fmt.Sprintf("- request: {method: GET, url: 'https://pay.example.com/%d'}\n  response: {code: 200}", i))
	}
	for name, text := range map[string]string{
		"ndjson":   strings.Join(lines, "\n"),
		"har":      harOf(entries...),
		"cassette": "version: 1\ninteractions:\n" + strings.Join(items, "\n"),
	} {
		for how, raw := range map[string][]byte{"gzip": gzipped(t, text), "zstd": zstandard(t, text)} {
			if name == "cassette" && raced {
				continue // YAML is slow
			}
			damaged := bytes.Clone(raw)
			damaged[len(raw)/2] ^= 0xff
			damaged[len(raw)/2+1] ^= 0xff
			for kind, raw := range map[string][]byte{"cut": raw[:len(raw)*2/3], "damaged": damaged} {
				got := brief(read(t, traffic.Options{}, bytes.NewReader(raw), "-"))
				last := len(got) - 1
				for i, n := range got[:last] {
					if want := fmt.Sprint(i); n != want && kind == "cut" {
						t.Fatalf("%s, %s, %s: entry %d is %s", name, how, kind, i+1, n)
					}
				}
				if last < 100 || !strings.Contains(got[last], "reading failed: ") || !strings.HasPrefix(got[last], "stdin") {
					t.Errorf("%s, %s, %s: %d entries, the last one: %s", name, how, kind, len(got), got[last])
				}
			}
		}
	}
}

// lay writes files into a folder.
func lay(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNames(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{
		"b.har":                  harOf(entryOf(1), entryOf(2)),
		"a/z.json":               lineOf(3) + "\n" + lineOf(4),
		"a/c.yaml":               cassetteText,
		"a/manifest.yaml":        "x/y: {sha256: 00}\n",
		"a/readme.txt":           "interactions: none to speak of\nlog\n",
		"a/.hidden/x.har":        harOf(entryOf(9)),
		"a/.x.har":               harOf(entryOf(9)),
		"d/package.json":         `{"name":"x"}`,
		"d/no.har.gz":            string(gzipped(t, "a text")),
		"d/e.har.gz":             string(gzipped(t, harOf(entryOf(5)))),
		"d/[odd] name?.ndjson":   lineOf(6),
		"d/damaged.ndjson.gz":    string(gzipped(t, lineOf(7))[:12]),
		"d/empty.har":            "",
		"d/f/deep/er/x.ndjson":   lineOf(8),
		"d/f/deep/er/binary.bin": "\x00\x01\x02{\"request\"",
	})
	at := func(names ...string) (all []string) {
		for _, name := range names {
			all = append(all, filepath.Join(dir, name))
		}
		return all
	}
	for name, c := range map[string]struct {
		names []string
		o     traffic.Options
		stdin string
		want  []string
	}{
		"a file":                   {names: at("b.har"), want: []string{"har:b.har#1", "har:b.har#2"}},
		"a file twice":             {names: append(at("b.har"), dir+"/./b.har"), want: []string{"har:b.har#1", "har:b.har#2"}},
		"a folder":                 {names: at("a"), want: []string{"cassette:a/c.yaml#1", "file:a/readme.txt", "ndjson:a/z.json#1", "ndjson:a/z.json#2"}},
		"folders in folders":       {names: at("d"), want: []string{"ndjson:d/[odd] name?.ndjson#1", "file:d/damaged.ndjson.gz", "har:d/e.har.gz#1", "file:d/empty.har", "file:d/f/deep/er/binary.bin", "ndjson:d/f/deep/er/x.ndjson#1", "file:d/no.har.gz", "file:d/package.json"}},
		"a name like a glob":       {names: at("d/[odd] name?.ndjson"), want: []string{"ndjson:d/[odd] name?.ndjson#1"}},
		"a glob":                   {names: at("*/[c-z]*.json"), want: []string{"file:d/package.json", "ndjson:a/z.json#1", "ndjson:a/z.json#2"}},
		"a glob of folders":        {names: at("[ab]*"), want: []string{"cassette:a/c.yaml#1", "file:a/readme.txt", "ndjson:a/z.json#1", "ndjson:a/z.json#2", "har:b.har#1", "har:b.har#2"}},
		"a folder and a file":      {names: at("d/f", "d/f/deep/er/binary.bin"), want: []string{"file:d/f/deep/er/binary.bin", "ndjson:d/f/deep/er/x.ndjson#1"}},
		"files of no kind":         {names: at("a/manifest.yaml", "d/empty.har", "d/no.har.gz"), want: []string{"file:a/manifest.yaml", "file:d/empty.har", "file:d/no.har.gz"}},
		"a hidden file":            {names: at("a/.x.har"), want: []string{"har:a/.x.har#1"}},
		"standard input":           {names: append(at("b.har"), "-"), stdin: lineOf(1), want: []string{"har:b.har#1", "har:b.har#2", "ndjson:-#1"}},
		"one format of a folder":   {names: at("a"), o: traffic.Options{Format: traffic.Cassette}, want: []string{"cassette:a/c.yaml#1", "file:a/readme.txt"}},
		"one format, another file": {names: at("b.har"), o: traffic.Options{Format: traffic.NDJSON}, want: []string{"ndjson:b.har#1", "ndjson:b.har#2"}},
	} {
		var got []string
		err := traffic.Read(t.Context(), c.names, strings.NewReader(c.stdin), c.o, func(e *traffic.Entry) error {
			got = append(got, strings.ReplaceAll(e.Origin(), dir+string(filepath.Separator), ""))
			return nil
		})
		if name == "a glob" {
			slices.Sort(got)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, got, c.want)
		}
	}
}

// TestLinks reads a file once that stands in a folder under several names.
func TestLinks(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a/x.har": harOf(entryOf(1)), "a/y.har": harOf(entryOf(1)), "b/z.har": harOf(entryOf(2))})
	for link, to := range map[string]string{"a/latest.har": "x.har", "a/zz.har": "latest.har", "a/z.har": filepath.Join(dir, "b", "z.har"), "c.har": filepath.Join("a", "x.har")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	if err := os.Link(filepath.Join(dir, "a", "x.har"), filepath.Join(dir, "a", "kept.har")); err != nil {
		t.Skip("no links here:", err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, c := range map[string]struct{ names, want []string }{
		"a folder":               {[]string{at("a")}, []string{"har:a/kept.har#1", "har:a/y.har#1", "har:a/z.har#1"}},
		"a link":                 {[]string{at("c.har")}, []string{"har:c.har#1"}},
		"a link and its file":    {[]string{at("c.har"), at("a/x.har"), at("c.har")}, []string{"har:a/x.har#1"}},
		"a file and its link":    {[]string{at("a/x.har"), at("c.har")}, []string{"har:a/x.har#1"}},
		"two links":              {[]string{at("c.har"), at("a/latest.har")}, []string{"har:c.har#1"}},
		"a link and its folder":  {[]string{at("a/latest.har"), at("a")}, []string{"har:a/kept.har#1", "har:a/y.har#1", "har:a/z.har#1"}},
		"a folder and all names": {[]string{at("a"), at("b"), at("c.har")}, []string{"har:a/kept.har#1", "har:a/y.har#1", "har:b/z.har#1"}},
	} {
		var got []string
		err := traffic.Read(t.Context(), c.names, nil, traffic.Options{}, func(e *traffic.Entry) error {
			got = append(got, strings.ReplaceAll(e.Origin(), dir+string(filepath.Separator), ""))
			return nil
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, got, c.want)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.har": harOf(entryOf(1))})
	for name, c := range map[string]struct {
		names []string
		o     traffic.Options
		want  []string
	}{
		"no names":          {want: []string{"traffic: no input; expected files, folders, globs, or - for standard input"}},
		"no such files":     {names: []string{dir + "/a.har", dir + "/x.har", dir + "/y.har"}, want: []string{"x.har: no such file; expected", "y.har: no such file"}},
		"a glob of nothing": {names: []string{dir + "/*.ndjson"}, want: []string{"*.ndjson: the glob matches no file"}},
		"no glob":           {names: []string{dir + "/[a"}, want: []string{"[a: this is not a glob; expected *"}},
		"no stdin":          {names: []string{"-"}, want: []string{"-: standard input is not available"}},
		"a format":          {names: []string{dir}, o: traffic.Options{Format: "pcap"}, want: []string{`the format "pcap" is unknown; expected one of har, ndjson, cassette`}},
	} {
		err := traffic.Read(t.Context(), c.names, nil, c.o, func(*traffic.Entry) error {
			t.Errorf("%s: something was read", name)
			return nil
		})
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", name, err, want)
			}
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := lay(t, map[string]string{"a.har": harOf(entryOf(1)), "b.har": harOf(entryOf(2)), "c/d.har": harOf(entryOf(3))})
	for _, name := range []string{"/a.har", "/c"} {
		if err := os.Chmod(dir+name, 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir+"/c", 0o700) })
	got := brief(read(t, traffic.Options{}, nil, dir))
	if want := []string{dir + "/a.har: permission denied", "2", dir + "/c: permission denied"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBrokenInput has the reader fail: its words come last, and once.
func TestDamagedInput(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"ndjson":   lineOf(1) + "\n" + lineOf(2),
		"har":      harOf(entryOf(1))[:150],
		"cassette": cassetteText + "- request:\n    method: GET\n",
	} {
		in := io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("the cable is out")))
		got := brief(read(t, traffic.Options{}, in, "-"))
		if len(got) != 2 || got[0] != "1" || !strings.HasSuffix(got[1], ": reading failed: the cable is out; everything before was read") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := read(t, traffic.Options{}, iotest.ErrReader(errors.New("no cable")), "-"); len(got) != 1 || !strings.Contains(got[0], "stdin: reading failed: no cable") {
		t.Errorf("nothing but an error: %q", got)
	}
	if got := read(t, traffic.Options{}, idle{}, "-"); len(got) != 1 || !strings.Contains(got[0], io.ErrNoProgress.Error()) {
		t.Errorf("a reader that gives nothing: %q", got)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestEnds(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for _, text := range []string{lineOf(1) + "\n" + lineOf(2) + "\n" + lineOf(3), harOf(entryOf(1), entryOf(2), entryOf(3))} {
		n := 0
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(*traffic.Entry) error {
			if n++; n == 2 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || n != 2 {
			t.Errorf("each: %v after %d", err, n)
		}
		ctx, cancel := context.WithCancel(t.Context())
		n = 0
		err = traffic.Read(ctx, []string{"-"}, strings.NewReader(text), traffic.Options{}, func(*traffic.Entry) error {
			n++
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) || n != 1 {
			t.Errorf("ctx: %v after %d", err, n)
		}
		err = traffic.Read(ctx, []string{"-"}, strings.NewReader(text), traffic.Options{}, func(*traffic.Entry) error { return enough })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a ctx that is over: %v", err)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.har": harOf(entryOf(1)), "b.txt": strings.Repeat("no kind\n", 100), "c.gz": string(gzipped(t, lineOf(1)))})
	var size int64
	for _, name := range []string{"a.har", "b.txt", "c.gz"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	each := func(*traffic.Entry) error { return nil }
	var last int64
	o := traffic.Options{Progress: func(read, total int64) {
		if read < last || total != size {
			t.Errorf("%d after %d, of %d", read, last, total)
		}
		last = read
	}}
	if err := traffic.Read(t.Context(), []string{dir}, nil, o, each); err != nil || last != size {
		t.Errorf("%v: %d of %d bytes", err, last, size)
	}
	last = 0
	o.Progress = func(read, total int64) {
		if last = read; total != -1 {
			t.Errorf("the total is %d", total)
		}
	}
	if err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(lineOf(1)), o, each); err != nil || last != int64(len(lineOf(1))) {
		t.Errorf("%v: %d bytes", err, last)
	}
}

// TestEndsAnywhere has ctx end while nothing is given: in what is passed over.
func TestEndsAnywhere(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	o := traffic.Options{Progress: func(int64, int64) {
		if n++; n == 3 {
			cancel()
		}
	}}
	in := generated(64<<20, `{"log":{"_x":["`, strings.Repeat("x", 1<<20), "", `"],"entries":[`+entryOf(1)+`]}}`)
	err := traffic.Read(ctx, []string{"-"}, in, o, func(*traffic.Entry) error {
		t.Error("an entry is given")
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 4 {
		t.Errorf("%v after %d reads", err, n)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

// TestNoResponse holds Exchange to giving the request where only that was recorded.
func TestNoResponse(t *testing.T) {
	t.Parallel()
	text := harOf(`{"request":{"method":"GET","url":"https://pay.example.com/1"},"response":{"status":0}}`)
	err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
		ex, err := e.Exchange()
		var damage *traffic.DamageError
		if !errors.Is(err, traffic.ErrNoResponse) || !errors.As(err, &damage) || damage.Where != "stdin, entry 1" {
			t.Errorf("the error is %v", err)
		}
		if ex.Request.URL == nil || ex.Request.URL.Host != "pay.example.com" || ex.Origin != "har:-#1" {
			t.Errorf("the exchange is %+v", ex)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
