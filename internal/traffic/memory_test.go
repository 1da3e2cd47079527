package traffic_test

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"assay/internal/testsize"
	"assay/internal/traffic"
)

// pad makes an entry one of about 2 KiB, as an order and its response are.
var pad = strings.Repeat(`{\"orderId\":\"O_TEST_1\",\"status\":\"TXN_SUCCESS\"},`, 36)

// generated is a text of so many bytes that is made while it is read.
func generated(size int, head, item, between, tail string) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, head+item)
		for n := 0; n < size && err == nil; n += len(item) + len(between) {
			_, err = io.WriteString(w, between+item)
		}
		if err == nil {
			_, err = io.WriteString(w, tail)
		}
		w.CloseWithError(err)
	}()
	return r
}

func paddedLine() string {
	return `{"request":{"method":"POST","url":"https://pay.example.com/v2/order?mid=M_TEST_1","headers":{"content-type":"application/json","accept":"application/json"},"body":"{\"mid\":\"M_TEST_1\",\"email\":\"payer@example.com\"}"},` +
		`"response":{"status":200,"headers":{"Content-Type":"application/json","Date":"Mon, 05 Jan 2026 10:00:00 GMT","X-Request-Id":"R_TEST_1"},"body":"[` + pad + `{}]","durationMs":12.5}}`
}

func paddedEntry() string {
	return `{"startedDateTime":"2026-01-05T10:00:00.000Z","time":12.5,"request":{"method":"POST","url":"https://pay.example.com/v2/order?mid=M_TEST_1","httpVersion":"http/2.0","cookies":[],"headers":[{"name":"content-type","value":"application/json"},{"name":"accept","value":"application/json"}],"queryString":[{"name":"mid","value":"M_TEST_1"}],"headersSize":-1,"bodySize":50,"postData":{"mimeType":"application/json","text":"{\"mid\":\"M_TEST_1\",\"email\":\"payer@example.com\"}"}},` +
		`"response":{"status":200,"statusText":"OK","httpVersion":"http/2.0","cookies":[],"headers":[{"name":"content-type","value":"application/json"},{"name":"date","value":"Mon, 05 Jan 2026 10:00:00 GMT"}],"content":{"size":1900,"mimeType":"application/json","text":"[` + pad + `{}]"},"redirectURL":"","headersSize":-1,"bodySize":-1,"_transferSize":900},"cache":{},"timings":{"blocked":1.5,"dns":-1,"ssl":-1,"connect":-1,"send":0.1,"wait":10.5,"receive":0.4},"serverIPAddress":"192.0.2.1","_priority":"High"}`
}

// TestMemory reads streams that no memory would hold, and looks at what is in use
// on the way.
func TestMemory(t *testing.T) {
	testsize.SkipUnlessFull(t)
	size, most := 100<<20, uint64(48<<20)
	if raced {
		size = 8 << 20
	}
	item := strings.ReplaceAll("\n- request:\n    method: GET\n    url: https://pay.example.com/\n  response:\n    code: 200\n    body: '"+pad+"'", `\"`, `"`)
	for name, in := range map[string]struct {
		size   int
		source io.ReadCloser
		parsed bool
	}{
		"ndjson":    {size, generated(size, "", paddedLine(), "\n", "\n"), true},
		"har":       {size, generated(size, `{"log":{"entries":[`, paddedEntry(), ",", "]}}"), true},
		"cassette":  {size, generated(size, "version: 1\ninteractions:", item, "", "\n"), false},
		"php":       {size, generated(size, "", strings.Replace(item, "- request:\n    method", "-\n  request:\n    method", 1), "", "\n"), false},
		"php json":  {size, generated(size, "[", `{"request":{"method":"GET","url":"https://pay.example.com/"},"response":{"status":{"code":200},"body":"`+strings.ReplaceAll(pad, `\"`, "'")+`"}}`, ",", "]"), false},
		"one line":  {1, generated(size, lineOf(1)+"\n{\"", strings.Repeat("x", 1<<20), "", "\"}\n"), false},
		"one entry": {1, generated(size, harOf(entryOf(1))[:100]+`","x":"`, strings.Repeat("x", 1<<20), "", `"}]}}`), false},
		"one item":  {1, generated(size, cassetteText+"- x: '", strings.Repeat("x", 1<<20), "", "'\n"), false},
		"unrelated": {1, generated(size, `{"log":{"_x":["`, strings.Repeat("x", 1<<20), "", `"],"entries":[`+entryOf(1)+`]}}`), false},
	} {
		o := traffic.Options{}
		if in.size == 1 {
			o = traffic.Limited(o, 1<<20)
		}
		var used uint64
		n := 0
		err := traffic.Read(t.Context(), []string{"-"}, in.source, o, func(e *traffic.Entry) error {
			if in.parsed {
				if _, err := e.Exchange(); err != nil {
					return err
				}
			}
			if n++; n%2000 == 0 || in.size == 1 {
				used = max(used, inUse())
			}
			return nil
		})
		used = max(used, inUse())
		if err != nil || used > most || n < in.size/4096 || n == 0 {
			t.Errorf("%s: %d entries, %v; %d MB in use", name, n, err, used>>20)
		}
		t.Logf("%s: %d entries of %d MB, at most %d MB in use", name, n, size>>20, used>>20)
		if err := in.source.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestMemoryBehindLarge gives back what a large entry took.
func TestMemoryBehindLarge(t *testing.T) {
	testsize.SkipUnlessFull(t)
	head := lineOf(1) + "\n" + strings.TrimSuffix(lineOf(2), "}}") + `,"body":"`
	in := io.MultiReader(generated(20<<20, head, strings.Repeat("x", 1<<20), "", "\"}}\n"), generated(8<<20, "", paddedLine(), "\n", ""))
	n, before, used := 0, uint64(0), uint64(0)
	err := traffic.Read(t.Context(), []string{"-"}, in, traffic.Options{}, func(e *traffic.Entry) error {
		n++
		if n == 1 {
			runtime.GC()
			before = inUse()
		}
		if n == 2000 {
			runtime.GC()
			used = inUse()
		}
		return nil
	})
	if err != nil || n < 2000 || used > before+8<<20 {
		t.Errorf("%d entries, %v; %d MB in use, %d before", n, err, used>>20, before>>20)
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
