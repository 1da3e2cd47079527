package main

import (
	"bytes"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"assay/internal/catalog"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/report"
	"assay/internal/testsize"
)

// stranger is a person whom only a free text names.
const stranger = "Zenobia Quint, +91 91234 56780"

// sampleExchange is Paytm's sample order and its response.
func sampleExchange(t *testing.T) contract.Exchange {
	t.Helper()
	k, err := catalog.Load(catalog.Embedded(), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(k, engine.Cassettes(k))
	play := e.Play(t.Context(), e.Fixtures.Case("paytm/createOrder/sample"))
	if play.Err != nil {
		t.Fatal(play.Err)
	}
	return *play.Exchange
}

// TestCheckLeavesNoCanary checks traffic with faults next to secrets and personal data, and
// with copies of them at every place. Excerpts are shown, and no report contains any of
// the values. In the short form, it has eight places, each in one spelling.
func TestCheckLeavesNoCanary(t *testing.T) {
	t.Parallel()
	sample := sampleExchange(t)
	puts := places()
	for _, name := range []string{"the name of a member", "a name further below", "a name with more in it", "a name in the request", "the query", "the code"} {
		delete(puts, name) // the place of a finding has the name, its message a code that is one word
	}
	puts["a code in a sentence"] = func(e edits, v string) {
		e.object(e.response, "body", "resultInfo")["resultCode"] = "is " + v
	}
	puts["a parameter"] = func(e edits, v string) { e.ex.Request.URL.RawQuery += "&more=" + url.QueryEscape(v) }
	puts["a person in the message"] = func(e edits, _ string) {
		e.object(e.response, "body", "resultInfo")["resultMsg"] = "Dear " + stranger
	}
	puts["a person as an option"] = func(e edits, _ string) { e.object(e.request, "body")["websiteName"] = stranger }
	puts["a person as a currency"] = func(e edits, _ string) {
		e.object(e.request, "body", "txnAmount")["currency"] = stranger
	}
	puts["the reference"] = func(e edits, v string) { e.object(e.request, "body")["orderId"] = v }
	puts["the amount"] = func(e edits, v string) { e.object(e.request, "body", "txnAmount")["value"] = v }
	spelt := map[string]func(string) string{
		"as it is": func(v string) string { return v },
		"base64":   func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) },
	}
	for i, place := range testsize.Some(slices.Sorted(maps.Keys(puts)), 8) {
		put := puts[place]
		for j, how := range slices.Sorted(maps.Keys(spelt)) {
			if !testsize.Full() && i%len(spelt) != j {
				continue
			}
			spell := spelt[how]
			t.Run(place+"/"+how, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				var all []byte
				for _, v := range canaries() {
					all = append(all, canaryExchanges(t, withCredentials(sample), spoiled(put), spell(v))...)
				}
				args := []string{"check", "-", "-v"}
				for _, format := range report.Runs().Names() {
					args = append(args, "--report", format+"="+filepath.Join(dir, format))
				}
				var out bytes.Buffer
				if code := run(t.Context(), args, bytes.NewReader(all), &out, &out); code != exitFindings {
					t.Errorf("exit code %d: %s", code, out.String())
				}
				hunt(t, "output", out.Bytes())
				huntFiles(t, "file", dir)
				for _, format := range report.Runs().Names() {
					raw, err := os.ReadFile(filepath.Join(dir, format))
					if err != nil {
						t.Fatal(err)
					}
					if bytes.Contains(raw, []byte("Zenobia")) || bytes.Contains(raw, []byte("56780")) {
						t.Errorf("%s names the stranger", format)
					}
					if (format == "text" || format == "junit") && !bytes.Contains(raw, []byte("received: HTTP 200")) {
						t.Errorf("%s has no excerpt", format)
					}
				}
			})
		}
	}
}

// withCredentials adds credentials that no report can know.
func withCredentials(ex contract.Exchange) contract.Exchange {
	c := canaries()
	ex.Request.Header = ex.Request.Header.Clone()
	ex.Request.Header.Set("Cookie", "a="+c["name"])
	(&http.Request{Header: ex.Request.Header}).SetBasicAuth("shop", c["ASSAY_PAYTM_MERCHANT_KEY"])
	return ex
}

// spoiled adds faults near every place, so that each gets an excerpt.
func spoiled(put func(edits, string)) func(edits, string) {
	return func(e edits, v string) {
		e.object(e.response, "body", "resultInfo")["resultStatus"] = 7
		e.object(e.response, "body")["txnToken"] = 7
		e.object(e.request, "body", "userInfo")["custId"] = 7
		e.object(e.request, "body", "txnAmount")["currency"] = "xxx"
		e.object(e.request, "body")["callbackUrl"] = 7
		put(e, v)
	}
}
