package conform

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/protocol"
)

// TestPrivate expects no private value of a call in what is shown of a client, in no encoding.
func TestPrivate(t *testing.T) {
	t.Parallel()
	s := &Session{options: Options{Timeout: time.Second}}
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
			err := &protocol.NoReplyError{Why: "no reply", Line: `{"id": "` + encoded + `"}`, Output: "before\nnot found: " + encoded + "\nafter"}
			for _, of := range []error{err, &beforeError{&contract.Case{Name: "a/b/c"}, f, err}} {
				shown := s.explained(f, of)
				if strings.Contains(shown, encoded) || !strings.Contains(shown, "no reply") {
					t.Errorf("%s: %s", name, shown)
				}
				if name != "on lines" && !strings.Contains(shown, "before\n") {
					t.Errorf("%s: the other lines are gone: %s", name, shown)
				}
			}
		}
	}
	harmless := &protocol.NoReplyError{Why: "no reply", Line: "oops", Output: "boom", Cause: context.DeadlineExceeded}
	if shown := s.explained(f, harmless); shown != "the client gave no reply within 1s\nThe client wrote: oops\nThe client wrote to standard error:\nboom" {
		t.Error(shown)
	}
}
