package engine_test

import (
	"encoding/json"
	"strings"
	"testing"

	"assay/internal/adapter"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/judge"
)

// TestPayAddresses puts texts in the place of the address where a payer pays. For every
// provider the rules call an error exactly what the adapter does not read as a success.
func TestPayAddresses(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	j := enginetest.NewJudge(t, e, judge.Options{})
	const secure, plain, encoded = 1, 2, 4 // which providers accept a text
	accepts := map[string]int{"enkash/createOrder": secure | plain, "paytring/createOrder": secure | plain | encoded, "ipayments/createOrder": secure, "ipayments/initKyc": secure}
	at := map[string]contract.Pointer{"enkash/createOrder": "/payload/redirectionUrl", "paytring/createOrder": "/url", "ipayments/createOrder": "/data/url", "ipayments/initKyc": "/data/url"}
	for text, kind := range map[string]int{
		"https://pay.example.com": secure, "https://pay.example.com/a b": secure, "HTTPS://pay.example.com/a": secure, "https://pay.example.com:8443?a=1": secure, "https://null": secure,
		"http://pay.example.com": plain, "HTTP://pay.example.com": plain,
		"null": 0, "NULL": 0, "undefined": 0, "None": 0, "N/A": 0, "-": 0, "about:blank": 0, "//pay.example.com/x": 0, "/x": 0, "javascript:alert(1)": 0, "ftp://pay.example.com": 0,
		"https://": 0, "https:/x": 0, "http:///x": 0, "https:pay.example.com": 0, "https://?a": 0, "https://:443/": 0,
		" https://pay.example.com": 0, "https://pay example.com": 0, "https://[::1": 0, "https://pay.example.com:port/": 0, "https://pay.example.com/%zz": 0, "x https://pay.example.com": 0,
		"aHR0cHM6Ly9wYXkuZXhhbXBsZS5jb20vYQ==": encoded, "aHR0cHM6Ly9wYXkuZXhhbXBsZS5jb20vYQ": encoded, "aHR0cDovL3BheS5leGFtcGxlLmNvbQ==": encoded, "aHR0cHM6Ly9wYXkuZXhhbXBsZS5jb20vY…": encoded,
		"aHR0cHM6Ly8=": 0, "aHR0cHM6L3g=": 0, "bnVsbA==": 0,
	} {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		for name, providers := range accepts {
			ex := *e.Play(t.Context(), e.Fixtures.Case(name+"/accepted")).Exchange
			ex.Response.Body = contract.Replace(ex.Response.Body, at[name], raw)
			s := e.Spec(strings.Split(name, "/")[0])
			read := adapter.New(s, contract.Setup{Credentials: s.TestCredentials()}).Operation(strings.Split(name, "/")[1]).Read(ex)
			judged, _ := j.Judge(ex)
			want := kind&providers != 0
			if taken := read.State == contract.Succeeded || read.State == contract.Redirect; taken != want || judged.Fails(contract.Error) == want {
				t.Errorf("%s, %q: the adapter reads %s, the rules find %v; want a success: %t", name, text, read.State, judged.Findings, want)
			}
		}
	}
}
