package traffic_test

import (
	"strings"
	"testing"
	"testing/iotest"

	"assay/internal/traffic"
)

// TestPHPVCR reads recordings of PHP-VCR: forms, uploads, encrypted and binary values,
// several of them, also cut into bytes.
func TestPHPVCR(t *testing.T) {
	t.Parallel()
	yamlOf := func(request, response string) string {
		return "\n-\n    request:\n        method: POST\n        url: 'https://pay.example.com/1'\n        headers: { Host: pay.example.com" + request + "\n    response:\n        status: { code: 200, message: OK }\n        headers: { A: b" + response + "\n    index: 0\n"
	}
	jsonOf := func(request, response string) string {
		return `[ {"request":{"method":"POST","url":"https:\/\/pay.example.com\/1"` + request + `},"response":{"status":{"code":200,"message":"OK"}` + response + `},"index":0}]`
	}
	for name, c := range map[string]struct {
		text           string
		asked, replied string // the bodies
		omitted        string
		fault          string
	}{
		"no bodies":             {text: yamlOf(" }", " }"), omitted: "request.header.authorization"},
		"no bodies in JSON":     {text: jsonOf("", ""), omitted: "request.header.authorization"},
		"bodies":                {text: yamlOf(" }\n        body: '{\"a\":1}'", " }\n        body: \"x\\ny\""), asked: `{"a":1}`, replied: "x\ny", omitted: "request.header.authorization"},
		"bodies in JSON":        {text: jsonOf(`,"body":"{\"a\":1}"`, `,"body":"x\ny","curl_info":{"total_time":0.25}`), asked: `{"a":1}`, replied: "x\ny", omitted: "request.header.authorization"},
		"authorization":         {text: yamlOf(", authorization: Basic x }", " }")},
		"a form":                {text: yamlOf(", Content-Type: application/x-www-form-urlencoded }\n        post_fields: { b: 'x y', a: 1, c: { d: [], e: { '0': z } } }", " }"), asked: "b=x+y&a=1&c%5Bd%5D=&c%5Be%5D%5B0%5D=z", omitted: "request.header.authorization"},
		"a form in JSON":        {text: jsonOf(`,"headers":{"content-type":"application\/x-www-form-urlencoded"},"post_fields":{"a":"\u20b9"}`, ""), asked: "a=%E2%82%B9", omitted: "request.header.authorization"},
		"a form with its body":  {text: yamlOf(", Content-Type: application/x-www-form-urlencoded }\n        post_fields: { b: 2 }\n        body: a=1", " }"), asked: "a=1", omitted: "request.header.authorization"},
		"a form in parts":       {text: yamlOf(" }\n        post_fields: { a: 1 }", " }"), omitted: "request.header.authorization request#"},
		"an upload":             {text: yamlOf(" }\n        post_files: [{ fieldName: a, file: b }]", " }"), fault: "uploads files"},
		"no upload":             {text: yamlOf(" }\n        post_files: {  }\n        post_fields: {  }", " }"), omitted: "request.header.authorization"},
		"an encrypted request":  {text: yamlOf(" }\n        body: 'vcr:enc:v1:YQ=='", " }"), fault: "the request's body is encrypted"},
		"encrypted fields":      {text: yamlOf(" }\n        post_fields: 'vcr:enc:v1:YQ=='", " }"), fault: "the request's body is encrypted"},
		"an encrypted response": {text: yamlOf(" }", " }\n        body: 'vcr:enc:v1:YQ=='"), fault: "it is encrypted"},
		"an encrypted header":   {text: yamlOf(", Authorization: 'vcr:enc:v1:YQ==' }", " }"), omitted: "request.header.authorization"},
		"base64":                {text: yamlOf(" }", ", Content-Transfer-Encoding: binary }\n        body: YWJj"), replied: "abc", omitted: "request.header.authorization"},
		"base64 of gzip":        {text: yamlOf(" }", ", Content-Type: application/x-gzip }\n        body: YWJj"), replied: "abc", omitted: "request.header.authorization"},
		"no base64":             {text: yamlOf(" }", ", Content-Transfer-Encoding: [binary] }\n        body: '{'"), fault: "not base64"},
		"a status as a number":  {text: strings.Replace(yamlOf(" }", " }"), "{ code: 200, message: OK }", "200", 1), omitted: "request.header.authorization"},
		"no status":             {text: strings.Replace(yamlOf(" }", " }"), "{ code: 200, message: OK }", "{}", 1), fault: "response.code is missing"},
		"a comment in front":    {text: "# recorded\n---\n" + yamlOf(" }", " }"), omitted: "request.header.authorization"},
		"lines of Windows":      {text: strings.ReplaceAll("---\n"+yamlOf(" }", " }"), "\n", "\r\n"), omitted: "request.header.authorization"},
		"the response first":    {text: "- response: {status: 200, headers: {A: b}}\n  request: {method: POST, url: 'https://pay.example.com/1'}\n", omitted: "request.header.authorization"},
	} {
		n := 0
		err := traffic.Read(t.Context(), []string{"-"}, iotest.OneByteReader(strings.NewReader(c.text)), traffic.Options{}, func(e *traffic.Entry) error {
			n++
			ex, err := e.Exchange()
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v", name, err)
			}
			if c.fault != "" {
				return nil
			}
			if got := ex.Request.Method + ex.Request.URL.Path; got != "POST/1" || ex.Response.Status != 200 || ex.Recorder.Name != "PHP-VCR" {
				t.Errorf("%s: %s, %d, %s", name, got, ex.Response.Status, ex.Recorder.Name)
			}
			if string(ex.Request.Body) != c.asked || string(ex.Response.Body) != c.replied || strings.Join(placesOf(ex.Omitted), " ") != c.omitted {
				t.Errorf("%s: %q and %q, omitted %v", name, ex.Request.Body, ex.Response.Body, ex.Omitted)
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d entries, %v", name, n, err)
		}
	}
	for name, text := range map[string]string{
		"several":         yamlOf(" }", " }") + yamlOf(" }", " }") + yamlOf(" }", " }"),
		"several in JSON": strings.TrimSuffix(jsonOf("", ""), "]") + "," + strings.TrimPrefix(strings.TrimSuffix(jsonOf("", ""), "]"), "[") + "," + strings.TrimPrefix(jsonOf("", ""), "["),
	} {
		var all []string
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			_, err := e.Exchange()
			if err != nil {
				t.Error(err)
			}
			all = append(all, e.Origin())
			return nil
		})
		if err != nil || strings.Join(all, " ") != "cassette:-#1 cassette:-#2 cassette:-#3" {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
	for name, text := range map[string]string{
		"another list": "- name: a\n  request: {}\n", "a list of lists": "- - request: {}\n", "words": "- request\n", "a map": "request: {}\n",
		"JSON of others": `[{"name":"a"},{"request":{}}]`, "numbers": "[1, 2]", "nothing": "[]", "objects in lists": `[[{"request":{}}]]`,
	} {
		n := 0
		err := traffic.Read(t.Context(), []string{"-"}, strings.NewReader(text), traffic.Options{}, func(e *traffic.Entry) error {
			n++
			if !e.File() {
				t.Errorf("%s is read as %s", name, e.Origin())
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d entries, %v", name, n, err)
		}
	}
}
