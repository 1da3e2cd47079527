package conform_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"assay/internal/catalog"
	"assay/internal/conform"
	"assay/internal/contract"
	"assay/internal/engine"
	"assay/internal/protocol"
	"assay/internal/rule"
)

// changingClient sends another request than the call states.
type changingClient struct {
	statedClient
	old, with string // in the body
	key       string
}

func (c changingClient) Do(ctx context.Context, call protocol.Call) (protocol.Reply, error) {
	call.Request.Body = []byte(strings.Replace(string(call.Request.Body), c.old, c.with, 1))
	own, key := c.statedClient, c.key
	if keys := call.Request.Headers["x-idempotency-key"]; key == "" && len(keys) > 0 {
		key = keys[0]
	}
	delete(call.Request.Headers, "x-idempotency-key")
	own.key = func(int) string { return key }
	own.again = func(contract.Exchange, error) bool { return false }
	return own.Do(ctx, call)
}

// TestChanged holds clients that send another order than the case states.
func TestChanged(t *testing.T) {
	t.Parallel()
	const folder = "../../cmd/assay/testdata/providers/"
	all, err := catalog.Load(catalog.Data{Specs: os.DirFS(folder + "specs"), Fixtures: os.DirFS(folder + "fixtures"), Cassettes: os.DirFS(folder + "cassettes")}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(all, engine.Cassettes(all))
	for name, c := range map[string]struct {
		client changingClient
		want   string // rule and place
	}{
		"as stated":        {changingClient{}, ""},
		"another amount":   {changingClient{old: "10.15", with: "10.14"}, "amount-exact request#/order_amount"},
		"another currency": {changingClient{old: "INR", with: "USD"}, "amount-exact request#/order_currency"},
		"its own id":       {changingClient{old: `"order_id":"`, with: `"order_id":"mine-`}, "reference-carried request#/order_id"},
		"its own key":      {changingClient{key: "mine"}, "reference-carried request.header.x-idempotency-key"},
		"somebody else":    {changingClient{old: "9000000001", with: "9000000002"}, "person-carried request#/customer_details/customer_phone"},
		"another method":   {changingClient{old: "cc,dc,upi", with: "cc"}, "members-carried request#/order_meta/payment_methods"},
		"another tag":      {changingClient{old: "north", with: "south"}, "members-carried request#/order_tags/shop"},
	} {
		s := conform.New(e, conform.Options{Client: c.client, Skips: []conform.Skip{{What: "client", Reason: "reads nothing"}}})
		r := s.Result(t.Context(), e.Fixtures.Case("cashfree/createOrder/everything"))
		var found []string
		for _, f := range r.Findings {
			found = append(found, f.Rule+" "+string(f.At))
		}
		if got := strings.Join(found, "; "); got != c.want {
			t.Errorf("%s: found %q, want %q (%s)", name, got, c.want, r.Why)
		}
		for _, id := range []string{"amount-exact", "reference-carried", "person-carried", "members-carried"} {
			if known, _ := rule.Find(id); !slices.Contains(r.Checked, known.ID) {
				t.Errorf("%s: %s checked nothing", name, id)
			}
		}
	}
}
