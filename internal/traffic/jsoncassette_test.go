package traffic_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"assay/internal/traffic"
)

// TestJSONCassetteBodies brings bodies through a cassette in JSON that YAML text cannot hold.
func TestJSONCassetteBodies(t *testing.T) {
	t.Parallel()
	for _, body := range append([]string{"\t{\"a\":1}\n", "\t\n", "\n\t x", "- a\n\tb", "\u2028\u0085", "no", "~", "!!binary x", "1e3", "&a *a"}, bodies...) {
		if body == "half a character \xe2\x82 and \x00" {
			continue // JSON cannot hold it
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		file := `{"interactions":[{"request":{"method":"POST","uri":"https://x/","headers":{"A":["1"]},"body":` + string(text) + `},"response":{"status":{"code":200},"headers":{},"body":{"string":` + string(text) + `}}}]}`
		err = traffic.Read(t.Context(), []string{"-"}, strings.NewReader(file), traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if err != nil || string(ex.Request.Body) != body || string(ex.Response.Body) != body {
				t.Errorf("%q became %q and %q, %v", body, ex.Request.Body, ex.Response.Body, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestJSONCassetteDamage reads cassettes in JSON with faults. No fault names a line of YAML.
func TestJSONCassetteDamage(t *testing.T) {
	t.Parallel()
	const asked = `"request":{"method":"GET","uri":"https://x/"}`
	for name, c := range map[string]struct{ item, want string }{
		"a doubled response":   {`{` + asked + `,"response":{"status":{"code":200}},"response":{"status":{"code":500}}}`, "response stands twice"},
		"a doubled request":    {`{` + asked + `,` + asked + `,"response":{"status":{"code":200}}}`, "request stands twice"},
		"a doubled body":       {`{` + asked + `,"response":{"status":{"code":200},"body":{"string":"a","string":"b"}}}`, "response.body.string stands twice"},
		"a doubled header":     {`{` + asked + `,"response":{"status":{"code":200},"headers":{"A":["1"],"A":["2"]}}}`, "a name stands twice in an object"},
		"bytes":                {`{` + asked + `,"response":{"status":{"code":200},"body":{"string":"` + "\xe9" + `"}}}`, "this is not UTF-8; record the body in base64"},
		"half of a pair":       {`{` + asked + `,"response":{"status":{"code":200},"body":{"string":"\ud83d"}}}`, ""},
		"no JSON":              {`{` + asked + `,"response":nonsense}`, "this is not JSON at byte "},
		"another type":         {`{"request":{"method":"GET","uri":"https://x/"},"response":{"status":{"code":200},"headers":5}}`, "a member has another type than in cassettes"},
		"a body that is a map": {`{"request":{"method":"GET","uri":"https://x/","body":{"a":1}},"response":{"status":{"code":200}}}`, "a body is neither a string nor an object with string"},
		"no object":            {`7`, "a member has another type than in cassettes"},
	} {
		var got []string
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(`{"interactions":[`+c.item+`]}`), traffic.Options{}, func(e *traffic.Entry) error {
			_, err := e.Exchange()
			if err == nil {
				got = append(got, "")
			} else {
				got = append(got, strings.TrimPrefix(err.Error(), "stdin, entry 1: "))
			}
			return nil
		})
		if err != nil || len(got) != 1 || !strings.HasPrefix(got[0], c.want) || c.want == "" && got[0] != "" || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "line") }) {
			t.Errorf("%s: %q, %v; expected %q", name, got, err, c.want)
		}
	}
}
