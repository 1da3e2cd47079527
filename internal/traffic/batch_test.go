package traffic_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// strung gives every text of an exchange, and of what is wrong with one, as it
// stands there.
func strung(ex contract.Exchange, err error) []string {
	if err != nil {
		return []string{err.Error()}
	}
	u := ex.Request.URL
	all := []string{ex.Request.Method, u.Scheme, u.Host, u.Path, u.RawPath, u.RawQuery, u.Fragment, ex.Origin, string(ex.Request.Body), string(ex.Response.Body)}
	for _, h := range []map[string][]string{ex.Request.Header, ex.Response.Header} {
		for name, values := range h {
			all = append(append(all, name), values...)
		}
	}
	return all
}

// TestRelease overwrites the text of lines once they were parsed: what was made of
// them stands, in memory that is used again as well.
func TestRelease(t *testing.T) {
	t.Parallel()
	var lines []string
	for n, m := range []string{"GET", "POST", "PURGE", "GET", "PURGE", "LINK", "GET"} {
		for i := range 40 {
			headers := fmt.Sprintf(`"A":"%d","X-B":["%d","b"],"x-c%d":"c\n"`, i/2, i, i%11)
			url := []string{"https://a.example.com/x?n=%d", "https://a.example.com/%d", "/%d#x", "https://u:p@a.example.com/%%20?%d", "https://a.example.com/x?n=1&m=%%41%d", "%d:"}[(n+i)%6]
			lines = append(lines, fmt.Sprintf(`{"request":{"method":"%s","url":"%s","headers":{%s},"body":"\"%d\""},"response":{"status":200,"headers":{%s},"bodyBase64":"e30="}}`, m, fmt.Sprintf(url, i/3), headers, i, headers))
		}
	}
	lines = append(lines, `{"request":`, `{"request":{"m\u0065thod":"PURGE","url":"/slowly?a","headers":{"A":"1"}},"response":{"status":2e2,"headers":{"B":"2"}}}`)
	var scratch traffic.Scratch
	var got, want [][]string
	spoilt := 0
	err := traffic.Batches(t.Context(), []string{"-"}, strings.NewReader(strings.Join(lines, "\n")+"\n"), traffic.Options{}, func(b *traffic.Batch) error {
		for i := range b.Entries {
			for _, all := range [][]string{strung(b.Entries[i].Into(&scratch)), strung(b.Entries[i].Exchange())} {
				got = append(got, all)
				kept := make([]string, len(all))
				for i := range all {
					kept[i] = strings.Clone(all[i])
				}
				want = append(want, kept)
			}
		}
		spoilt += traffic.Spoil(b)
		b.Release()
		return nil
	})
	if err != nil || len(got) != 2*len(lines) || spoilt < len(lines)*100 {
		t.Fatalf("%d of %d, %d bytes spoilt: %v", len(got), 2*len(lines), spoilt, err)
	}
	for i := range got {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s became %q", lines[i/2], got[i])
		}
	}
}
