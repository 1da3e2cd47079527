package suites_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"assay/suites"
)

// shop is your client of a payment provider.
type shop struct{}

func (shop) Do(ctx context.Context, env suites.Environment, call suites.Call) (suites.Outcome, error) {
	if call.Order == nil {
		return suites.Outcome{}, suites.Refuse("order", "is missing")
	}
	body, err := json.Marshal(map[string]string{
		"orderId": call.Order.Reference,
		"amount":  call.Order.Amount.Decimal(), // 100 minor units are "1.00"
		"key":     env.Credentials["key"],
	})
	if err != nil {
		return suites.Outcome{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, env.BaseURL+"/orders", bytes.NewReader(body))
	if err != nil {
		return suites.Outcome{}, err
	}
	response, err := env.HTTP.Do(r)
	if err != nil {
		return suites.UnknownOutcome(), nil // the order may exist
	}
	defer func() { _ = response.Body.Close() }()
	var read struct{ Code, ID string }
	if json.NewDecoder(response.Body).Decode(&read) != nil || read.Code != "OK" {
		return suites.UnknownOutcome(), nil
	}
	return suites.Outcome{
		State: suites.Succeeded, Retry: suites.Never, Code: read.Code,
		Reference: call.Order.Reference, ProviderReference: read.ID,
	}, nil
}

func ExampleConform() {
	// In a file such as shop_test.go, as TestPaytm:
	_ = func(t *testing.T) {
		suites.Conform(t, "paytm", shop{},
			suites.Named("shop", "2.3"),
			suites.Concurrency(4),
			suites.Skip("extra-tolerated", "waits for version 2.4"),
		)
	}
}

func ExampleDescribe() {
	// At the top of a file of a Ginkgo suite:
	_ = func() bool {
		return suites.Describe("paytm", shop{}, suites.Operations("createOrder"))
	}
}

func ExampleServe() {
	// In the main function of the program that `assay conform paytm -- COMMAND` starts:
	_ = func() error { return suites.Serve(shop{}, suites.Named("shop", "2.3")) }
}

func ExampleHandler() {
	// In a service, for `assay conform paytm --client http://127.0.0.1:9000/call`:
	http.Handle("/call", suites.Handler(shop{}))
}

func ExampleRefuse() {
	fmt.Println(suites.Refuse("order.reference", "is longer than 50"))
	// Output: client: order.reference is longer than 50
}

func ExampleMoney() {
	amount := suites.Money{Minor: 123456, Currency: "INR"}
	fmt.Println(amount.Decimal(), amount.Currency)
	// Output: 1234.56 INR
}
