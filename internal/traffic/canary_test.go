package traffic_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// changed tells each every text that a value becomes when one value in it, at any
// depth, is replaced.
func changed(t *testing.T, value any, by any, each func(any)) {
	t.Helper()
	each(by)
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			before := v[name]
			changed(t, before, by, func(now any) {
				v[name] = now
				each(v)
			})
			v[name] = before
		}
	case []any:
		for i, before := range v {
			changed(t, before, by, func(now any) {
				v[i] = now
				each(v)
			})
			v[i] = before
		}
	}
}

// TestCanary puts values that no error may hold into each place of an entry, as a
// string, a number, a name and in a list.
func TestCanary(t *testing.T) {
	t.Parallel()
	const secret = "payer@example.com"
	har := `{"request":{"method":"POST","url":"https://x/","headers":[{"name":"a","value":"b"}],"postData":{"text":"e30=","encoding":"base64","mimeType":"a/b","params":[{"name":"a","value":"b"}],"size":1}},` +
		`"response":{"status":200,"headers":[{"name":"a","value":"b"}],"content":{"text":"e30=","encoding":"base64","mimeType":"a/b","size":1,"_x":1}},"time":1}`
	line := `{"schema":"assay.exchange/v1","request":{"method":"POST","url":"https://x/","headers":{"a":"b","c":["d"]},"body":"e"},"response":{"status":200,"headers":{"a":"b","c":["d"]},"bodyBase64":"e30=","durationMs":1},"x":1}`
	for text, parse := range map[string]func(string) (contract.Exchange, error){har: traffic.ParseHAR, line: traffic.ParseLine} {
		var whole any
		if err := json.Unmarshal([]byte(text), &whole); err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, by := range []any{
			secret, "https://" + secret + "/%zz", 4242424242424242, 4242424242.5, nil, true,
			map[string]any{secret: secret},
			[]any{secret},
			[]any{map[string]any{"name": secret, "value": map[string]any{secret: 1}}},
		} {
			changed(t, whole, by, func(now any) {
				raw, err := json.Marshal(now)
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range []string{string(raw), string(raw) + "}", string(raw[:len(raw)-1])} {
					_, err = parse(text)
					if err == nil {
						continue
					}
					if refused++; strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "4242") {
						t.Errorf("%s: %v", text, err)
					}
				}
			})
		}
		if refused < 300 {
			t.Errorf("only %d are refused", refused)
		}
	}
}
