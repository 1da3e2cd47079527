package traffic_test

import (
	"strings"
	"testing"

	"assay/internal/traffic"
)

// TestQueryString reads HAR entries whose parameters stand in the URL, in queryString or in both.
func TestQueryString(t *testing.T) {
	t.Parallel()
	const different = "different parameters"
	for _, c := range []struct{ name, creator, query, listed, want, fault string }{
		{"only listed", "Insomnia REST Client", "", `[{"name":"mid","value":"M 1&"},{"name":"a","value":""}]`, "mid=M+1%26&a=", ""},
		{"only listed, another recorder", "x", "", `[{"name":"mid","value":"1"}]`, "mid=1", ""},
		{"only listed, as an object", "x", "", `{"mid":"1","n":2}`, "mid=1&n=2", ""},
		{"listed twice", "x", "", `[{"name":"a","value":"1"},{"name":"a","value":"2"}]`, "a=1&a=2", ""},
		{"apart from the URL", "Insomnia", "?x=1", `[{"name":"mid","value":"1"}]`, "x=1&mid=1", ""},
		{"in both", "x", "?mid=1&a=2", `[{"name":"mid","value":"1"},{"name":"a","value":"2"}]`, "mid=1&a=2", ""},
		{"in both, Insomnia", "Insomnia", "?mid=1", `[{"name":"mid","value":"1"}]`, "mid=1", ""},
		{"in both, decoded", "x", "?m%5B%5D=a+b%2Bc%26", `[{"name":"m[]","value":"a b+c&"}]`, "m%5B%5D=a+b%2Bc%26", ""},
		{"in both, as it is coded", "x", "?m%5B%5D=a%20b", `[{"name":"m%5B%5D","value":"a%20b"}]`, "m%5B%5D=a%20b", ""},
		{"in both, coded otherwise", "x", "?m=a%20b", `[{"name":"m","value":"a+b"}]`, "m=a%20b", ""},
		{"in both, no escape", "x", "?m=100%", `[{"name":"m","value":"100%"}]`, "m=100%", ""},
		{"in both, repeated", "x", "?a=1&a=2&a=1", `[{"name":"a","value":["1","2","1"]}]`, "a=1&a=2&a=1", ""},
		{"in both, an escape of an escape", "x", "?m=a%252B", `[{"name":"m","value":"a%2B"}]`, "m=a%252B", ""},
		{"no value", "x", "?flag&a=", `[{"name":"flag","value":""},{"name":"a"}]`, "flag&a=", ""},
		{"fewer are listed", "x", "?mid=1&a=2", `[{"name":"mid","value":"1"}]`, "mid=1&a=2", ""},
		{"none are listed", "x", "?mid=1", `[]`, "mid=1", ""},
		{"null", "x", "?mid=1", `null`, "mid=1", ""},
		{"another value", "x", "?mid=1", `[{"name":"mid","value":"2"}]`, "", different},
		{"another value, Insomnia", "Insomnia", "?mid=1", `[{"name":"mid","value":"2"}]`, "", different},
		{"one more", "x", "?mid=1", `[{"name":"mid","value":"1"},{"name":"a","value":"2"}]`, "", different},
		{"one more, Insomnia", "Insomnia", "?mid=1", `[{"name":"mid","value":"1"},{"name":"a","value":"2"}]`, "", different},
		{"more often", "x", "?mid=1", `[{"name":"mid","value":"1"},{"name":"mid","value":"1"}]`, "", different},
		{"other names", "x", "?mid=1", `[{"name":"a","value":"1"}]`, "", different},
		{"no list", "x", "?mid=1", `5`, "", "request.queryString: expected a list"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			text := `{"log":{"creator":{"name":"` + c.creator + `"},"entries":[{"request":{"method":"GET","url":"https://x/` + c.query + `","queryString":` + c.listed + `},"response":{"status":200}}]}}`
			err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
				ex, err := e.Exchange()
				switch {
				case err != nil && (c.fault == "" || !strings.Contains(err.Error(), c.fault)):
					t.Errorf("%v; expected %q", err, c.fault)
				case err == nil && (c.fault != "" || ex.Request.URL.RawQuery != c.want):
					t.Errorf("the query is %q; expected %q, error %q", ex.Request.URL.RawQuery, c.want, c.fault)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
