package paytm_test

import (
	"errors"
	"strings"
	"testing"

	"assay/internal/contract"
	"assay/internal/signature"
)

// TestRefusedOptions has one option in each call that Paytm would refuse.
func TestRefusedOptions(t *testing.T) {
	t.Parallel()
	for options, field := range map[string]string{
		`{}`:                        "options.websiteName",
		`{"requestType":""}`:        "options.requestType",
		`{"requestType":"Payment"}`: "options.requestType", // C16: the SDK's word
		`{"channelId":"web"}`:       "options.channelId",
		`{"integrationType":"APP"}`: "options.integrationType",
		`{"enablePaymentMode":[{},{"mode":"PPBL, UPI"}]}`:                   "options.enablePaymentMode.1.mode", // C12
		`{"disablePaymentMode":[{"mode":"upi"}]}`:                           "options.disablePaymentMode.0.mode",
		`{"goodsInfo":[{"price":{"minor":-5,"currency":"INR"}}]}`:           "options.goodsInfo.0.price.minor",
		`{"goodsInfo":[{},{"price":{"minor":5,"currency":"USD"}}]}`:         "options.goodsInfo.1.price.currency",
		`{"shippingInfo":[{"chargeAmount":{"minor":-1,"currency":"INR"}}]}`: "options.shippingInfo.0.chargeAmount.minor",
		`{"shippingInfo":[{"email":"canary at example.com"}]}`:              "options.shippingInfo.0.email",
		`{"ssoToken":{"token":"12a4"}}`:                                     "options.ssoToken.token",
	} {
		o := order()
		if options != "{}" {
			options = `{"websiteName":"retail",` + options[1:]
		}
		_, err := adapter().Operation("createOrder").Request(contract.Call{Input: &o, Options: []byte(options)})
		var r *contract.RefusedError
		if !errors.As(err, &r) || r.Field != field || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, want a refusal of %s", options, err, field)
		}
	}
}

// TestRefusedCredentials requires a merchant id, and a key with a length that AES allows.
func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mid, key, field string }{
		{"", key, "credentials.mid"}, {"M1", "", "credentials.merchantKey"}, {"M1", key[1:], "credentials.merchantKey"},
	} {
		o := order()
		a := checked(contract.Setup{Credentials: map[string]string{"mid": c.mid, "merchantKey": c.key}, Random: signature.Zeros{}})
		_, err := a.Operation("createOrder").Request(contract.Call{Input: &o, Options: []byte(`{"websiteName":"retail"}`)})
		var r *contract.RefusedError
		if !errors.As(err, &r) || r.Field != c.field || c.key != "" && strings.Contains(err.Error(), c.key) {
			t.Errorf("%v, want a refusal of %s", err, c.field)
		}
	}
}

// TestPrice writes the price of goods like the amount, and keeps the digits of numbers that
// it does not interpret.
func TestPrice(t *testing.T) {
	t.Parallel()
	_, body := request(t, order(), `{"websiteName":"retail","goodsInfo":[{"price":{"minor":0,"currency":"INR"}}],"gatewayInfo":{"n":12345678901234567890}}`)
	for _, part := range []string{`"price":{"currency":"INR","value":"0.00"}`, `"gatewayInfo":{"n":12345678901234567890}`} {
		if !strings.Contains(body, part) {
			t.Errorf("%s is not in %s", part, body)
		}
	}
}
