package paytm_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"assay/internal/contract"
	"assay/internal/signature"
)

const key = "0123456789abcdef"

func adapter() *contract.Adapter {
	return checked(contract.Setup{
		BaseURL: "https://pay.example.com", Credentials: map[string]string{"mid": "M1", "merchantKey": key},
		Now: func() time.Time { return time.UnixMilli(1654041600123) }, Random: signature.Zeros{},
	})
}

func order() contract.Order {
	return contract.Order{Reference: "R_1", Amount: contract.Money{Minor: 100, Currency: "INR"}, Customer: contract.Customer{ID: "C1"}}
}

func request(t *testing.T, o contract.Order, options string) (*http.Request, string) {
	t.Helper()
	req, err := adapter().Operation("createOrder").Request(contract.Call{Input: &o, Options: []byte(options)})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return req, string(body)
}

func TestRequest(t *testing.T) {
	t.Parallel()
	o := order()
	o.Notes = map[string]string{"comments": "<a> & b"}
	req, body := request(t, o, `{"websiteName":"retail"}`)
	if got := req.URL.String(); got != "https://pay.example.com/aoa-acquiring-biz/v2/order?mid=M1&orderId=R_1" {
		t.Errorf("asks %s", got)
	}
	if req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/json" || req.Header.Get("Authorization") != "" {
		t.Errorf("%s with %v", req.Method, req.Header)
	}
	inner, _ := contract.Raw([]byte(body), "/body")
	want := `{"requestType":"PAYMENT","mid":"M1","orderId":"R_1","websiteName":"retail","txnAmount":{"currency":"INR","value":"1.00"},"userInfo":{"custId":"C1"},"extendInfo":{"comments":"<a> & b"}}`
	if string(inner) != want {
		t.Errorf("the body is\n%s, want\n%s", inner, want)
	}
	m, err := contract.ReadMembers([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if signed, _ := m.String("/head/signature"); !(signature.PaytmChecksum{}).Verify(inner, key, signed) {
		t.Error("the signature does not cover the body as it is sent")
	}
	if stamp, _ := m.String("/head/requestTimeStamp"); stamp != "1654041600123" {
		t.Errorf("the time stamp is %s", stamp)
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]string{1: "0.01", 10: "0.10", 99: "0.99", 100: "1.00", 101: "1.01", 123456789: "1234567.89", 1 << 60: "11529215046068469.76"} {
		o := order()
		o.Amount.Minor = minor
		if _, body := request(t, o, `{"websiteName":"retail"}`); !strings.Contains(body, `"value":"`+want+`"`) {
			t.Errorf("%d minor units are written as %s", minor, body)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*contract.Order){
		"order.reference":       func(o *contract.Order) { o.Reference = "a b" },
		"order.amount.minor":    func(o *contract.Order) { o.Amount.Minor = 0 },
		"order.amount.currency": func(o *contract.Order) { o.Amount.Currency = "USD" },
		"order.customer.id":     func(o *contract.Order) { o.Customer.ID = "a b" },
		"order.customer.mobile": func(o *contract.Order) { o.Customer.Mobile = "+919988000000" },
		"order.returnUrl":       func(o *contract.Order) { o.ReturnURL = "/back" },
		"order.customer.email":  func(o *contract.Order) { o.Customer.Email = "not-an-address" },
	} {
		o := order()
		change(&o)
		_, err := adapter().Operation("createOrder").Request(contract.Call{Input: &o, Options: []byte(`{"websiteName":"retail"}`)})
		var refused *contract.RefusedError
		if !errors.As(err, &refused) || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		if err != nil && strings.Contains(err.Error(), "+919988000000") {
			t.Errorf("%s: a personal value stands in %v", field, err)
		}
	}
	long := order()
	long.Reference = strings.Repeat("x", 51)
	if _, err := adapter().Operation("createOrder").Request(contract.Call{Input: &long, Options: []byte(`{"websiteName":"retail"}`)}); err == nil {
		t.Error("51 characters are sent")
	}
	o := order()
	for name, ask := range map[string]contract.Call{
		"no order": {}, "no website": {Input: &o}, "an unknown option": {Input: &o, Options: []byte(`{"websiteName":"retail","webSite":"x"}`)},
	} {
		if _, err := adapter().Operation("createOrder").Request(ask); err == nil {
			t.Errorf("%s is sent", name)
		}
	}
	if _, err := adapter().Operation("refund").Request(contract.Call{Input: &o}); err == nil {
		t.Error("an operation there is not is sent")
	}
}

// response signs a response's body.
func response(t *testing.T, inner string) contract.Exchange {
	t.Helper()
	signed, err := signature.PaytmChecksum{}.Sign([]byte(inner), key, signature.Zeros{})
	if err != nil {
		t.Fatal(err)
	}
	return contract.Exchange{Response: contract.Response{Status: 200, Body: []byte(`{"head":{"signature":"` + signed + `"},"body":` + inner + `}`)}}
}

func TestRead(t *testing.T) {
	t.Parallel()
	const good = `{"txnToken":"tok","resultInfo":{"resultStatus":"S","resultCode":"0000","resultMsg":"Success"}}`
	got := adapter().Operation("createOrder").Read(response(t, good))
	if got.State != contract.Succeeded || got.Retry != contract.Never || got.Token == nil || got.Token.Value != "tok" || got.Code != "0000" {
		t.Errorf("a success is read as %+v", got)
	}
	for name, inner := range map[string]string{
		"no token":              strings.Replace(good, `"txnToken":"tok",`, "", 1),
		"an empty token":        strings.Replace(good, `"tok"`, `""`, 1),
		"a token that is null":  strings.Replace(good, `"tok"`, "null", 1),
		"another status":        strings.Replace(good, `"S"`, `"F"`, 1),
		"no status":             strings.Replace(good, `"resultStatus":"S",`, "", 1),
		"a code as number":      strings.Replace(good, `"0000"`, "0", 1),
		"an undocumented code":  strings.Replace(good, `"0000"`, `"0001"`, 1),
		"a member's other case": strings.Replace(good, "resultCode", "ResultCode", 1),
		"a member twice":        strings.Replace(good, `"resultCode":"0000"`, `"resultCode":"324","resultCode":"0000"`, 1),
	} {
		if got := adapter().Operation("createOrder").Read(response(t, inner)); got.State != contract.Unknown || got.Retry != contract.AfterInquiry {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
	whole := response(t, good)
	for name, change := range map[string]func(*contract.Response){
		"an HTTP error":          func(a *contract.Response) { a.Status = 502 },
		"another body":           func(a *contract.Response) { a.Body = []byte(strings.Replace(string(a.Body), "tok", "tik", 1)) },
		"no signature":           func(a *contract.Response) { a.Body = []byte(`{"head":{},"body":` + good + `}`) },
		"a page":                 func(a *contract.Response) { a.Body = []byte("<html>") },
		"a signature not a text": func(a *contract.Response) { a.Body = []byte(`{"head":{"signature":1},"body":` + good + `}`) },
	} {
		changed := whole
		change(&changed.Response)
		if got := adapter().Operation("createOrder").Read(changed); got.State != contract.Unknown {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
	refused := response(t, `{"resultInfo":{"resultStatus":"F","resultCode":"324","resultMsg":"Duplicate Order Id"}}`)
	if got := adapter().Operation("createOrder").Read(refused); got.State != contract.Duplicate {
		t.Errorf("a duplicate is read as %+v", got)
	}
	if got := adapter().Operation("refund").Read(whole); got.State != contract.Unknown {
		t.Errorf("the response of another operation is read as %+v", got)
	}
}
