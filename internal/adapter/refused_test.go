package adapter_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/contract"
)

// TestRefused spoils one member of an ask that is allowed: the adapter refuses
// it before the wire, names the member, and does not say what stood there.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		if b.members == nil {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			var spoilable []int
			for i, m := range b.members {
				if bad(m, b.limits[i]) != nil {
					spoilable = append(spoilable, i)
				}
			}
			rapid.Check(t, func(t *rapid.T) {
				a, _ := b.allowed(t)
				i := rapid.SampledFrom(spoilable).Draw(t, "spoilt")
				v := bad(b.members[i], b.limits[i]).Draw(t, "value")
				b.members[i].set(a, v)
				made, err := b.request(a.ask())
				if len(b.limits[i].enum) > 0 || b.members[i].field == "order.amount.currency" {
					v = "" // what is allowed may be said, and this is nearly it
				}
				refused(t, made, err, b.members[i].field, v)
			})
		})
	}
}

func refused(t *rapid.T, made *http.Request, err error, field, value string) {
	var r *contract.RefusedError
	switch {
	case !errors.As(err, &r) || made != nil:
		t.Fatalf("%s: not refused: %v", field, err)
	case r.Field != field:
		t.Fatalf("%s was spoilt, and %s is refused: %v", field, r.Field, err)
	case len(value) > 3 && strings.Contains(err.Error(), value):
		t.Fatalf("%s: what stood there stands in %v", field, err)
	}
}

// TestRefusedAmounts spoils the amount of an order that is allowed.
func TestRefusedAmounts(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		if b.amounts == nil {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				a, _ := b.allowed(t)
				a.Order.Amount.Minor = rapid.OneOf(rapid.Int64Max(0), rapid.SampledFrom([]int64{0, -1, -100, -1 << 63}), rapid.Int64().Filter(func(n int64) bool {
					return n < 1 || !b.amounts(n)
				})).Draw(t, "amount")
				made, err := b.request(a.ask())
				refused(t, made, err, "order.amount.minor", "")
			})
		})
	}
}

// TestOptions wants options that are none to be refused, by their name.
func TestOptions(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		for _, options := range []string{`{"assay":"canary"}`, `["canary"]`, `"canary"`, `{"canary"`, `{} canary`, `{"a":1,"a":2}`} {
			a := b.blank()
			ask := a.ask()
			ask.Options = json.RawMessage(options)
			made, err := b.request(ask)
			var r *contract.RefusedError
			if !errors.As(err, &r) || !strings.HasPrefix(r.Field, "options") || made != nil || r.Provider != b.spec.Provider || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s: %s: %v", name, options, err)
			}
		}
	}
}
