package conform_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
	"assay/internal/protocol"
	"assay/internal/report"
)

// once is a client that makes its first call, and gives another reply to calls that are made
// again.
type once struct {
	adapterClient
	reply protocol.Reply
	err   error
}

func (o once) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	if strings.Contains(call.ID, "#") {
		return o.reply, o.err
	}
	return o.adapterClient.Do(ctx, call)
}

// TestNothingAgain holds clients that do nothing when a call is made again to a case. What they
// make of the responses is not known then, so there is no finding, and they are not conformant.
func TestNothingAgain(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	a := adapterClient{engine: e}
	for _, c := range []struct {
		name    string
		client  once
		verdict contract.Verdict
		why     string
	}{
		{"no reply", once{a, protocol.Reply{}, &protocol.NoReplyError{Why: "the client ended"}}, contract.Errored, "1 case could not be checked"},
		{"a late reply", once{a, protocol.Reply{}, context.DeadlineExceeded}, contract.Errored, "not conformant"},
		{"refused", once{a, refusal(t.Context(), nil), nil}, contract.Pass, "no request arrived in 1 case"},
		{"unknown", once{a, protocol.Reply{Outcome: contract.UnknownOutcome()}, nil}, contract.Pass, "no request arrived in 1 case"},
		{"succeeded", once{a, protocol.Reply{Outcome: contract.Outcome{State: contract.Succeeded, Retry: contract.Never}}, nil}, contract.Pass, "no request arrived in 1 case"},
	} {
		for _, name := range []string{"paytm/createOrder/duplicate", "paytring/createOrder/refused", "enkash/createToken/accepted"} {
			if e.Fixtures.Case(name) == nil {
				t.Fatal(name)
			}
			skips := []conform.Skip{{What: "gives-up", Reason: "the adapter waits"}, {What: "failure-unknown", Reason: "as above"}, {What: "sent-once", Reason: "as above"}, {What: "refused-unsent", Reason: "as above"}, {What: "credentials-kept", Reason: "as above"}}
			r := conform.New(e, conform.Options{Client: c.client, Skips: skips}.WithWaits(giveUp)).Run(t.Context(), []*contract.Case{e.Fixtures.Case(name)}, contract.Error, "test", nil)
			rules, texts := violated(r)
			if got := r.Results[0].Verdict; len(rules) > 0 || got != c.verdict {
				t.Errorf("%s, %s: %s, %s", c.name, name, got, texts)
			}
			for _, id := range []string{"extra-tolerated", "damage-survived"} {
				gap := ""
				for _, g := range r.Results[0].Inconclusive {
					if g.Rule == id {
						gap = report.Sentence(g.Why)
					}
				}
				if !strings.Contains(gap, "made again") {
					t.Errorf("%s, %s: %s is inconclusive with %q", c.name, name, id, gap)
				}
			}
			if r.Client.Conformant {
				t.Errorf("%s, %s: conformant", c.name, name)
			}
		}
	}
}

// TestFreeRequests holds clients that send less than the adapters, or write it in another
// documented way, to cases that expect findings about what the adapters send.
func TestFreeRequests(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	for name, c := range map[string]adapterClient{
		"no addresses and no names": {engine: e, ask: func(_ protocol.Call, c *contract.Call) {
			if o, ok := c.Input.(*contract.Order); ok {
				less := *o
				less.Billing, less.Shipping, less.Notes = nil, nil, nil
				if c.Options == nil { // enkash requires no name
					less.Customer.FirstName, less.Customer.LastName = "", ""
				}
				c.Input = &less
			}
		}},
		"numbers": {engine: e, prepare: func(_ protocol.Call, r *contract.Request) {
			r.Body = bytes.ReplaceAll(r.Body, []byte(`"zipcode":"560001"`), []byte(`"zipcode":560001`))
		}},
	} {
		cases := []*contract.Case{e.Fixtures.Case("paytring/createOrder/everything"), e.Fixtures.Case("enkash/createOrder/names"), e.Fixtures.Case("paytm/createOrder/checksum-invalid")}
		skips := []conform.Skip{{What: "client", Reason: "only requests are in question"}}
		r := conform.New(e, conform.Options{Client: c, Skips: skips}.WithWaits(giveUp)).Run(t.Context(), cases, contract.Error, "test", nil)
		if rules, texts := violated(r); len(rules) > 0 {
			t.Errorf("%s violates %q:\n%s", name, rules, texts)
		}
		for _, result := range r.Results {
			if result.Verdict != contract.Pass {
				t.Errorf("%s: %s: %s %s", name, result.Case, result.Verdict, result.Why)
			}
		}
	}
}

// ownKeys is a client that uses the test credentials, whatever a call gives it.
type ownKeys struct{ adapterClient }

func (o ownKeys) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	provider, _, _ := strings.Cut(call.Operation, "/")
	call.Credentials = o.engine.Spec(provider).TestCredentials()
	return o.adapterClient.Do(ctx, call)
}

// TestDemandedFindings holds a client that does not use the credentials of the call to cases that
// give it wrong ones: the findings that these cases expect have to come.
func TestDemandedFindings(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	for name, rule := range map[string]string{"ipayments/createOrder/authorization-wrong": "request-authenticated", "paytm/createOrder/checksum-invalid": "request-signed"} {
		skips := []conform.Skip{{What: "client", Reason: "only requests are in question"}}
		r := conform.New(e, conform.Options{Client: ownKeys{adapterClient{engine: e}}, Skips: skips}.WithWaits(giveUp)).Run(t.Context(), []*contract.Case{e.Fixtures.Case(name)}, contract.Error, "test", nil)
		if rules, texts := violated(r); len(rules) != 1 || rules[0] != rule {
			t.Errorf("%s: violates %q:\n%s", name, rules, texts)
		}
	}
}
