package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/golden"
	"assay/internal/report"
	"assay/internal/traffic"
)

// TestDriftLeavesNoCanary has a provider repeat values of the request at every place of
// a response, in several encodings. Reports, ledger, overlay and baseline contain none
// of them.
func TestDriftLeavesNoCanary(t *testing.T) {
	t.Parallel()
	sample := sampleExchange(t)
	spelt := map[string]func(string) string{
		"as it is": func(v string) string { return v },
		"capitals": strings.ToUpper,
		"escaped":  url.QueryEscape,
		"base64":   func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) },
		"hex":      func(v string) string { return hex.EncodeToString([]byte(v)) },
	}
	var hidden []string
	puts := places()
	for _, place := range slices.Sorted(maps.Keys(puts)) {
		put := puts[place]
		for _, how := range slices.Sorted(maps.Keys(spelt)) {
			spell := spelt[how]
			if how == "base64" && (place == "the name of a header" || place == "the content type") {
				continue // upper and lower case are equal there, so the text cannot be decoded
			}
			hidden = append(hidden, place+"/"+how)
			t.Run(place+"/"+how, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				in := func(name string) string { return filepath.Join(dir, name) }
				if err := os.MkdirAll(in("data/cassettes"), 0o750); err != nil {
					t.Fatal(err)
				}
				var all []byte
				for name, v := range canaries() {
					if name != "ASSAY_PAYTM_MERCHANT_KEY" { // no request contains the key
						all = append(all, canaryExchanges(t, sample, put, spell(v))...)
					}
				}
				args := []string{"drift", "-", "--accept", "--data", in("data"), "--ledger", in("drift.db"), "--overlay", in("o.yaml"), "--report", "text"}
				for _, format := range report.Drifts().Names() {
					args = append(args, "--report", format+"="+in("report."+format))
				}
				var out bytes.Buffer
				run(t.Context(), args, bytes.NewReader(all), &out, &out)
				if !strings.Contains(out.String(), "- (100 exchanges) against") {
					t.Fatalf("nothing was looked at: %s", out.String())
				}
				hunt(t, "output", out.Bytes())
				huntFiles(t, "file", dir)
			})
		}
	}
	golden.Set(t, "testdata/proved/canaries.txt", hidden)
}

// edits are the parts of an exchange that a test can change.
type edits struct {
	ex                *contract.Exchange
	request, response map[string]any
}

func (e edits) object(body map[string]any, names ...string) map[string]any {
	for _, name := range names {
		body, _ = body[name].(map[string]any)
	}
	return body
}

// places are the places of requests and responses where a value may occur.
func places() map[string]func(edits, string) {
	return map[string]func(edits, string){
		"an undocumented member": func(e edits, v string) { e.response["more"] = v },
		"the name of a member":   func(e edits, v string) { e.response[v] = 1 },
		"a name further below":   func(e edits, v string) { e.response["more"] = map[string]any{"of": []any{map[string]any{v: "x"}}} },
		"a name with more in it": func(e edits, v string) { e.response["user_"+v] = true },
		"a list":                 func(e edits, v string) { e.response["more"] = []any{v, v} },
		"the message": func(e edits, v string) {
			e.object(e.response, "body", "resultInfo")["resultMsg"] = "sorry " + v + " we cannot"
		},
		"the code":            func(e edits, v string) { e.object(e.response, "body", "resultInfo")["resultCode"] = v },
		"the status":          func(e edits, v string) { e.object(e.response, "body", "resultInfo")["resultStatus"] = v },
		"a documented member": func(e edits, v string) { e.object(e.response, "body")["txnToken"] = v },
		"a list of values":    func(e edits, v string) { e.object(e.response, "body")["isPromoCodeValid"] = v },
		"the time":            func(e edits, v string) { e.object(e.response, "head")["responseTimestamp"] = v },
		"the version":         func(e edits, v string) { e.object(e.response, "head")["version"] = v },
		"a header":            func(e edits, v string) { e.ex.Response.Header.Set("X-More", v) },
		"the name of a header": func(e edits, v string) {
			e.ex.Response.Header[http.CanonicalHeaderKey("X-"+strings.Map(token, v))] = []string{"1"}
		},
		"the content type": func(e edits, v string) {
			e.ex.Response.Header.Set("Content-Type", "application/"+strings.Map(token, v))
		},
		"no JSON":                 func(e edits, v string) { e.ex.Response.Body = []byte("<html>" + v) },
		"a member of the request": func(e edits, v string) { e.object(e.request, "body")["more"] = v },
		"a name in the request":   func(e edits, v string) { e.object(e.request, "body")[v] = 1 },
		"a documented one of it":  func(e edits, v string) { e.object(e.request, "body")["websiteName"] = v },
		"the query": func(e edits, v string) {
			e.ex.Request.URL.RawQuery += "&more=" + url.QueryEscape(v) + "&" + url.QueryEscape(v) + "=1"
		},
	}
}

func token(r rune) rune {
	if strings.ContainsRune("@ =+/%!", r) {
		return '-'
	}
	return r
}

// canaryExchanges gives twenty exchanges with the value v at a place.
func canaryExchanges(t *testing.T, ex contract.Exchange, put func(edits, string), v string) (all []byte) {
	t.Helper()
	c := canaries()
	e := edits{ex: &ex}
	for _, side := range []struct {
		raw []byte
		to  *map[string]any
	}{{ex.Request.Body, &e.request}, {ex.Response.Body, &e.response}} {
		if err := json.Unmarshal(side.raw, side.to); err != nil {
			t.Fatal(err)
		}
	}
	somewhere := *ex.Request.URL
	ex.Request.URL, ex.Response.Header = &somewhere, ex.Response.Header.Clone()
	body := e.object(e.request, "body")
	body["mid"] = c["ASSAY_PAYTM_MID"]
	body["userInfo"] = map[string]any{"custId": "CUST_001", "firstName": c["name"], "email": c["email"], "mobile": c["mobile"], "address": c["street"]}
	was := bytes.Clone(ex.Response.Body)
	put(e, v)
	var err error
	if ex.Request.Body, err = contract.Encode(e.request); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(was, ex.Response.Body) {
		if ex.Response.Body, err = contract.Encode(e.response); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		if all, err = traffic.Append(all, ex); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
