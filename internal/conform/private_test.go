package conform

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/protocol"
)

// TestPrivate expects no private value of a call in what is shown of a client, in no encoding.
func TestPrivate(t *testing.T) {
	t.Parallel()
	f := &firstCall{token: contract.Token{Value: "token-of-earlier"}, call: protocol.Call{
		Credentials: map[string]string{"key": "0123+567/9abcdef"},
		Input:       &contract.Order{Customer: contract.Customer{FirstName: "Ashalatha", Email: "asha.latha@shop.test", Mobile: "9876543210"}},
	}}
	for _, value := range []string{"0123+567/9abcdef", "token-of-earlier", "asha.latha@shop.test", "9876543210", "Ashalatha"} {
		for name, encoded := range map[string]string{
			"as it is": value, "upper": strings.ToUpper(value), "base64": base64.StdEncoding.EncodeToString([]byte(value)), "hex": hex.EncodeToString([]byte(value)),
			"percent": url.QueryEscape(value), "basic": base64.StdEncoding.EncodeToString([]byte("user:" + value)),
			"on lines": value[:5] + "\n" + value[5:],
		} {
			shown := f.private("before\nnot found: " + encoded + "\nafter")
			if strings.Contains(shown, encoded) {
				t.Errorf("%s: %s", name, shown)
			}
			if name != "on lines" && shown != "before\n"+hiddenLine+"\nafter" {
				t.Errorf("%s: the other lines are gone: %s", name, shown)
			}
		}
	}
	if shown := f.private("boom\nbang"); shown != "boom\nbang" {
		t.Error(shown)
	}
}
