package traffic_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"assay/internal/traffic"
)

// TestLargeEntries reads entries above the size limit. It must be known whose they are,
// wherever the large part stands.
func TestLargeEntries(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`x`, 30_000)
	escapes := strings.Repeat(`\u20b9\\\"\n`, 3000)
	const request = `"request":{"method":"GET","url":"https://cdn.other.test/a","headers":{}}`
	const uri = `"request":{"method":"GET","uri":"https://cdn.other.test/a"}`
	response := `"response":{"status":200,"headers":{},"body":"` + long + `"}`
	item := func(lines ...string) string { return "interactions:\n" + strings.Join(lines, "\n") + "\n" }
	for name, text := range map[string]string{
		"har":                       harOf(`{` + request + `,` + response + `}`),
		"har, response first":       harOf(`{` + response + `,` + request + `}`),
		"har, body before the URL":  harOf(`{"request":{"postData":{"text":"` + long + `"},"method":"GET","url":"https://cdn.other.test/a"},"response":{}}`),
		"har, many short values":    harOf(`{` + request + `,"response":[` + strings.Repeat(`"aaaaaaa",`, 3000) + `1]}`),
		"har, escapes":              harOf(`{"response":"` + escapes + `",` + request + `}`),
		"har, a shifted escape":     harOf(`{"response":"a` + escapes + `",` + request + `}`),
		"ndjson":                    `{` + request + `,` + response + "}\n",
		"ndjson, no newline":        `{` + response + `,` + request + "}",
		"ndjson, response first":    lineOf(1) + "\n{" + response + `,` + request + "}\n" + lineOf(3) + "\n",
		"json cassette":             `{"interactions":[{` + uri + `,` + response + `}]}`,
		"json cassette, the other":  `{"interactions":[{` + response + `,` + uri + `}]}`,
		"yaml":                      item("- request:", "    method: GET", "    url: https://cdn.other.test/a", "  response:", "    body: "+long),
		"yaml, lines":               item("- request:", "    method: GET", "    url: https://cdn.other.test/a", "  response:", "    body: |", strings.Repeat("      a line\n", 3000)),
		"yaml, one more":            item("- request:", "    method: GET", "    url: https://cdn.other.test/a", "  response:", "    body: "+long, "- request: {method: GET, url: 'https://cdn.other.test/a'}", "  response: {code: 200}"),
		"yaml, response first":      item("- response:", "    body: |", strings.Repeat("      request: a line\n", 3000), "  request:", "    method: GET", "    url: https://cdn.other.test/a"),
		"yaml, members further":     item("  -", "    id: 1", "    request:", "      # "+long, "      method: GET", "      uri: https://cdn.other.test/a", "    response: "+long),
		"yaml, body before the URL": item("- request:", "    body: "+long, "    method: GET", "    url: https://cdn.other.test/a", "  response: {code: 200}"),
		"php":                       "-\n    request:\n        method: GET\n        url: 'https://cdn.other.test/a'\n    response:\n        body: " + long + "\n",
	} {
		for how, in := range map[string]io.Reader{"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
			n := 0
			err := traffic.Read(t.Context(), []string{"-"}, in, traffic.Limited(traffic.Options{}, 10_000), func(e *traffic.Entry) error {
				_, err := e.Exchange()
				if err == nil {
					return nil
				}
				n++
				r, whole, ok := e.Request()
				if !ok || !whole || r.Method != http.MethodGet || r.URL.String() != "https://cdn.other.test/a" || !strings.Contains(err.Error(), "is larger than 10000 bytes") {
					t.Errorf("%s, %s: %+v, whole %t, ok %t, %v", name, how, r, whole, ok, err)
				}
				return nil
			})
			if err != nil || n != 1 {
				t.Errorf("%s, %s: %d large entries, %v", name, how, n, err)
			}
		}
	}
}

// TestLargeEntriesUnknown reads entries above the size limit of which it is not known whose
// they are.
func TestLargeEntriesUnknown(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`x`, 30_000)
	for name, text := range map[string]string{
		"no URL":               harOf(`{"request":{"postData":"` + long + `"}}`),
		"two URLs":             harOf(`{"request":{"url":"https://a.test/","postData":"` + long + `","url":"https://b.test/"}}`),
		"yaml, a folded text":  "interactions:\n- request:\n    body: '" + long + "\n      url: https://a.test/'\n    url: https://b.test/\n",
		"yaml, two URLs":       "interactions:\n- request:\n    url: https://a.test/\n    url: https://b.test/\n  response: " + long + "\n",
		"many values in front": harOf(`{"response":[` + strings.Repeat(`"aaaaaaa",`, 40_000) + `1],"request":{"url":"https://a.test/"}}`),
	} {
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Limited(traffic.Options{}, 10_000), func(e *traffic.Entry) error {
			if r, whole, ok := e.Request(); ok && whole {
				t.Errorf("%s: %+v", name, r)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
