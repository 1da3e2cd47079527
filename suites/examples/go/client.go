// Command go is a client of Paytm's Create Order that assay can test:
// assay conform paytm -- go run assay/suites/examples/go
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
	"os"
	"strconv"
	"unicode/utf8"

	"assay/suites"
)

var codes = map[string]suites.State{
	"0000": suites.Succeeded, "324": suites.Duplicate, "501": suites.Unavailable, "1001": suites.Invalid, "1007": suites.Invalid,
	"1011": suites.Invalid, "1012": suites.Invalid, "2005": suites.Unauthorized, "2006": suites.Invalid, "2007": suites.Invalid,
	"2012": suites.Invalid, "2013": suites.Invalid, "2014": suites.Invalid, "2222": suites.Invalid,
}

// main takes calls on standard input (-pipe), or at http://ADDR/call (-http ADDR).
func main() {
	options := []suites.Option{suites.Named("example-go", "1.0"), suites.Operations("paytm/createOrder"), suites.Concurrency(8)}
	if len(os.Args) == 3 && os.Args[1] == "-http" {
		http.Handle("/call", suites.Handler(suites.ClientFunc(createOrder), options...))
		log.Fatal(http.ListenAndServe(os.Args[2], nil))
	}
	if err := suites.Serve(suites.ClientFunc(createOrder), options...); err != nil {
		log.Fatal(err)
	}
}

// createOrder sends the order once. If no whole response comes, the order may exist: unknown.
func createOrder(ctx context.Context, env suites.Environment, call suites.Call) (suites.Outcome, error) {
	options, err := parse(call.Options)
	if err != nil || call.Order == nil {
		return suites.Outcome{}, suites.Refuse("order", "is missing, or the options are no JSON object")
	}
	o, c, mid := call.Order, call.Order.Customer, env.Credentials["mid"]
	head := map[string]any{"requestTimeStamp": strconv.FormatInt(env.Now().UnixMilli(), 10), "channelId": options["channelId"]}
	body := map[string]any{
		"requestType": "PAYMENT", "mid": mid, "orderId": o.Reference, "txnAmount": money(o.Amount), "callbackUrl": o.ReturnURL, "peonUrl": o.NotifyURL, "extendInfo": o.Notes,
		"userInfo": given(map[string]any{"custId": c.ID, "mobile": c.Mobile, "email": c.Email, "firstName": c.FirstName, "lastName": c.LastName}),
	}
	maps.Copy(body, amounts(options).(map[string]any))
	delete(body, "channelId")
	signed, _ := json.Marshal(given(body)) // maps of texts and numbers have no errors
	if head["signature"], err = sign(signed, env.Credentials["merchantKey"], env.Random); err != nil {
		return suites.Outcome{}, suites.Refuse("credentials.merchantKey", "is no key of AES")
	}
	raw, _ := json.Marshal(map[string]any{"head": given(head), "body": json.RawMessage(signed)})
	address := env.BaseURL + "/aoa-acquiring-biz/v2/order?" + url.Values{"mid": {mid}, "orderId": {o.Reference}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		return suites.Outcome{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := env.HTTP.Do(r)
	if err != nil {
		return suites.UnknownOutcome(), nil
	}
	defer func() { _ = response.Body.Close() }()
	if raw, err = io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK || !utf8.Valid(raw) {
		return suites.UnknownOutcome(), nil
	}
	return read(raw, env.Credentials["merchantKey"]), nil
}
