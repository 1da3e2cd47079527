package judge_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/traffic"
)

// replacements are what tools write in place of a value.
func replacements() []string {
	return []string{
		"***", "********", "98******10", "•••", "xxxx", "XXXX-XXXX", "[REDACTED]", "<redacted>", "REDACTED", "Redacted", "__REDACTED__",
		"[FILTERED]", "<removed>", "(hidden)", "REDACTED_TOKEN", "[email redacted]", "<API_KEY>", "{{token}}", "${KEY}", "####", "[MASKED]", "*** sanitized ***",
	}
}

// asRecorded returns an exchange as it is read from a file.
func asRecorded(t *testing.T, ex contract.Exchange) contract.Exchange {
	t.Helper()
	line, err := traffic.Append(nil, ex)
	if err != nil {
		t.Fatal(err)
	}
	var read contract.Exchange
	err = traffic.Read(t.Context(), []string{"-"}, strings.NewReader(string(line)), traffic.Options{}, func(e *traffic.Entry) error {
		read, err = e.Exchange()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// accepted returns one conforming exchange of each operation, as it is read from a file.
func accepted(t *testing.T, e *engine.Engine) map[string]contract.Exchange {
	t.Helper()
	all := map[string]contract.Exchange{}
	for c, ex := range enginetest.Exchanges(t, e) {
		if strings.HasSuffix(c.Name, "/accepted") {
			all[strings.TrimSuffix(c.Name, "/accepted")] = asRecorded(t, ex)
		}
	}
	return all
}

// credentials returns the test credentials of all providers.
func credentials(e *engine.Engine) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, s := range e.Specs {
		all[s.Provider] = s.TestCredentials()
	}
	return all
}

// failing lists the rules and places of the errors of a result.
func failing(r contract.Result) []string {
	var all []string
	for _, f := range r.Findings {
		if f.Severity == contract.Error {
			all = append(all, f.Rule+" "+string(f.At))
		}
	}
	return all
}

// TestReplacedValues replaces each value of recorded exchanges as tools that redact do. No
// side is blamed for it. A wrong value in the same place is still found, and so is any replacement
// if the exchange is no recording.
func TestReplacedValues(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true, Keys: credentials(e)})
	found, live := 0, 0
	for operation, ex := range accepted(t, e) {
		for _, of := range contract.Directions() {
			body := ex.Request.Body
			if of == contract.InResponse {
				body = ex.Response.Body
			}
			if of == contract.InRequest && !strings.Contains(ex.Request.Header.Get("Content-Type"), "json") || len(body) == 0 {
				continue // a form is no JSON
			}
			value, err := contract.Decode(body)
			if err != nil {
				t.Fatal(err)
			}
			var pointers []contract.Pointer
			contract.Visit(value, "", func(at contract.Pointer, _ any) { pointers = append(pointers, at) })
			for _, at := range pointers {
				replaced := func(text string) contract.Exchange {
					raw, _ := json.Marshal(text)
					other := ex
					if of == contract.InRequest {
						other.Request.Body = contract.Replace(body, at, raw)
					} else {
						other.Response.Body = contract.Replace(body, at, raw)
					}
					return other
				}
				for _, text := range replacements() {
					other := replaced(text)
					if r, ok := j.Judge(other); !ok || len(failing(r)) > 0 {
						t.Errorf("%s, %s with %s: %v", operation, of.Body(at), text, failing(r))
					}
					other.Recorder = nil
					if r, _ := j.Judge(other); len(failing(r)) > 0 {
						live++
					}
				}
				for _, text := range []string{"", "x", "wrong", "a value that was hidden by hand", "xxx1"} {
					if r, _ := j.Judge(replaced(text)); len(failing(r)) > 0 {
						found++
					}
				}
			}
		}
	}
	if found < 100 || live < 500 {
		t.Errorf("%d wrong values are found, and %d replacements outside of recordings", found, live)
	}
}

// TestReplacedExcusesNothingElse replaces one value and breaks another, which is found.
func TestReplacedExcusesNothingElse(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true, Keys: credentials(e)})
	ex := accepted(t, e)["ipayments/initKyc"]
	if ex.Request.URL == nil {
		for name := range accepted(t, e) {
			t.Log(name)
		}
		t.Skip("there is no such operation")
	}
	ex.Request.Body = []byte(`{"pan": "***", "name": 7, "email": "[REDACTED]", "mobile": "0000000001", "merchantCode": "MIDTEST00001"}`)
	if r, _ := j.Judge(ex); !slices.Equal(failing(r), []string{"request-documented request#/name"}) {
		t.Errorf("found %v", failing(r))
	}
}

// TestOmittedHeaders reads HAR files of Chrome, sanitized and not. Only the sanitized file
// says nothing about the Authorization header.
func TestOmittedHeaders(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true, Keys: credentials(e)})
	for operation, ex := range accepted(t, e) {
		if ex.Request.Header.Get("Authorization") == "" {
			continue
		}
		for name, c := range map[string]struct {
			creator string
			headers http.Header
			excused bool
		}{
			"sanitized":               {"WebInspector", nil, true},
			"with cookies":            {"WebInspector", http.Header{"Cookie": {"a=b"}}, false},
			"another recorder":        {"Firefox", nil, false},
			"redacted":                {"Firefox", http.Header{"Authorization": {"[REDACTED]"}}, true},
			"redacted, with a scheme": {"Charles Proxy", http.Header{"Authorization": {"Basic ***"}}, true},
			"wrong":                   {"WebInspector", http.Header{"Authorization": {"Basic d3Jvbmc6d3Jvbmc="}}, false},
		} {
			text := harOf(ex, c.creator, c.headers)
			tally, err := j.Check(t.Context(), []string{"-"}, strings.NewReader(text), judge.CheckOptions{FailOn: contract.Error})
			if err != nil {
				t.Fatal(err)
			}
			report := tally.Report(e.Catalog, "test", 10)
			why := ""
			for _, gap := range report.Results[0].Inconclusive {
				if gap.Rule == "request-authenticated" {
					why = gap.Why.Template.Text
				}
			}
			found := slices.ContainsFunc(report.Traffic.Groups, func(g contract.Group) bool { return g.Finding.Rule == "request-authenticated" })
			bearer := strings.HasPrefix(ex.Request.Header.Get("Authorization"), "Bearer") // any token may be right
			if found == c.excused && (!bearer || name != "wrong") || c.excused && !strings.Contains(why, "recorder: ") && !bearer {
				t.Errorf("%s, %s: found %v, inconclusive because %q", operation, name, found, why)
			}
		}
	}
}

// harOf writes a HAR file of one exchange with other headers of the request.
func harOf(ex contract.Exchange, creator string, header http.Header) string {
	type pair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	pairs := []pair{{"Content-Type", ex.Request.Header.Get("Content-Type")}, {"Accept", "application/json"}}
	for name, values := range header {
		pairs = append(pairs, pair{name, values[0]})
	}
	raw, _ := json.Marshal(map[string]any{"log": map[string]any{
		"creator": map[string]any{"name": creator},
		"entries": []any{map[string]any{
			"request":  map[string]any{"method": ex.Request.Method, "url": ex.Request.URL.String(), "headers": pairs, "postData": map[string]any{"text": string(ex.Request.Body)}},
			"response": map[string]any{"status": ex.Response.Status, "headers": []pair{{"Content-Type", ex.Response.Header.Get("Content-Type")}}, "content": map[string]any{"text": string(ex.Response.Body)}},
		}},
	}})
	return string(raw)
}
