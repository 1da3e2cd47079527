//go:build clients

package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"assay/internal/sandbox"
)

// paid is what Paytm's own SDK made of an answer.
type paid struct{ Status, Code, Message, Token string }

// TestPaytmSDK drives the sandbox with Paytm's own SDK for Node, which signs
// requests and refuses a success that is not signed.
func TestPaytmSDK(t *testing.T) {
	const mid, key = "216820000002516036253", "0123456789abcdef"
	w := newWorld(t, sandbox.Options{Lenient: true}) // the SDK says Payment where the page says PAYMENT: C16
	box, err := sandbox.New(w.specs, sandbox.Options{Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	fault := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fault != "" { // the SDK sets no headers of ours
			r.Header.Set("Prefer", "fault="+fault)
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	for _, c := range []struct {
		name, order, key, fault string
		want                    paid
	}{
		{"a success", "SDK1", key, "", paid{"S", "0000", "Success", "a token"}},
		{"the same order again", "SDK1", key, "", paid{"F", "324", "Duplicate Order Id", ""}},
		{"another merchant's key", "SDK2", "fedcba9876543210", "", paid{"F", "2005", "Checksum provided is invalid", ""}},
		{"an answer that is not signed", "SDK3", key, "unsigned", paid{"failure", "501", "", ""}}, // the SDK's own words
		{"the next one, which is", "SDK4", key, "", paid{"S", "0000", "Success", "a token"}},
	} {
		fault = c.fault
		got := pay(t, server.URL+"/paytm/aoa-acquiring-biz/v2/order", mid, c.key, c.order)
		if got.Token != "" {
			got.Token = "a token"
		}
		if got != c.want {
			t.Errorf("%s: the SDK reads %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestPaytmSDKStrict shows what the leniency is for.
func TestPaytmSDKStrict(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	got := pay(t, w.base+"/paytm/aoa-acquiring-biz/v2/order", "216820000002516036253", "0123456789abcdef", "SDK1")
	if got.Code != "1011" || !strings.Contains(got.Message, "requestType") {
		t.Errorf("a strict sandbox answers %+v", got)
	}
}

// pay creates an order with the SDK.
func pay(t *testing.T, url, mid, key, order string) paid {
	t.Helper()
	node := exec.CommandContext(t.Context(), "node", "pay.js", url, mid, key, order, filepath.Join(t.TempDir(), "sdk.log"))
	node.Dir = filepath.Join("testdata", "clients")
	var said strings.Builder
	node.Stderr = &said
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var got paid
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return got
}
