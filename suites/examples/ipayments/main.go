// Command ipayments is a client of iPayments' orders that assay can test:
// assay conform ipayments/createOrder -- go run assay/suites/examples/ipayments
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"assay/suites"
)

// The codes of the page, each with the status that comes with it and what it means.
var codes = map[string]struct {
	status string
	state  suites.State
	retry  suites.Retry
}{
	"0x0200": {"SUCCESS", suites.Succeeded, suites.Never}, "0x0201": {"UNAUTHORIZED", suites.Unauthorized, suites.Never},
	"0x0202": {"FAILURE", suites.Rejected, suites.Never}, "0x0203": {"MISSING_PARAMETER", suites.Invalid, suites.Never},
	"0x0204": {"CONNECTION_TIMEOUT", suites.Unavailable, suites.AfterInquiry}, "0x0205": {"SOMETHING_WENT_WRONG", suites.Unavailable, suites.AfterInquiry},
	"0x0206": {"PENDING", suites.Pending, suites.AfterInquiry}, "0x0207": {"REVERSED", suites.Reversed, suites.Never}, "0x0209": {"REDIRECT", suites.Redirect, suites.Never},
}

func main() {
	log.Fatal(suites.Serve(suites.ClientFunc(createOrder), suites.Named("example-ipayments", "1.0"), suites.Operations("ipayments/createOrder")))
}

// createOrder sends the order once. If no whole response comes, the order may exist: unknown.
func createOrder(ctx context.Context, env suites.Environment, call suites.Call) (suites.Outcome, error) {
	o, body := call.Order, map[string]string{}
	if len(call.Options) > 0 && json.Unmarshal(call.Options, &body) != nil {
		return suites.Outcome{}, suites.Refuse("options", "are no texts")
	}
	maps.Copy(body, map[string]string{
		"customerId": o.Customer.ID, "clientRefId": o.Reference, "redirectUrl": o.ReturnURL, "merchantCode": env.Credentials["merchantCode"],
		"amount": strings.TrimSuffix(o.Amount.Decimal(), ".00"),
	})
	raw, _ := json.Marshal(body) // texts have no errors
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, env.BaseURL+"/v1/service/paycc/order", bytes.NewReader(raw))
	if err != nil {
		return suites.Outcome{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth(env.Credentials["clientKey"], env.Credentials["clientSecret"])
	response, err := env.HTTP.Do(r) // it follows no redirect
	if err != nil {
		return suites.UnknownOutcome(), nil
	}
	defer func() { _ = response.Body.Close() }()
	if raw, err = io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		return suites.UnknownOutcome(), nil
	}
	return read(raw), nil
}

// read says what a response means. What is not exactly as documented is unknown.
func read(raw []byte) suites.Outcome {
	value, err := suites.Decode(raw) // refuses a name that occurs twice
	body, _ := value.(map[string]any)
	data, _ := body["data"].(map[string]any)
	code, _ := body["code"].(string)
	id, _ := data["orderId"].(string)
	address, _ := data["url"].(string)
	meaning, documented := codes[code]
	u, wrong := url.Parse(address)
	goes := wrong == nil && strings.EqualFold(u.Scheme, "https") && u.Host != ""
	if err != nil || !documented || body["status"] != meaning.status || meaning.state == suites.Succeeded && (id == "" || !goes) || meaning.state == suites.Redirect && !goes {
		return suites.UnknownOutcome()
	}
	return suites.Outcome{State: meaning.state, Retry: meaning.retry, Code: code, ProviderReference: id, RedirectURL: address}
}
