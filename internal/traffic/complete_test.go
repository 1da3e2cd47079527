package traffic_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/traffic"
)

// placesOf returns places as texts.
func placesOf(all []contract.Place) []string { return contract.PlaceTexts(all) }

// TestComplete reads recordings that say more about a body than they have of it. A body that
// is gone is an error; one that is cut, or of which nothing is known, is omitted.
func TestComplete(t *testing.T) {
	t.Parallel()
	const whole = `"postData":{"text":"{\"a\":1}"},`
	for name, c := range map[string]struct {
		request, response string   // members of a HAR entry
		want              []string // omitted
		fault             string
	}{
		"all":                      {whole + `"bodySize":7`, `"content":{"size":2,"text":"ok"},"bodySize":2`, nil, ""},
		"sizes not known":          {whole + `"bodySize":-1`, `"content":{"size":-1,"text":"ok"},"bodySize":-1`, nil, ""},
		"a larger size, all JSON":  {whole + `"bodySize":900`, `"content":{"size":99,"text":"[1]"}`, nil, ""},
		"bodySize, no postData":    {`"bodySize":339`, `"content":{"text":"ok"}`, nil, "lacks the body of the request, which had 339 bytes"},
		"bodySize, empty text":     {`"postData":{"text":""},"bodySize":339`, `"content":{"text":"ok"}`, nil, "lacks the body of the request, which had 339 bytes"},
		"size in postData":         {`"postData":{"size":12}`, `"content":{"text":"ok"}`, nil, "lacks the body of the request, which had 12 bytes"},
		"Content-Length":           {`"headers":[{"name":"content-length","value":"12"}],"bodySize":-1`, `"content":{"text":"ok"}`, nil, "which had 12 bytes"},
		"bodySize -1, no postData": {`"bodySize":-1`, `"content":{"text":"ok"}`, []string{"request#"}, ""},
		"no size, no postData":     {``, `"content":{"text":"ok"}`, []string{"request#"}, ""},
		"bodySize 0":               {`"bodySize":0`, `"content":{"text":"ok"}`, nil, ""},
		"Content-Length 0":         {`"headers":[{"name":"content-length","value":"0"}],"bodySize":-1`, `"content":{"text":"ok"}`, nil, ""},
		"cut request":              {`"postData":{"text":"{\"a\":"},"bodySize":7`, `"content":{"text":"ok"}`, []string{"request#"}, ""},
		"cut, by Content-Length":   {`"postData":{"text":"{\"a\":"},"headers":[{"name":"Content-Length","value":"7"}]`, `"content":{"text":"ok"}`, []string{"request#"}, ""},
		"no size of the response":  {whole + `"bodySize":7`, `"content":{"mimeType":"x"},"bodySize":-1`, []string{"response#"}, ""},
		"size -1, no text":         {whole + `"bodySize":7`, `"content":{"size":-1},"bodySize":-1`, []string{"response#"}, ""},
		"size -1, empty text":      {whole + `"bodySize":7`, `"content":{"size":-1,"text":""}`, []string{"response#"}, ""},
		"size -1, sent bytes":      {whole + `"bodySize":7`, `"content":{"size":-1},"bodySize":52`, nil, "lacks the body of the response, which had 52 bytes"},
		"content size":             {whole + `"bodySize":7`, `"content":{"size":52},"bodySize":-1`, nil, "lacks the body of the response, which had 52 bytes"},
		"cut response":             {whole + `"bodySize":7`, `"content":{"size":52,"text":"{\"a\":"}`, []string{"response#"}, ""},
		"both":                     {`"bodySize":-1`, `"content":{"size":52,"text":"{\"a\":"}`, []string{"request#", "response#"}, ""},
		"coded":                    {whole + `"bodySize":7`, `"headers":[{"name":"content-encoding","value":"gzip"},{"name":"content-length","value":"99"}],"content":{"size":2,"text":"ok"}`, nil, ""},
		"nothing to have":          {whole + `"bodySize":7`, `"content":{"size":0},"bodySize":0`, nil, ""},
		"five codings":             {whole + `"bodySize":7`, `"headers":[{"name":"content-encoding","value":"identity,identity,identity,identity,identity"}],"content":{"size":2,"text":"ok"}`, nil, "more than 4 codings"},
	} {
		join := func(members ...string) string {
			return strings.Join(slices.DeleteFunc(members, func(m string) bool { return m == "" }), ",")
		}
		text := fmt.Sprintf(`{"log":{"creator":{"name":"Firefox"},"entries":[{"request":{%s},"response":{%s}}]}}`,
			join(`"method":"POST","url":"https://x/"`, strings.TrimSuffix(c.request, ",")), join(`"status":200`, c.response))
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v", name, err)
			} else if err == nil && !slices.Equal(placesOf(ex.Omitted), c.want) {
				t.Errorf("%s: omitted %v, want %v", name, ex.Omitted, c.want)
			}
			if err == nil && ex.Recorder.Name != "Firefox" {
				t.Errorf("%s: recorded by %s", name, ex.Recorder.Name)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestCompleteLines reads lines and cassettes whose Content-Length is larger than the body.
func TestCompleteLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, fault string
		want        []string
	}{
		"a line without its body":     {`{"request":{"method":"POST","url":"https://x/","headers":{"Content-Length":"9"}},"response":{"status":200,"headers":{}}}`, "lacks the body of the request, which had 9 bytes", nil},
		"a line without its response": {`{"request":{"method":"POST","url":"https://x/","headers":{}},"response":{"status":200,"headers":{"content-length":"9"}}}`, "lacks the body of the response, which had 9 bytes", nil},
		"a line that is cut":          {`{"request":{"method":"POST","url":"https://x/","headers":{"Content-Length":["9"]},"body":"{\"a\""},"response":{"status":200,"headers":{}}}`, "", []string{"request#"}},
		"a line that has all":         {`{"request":{"method":"POST","url":"https://x/","headers":{"Content-Length":"2"},"body":"{}"},"response":{"status":200,"headers":{}}}`, "", nil},
		"HEAD":                        {`{"request":{"method":"HEAD","url":"https://x/","headers":{}},"response":{"status":200,"headers":{"Content-Length":"9"}}}`, "", nil},
		"a cassette without its body": {"interactions:\n- request: {method: POST, url: 'https://x/', headers: {Content-Length: ['9']}}\n  response: {code: 200}\n", "lacks the body of the request, which had 9 bytes (recorder: go-vcr)", nil},
		"a cassette of VCR.py":        {"interactions:\n- request: {method: POST, uri: 'https://x/', headers: {Content-Length: ['9']}, body: '{'}\n  response: {status: {code: 200}}\n", "", []string{"request.header.authorization", "request#"}},
		"content_length, no body":     {"interactions:\n- request: {method: POST, url: 'https://x/', content_length: 86, body: ''}\n  response: {code: 200}\n", "lacks the body of the request, which had 86 bytes (recorder: go-vcr)", nil},
		"content_length, cut":         {"interactions:\n- request: {method: POST, url: 'https://x/', content_length: 86, body: '{\"a\"'}\n  response: {code: 200}\n", "", []string{"request.header.authorization", "request#"}},
		"content_length, whole":       {"interactions:\n- request: {method: POST, url: 'https://x/', content_length: 2, body: '{}'}\n  response: {code: 200, content_length: 2, body: ok}\n", "", []string{"request.header.authorization"}},
		"content_length, masked JSON": {"interactions:\n- request: {method: POST, url: 'https://x/', content_length: 86, body: '{}'}\n  response: {code: 200}\n", "", []string{"request.header.authorization"}},
		"content_length 0":            {"interactions:\n- request: {method: POST, url: 'https://x/', content_length: 0, body: ''}\n  response: {code: 200, content_length: 0}\n", "", []string{"request.header.authorization"}},
		"content_length -1":           {"interactions:\n- request: {method: POST, url: 'https://x/', content_length: -1, body: ''}\n  response: {code: 200, content_length: -1, body: ok}\n", "", []string{"request.header.authorization", "request#"}},
		"content_length, coded":       {"interactions:\n- request: {method: GET, url: 'https://x/'}\n  response: {code: 200, content_length: 86, headers: {Content-Encoding: [gzip]}, body: ok}\n", "", []string{"request.header.authorization"}},
		"content_length, coded, none": {"interactions:\n- request: {method: GET, url: 'https://x/'}\n  response: {code: 200, content_length: 86, headers: {Content-Encoding: [gzip]}, body: ''}\n", "lacks the body of the response, which had 86 bytes", nil},
		"content_length, no response": {"interactions:\n- request: {method: GET, url: 'https://x/'}\n  response: {code: 200, content_length: 86, body: ''}\n", "lacks the body of the response, which had 86 bytes", nil},
		"content_length of HEAD":      {"interactions:\n- request: {method: HEAD, url: 'https://x/'}\n  response: {code: 200, content_length: 86, body: ''}\n", "", []string{"request.header.authorization"}},
		"a body of another form":      {"interactions:\n- request: {method: POST, uri: 'https://x/', body: {a: 1}}\n  response: {status: {code: 200}}\n", "neither a string nor an object with string", nil},
		"an empty object":             {"interactions:\n- request: {method: POST, uri: 'https://x/', body: {}}\n  response: {status: {code: 200}}\n", "neither a string nor an object with string", nil},
		"a response of another form":  {"interactions:\n- request: {method: GET, uri: 'https://x/'}\n  response: {status: {code: 200}, body: {encoding: UTF-8}}\n", "neither a string nor an object with string", nil},
		"string is null":              {"interactions:\n- request: {method: GET, uri: 'https://x/'}\n  response: {status: {code: 200}, body: {string: null}}\n", "", []string{"request.header.authorization"}},
		"a body in another file":      {"http_interactions:\n- request: {method: get, uri: 'https://x/'}\n  response: {status: {code: 200}, body: {file: yes, string: a.json}}\n", "a body is in another file", nil},
		"a file that was read":        {"interactions:\n- request: {method: POST, uri: 'https://x/', body: !!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary e30=, 1, null]}}\n  response: {status: {code: 200}}\n", "neither a string nor an object with string", nil},
		"an object of Python":         {"interactions:\n- request: {method: POST, uri: 'https://x/', body: !!python/object/new:a.Form {state: [x, 0, null]}}\n  response: {status: {code: 200}}\n", "neither a string nor an object with string", nil},
		"a tuple":                     {"interactions:\n- request: {method: POST, uri: 'https://x/', body: !!python/tuple [a]}\n  response: {status: {code: 200}}\n", "neither a string nor an object with string", nil},
		"an empty file":               {"interactions:\n- request: {method: POST, uri: 'https://x/', body: !!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary '', 0, null]}}\n  response: {status: {code: 200}}\n", "", []string{"request.header.authorization"}},
		"a cassette with a header":    {"interactions:\n- request: {method: GET, uri: 'https://x/', headers: {authorization: [x]}}\n  response: {status: {code: 200}}\n", "", nil},
	} {
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(c.text), traffic.Options{}, func(e *traffic.Entry) error {
			ex, err := e.Exchange()
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) || err == nil && !slices.Equal(placesOf(ex.Omitted), c.want) {
				t.Errorf("%s: %v, omitted %v", name, err, ex.Omitted)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestPostDataWithoutText reads requests for which the recorder noted that there was a body,
// and not which: they are not requests without a body.
func TestPostDataWithoutText(t *testing.T) {
	t.Parallel()
	for post, want := range map[string]string{
		`{"mimeType":"application/json","params":[]}`:                                         "request#",
		`{"mimeType":"application/json"}`:                                                     "request#",
		`{"mimeType":"application/json","text":null}`:                                         "request#",
		`{"mimeType":"application/json","text":""}`:                                           "",
		`{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":""}]}`: "",
		`null`: "",
	} {
		ex, err := traffic.ParseHAR(`{"request":{"method":"POST","url":"https://x/","postData":` + post + `,"bodySize":0},"response":{"status":204}}`)
		if got := strings.Join(placesOf(ex.Omitted), " "); err != nil || got != want {
			t.Errorf("%s: omitted %q, %v; want %q", post, got, err, want)
		}
	}
}
