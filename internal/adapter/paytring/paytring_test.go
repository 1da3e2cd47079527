package paytring_test

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"assay/fixtures"
	"assay/internal/contract"
	"assay/internal/fixture"
	"assay/internal/signature"
)

func adapter() *contract.Adapter {
	return checked(contract.Setup{
		BaseURL: "https://pay.example.com", Credentials: map[string]string{"key": "test_123", "secret": "secret_123"},
	})
}

func order() contract.Order {
	return contract.Order{
		Reference: "R1", Amount: contract.Money{Minor: 100, Currency: "INR"}, ReturnURL: "https://merchant.example.com/back",
		Customer: contract.Customer{FirstName: "Asha", LastName: "Example", Mobile: "0000000001", Email: "payer@example.com"},
	}
}

func request(t *testing.T, o contract.Order, options string) (authorization, body string) {
	t.Helper()
	req, err := adapter().Operation("createOrder").Request(contract.Call{Input: &o, Options: []byte(options)})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := req.URL.String(); got != "https://pay.example.com/api/v2/order/create" {
		t.Errorf("asks %s", got)
	}
	return req.Header.Get("Authorization"), string(raw)
}

func TestRequest(t *testing.T) {
	t.Parallel()
	authorization, body := request(t, order(), `{"autocapture":false,"pg":"payu"}`)
	vectors, err := fixture.Vectors(fixtures.Files, "paytring")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if want, ok := v.Headers["Authorization"]; ok && authorization != want {
			t.Errorf("the Authorization is %s, the vector %s", authorization, want)
		}
	}
	m, err := contract.ReadMembers([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[contract.Pointer]string{
		"/key": "test_123", "/cname": "Asha Example", "/phone": "0000000001", "/receipt_id": "R1", "/autocapture": "false", "/pg": "payu", "/currency": "INR",
	} {
		if got, _ := m.String(pointer); got != want {
			t.Errorf("%s is %q, want %q", pointer, got, want)
		}
	}
	if hash, _ := m.String("/hash"); !(signature.PaytringSHA512{}).Verify([]byte(body), "secret_123", hash) {
		t.Error("the hash does not cover the body as it is sent")
	}
	if _, body := request(t, order(), ""); !strings.Contains(body, `"autocapture":"true"`) {
		t.Error("autocapture is not sent where nothing is said of it")
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]string{1: "1", 100: "100", 1<<53 + 1: "9007199254740993", 1<<62 + 1: "4611686018427387905"} {
		o := order()
		o.Amount.Minor = minor
		if _, body := request(t, o, ""); !strings.Contains(body, `"amount":`+want+`,`) {
			t.Errorf("%d minor units are written as %s", minor, body)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*contract.Order){
		"order.reference":          func(o *contract.Order) { o.Reference = "" },
		"order.amount.minor":       func(o *contract.Order) { o.Amount.Minor = -1 },
		"order.amount.currency":    func(o *contract.Order) { o.Amount.Currency = "" },
		"order.customer.firstName": func(o *contract.Order) { o.Customer.FirstName, o.Customer.LastName = " ", "" },
		"order.customer.mobile":    func(o *contract.Order) { o.Customer.Mobile = "" },
		"order.customer.email":     func(o *contract.Order) { o.Customer.Email = "" },
		"order.returnUrl":          func(o *contract.Order) { o.ReturnURL = "back" },
		"order.notes":              func(o *contract.Order) { o.Notes = map[string]string{"udf6": "x"} },
	} {
		o := order()
		change(&o)
		_, err := adapter().Operation("createOrder").Request(contract.Call{Input: &o})
		var refused *contract.RefusedError
		if !errors.As(err, &refused) || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	o := order()
	for name, ask := range map[string]contract.Call{"no order": {}, "a split of another kind": {Input: &o, Options: []byte(`{"split_type":"half"}`)}} {
		if _, err := adapter().Operation("createOrder").Request(ask); err == nil {
			t.Errorf("%s is sent", name)
		}
	}
}

// sample is the url on the page, which is redacted and therefore not base64.
const sample = "aHR0cHM6Ly91YXQubWNzYW0uaW4vcGVnYXN1cy9hc0b2tlbi80ODg2NDUxNjAxODQzMTYwMTE="

func TestRead(t *testing.T) {
	t.Parallel()
	encoded := func(e *base64.Encoding, link string) string {
		return `{"status":true,"order_id":"1","url":"` + e.EncodeToString([]byte(link)) + `"}`
	}
	const query = "https://pay.example.com/?a=~~~1" // the two alphabets differ in it, and it is padded
	for name, c := range map[string]struct {
		status int
		body   string
		state  contract.State
		url    string
	}{
		"a success":              {200, encoded(base64.StdEncoding, query), contract.Succeeded, query},
		"without padding":        {200, encoded(base64.RawStdEncoding, query), contract.Succeeded, query},
		"the other alphabet":     {200, encoded(base64.URLEncoding, query), contract.Succeeded, query},
		"the other, unpadded":    {200, encoded(base64.RawURLEncoding, query), contract.Succeeded, query},
		"base64 of a script":     {200, encoded(base64.StdEncoding, "javascript://x/%0a1"), contract.Unknown, ""},
		"a URL that is text":     {200, `{"status":true,"order_id":"1","url":"null"}`, contract.Unknown, ""},
		"a URL without a host":   {200, `{"status":true,"order_id":"1","url":"https://"}`, contract.Unknown, ""},
		"a URL of another kind":  {200, `{"status":true,"order_id":"1","url":"ftp://x.example.com/a"}`, contract.Unknown, ""},
		"the page's own sample":  {200, `{"status":true,"order_id":"1","url":"` + sample + `"}`, contract.Succeeded, sample},
		"a URL as a number":      {200, `{"status":true,"order_id":"1","url":7}`, contract.Unknown, ""},
		"a URL that is null":     {200, `{"status":true,"order_id":"1","url":null}`, contract.Unknown, ""},
		"an empty URL":           {200, `{"status":true,"order_id":"1","url":""}`, contract.Unknown, ""},
		"a plain URL":            {200, `{"status":true,"order_id":"1","url":"https://x.example.com"}`, contract.Succeeded, "https://x.example.com"},
		"base64 of no URL":       {200, `{"status":true,"order_id":"1","url":"aGVsbG8="}`, contract.Unknown, ""},
		"no URL":                 {200, `{"status":true,"order_id":"1"}`, contract.Succeeded, ""},
		"no order id":            {200, `{"status":true,"url":"x"}`, contract.Unknown, ""},
		"an order id as number":  {200, `{"status":true,"order_id":1}`, contract.Unknown, ""},
		"a status as text":       {200, `{"status":"true","order_id":"1"}`, contract.Unknown, ""},
		"no status":              {200, `{"order_id":"1"}`, contract.Unknown, ""},
		"success with an error":  {200, `{"status":true,"order_id":"1","error":{}}`, contract.Unknown, ""},
		"with an exception":      {200, `{"status":true,"order_id":"1","exception":{}}`, contract.Unknown, ""},
		"a refusal":              {400, `{"status":false,"error":{"message":"m","code":400}}`, contract.Invalid, ""},
		"a refusal, no error":    {400, `{"status":false}`, contract.Unknown, ""},
		"a refusal, no code":     {400, `{"status":false,"error":{"message":"m"}}`, contract.Unknown, ""},
		"a refusal, both":        {400, `{"status":false,"error":{"message":"m","code":400},"exception":{}}`, contract.Unknown, ""},
		"a refusal with 200":     {200, `{"status":false,"error":{"message":"m","code":400}}`, contract.Unknown, ""},
		"another code":           {400, `{"status":false,"error":{"message":"m","code":204}}`, contract.Unknown, ""},
		"a code as text":         {400, `{"status":false,"error":{"message":"m","code":"400"}}`, contract.Unknown, ""},
		"a success with 201":     {201, `{"status":true,"order_id":"1"}`, contract.Unknown, ""},
		"a failure of theirs":    {500, `{"status":false}`, contract.Unknown, ""},
		"a page":                 {200, `<html>`, contract.Unknown, ""},
		"a string that is JSON":  {200, `"{\"status\":true,\"order_id\":\"1\"}"`, contract.Unknown, ""},
		"a status twice":         {200, `{"status":false,"status":true,"order_id":"1"}`, contract.Unknown, ""},
		"half of it":             {200, `{"status":true,"order_id":"1"`, contract.Unknown, ""},
		"a refusal that is true": {400, `{"status":true,"order_id":"1"}`, contract.Unknown, ""},
	} {
		got := adapter().Operation("createOrder").Read(contract.Exchange{Response: contract.Response{Status: c.status, Body: []byte(c.body)}})
		if got.State != c.state || got.RedirectURL != c.url {
			t.Errorf("%s: read as %+v", name, got)
		}
		if (c.state == contract.Succeeded || name == "a URL that is text") && got.ProviderReference != "1" {
			t.Errorf("%s: the order id is lost: %+v", name, got)
		}
	}
}

// TestOutcome reads every documented code, and the reference that an unknown outcome keeps
// for the inquiry.
func TestOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   contract.Outcome
	}{
		"200": {200, `{"status":true,"order_id":"1","message":"m"}`, contract.Outcome{
			State: contract.Succeeded, Retry: contract.Never, Code: "200", Status: "true", Message: "m", ProviderReference: "1",
		}},
		"400": {400, `{"status":false,"error":{"message":"m","code":400}}`, contract.Outcome{
			State: contract.Invalid, Retry: contract.Never, Code: "400", Status: "false", Message: "m",
		}},
		"400 by exception": {400, `{"status":false,"exception":{"message":"m"}}`, contract.Outcome{
			State: contract.Unknown, Retry: contract.AfterInquiry, Code: "400", Status: "false", Message: "m",
		}},
		"another": {400, `{"status":false,"error":{"message":"m","code":204}}`, contract.Outcome{
			State: contract.Unknown, Retry: contract.AfterInquiry, Code: "204", Status: "false", Message: "m",
		}},
	} {
		got := adapter().Operation("createOrder").Read(contract.Exchange{Response: contract.Response{Status: c.status, Body: []byte(c.body)}})
		if got != c.want {
			t.Errorf("%s: read as %+v, want %+v", name, got, c.want)
		}
	}
}

// TestBlankName refuses a first name of blanks: without a last name, cname would be empty,
// and the page requires it.
func TestBlankName(t *testing.T) {
	t.Parallel()
	o := order()
	o.Customer.FirstName, o.Customer.LastName = " \t", ""
	_, err := adapter().Operation("createOrder").Request(contract.Call{Input: &o})
	var r *contract.RefusedError
	if !errors.As(err, &r) || r.Field != "order.customer.firstName" {
		t.Errorf("%v", err)
	}
}

func TestCredentialsMissing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"key", "secret"} {
		own := map[string]string{"key": "test_123", "secret": "secret_123", name: ""}
		o := order()
		_, err := checked(contract.Setup{Credentials: own}).Operation("createOrder").Request(contract.Call{Input: &o})
		var r *contract.RefusedError
		if !errors.As(err, &r) || r.Field != "credentials."+name {
			t.Errorf("%v", err)
		}
	}
}
