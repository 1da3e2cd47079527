package judge_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
	"assay/internal/report"
)

// addressed returns an exchange without bodies.
func addressed(t *testing.T, method, at string) contract.Exchange {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return contract.Exchange{Request: contract.Request{Method: method, URL: u, Header: http.Header{}}, Response: contract.Response{Status: 404, Header: http.Header{}}}
}

// addressFindings lists the details of the findings about addresses.
func addressFindings(r contract.Result) []string {
	var all []string
	for _, f := range r.Findings {
		if f.Rule == "operation-documented" || f.Rule == "request-encrypted" {
			all = append(all, f.Detail)
		}
	}
	return all
}

// TestNearMisses changes the address of every operation at every server, in each way that
// clients get it wrong. Each change is an error, and leaving out the base path is none.
func TestNearMisses(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	encodedSlash := func(path string) string {
		i := strings.LastIndexByte(path, '/')
		if i < 1 {
			return path
		}
		return path[:i] + "%2f" + path[i+1:]
	}
	upperLast := func(path string) string {
		i := strings.LastIndexByte(path, '/') + 1
		return path[:i] + strings.ToUpper(path[i:i+1]) + path[i+1:]
	}
	for _, s := range e.Specs {
		for _, server := range s.Servers {
			base, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			origin, path := base.Scheme+"://"+base.Host, strings.TrimSuffix(base.Path, "/")
			for _, o := range s.Operations {
				if !o.Template().Literal() {
					continue // TestTemplates has paths with parameters
				}
				for _, to := range []struct {
					name, method, at string
					want             []string
				}{
					{"documented", o.Method, origin + path + o.Path, nil},
					{"without the base path", o.Method, origin + o.Path, nil},
					{"host in upper case", o.Method, base.Scheme + "://" + strings.ToUpper(base.Host) + path + o.Path, nil},
					{"host with port and dot", o.Method, base.Scheme + "://" + base.Host + ".:443" + path + o.Path, nil},
					{"slash at the end", o.Method, origin + path + o.Path + "/", []string{"slash"}},
					{"two slashes", o.Method, origin + path + "/" + o.Path, []string{"slash"}},
					{"encoded slash", o.Method, origin + encodedSlash(path+o.Path), []string{"slash"}},
					{"encoded slash at the end", o.Method, origin + path + o.Path + "%2F", []string{"slash"}},
					{"encoded character", o.Method, origin + path + o.Path[:1] + fmt.Sprintf("%%%02x", o.Path[1]) + o.Path[2:], nil},
					{"dot segment", o.Method, origin + path + "/." + o.Path, []string{"slash"}},
					{"space at the end", o.Method, origin + path + o.Path + "%20", []string{"slash"}},
					{"upper case", o.Method, origin + strings.ToUpper(path+o.Path), []string{"case"}},
					{"one capital", o.Method, origin + path + upperLast(o.Path), []string{"case"}},
					{"slash and case", o.Method, origin + path + upperLast(o.Path) + "/", []string{"slash", "case"}},
					{"another base", o.Method, origin + "/gateway/live" + o.Path, []string{"base"}},
					{"base twice", o.Method, origin + "/api/api" + o.Path, []string{"base"}},
					{"another base and case", o.Method, origin + "/gateway" + upperLast(o.Path), []string{"base", "case"}},
					{"PUT", "PUT", origin + path + o.Path, []string{"method"}},
					{"GET", "GET", origin + path + o.Path, []string{"method"}},
					{"DELETE without the base path", "DELETE", origin + o.Path, []string{"method"}},
					{"lower case method", strings.ToLower(o.Method), origin + path + o.Path, []string{"case"}},
					{"mixed case method", o.Method[:1] + strings.ToLower(o.Method[1:]), origin + path + o.Path, []string{"case"}},
					{"method and slash", "PATCH", origin + path + o.Path + "/", []string{"method", "slash"}},
				} {
					if to.name == "encoded slash" && to.at == origin+path+o.Path {
						continue // the path has one segment
					}
					ex := addressed(t, to.method, to.at)
					if slices.Contains(to.want, "method") && s.Match(to.method, ex.Request.URL) != nil {
						continue // the path has this method, too
					}
					r, ok := j.Judge(ex)
					if got := addressFindings(r); !ok || !slices.Equal(got, to.want) || r.Operation != o.ID && to.want != nil {
						t.Errorf("%s, %s: %s %s: matched %v, found %v, want %v", o.Name(), to.name, to.method, to.at, ok, got, to.want)
					}
					if r.Fails(contract.Error) != (len(to.want) > 0) && len(to.want) > 0 {
						t.Errorf("%s, %s: it does not fail", o.Name(), to.name)
					}
					if alone, ok := j.JudgeRequest(ex.Request); !ok || !slices.Equal(addressFindings(alone), to.want) {
						t.Errorf("%s, %s: the request alone: %v", o.Name(), to.name, addressFindings(alone))
					}
					if _, unknown := j.Unknown(ex.Request, ""); len(to.want) == 0 && j.Operation(ex.Request) == nil || !unknown && to.method != "OPTIONS" {
						t.Errorf("%s, %s: the host is unknown", o.Name(), to.name)
					}
				}
				preflight := addressed(t, "OPTIONS", origin+path+o.Path)
				preflight.Request.Header.Set("Access-Control-Request-Method", o.Method)
				if _, ok := j.Judge(preflight); ok {
					t.Errorf("%s: a preflight of a browser is a near miss", o.Name())
				}
			}
		}
	}
}

// TestUnknownOperations reads requests that match nothing, each twice. Those to hosts of
// providers are infos without values, and the others are counted.
func TestUnknownOperations(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	for _, to := range []struct{ method, at, shown string }{
		{"GET", "https://api.paytring.com/api/v2/order/fetch", "GET api.paytring.com/api/v2/order/fetch"},
		{"GET", "https://api.paytring.com/api/v2/order/488645160184316011", "GET api.paytring.com/api/v2/order/{…}"},
		{"GET", "https://api.paytring.com/api/v2/payments/pay_Kx9dPq/refunds?email=payer@example.com", "GET api.paytring.com/api/v2/payments/{…}/refunds"},
		{"POST", "https://console.ipayments.in/v1/users/payer@example.com/AAAAA0000A", "POST console.ipayments.in/v1/users/{…}/{…}"},
		{"POST", "https://console.ipayments.in/v1/users/payer%40example.com", "POST console.ipayments.in/v1/users/{…}"},
		{"POST", "https://console.ipayments.in/v1/session/fNkQxLrTzWmBvJ", "POST console.ipayments.in/v1/session/{…}"},
		{"POST", "https://console.ipayments.in/v1/session/0b9e6c1e-1111-4222-8333-abcdefabcdef", "POST console.ipayments.in/v1/session/{…}"},
		{"POST", "https://console.ipayments.in/v1/session/deadbeefcafe", "POST console.ipayments.in/v1/session/{…}"},
		{"GET", "https://console.ipayments.in/assets/main.js", "GET console.ipayments.in/assets/main.js"},
		{"GET", "https://console.ipayments.in/assets/main.8f3e2a.js", "GET console.ipayments.in/assets/{…}"},
		{"GET", "https://console.ipayments.in/", "GET console.ipayments.in/"},
		{"POST", "https://console.ipayments.in:8443/v1/service/paycc/init/kyc", "POST console.ipayments.in:8443/v1/service/paycc/init/kyc"},
		{"POST", "http://API.PAYTRING.com.:8080/api/v2/order/create", "POST api.paytring.com.:8080/api/v2/order/create"},
		{"a b\x1b[31m", "https://console.ipayments.in/createOrder", "{…} console.ipayments.in/createOrder"},
		{"GET", "https://console.ipayments.in/" + strings.Repeat("a/", 200), "GET console.ipayments.in" + strings.Repeat("/a", 13) + "/{…}"},
	} {
		line := fmt.Sprintf(`{"request": {"method": %q, "url": %q, "headers": {}}, "response": {"status": 200, "headers": {}}}`+"\n", strings.ReplaceAll(to.method, "\x1b", ""), to.at)
		tally, err := j.Check(t.Context(), []string{"-"}, strings.NewReader(line+line), judge.CheckOptions{FailOn: contract.Error})
		if err != nil {
			t.Fatal(err)
		}
		traffic := tally.Report(e.Catalog, "test", 10).Traffic
		if traffic.Unmatched != 2 || traffic.Failing != 0 || len(traffic.Groups) != 1 || traffic.Groups[0].Count != 2 {
			t.Errorf("%s: the counts are %+v", to.at, traffic)
			continue
		}
		f := traffic.Groups[0].Finding
		if text := report.Sentence(f.Message); f.Severity != contract.Info || !strings.HasPrefix(text, to.shown+" is not in the specification") {
			t.Errorf("%s: found %s %q, want %q", to.at, f.Severity, text, to.shown)
		}
	}
	for _, at := range []string{"https://other.example.com/api/v2/order/create", "https://api.paytring.com.example.com/api/v2/order/create"} {
		if _, ok := j.Unknown(addressed(t, "POST", at).Request, ""); ok {
			t.Errorf("%s is a host of a provider", at)
		}
	}
}

// TestCredentialsInClear sends requests over http. With credentials they are an error, to
// whatever path.
func TestCredentialsInClear(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true, Bases: map[string]string{"paytring": "http://gateway.example.com/paytring"}})
	for _, to := range []struct {
		name, at, authorization string
		clear                   bool
	}{
		{"http", "http://api.paytring.com/api/v2/order/create", "Basic dGVzdDp0ZXN0", true},
		{"http, port 80", "http://API.paytring.com:80/api/v2/order/create", "Basic dGVzdDp0ZXN0", true},
		{"http, near miss", "http://api.paytring.com/api/v2/order/create/", "Basic dGVzdDp0ZXN0", true},
		{"http, another path", "http://api.paytring.com/api/v2/order/fetch", "Basic dGVzdDp0ZXN0", true},
		{"http, no credentials", "http://api.paytring.com/api/v2/order/create", "", false},
		{"https", "https://api.paytring.com/api/v2/order/create", "Basic dGVzdDp0ZXN0", false},
		{"a base that the user gave", "http://gateway.example.com/paytring/api/v2/order/create", "Basic dGVzdDp0ZXN0", false},
	} {
		ex := addressed(t, "POST", to.at)
		if to.authorization != "" {
			ex.Request.Header.Set("Authorization", to.authorization)
		}
		r, ok := j.Judge(ex)
		if !ok {
			r, ok = j.Unknown(ex.Request, "")
		}
		found := slices.ContainsFunc(r.Findings, func(f contract.Finding) bool {
			return f.Rule == "request-encrypted" && f.Severity == contract.Error
		})
		if !ok || found != to.clear {
			t.Errorf("%s: matched %v, found %v", to.name, ok, found)
		}
	}
}

// TestUnreadableElsewhere damages entries in each way. Those of hosts that no provider has
// are exempt, those of a provider are not, and neither are those that may be a provider's.
func TestUnreadableElsewhere(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{Recorded: true})
	const front = `{"request": {"method": "POST", "url": "https://HOST/api/v2/order/create"`
	for name, text := range map[string]string{
		"no headers":        front + `}, "response": {"status": 200, "headers": {}}}`,
		"a list of headers": front + `, "headers": []}, "response": {"status": 200, "headers": {}}}`,
		"no response":       front + `, "headers": {}}}`,
		"status":            front + `, "headers": {}}, "response": {"status": "x", "headers": {}}}`,
		"base64":            front + `, "headers": {}, "bodyBase64": "%"}, "response": {"status": 200, "headers": {}}}`,
		"not UTF-8":         front + `, "headers": {}, "body": "` + "\xff" + `"}, "response": {"status": 200, "headers": {}}}`,
		"encoding":          front + `, "headers": {"Content-Encoding": "x"}, "bodyBase64": "aGFsbG8="}, "response": {"status": 200, "headers": {"Content-Encoding": "gzip"}, "bodyBase64": "H4s="}}`,
		"cut off":           front + `, "headers": {}, "body": "x`,
		"a har":             `{"log": {"creator": {"name": "t"}, "entries": [` + front + `, "headers": "x"}}]}}`,
		"a cassette":        "interactions:\n- request:\n    method: POST\n    url: https://HOST/api/v2/order/create\n    headers: 5\n  response:\n    code: 200\n",
		"a JSON cassette":   `{"interactions": [{"request": {"method": "POST", "uri": "https://HOST/api/v2/order/create", "body": "\t\n"}, "response": {"status": 5, "body": []}}]}`,
		"doubled":           `{"interactions": [{"request": {"method": "POST", "uri": "https://HOST/api/v2/order/create"}, "response": {}, "response": {}}]}`,
		"latin, cassette":   `{"interactions": [{"request": {"method": "POST", "uri": "https://HOST/api/v2/order/create", "body": "` + "\xe9" + `"}, "response": {}}]}`,
		"a har, cut":        `{"log": {"creator": {"name": "t"}, "entries": [` + front + `, "headers": [], "postData": {"text": "` + "\x01" + `"}}}]}}`,
	} {
		for host, exempt := range map[string]bool{"cdn.example.com": true, "api.paytring.com": false} {
			tally, err := j.Check(t.Context(), []string{"-"}, strings.NewReader(strings.ReplaceAll(text, "HOST", host)+"\n"), judge.CheckOptions{FailOn: contract.Error})
			if err != nil {
				t.Fatal(err)
			}
			c := tally.Report(e.Catalog, "test", 10).Traffic
			if exempt && (c.Elsewhere != 1 || c.Unreadable != 0) || !exempt && (c.Elsewhere != 0 || c.Unreadable != 1) {
				t.Errorf("%s of %s: %+v", name, host, c)
			}
		}
	}
	torn := strings.ReplaceAll(front, "HOST", "cdn.example.com") + `, "headers": {}, "body": "x` + strings.ReplaceAll(front, "HOST", "api.paytring.com") + `, "headers": {}}}`
	tally, err := j.Check(t.Context(), []string{"-"}, strings.NewReader(torn+"\n"), judge.CheckOptions{FailOn: contract.Error})
	if c := tally.Report(e.Catalog, "test", 10).Traffic; err != nil || c.Unreadable != 1 {
		t.Errorf("a line of two hosts: %v, %+v", err, c)
	}
}
