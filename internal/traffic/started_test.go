package traffic_test

import (
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// TestStarted reads when a request was sent, where a recording says it.
func TestStarted(t *testing.T) {
	t.Parallel()
	known := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	har := func(started string) string {
		return `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[{` + started + `"request":{"method":"GET","url":"https://a.example/","headers":[]},"response":{"status":200,"headers":[],"content":{}}}]}}`
	}
	cassette := func(started string) string {
		return "http_interactions:\n- request: {method: get, uri: 'https://a.example/', headers: {}, body: {encoding: UTF-8, string: ''}}\n  response: {status: {code: 200, message: OK}, headers: {}, body: {encoding: UTF-8, string: ''}}\n" + started + "recorded_with: VCR 6.2.0\n"
	}
	for name, c := range map[string]struct {
		text string
		want time.Time
	}{
		"HAR":                      {har(`"startedDateTime":"2026-01-05T10:00:00.000Z",`), known},
		"HAR, another zone":        {har(`"startedDateTime":"2026-01-05T15:30:00+05:30",`), known},
		"HAR, a zone without dots": {har(`"startedDateTime":"2026-01-05T15:30:00.000+0530",`), known},
		"HAR, none":                {har(""), time.Time{}},
		"HAR, null":                {har(`"startedDateTime":null,`), time.Time{}},
		"HAR, a number":            {har(`"startedDateTime":1767607200,`), time.Time{}},
		"HAR, no time":             {har(`"startedDateTime":"yesterday",`), time.Time{}},
		"HAR, 1970":                {har(`"startedDateTime":"1970-01-01T00:00:00Z",`), time.Time{}},
		"VCR":                      {cassette("  recorded_at: Mon, 05 Jan 2026 10:00:00 GMT\n"), known},
		"VCR, a date of YAML":      {cassette("  recorded_at: 2026-01-05T10:00:00Z\n"), known},
		"VCR, none":                {cassette(""), time.Time{}},
		"lines":                    {`{"request":{"method":"GET","url":"https://a.example/","headers":{}},"response":{"status":200,"headers":{}}}`, time.Time{}},
	} {
		n := 0
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(c.text), traffic.Options{}, func(e *traffic.Entry) error {
			n++
			var ex contract.Exchange
			ex, err := e.Exchange()
			if err == nil && !ex.Started.Equal(c.want) {
				t.Errorf("%s: %s, want %s", name, ex.Started, c.want)
			}
			return err
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d exchanges, %v", name, n, err)
		}
	}
}
