package conform_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/protocol"
	"assay/internal/report"
)

// replies is a client under test that sends nothing.
type replies struct {
	hello protocol.Hello
	reply protocol.Reply
	err   error
}

func (a replies) Hello() protocol.Hello { return a.hello }
func (a replies) Close() error          { return nil }
func (a replies) Do(context.Context, protocol.Call) (protocol.Reply, error) {
	return a.reply, a.err
}

// TestClientReport checks what the report says of the client as a whole.
func TestClientReport(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	adapter := adapterClient{engine: e}
	for _, c := range []struct {
		name   string
		client protocol.Client
		skips  []conform.Skip
		want   string // "" if the client is conformant
		why    string // of the case
	}{
		{"good", adapter, nil, "", ""},
		{"no core rule is skipped", adapter, []conform.Skip{{What: "code-agrees", Reason: "later"}, {What: "paytring", Reason: "another provider"}}, "", ""},
		{"skipped rule", adapter, []conform.Skip{{What: "sent-once", Reason: "the platform does"}}, "core rules were skipped: sent-once (the platform does)", ""},
		{"skipped family", adapter, []conform.Skip{{What: "client", Reason: "later"}}, "core rules were skipped: client (later)", ""},
		{"skipped case", adapter, []conform.Skip{{What: "paytm/createOrder", Reason: "not used"}}, "core rules were skipped: paytm/createOrder (not used)", "all of its rules are skipped: not used (leave out --skip)"},
		{"silent", replies{reply: protocol.Reply{Outcome: contract.UnknownOutcome()}}, nil, "no request arrived in 1 case", "no request arrived (make the client send its requests to the base URL of the call)"},
		{"refuses", replies{reply: protocol.Reply{Refused: true}}, nil, "no case passed", "the client refused to send the request (let it send what the case asks for: how it reads the response is checked)"},
		{"other operations", replies{hello: protocol.Hello{Operations: []string{"paytm/other"}}}, nil, "no case passed", "the client does not have paytm/createOrder (if it does, add it to the operations of its hello)"},
		{"no reply", replies{err: &protocol.NoReplyError{Why: "the client ended"}}, nil, "1 case could not be checked", "the client ended"},
		{"late", replies{err: context.DeadlineExceeded}, nil, "1 case could not be checked", "the client gave no reply within 5s"},
		{"error", replies{err: errors.New("a pipe broke")}, nil, "1 case could not be checked", "a pipe broke"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := conform.New(e, conform.Options{Client: c.client, Timeout: 5 * time.Second, Skips: c.skips}.WithWaits(giveUp))
			r := s.Run(t.Context(), []*contract.Case{e.Fixtures.Case("paytm/createOrder/accepted")}, contract.Error, "test", nil)
			if got := report.Sentence(r.Client.Why); got != c.want || r.Client.Conformant != (c.want == "") {
				t.Errorf("conformant %t, why %q, want %q", r.Client.Conformant, got, c.want)
			}
			if len(r.Client.Skips) != len(c.skips) {
				t.Errorf("the report has the skips %v", r.Client.Skips)
			}
			if got := r.Results[0]; got.Why != c.why || got.Verdict == contract.Pass && strings.HasPrefix(c.why, "no ") {
				t.Errorf("%s: %q, want %q", got.Verdict, got.Why, c.why)
			}
			if _, silent := c.client.(replies); !silent && c.why == "" && r.Client.Calls == 0 {
				t.Errorf("%d calls", r.Client.Calls)
			}
		})
	}
}
