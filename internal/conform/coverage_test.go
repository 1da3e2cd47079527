package conform_test

import (
	"context"
	"net/http"
	"testing"

	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/enginetest"
)

// TestCoverage counts what a client was shown: a case that passes shows its code, its members
// and its conditions, and one without a request shows nothing.
func TestCoverage(t *testing.T) {
	t.Parallel()
	e := enginetest.Load(t)
	cases := []*contract.Case{e.Fixtures.Case("paytm/createOrder/accepted"), e.Fixtures.Case("paytm/createOrder/system-error")}
	silent := adapterClient{engine: e, send: func(context.Context, http.RoundTripper, contract.Request) (contract.Exchange, error) {
		return contract.Exchange{}, context.Canceled
	}}
	for _, c := range []struct {
		name   string
		client adapterClient
		cases  []*contract.Case
		codes  int
	}{
		{"both", adapterClient{engine: e}, cases, 2},
		{"one", adapterClient{engine: e}, cases[:1], 1},
		{"nothing", silent, cases, 0},
	} {
		s := conform.New(e, conform.Options{Client: c.client, Skips: []conform.Skip{{What: "damage-survived", Reason: "takes long"}}}.WithWaits(giveUp))
		got := s.Run(t.Context(), c.cases, contract.Error, "test", nil).Coverage["paytm/createOrder"]
		if len(got.Codes) != c.codes || len(got.Codes)+len(got.Missing) != len(e.Spec("paytm").Operations[0].Codes) {
			t.Errorf("%s: shown %v, missing %v", c.name, got.Codes, got.Missing)
		}
		for _, kind := range []string{"codes", "requestFields", "responseFields", "conditions"} {
			if shown := got.Figures[kind].Shown(); (shown > 0) != (c.codes > 0) || got.Figures[kind].Documented == 0 {
				t.Errorf("%s: %s: %d of %d", c.name, kind, shown, got.Figures[kind].Documented)
			}
		}
	}
}
