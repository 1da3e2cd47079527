package ipayments_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"assay/fixtures"
	"assay/internal/contract"
	"assay/internal/fixture"
)

const base = "https://paycc.example.com/api"

func setup() contract.Setup {
	return contract.Setup{BaseURL: base, Credentials: map[string]string{
		"merchantCode": "MIDTEST00001", "clientKey": "clientId", "clientSecret": "clientSecret",
	}}
}

// order is a call that iPayments accepts; change, unless it is nil, changes its order.
func order(change func(*contract.Order)) contract.Call {
	o := contract.Order{
		Reference: "ORD0001", Amount: contract.Money{Minor: 1000, Currency: "INR"},
		Customer: contract.Customer{ID: "CUST0000001"}, ReturnURL: "https://merchant.example.com/back",
	}
	if change != nil {
		change(&o)
	}
	return contract.Call{Input: &o, Options: json.RawMessage(`{"cardId":"CARD0000001","apiType":"b2b","categoryId":"1"}`)}
}

func kyc(change func(*contract.KYC)) contract.Call {
	k := contract.KYC{Name: "Asha Example", Email: "payer@example.com", Mobile: "0000000001", PAN: "AAAAA0000A"}
	if change != nil {
		change(&k)
	}
	return contract.Call{Input: &k}
}

func request(t *testing.T, operation string, ask contract.Call) (*http.Request, string) {
	t.Helper()
	req, err := checked(setup()).Operation(operation).Request(ask)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return req, string(raw)
}

func TestRequest(t *testing.T) {
	t.Parallel()
	everything := order(func(o *contract.Order) { o.ReturnURL = "https://merchant.example.com/back?a=1&b=%3C2%3E" })
	everything.Options = json.RawMessage(`{"cardId":"CARD1","cardName":"Example Card","bankId":"BANK1","apiType":"b2c","categoryId":"12"}`)
	for name, c := range map[string]struct {
		operation string
		ask       contract.Call
		url, body string
	}{
		"least order": {
			"createOrder", order(nil), base + "/v1/service/paycc/order",
			`{"customerId":"CUST0000001","clientRefId":"ORD0001","cardId":"CARD0000001","merchantCode":"MIDTEST00001",` +
				`"redirectUrl":"https://merchant.example.com/back","apiType":"b2b","amount":"10","categoryId":"1"}`,
		},
		"whole order": {
			"createOrder", everything, base + "/v1/service/paycc/order",
			`{"customerId":"CUST0000001","clientRefId":"ORD0001","cardId":"CARD1","cardName":"Example Card","merchantCode":"MIDTEST00001",` +
				`"redirectUrl":"https://merchant.example.com/back?a=1&b=%3C2%3E","apiType":"b2c","amount":"10","bankId":"BANK1","categoryId":"12"}`,
		},
		"kyc": {
			"initKyc", kyc(nil), base + "/v1/service/paycc/init/kyc",
			`{"pan":"AAAAA0000A","name":"Asha Example","email":"payer@example.com","mobile":"0000000001","merchantCode":"MIDTEST00001"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, body := request(t, c.operation, c.ask)
			if req.Method != http.MethodPost || req.URL.String() != c.url {
				t.Errorf("asks %s %s, want POST %s", req.Method, req.URL, c.url)
			}
			if body != c.body {
				t.Errorf("sends\n%s\nwant\n%s", body, c.body)
			}
			want := map[string]string{
				"Content-Type": "application/json", "Accept": "application/json",
				"Authorization": "Basic Y2xpZW50SWQ6Y2xpZW50U2VjcmV0",
			}
			got := map[string]string{}
			for name := range req.Header {
				got[name] = req.Header.Get(name)
			}
			if !maps.Equal(got, want) {
				t.Errorf("sends the headers %v, want %v", got, want)
			}
		})
	}
}

// TestAuthorization compares the header with the vectors in fixtures.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	vectors, err := fixture.Vectors(fixtures.Files, "ipayments")
	if err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors: %v", len(vectors), err)
	}
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			s := setup()
			s.Credentials["clientKey"], s.Credentials["clientSecret"], _ = strings.Cut(v.Key, ":")
			req, err := checked(s).Operation("createOrder").Request(order(nil))
			if err != nil {
				t.Fatal(err)
			}
			want, got := v.Headers["Authorization"], req.Header.Get("Authorization")
			if want == "" || (got == want) == v.Wrong {
				t.Errorf("sends %q, the vector has %q, wrong: %t", got, want, v.Wrong)
			}
		})
	}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]string{
		1: "0.01", 10: "0.10", 99: "0.99", 100: "1", 101: "1.01", 110: "1.10", 1000: "10", 1050: "10.50",
		1005: "10.05", 100000: "1000", 999999: "9999.99", 1000000: "10000", 999999900: "9999999",
		1000050: "10000.5", 9999990: "99999.9", // exact, and short enough
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, body := request(t, "createOrder", order(func(o *contract.Order) { o.Amount.Minor = minor }))
			if !strings.Contains(body, `"amount":"`+want+`"`) {
				t.Errorf("%d paise are sent as %s, want %q", minor, body, want)
			}
		})
	}
}

func TestRefusedOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*contract.Order)
		field  string
	}{
		"no reference":        {func(o *contract.Order) { o.Reference = "" }, "order.reference"},
		"reference of a path": {func(o *contract.Order) { o.Reference = "ORD/1" }, "order.reference"},
		"nothing to pay":      {func(o *contract.Order) { o.Amount.Minor = 0 }, "order.amount.minor"},
		"less than nothing":   {func(o *contract.Order) { o.Amount.Minor = -100 }, "order.amount.minor"},
		"long amount":         {func(o *contract.Order) { o.Amount.Minor = 1000001 }, "order.amount.minor"},
		"long whole amount":   {func(o *contract.Order) { o.Amount.Minor = 1000000000 }, "order.amount.minor"},
		"other currency":      {func(o *contract.Order) { o.Amount.Currency = "USD" }, "order.amount.currency"},
		"no customer":         {func(o *contract.Order) { o.Customer.ID = "" }, "order.customer.id"},
		"long customer":       {func(o *contract.Order) { o.Customer.ID = strings.Repeat("A", 31) }, "order.customer.id"},
		"no way back":         {func(o *contract.Order) { o.ReturnURL = "" }, "order.returnUrl"},
		"relative way back":   {func(o *contract.Order) { o.ReturnURL = "/back" }, "order.returnUrl"},
		"long way back":       {func(o *contract.Order) { o.ReturnURL = "https://merchant.example.com/" + strings.Repeat("a", 300) }, "order.returnUrl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, "createOrder", order(c.change), c.field)
		})
	}
	for name, c := range map[string]struct{ options, field string }{
		"long card":        {`{"cardId":"CARD00000000000000001","apiType":"b2b","categoryId":"1"}`, "options.cardId"},
		"long card name":   {`{"cardId":"C","cardName":"` + strings.Repeat("A", 101) + `","apiType":"b2b","categoryId":"1"}`, "options.cardName"},
		"long bank":        {`{"cardId":"C","bankId":"BANK00000000000000001","apiType":"b2b","categoryId":"1"}`, "options.bankId"},
		"no api type":      {`{"cardId":"C","categoryId":"1"}`, "options.apiType"},
		"other api type":   {`{"cardId":"C","apiType":"B2B","categoryId":"1"}`, "options.apiType"},
		"no category":      {`{"cardId":"C","apiType":"b2b"}`, "options.categoryId"},
		"long category":    {`{"cardId":"C","apiType":"b2b","categoryId":"100"}`, "options.categoryId"},
		"no options":       {``, "options.apiType"},
		"word as category": {`{"cardId":"C","apiType":"b2b","categoryId":"a"}`, "options.categoryId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask := order(nil)
			ask.Options = json.RawMessage(c.options)
			refused(t, "createOrder", ask, c.field)
		})
	}
	refused(t, "createOrder", kyc(nil), "order")
}

func TestRefusedKYC(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*contract.KYC)
		field  string
	}{
		"no name":          {func(k *contract.KYC) { k.Name = " " }, "kyc.name"},
		"long name":        {func(k *contract.KYC) { k.Name = strings.Repeat("ā", 201) }, "kyc.name"},
		"no email":         {func(k *contract.KYC) { k.Email = "" }, "kyc.email"},
		"no address":       {func(k *contract.KYC) { k.Email = "payer" }, "kyc.email"},
		"long email":       {func(k *contract.KYC) { k.Email = strings.Repeat("a", 200) + "@example.com" }, "kyc.email"},
		"mobile of abroad": {func(k *contract.KYC) { k.Mobile = "+910000000001" }, "kyc.mobile"},
		"long pan":         {func(k *contract.KYC) { k.PAN = "AAAAA0000AAA" }, "kyc.pan"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, "initKyc", kyc(c.change), c.field)
		})
	}
	refused(t, "initKyc", order(nil), "kyc")
}

func refused(t *testing.T, operation string, ask contract.Call, field string) {
	t.Helper()
	_, err := checked(setup()).Operation(operation).Request(ask)
	var no *contract.RefusedError
	if !errors.As(err, &no) || no.Provider != "ipayments" || no.Field != field {
		t.Errorf("gives %v, want %s refused", err, field)
	}
}

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	a := checked(setup())
	if _, err := a.Operation("payout").Request(order(nil)); err == nil {
		t.Error("an unknown operation makes a request")
	}
	for operation, ask := range map[string]contract.Call{"createOrder": order(nil), "initKyc": kyc(nil)} {
		ask.Options = json.RawMessage(`{"cardid":"C","apitype":"b2b","other":1}`)
		if _, err := a.Operation(operation).Request(ask); err == nil {
			t.Errorf("%s: accepts an unknown option", operation)
		}
	}
	if got := a.Operation("payout").Read(response(http.StatusOK, orderResponse)); got.State != contract.Unknown {
		t.Errorf("an unknown operation reads a response as %s", got.State)
	}
}

const (
	orderURL      = "https://console.ipayments.in/api/v1/service/paycc/pay/order_1/x"
	orderResponse = `{"code":"0x0200","message":"Order created successful.","status":"SUCCESS","data":{"bankHolderName":"","accountNo":"","ifsc":"","orderId":"order_1","url":"` + orderURL + `"}}`
	kycResponse   = `{"code":"0x0200","message":"Request Init","status":"SUCCESS","data":{"url":"https://app.digio.in/#/gateway/X","kid":"KID1"}}`
)

func response(status int, body string) contract.Exchange {
	return contract.Exchange{Response: contract.Response{Status: status, Body: []byte(body)}}
}

func TestReadSuccess(t *testing.T) {
	t.Parallel()
	a := checked(setup())
	got := a.Operation("createOrder").Read(response(http.StatusOK, orderResponse))
	want := contract.Outcome{
		State: contract.Succeeded, Retry: contract.Never, Code: "0x0200", Status: "SUCCESS",
		Message: "Order created successful.", ProviderReference: "order_1", RedirectURL: orderURL,
	}
	if got != want {
		t.Errorf("createOrder is read as %+v, want %+v", got, want)
	}
	got = a.Operation("initKyc").Read(response(http.StatusOK, kycResponse))
	want.Message, want.ProviderReference, want.RedirectURL = "Request Init", "KID1", "https://app.digio.in/#/gateway/X"
	if got != want {
		t.Errorf("initKyc is read as %+v, want %+v", got, want)
	}
}

func TestReadCodes(t *testing.T) {
	t.Parallel()
	for code, c := range map[string]struct {
		status string
		state  contract.State
		again  contract.Retry
	}{
		"0x0201": {"UNAUTHORIZED", contract.Unauthorized, contract.Never},
		"0x0202": {"FAILURE", contract.Rejected, contract.Never},
		"0x0203": {"MISSING_PARAMETER", contract.Invalid, contract.Never},
		"0x0204": {"CONNECTION_TIMEOUT", contract.Unavailable, contract.AfterInquiry},
		"0x0205": {"SOMETHING_WENT_WRONG", contract.Unavailable, contract.AfterInquiry},
		"0x0206": {"PENDING", contract.Pending, contract.AfterInquiry},
		"0x0207": {"REVERSED", contract.Reversed, contract.Never},
		"0x0209": {"REDIRECT", contract.Redirect, contract.Never},
	} {
		for _, operation := range []string{"createOrder", "initKyc"} {
			t.Run(operation+"/"+code, func(t *testing.T) {
				t.Parallel()
				a := checked(setup())
				body := `{"code":"` + code + `","status":"` + c.status + `","message":"any","data":{"url":"https://a.example/b"}}`
				got := a.Operation(operation).Read(response(http.StatusOK, body))
				if got.State != c.state || got.Retry != c.again || got.Code != code || got.Status != c.status || got.Message != "any" {
					t.Errorf("is read as %+v", got)
				}
				if moves := c.state == contract.Redirect; (got.RedirectURL != "") != moves {
					t.Errorf("sends the payer to %q", got.RedirectURL)
				}
				for _, status := range []int{http.StatusCreated, http.StatusFound, http.StatusUnauthorized, http.StatusBadGateway} {
					if got := a.Operation(operation).Read(response(status, body)); got.State != contract.Unknown || got.Retry != contract.AfterInquiry {
						t.Errorf("under HTTP %d is read as %s", status, got.State)
					}
				}
			})
		}
	}
}

func TestReadMessageObject(t *testing.T) {
	t.Parallel()
	got := checked(setup()).Operation("initKyc").Read(response(http.StatusOK,
		`{"code":"0x0203","status":"MISSING_PARAMETER","message":{"pan":["The pan field is required."]}}`))
	if got.State != contract.Invalid || got.Retry != contract.Never || got.Message != "" {
		t.Errorf("is read as %+v", got)
	}
}

func TestReadDamaged(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":                 ``,
		"null":                    `null`,
		"a list":                  `[` + orderResponse + `]`,
		"a page":                  `<html>502 Bad Gateway</html>`,
		"half":                    orderResponse[:len(orderResponse)/2],
		"more behind it":          orderResponse + `{}`,
		"two codes":               strings.Replace(orderResponse, `{"code"`, `{"code":"0x0202","code"`, 1),
		"no code":                 strings.Replace(orderResponse, `"code"`, `"kode"`, 1),
		"another name's case":     strings.Replace(orderResponse, `"code"`, `"Code"`, 1),
		"an undocumented code":    strings.Replace(orderResponse, "0x0200", "0x0208", 1),
		"a code in capitals":      strings.Replace(orderResponse, "0x0200", "0X0200", 1),
		"a code as a number":      strings.Replace(orderResponse, `"0x0200"`, "512", 1),
		"null for a code":         strings.Replace(orderResponse, `"0x0200"`, "null", 1),
		"a failure's status":      strings.Replace(orderResponse, "SUCCESS", "FAILURE", 1),
		"a failure's code":        strings.Replace(orderResponse, "0x0200", "0x0202", 1),
		"the label as the status": `{"code":"0x0202","status":"FAILED","message":"x"}`,
		"no status":               strings.Replace(orderResponse, `"status"`, `"state"`, 1),
		"no data":                 `{"code":"0x0200","message":"Order created successful.","status":"SUCCESS"}`,
		"null for data":           `{"code":"0x0200","message":"Order created successful.","status":"SUCCESS","data":null}`,
		"no URL":                  strings.Replace(orderResponse, `"url"`, `"uri"`, 1),
		"an empty URL":            strings.Replace(orderResponse, orderURL, "", 1),
		"a URL that is a script":  strings.Replace(orderResponse, orderURL, "javascript:alert(1)", 1),
		"a URL without TLS":       strings.Replace(orderResponse, "https://", "http://", 1),
		"a relative URL":          strings.Replace(orderResponse, orderURL, "/pay/order_1", 1),
		"a list of URLs":          strings.Replace(orderResponse, `"`+orderURL+`"`, `["`+orderURL+`"]`, 1),
		"no order id":             strings.Replace(orderResponse, `"orderId"`, `"order"`, 1),
		"an empty order id":       strings.Replace(orderResponse, `"order_1"`, `""`, 1),
		"an order id as a number": strings.Replace(orderResponse, `"order_1"`, `1`, 1),
		"a redirect to nowhere":   `{"code":"0x0209","status":"REDIRECT","message":"REDIRECT URL"}`,
		"a KYC's response":        kycResponse,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if body == orderResponse {
				t.Fatal("the damage changes nothing")
			}
			got := checked(setup()).Operation("createOrder").Read(response(http.StatusOK, body))
			if got.State != contract.Unknown || got.Retry != contract.AfterInquiry || got.RedirectURL != "" {
				t.Errorf("is read as %s (retry: %s), to %q", got.State, got.Retry, got.RedirectURL)
			}
		})
	}
	got := checked(setup()).Operation("createOrder").Read(response(http.StatusOK, strings.Replace(orderResponse, `"url"`, `"uri"`, 1)))
	if got.ProviderReference != "order_1" {
		t.Errorf("an unknown outcome keeps the reference %q", got.ProviderReference)
	}
}
