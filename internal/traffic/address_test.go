package traffic_test

import (
	"strings"
	"testing"

	"assay/internal/traffic"
)

// TestURL covers URLs that browsers send and package net/url refuses.
func TestURL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, url, host, path, query string }{
		{"a percent sign in the path", "https://cdn.other.test/100%off.js", "cdn.other.test", "/100%off.js", ""},
		{"a percent sign at the end", "https://cdn.other.test/100%", "cdn.other.test", "/100%", ""},
		{"an escape of JavaScript", "https://cdn.other.test/a%u2026b", "cdn.other.test", "/a%u2026b", ""},
		{"a percent sign beside an escape", "https://cdn.other.test/%20%2/a?b=1", "cdn.other.test", "/ %2/a", "b=1"},
		{"a percent sign in the fragment", "https://cdn.other.test/a?b=%41#a%zz", "cdn.other.test", "/a", "b=%41"},
		{"a control character in the path", `https://cdn.other.test/a\u0001b`, "cdn.other.test", "/a\x01b", ""},
		{"a control character in the query", `https://cdn.other.test/a?b=\u0001`, "cdn.other.test", "/a", "b=%01"},
		{"a user with a percent sign", "https://a:b%@cdn.other.test/a", "cdn.other.test", "/a", ""},
		{"a port", "https://cdn.other.test:8443/100%off.js", "cdn.other.test:8443", "/100%off.js", ""},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			entry := `{"request":{"method":"GET","url":"` + c.url + `","headers":[]},"response":{"status":200,"headers":[],"content":{"text":""}}}`
			ex, err := traffic.ParseHAR(entry)
			if err != nil {
				t.Fatal(err)
			}
			if u := ex.Request.URL; u.Host != c.host || u.Path != c.path || u.RawQuery != c.query {
				t.Errorf("read as host %q, path %q, query %q; expected %q, %q, %q", u.Host, u.Path, u.RawQuery, c.host, c.path, c.query)
			}
		})
	}
	for _, wrong := range []string{"https://exa mple.test/%", "https://other.test:8x/%", "http://[::1/%", "%", "://%"} {
		if _, err := traffic.ParseHAR(`{"request":{"method":"GET","url":"` + wrong + `"},"response":{"status":200}}`); err == nil || !strings.Contains(err.Error(), "is not a URL") {
			t.Errorf("%q: %v; expected an error", wrong, err)
		}
	}
}
