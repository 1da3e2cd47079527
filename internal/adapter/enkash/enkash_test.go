package enkash_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"assay/fixtures"
	"assay/internal/contract"
	"assay/internal/fixture"
)

func adapter() *contract.Adapter {
	return with(map[string]string{"accessKey": "access", "secretKey": "secret", "apiKey": "api"})
}

func with(credentials map[string]string) *contract.Adapter {
	return checked(contract.Setup{BaseURL: "https://provider.example", Credentials: credentials, Now: time.Now})
}

// ask is a call that EnKash accepts; change, unless it is nil, changes its order.
func ask(change func(*contract.Call)) contract.Call {
	a := contract.Call{
		Input: &contract.Order{Reference: "ORDER1", Amount: contract.Money{Minor: 2015, Currency: "INR"}},
		Token: contract.Token{Value: "token"},
	}
	if change != nil {
		change(&a)
	}
	return a
}

// order returns the order in a call.
func order(a *contract.Call) *contract.Order { return a.Input.(*contract.Order) }

func sent(t *testing.T, a *contract.Adapter, operation string, ask contract.Call) (*http.Request, string) {
	t.Helper()
	req, err := a.Operation(operation).Request(ask)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return req, string(body)
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]string{
		1: "0.01", 10: "0.10", 29: "0.29", 100: "1.00", 2015: "20.15", 123456: "1234.56",
		1010000001: "10100000.01", 99_999_999_999: "999999999.99", 100_000_000_000: "1000000000.00",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, body := sent(t, adapter(), "createOrder", ask(func(a *contract.Call) { order(a).Amount.Minor = minor }))
			if part := `"amount":{"value":` + want + `,"currency":"INR"}`; !strings.Contains(body, part) {
				t.Errorf("%s is not in %s", part, body)
			}
		})
	}
}

func TestCreateOrder(t *testing.T) {
	t.Parallel()
	req, body := sent(t, adapter(), "createOrder", ask(nil))
	if got := req.Method + " " + req.URL.String(); got != "POST https://provider.example/api/v0/orders" {
		t.Error(got)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "merchantAccessKey": "access", "Authorization": "Bearer token", "API-Key": "",
	} {
		if got := req.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	// paymentDetail is sent although it is empty: one copy of the page requires it.
	if want := `{"orderId":"ORDER1","amount":{"value":20.15,"currency":"INR"},"paymentDetail":{}}`; body != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func TestCreateOrder_everything(t *testing.T) {
	t.Parallel()
	_, body := sent(t, adapter(), "createOrder", ask(func(a *contract.Call) {
		o := order(a)
		o.ReturnURL, o.NotifyURL = "https://merchant.example/back?a=1&b=2", "https://merchant.example/notify"
		o.Description, o.Notes = "<a>", map[string]string{"cart": "42"}
		o.Customer = contract.Customer{ID: "not sent", FirstName: "Asha", LastName: "Example", Email: "payer@example.com", Mobile: "0000000001"}
		o.Billing = &contract.Address{Line1: "1 Example Road", Line2: "Floor 2", City: "Bengaluru", State: "Karnataka", Country: "India", PostalCode: "560001"}
		a.Options = json.RawMessage(`{"paymentDetail":{"accountNumber":"000000001","ifsc":"KKBK0000432"}}`)
	}))
	want := `{"orderId":"ORDER1","amount":{"value":20.15,"currency":"INR"},` +
		`"returnUrl":"https://merchant.example/back?a=1&b=2","notifyUrl":"https://merchant.example/notify",` +
		`"customerInfo":{"firstName":"Asha","lastName":"Example","address":{"streetName":"1 Example Road, Floor 2","city":"Bengaluru","state":"Karnataka","country":"India","zipcode":"560001"},"email":"payer@example.com","phoneNumber":"0000000001"},` +
		`"customParameters":{"cart":"42"},"description":"<a>","paymentDetail":{"accountNumber":"000000001","ifsc":"KKBK0000432"}}`
	if body != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

// TestCreateOrder_names sends names as they are: only an older copy of the page
// allows only characters from a to z (C15).
func TestCreateOrder_names(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Mary Jane", "O'Brien", "आशा", "A5ha"} {
		_, body := sent(t, adapter(), "createOrder", ask(func(a *contract.Call) { order(a).Customer.FirstName = name }))
		if part := `"customerInfo":{"firstName":"` + name + `"}`; !strings.Contains(body, part) {
			t.Errorf("%s is not in %s", part, body)
		}
	}
}

func TestCreateOrder_second_line(t *testing.T) {
	t.Parallel()
	_, body := sent(t, adapter(), "createOrder", ask(func(a *contract.Call) { order(a).Billing = &contract.Address{Line2: "Floor 2"} }))
	if part := `"address":{"streetName":"Floor 2"}`; !strings.Contains(body, part) {
		t.Errorf("%s is not in %s", part, body)
	}
}

func TestCreateOrder_refuses(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*contract.Call){
		"order":                               func(a *contract.Call) { a.Input = nil },
		"token":                               func(a *contract.Call) { a.Token.Value = "" },
		"order.reference":                     func(a *contract.Call) { order(a).Reference = "" },
		"order.amount.minor":                  func(a *contract.Call) { order(a).Amount.Minor = 0 },
		"order.amount.minor#less":             func(a *contract.Call) { order(a).Amount.Minor = -2015 },
		"order.amount.currency":               func(a *contract.Call) { order(a).Amount.Currency = "USD" },
		"order.customer.firstName":            func(a *contract.Call) { order(a).Customer.FirstName = "A\xffha" },
		"order.customer.email":                func(a *contract.Call) { order(a).Customer.Email = "Asha <payer@example.com>" },
		"order.customer.mobile":               func(a *contract.Call) { order(a).Customer.Mobile = "+910000000001" },
		"order.returnUrl":                     func(a *contract.Call) { order(a).ReturnURL = "/back" },
		"order.notifyUrl":                     func(a *contract.Call) { order(a).NotifyURL = "merchant.example/notify" },
		"options.paymentDetail.accountNumber": options(`{"accountNumber":"00000001"}`),
		"options.paymentDetail.ifsc":          options(`{"ifsc":"KKBK1000432"}`),
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			_, err := adapter().Operation("createOrder").Request(ask(change))
			refused(t, err, field)
		})
	}
}

func options(detail string) func(*contract.Call) {
	return func(a *contract.Call) { a.Options = json.RawMessage(`{"paymentDetail":` + detail + `}`) }
}

func refused(t *testing.T, err error, field string) {
	t.Helper()
	field, _, _ = strings.Cut(field, "#")
	var r *contract.RefusedError
	if !errors.As(err, &r) || r.Field != field || r.Provider != "enkash" {
		t.Errorf("got %v, want a refusal of %s", err, field)
	}
}

func TestOptions_unknown(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"createOrder", "createToken"} {
		a := ask(func(a *contract.Call) { a.Options = json.RawMessage(`{"paymentDetails":{}}`) })
		if operation == "createToken" {
			a.Input = nil
		}
		if _, err := adapter().Operation(operation).Request(a); err == nil {
			t.Errorf("%s accepts an unknown option", operation)
		}
	}
}

func TestCreateToken(t *testing.T) {
	t.Parallel()
	req, body := sent(t, adapter(), "createToken", contract.Call{})
	if got := req.Method + " " + req.URL.String(); got != "POST https://provider.example/api/v0/merchant/token" {
		t.Error(got)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "API-Key": "api", "Authorization": "", "merchantAccessKey": "",
	} {
		if got := req.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if want := `{"accessKey":"access","secretKey":"secret"}`; body != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func TestCreateToken_without_an_api_key(t *testing.T) {
	t.Parallel()
	req, _ := sent(t, with(map[string]string{"accessKey": "access", "secretKey": "secret"}), "createToken", contract.Call{})
	if _, there := req.Header["Api-Key"]; there {
		t.Error("API-Key is sent, and there is none")
	}
}

func TestCredentials_missing(t *testing.T) {
	t.Parallel()
	_, err := with(map[string]string{"secretKey": "secret"}).Operation("createToken").Request(contract.Call{})
	refused(t, err, "credentials.accessKey")
	_, err = with(map[string]string{"accessKey": "access"}).Operation("createToken").Request(contract.Call{})
	refused(t, err, "credentials.secretKey")
	_, err = with(nil).Operation("createOrder").Request(ask(nil))
	refused(t, err, "credentials.accessKey")
	_, err = adapter().Operation("createToken").Request(ask(nil))
	refused(t, err, "ask")
}

func TestOperation_unknown(t *testing.T) {
	t.Parallel()
	if _, err := adapter().Operation("createRefund").Request(ask(nil)); err == nil {
		t.Error("an unknown operation makes a request")
	}
	response := contract.Response{Status: 200, Body: []byte(`{"response_code":0,"payload":{"redirectionUrl":"https://x"}}`)}
	if got := adapter().Operation("createRefund").Read(contract.Exchange{Response: response}); got.State != contract.Unknown {
		t.Errorf("it is read as %s", got.State)
	}
}

// TestSignatures compares the header with the vectors.
func TestSignatures(t *testing.T) {
	t.Parallel()
	vectors, err := fixture.Vectors(fixtures.Files, "enkash")
	if err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for _, v := range vectors {
		t.Run(v.ID, func(t *testing.T) {
			t.Parallel()
			req, _ := sent(t, adapter(), "createOrder", ask(func(a *contract.Call) { a.Token.Value = v.Key }))
			same := req.Header.Get("Authorization") == v.Headers["Authorization"]
			if same == (v.Wrong || v.Verify) {
				t.Errorf("same: %t, wrong: %t, accepted only: %t", same, v.Wrong, v.Verify)
			}
		})
	}
}

func read(operation string, status int, body string) contract.Outcome {
	return adapter().Operation(operation).Read(contract.Exchange{Response: contract.Response{Status: status, Body: []byte(body)}})
}

const (
	tokenResponse = `{"token":"abcdef1234567890","expiry":1672531199000,"resultCode":200,"resultMessage":"Token generated successfully."}`
	orderResponse = `{"response_code":0,"response_message":"ok","payload":{"redirectionUrl":"https://pay.example/1","orderId":"E1"}}`
	denied        = `{"response_code":117,"payload":"Token is invalid."}`
)

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operation, body string
		want            contract.Outcome
	}{
		"token_200": {"createToken", tokenResponse, contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Code: "200", Message: "Token generated successfully."}},
		"token_0":   {"createToken", strings.Replace(tokenResponse, "200", "0", 1), contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Code: "0", Message: "Token generated successfully."}},
		"order_0": {"createOrder", orderResponse, contract.Outcome{
			State: contract.Succeeded, Retry: contract.Never, Code: "0", Message: "ok", ProviderReference: "E1", RedirectURL: "https://pay.example/1",
		}},
		"order_117":            {"createOrder", denied, contract.Outcome{State: contract.Unauthorized, Retry: contract.SameReference, Code: "117", Message: "Token is invalid."}},
		"order_117_null":       {"createOrder", `{"response_code":117,"response_message":"no","payload":null}`, contract.Outcome{State: contract.Unauthorized, Retry: contract.SameReference, Code: "117", Message: "no"}},
		"order_without_its_id": {"createOrder", strings.Replace(orderResponse, `,"orderId":"E1"`, "", 1), contract.Outcome{State: contract.Succeeded, Retry: contract.Never, Code: "0", Message: "ok", RedirectURL: "https://pay.example/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(c.operation, 200, c.body)
			got.Token = nil // see TestRead_token
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestRead_token(t *testing.T) {
	t.Parallel()
	got := read("createToken", 200, tokenResponse).Token
	end := time.Date(2022, time.December, 31, 23, 59, 59, 0, time.UTC)
	if got == nil || got.Value != "abcdef1234567890" || !got.Expires.Equal(end) {
		t.Errorf("got %+v", got)
	}
}

func TestRead_unknown(t *testing.T) {
	t.Parallel()
	in := func(body, from, to string) string { return strings.Replace(body, from, to, 1) }
	for name, c := range map[string]struct {
		operation string
		status    int
		body      string
	}{
		"token/nothing":              {"createToken", 200, ""},
		"token/null":                 {"createToken", 200, "null"},
		"token/page":                 {"createToken", 200, "<html></html>"},
		"token/cut":                  {"createToken", 200, tokenResponse[:len(tokenResponse)-1]},
		"token/status_500":           {"createToken", 500, tokenResponse},
		"token/status_401":           {"createToken", 401, tokenResponse},
		"token/other_code":           {"createToken", 200, in(tokenResponse, "200", "201")},
		"token/code_of_orders":       {"createToken", 200, in(tokenResponse, "200", "117")},
		"token/code_as_string":       {"createToken", 200, in(tokenResponse, "200", `"200"`)},
		"token/code_null":            {"createToken", 200, in(tokenResponse, "200", "null")},
		"token/code_missing":         {"createToken", 200, in(tokenResponse, `"resultCode":200,`, "")},
		"token/code_twice":           {"createToken", 200, in(tokenResponse, `"resultCode":200,`, `"resultCode":500,"resultCode":200,`)},
		"token/code_otherwise_named": {"createToken", 200, in(tokenResponse, "resultCode", "ResultCode")},
		"token/envelope_of_orders":   {"createToken", 200, orderResponse},
		"token/token_missing":        {"createToken", 200, in(tokenResponse, `"token":"abcdef1234567890",`, "")},
		"token/token_empty":          {"createToken", 200, in(tokenResponse, "abcdef1234567890", "")},
		"token/token_number":         {"createToken", 200, in(tokenResponse, `"abcdef1234567890"`, "7")},
		"token/expiry_missing":       {"createToken", 200, in(tokenResponse, `"expiry":1672531199000,`, "")},
		"token/expiry_string":        {"createToken", 200, in(tokenResponse, "1672531199000", `"1672531199000"`)},
		"token/expiry_fraction":      {"createToken", 200, in(tokenResponse, "1672531199000", "1672531199000.5")},
		"token/expiry_too_large":     {"createToken", 200, in(tokenResponse, "1672531199000", "99999999999999999999")},
		"order/nothing":              {"createOrder", 200, ""},
		"order/page":                 {"createOrder", 200, "<html></html>"},
		"order/list":                 {"createOrder", 200, "[" + orderResponse + "]"},
		"order/cut":                  {"createOrder", 200, orderResponse[:len(orderResponse)-2]},
		"order/more_behind":          {"createOrder", 200, orderResponse + "{}"},
		"order/status_502":           {"createOrder", 502, orderResponse},
		"order/status_201":           {"createOrder", 201, orderResponse},
		"order/denied_with_401":      {"createOrder", 401, denied},
		"order/other_code":           {"createOrder", 200, in(orderResponse, `code":0`, `code":1`)},
		"order/code_of_tokens":       {"createOrder", 200, in(orderResponse, `code":0`, `code":200`)},
		"order/code_as_string":       {"createOrder", 200, in(orderResponse, `code":0`, `code":"0"`)},
		"order/code_false":           {"createOrder", 200, in(orderResponse, `code":0`, `code":false`)},
		"order/code_missing":         {"createOrder", 200, in(orderResponse, `"response_code":0,`, "")},
		"order/envelope_of_tokens":   {"createOrder", 200, tokenResponse},
		"order/payload_missing":      {"createOrder", 200, `{"response_code":0,"response_message":"ok"}`},
		"order/payload_null":         {"createOrder", 200, `{"response_code":0,"payload":null}`},
		"order/payload_string":       {"createOrder", 200, `{"response_code":0,"payload":"Token is invalid."}`},
		"order/url_missing":          {"createOrder", 200, in(orderResponse, `"redirectionUrl":"https://pay.example/1",`, "")},
		"order/url_empty":            {"createOrder", 200, in(orderResponse, "https://pay.example/1", "")},
		"order/url_otherwise_named":  {"createOrder", 200, in(orderResponse, "redirectionUrl", "redirectionurl")},
		"order/url_object":           {"createOrder", 200, in(orderResponse, `"https://pay.example/1"`, "{}")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(c.operation, c.status, c.body)
			if got.State != contract.Unknown || got.Retry != contract.AfterInquiry || got.Token != nil || got.RedirectURL != "" {
				t.Errorf("is read as %s (retry: %s)", got.State, got.Retry)
			}
		})
	}
}
