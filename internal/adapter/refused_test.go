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

// TestRefused makes one member of a valid call invalid. The adapter refuses the call, names
// the member, and does not show its value.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		if b.Members == nil {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			var spoilable []int
			for i, m := range b.Members {
				if bad(m, b.limits[i]) != nil {
					spoilable = append(spoilable, i)
				}
			}
			rapid.Check(t, func(t *rapid.T) {
				a, _ := b.allowed(t)
				i := rapid.SampledFrom(spoilable).Draw(t, "spoilt")
				v := bad(b.Members[i], b.limits[i]).Draw(t, "value")
				a.set(b.Members[i].Field, v)
				made, err := b.request(a.ask())
				if len(b.limits[i].enum) > 0 || strings.HasSuffix(b.Members[i].Field, ".amount.currency") {
					v = "" // the error may list allowed values, and this is similar to one
				}
				refused(t, made, err, b.Members[i].Field, v)
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
		t.Fatalf("%s is invalid, but %s is refused: %v", field, r.Field, err)
	case len(value) > 3 && strings.Contains(err.Error(), value):
		t.Fatalf("%s: the value is shown in %v", field, err)
	}
}

// TestRefusedAmounts makes the amount of a valid order invalid.
func TestRefusedAmounts(t *testing.T) {
	t.Parallel()
	for name, b := range benches(t) {
		if b.Amounts == nil {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				a, _ := b.allowed(t)
				amount := rapid.OneOf(rapid.Int64Max(0), rapid.SampledFrom([]int64{0, -1, -100, -1 << 63}), rapid.Int64().Filter(func(n int64) bool {
					return n < 1 || !b.fits(n)
				})).Draw(t, "amount")
				a.set(a.member+".amount.minor", amount)
				made, err := b.request(a.ask())
				refused(t, made, err, a.member+".amount.minor", "")
			})
		})
	}
}

// TestOptions expects that unknown options are refused by name.
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
