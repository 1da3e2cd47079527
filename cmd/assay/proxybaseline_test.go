package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// TestProxyBaseline has a client whose requests depart, first without an earlier report. With
// it, the same departure is known and does not fail; another one is new and does; and what is
// gone is fixed.
func TestProxyBaseline(t *testing.T) {
	t.Parallel()
	up := httptest.NewServer(newSandbox(t))
	defer up.Close()
	first := filepath.Join(t.TempDir(), "first.json")
	bad, worse := strings.Replace(orderBody("BASE0001"), `"1.00"`, `"one"`, 1), strings.Replace(orderBody("BASE0001"), `"custId":"C1"`, `"custId":7`, 1)
	for _, c := range []struct {
		name, body string
		args       []string
		code       int
		says, not  string
	}{
		{"first", bad, []string{"--report", "text", "--report", "json=" + first}, exitFindings, "request#/body/txnAmount/value", "known"},
		{"known", bad, []string{"--baseline", first}, exitConforms, "nothing new: ", "new error"},
		{"new", worse, []string{"--baseline", first}, exitFindings, "new error paytm/createOrder", "known error"},
		{"fixed", orderBody("BASE0001"), []string{"--baseline", first}, exitConforms, "fixed paytm/createOrder", "new error"},
	} {
		p := newRunningProxy(t, append([]string{"paytm", "--to", up.URL + "/paytm", "--fail-on", "error"}, c.args...)...)
		_, _ = postOrder(t.Context(), http.DefaultClient, p.base, "BASE0001", c.body, nil)
		if code := p.end(); code != c.code || !strings.Contains(p.out.String(), c.says) || strings.Contains(p.out.String(), c.not) {
			t.Errorf("%s: exit %d, want %d with %q and without %q\n%s%s", c.name, code, c.code, c.says, c.not, p.out, p.words)
		}
	}
}
