package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// strangers are values that no specification marks and no case has: of a person, and of
// another merchant. They are invented.
func strangers() []string {
	return []string{"9876501234", "fremd.vogel@mail.test", "Fremdvogel", "50100098765432", "sess_live_Fremd7f3a9c", "rzp_live_FremdKey12345", "4111111111111111", "BQZPV1234K"}
}

// TestRecordAnyway records responses that do not parse, or that have undocumented members,
// with values that no specification marks. No file and no output contains one. What cannot be
// searched is not written.
func TestRecordAnyway(t *testing.T) {
	for _, env := range []string{"ASSAY_PAYTM_MID", "ASSAY_PAYTM_MERCHANT_KEY"} {
		t.Setenv(env, canaries()[env])
	}
	all := strings.Join(strangers(), " ")
	about := `{"mobile":"9876501234","n":9876501234,"email":"fremd.vogel@mail.test","name":"Fremdvogel","account":"50100098765432","session":"sess_live_Fremd7f3a9c","key":"rzp_live_FremdKey12345"}`
	failed := func(message, more string) string {
		return `{"head":{},"body":{"resultInfo":{"resultStatus":"F","resultCode":"501","resultMsg":"` + message + `"}` + more + `}}`
	}
	names := ""
	for _, v := range strangers() {
		names += `,"` + v + `":1,"x_` + v + `":{"` + v + `":true}`
	}
	for title, c := range map[string]struct {
		body    string
		written bool
	}{
		"undocumented members":        {failed("System Error", `,"user":`+about), true},
		"echoed in a message":         {failed("System Error for Fremdvogel, 98765.01234, "+base64.StdEncoding.EncodeToString([]byte("fremd.vogel@mail.test")), `,"user":`+about), true},
		"in the query of an address":  {failed("See https://pay.example.com/a?mobile=9876501234&amp;session=sess_live_Fremd7f3a9c#key=rzp_live_FremdKey12345", ""), true},
		"only in a message, detected": {failed("System Error: 9876501234, fremd.vogel@mail.test, 4111 1111 1111 1111, bqzpv1234k", ""), true},
		"as names":                    {failed("System Error", names), true},
		"an array":                    {`[` + failed("System Error", `,"user":`+about) + `]`, true},
		"HTML":                        {"<html><body><h1>502 Bad Gateway</h1><p title='Fremdvogel'>" + all + "</p></body></html>", true},
		"XML":                         {`<?xml version="1.0"?><error><name>Fremdvogel</name><x>` + all + `</x></error>`, true},
		"JSONP":                       {"callback(" + failed("System Error", `,"user":`+about) + ");", true},
		"a byte order mark":           {"\ufeff" + failed("System Error", `,"user":`+about), true},
		"two values":                  {failed("System Error", "") + about, true},
		"nested deeply":               {strings.Repeat(`{"a":[`, 600) + about + strings.Repeat(`]}`, 600), true},
		"cut off":                     {`{"user":` + about[:len(about)-20], true},
		"a form":                      {"mobile=9876501234&name=Fremdvogel&session=sess_live_Fremd7f3a9c&key=rzp%5Flive%5FFremdKey12345", true},
		"lines":                       {strings.ReplaceAll(all, " ", "\n"), true},
		"UTF-16":                      {utf16Text(failed("System Error", `,"user":`+about)), false},
		"gzip without a header":       {zipped(about), false},
		"deflate without a header":    {deflated(about), false},
	} {
		dir, _ := canaryData(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8; session=sess_live_Fremd7f3a9c")
			w.Header().Set("Retry-After", "Fremdvogel")
			_, _ = w.Write([]byte(c.body))
		}))
		var stdout, stderr bytes.Buffer
		run(t.Context(), []string{
			"record", "paytm/createOrder/canary", "--live", "--yes", "--anyway", "--data", dir, "--base", "paytm=" + server.URL + "/paytm",
		}, nil, &stdout, &stderr)
		server.Close()
		raw, err := os.ReadFile(filepath.Join(dir, "cassettes/paytm/createOrder/canary.yaml"))
		if (err == nil) != c.written {
			t.Errorf("%s: written: %t\n%s%s", title, err == nil, stdout.String(), stderr.String())
		}
		if !c.written && !strings.Contains(stdout.String(), "cannot be searched") {
			t.Errorf("%s: the reason is not given: %s", title, stdout.String())
		}
		for where, text := range map[string]string{"the cassette": string(raw), "standard output": stdout.String(), "standard error": stderr.String()} {
			for _, v := range append(strangers(), "fremd", "9876501234", "98765", "RlJFTUQ", "ZnJlbWQ") {
				if strings.Contains(strings.ToLower(text), strings.ToLower(v)) {
					t.Errorf("%s: %s holds %q:\n%s", title, where, v, text)
				}
			}
		}
		huntFiles(t, title, filepath.Join(dir, "cassettes"))
	}
}

func utf16Text(text string) string {
	raw := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return string(raw)
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // in memory
	_ = w.Close()
	return b.String()
}

func deflated(text string) string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write([]byte(text)) // in memory
	_ = w.Close()
	return b.String()
}
