package ipayments_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"assay/fixtures"
	"assay/internal/adapter/ipayments"
	"assay/internal/contract"
	"assay/internal/fixture"
)

func adapter(user, password string) *ipayments.Adapter {
	return ipayments.New(contract.Setup{
		BaseURL: "https://pay.example.com/api", Credentials: map[string]string{"merchantCode": "M1", "clientKey": user, "clientSecret": password},
	})
}

const options = `{"cardId":"card_1","apiType":"b2b","categoryId":"1"}`

func order() contract.Order {
	return contract.Order{
		Reference: "R1", Amount: contract.Money{Minor: 1000, Currency: "INR"}, Customer: contract.Customer{ID: "C1"}, ReturnURL: "https://merchant.example.com/back",
	}
}

func kyc() contract.KYC {
	return contract.KYC{Name: "Asha Example", Email: "payer@example.com", Mobile: "0000000001", PAN: "AAAAA0000A"}
}

func sent(t *testing.T, operation string, ask contract.Ask) (*http.Request, string) {
	t.Helper()
	req, err := adapter("clientId", "clientSecret").Request(operation, ask)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatal(err)
	}
	return req, string(raw)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	o, k := order(), kyc()
	for operation, c := range map[string]struct {
		ask       contract.Ask
		url, body string
	}{
		"createOrder": {
			contract.Ask{Order: &o, Options: []byte(options)}, "https://pay.example.com/api/v1/service/paycc/order",
			`{"customerId":"C1","clientRefId":"R1","cardId":"card_1","merchantCode":"M1","redirectUrl":"https://merchant.example.com/back","apiType":"b2b","amount":"10","categoryId":"1"}`,
		},
		"initKyc": {
			contract.Ask{KYC: &k}, "https://pay.example.com/api/v1/service/paycc/init/kyc",
			`{"pan":"AAAAA0000A","name":"Asha Example","email":"payer@example.com","mobile":"0000000001","merchantCode":"M1"}`,
		},
	} {
		req, body := sent(t, operation, c.ask)
		if req.Method != http.MethodPost || req.URL.String() != c.url || body != c.body {
			t.Errorf("%s asks %s %s with\n%s", operation, req.Method, req.URL, body)
		}
		if req.Header.Get("Accept") != "application/json" || req.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s sends %v", operation, req.Header)
		}
	}
}

// TestAuthorization holds Basic to the vectors.
func TestAuthorization(t *testing.T) {
	t.Parallel()
	vectors, err := fixture.Vectors(fixtures.Files, "ipayments")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, v := range vectors {
		want, ok := v.Headers["Authorization"]
		if !ok || v.Wrong {
			continue
		}
		held++
		user, password, _ := strings.Cut(v.Key, ":")
		o := order()
		req, err := adapter(user, password).Request("createOrder", contract.Ask{Order: &o, Options: []byte(options)})
		if err != nil {
			t.Fatal(err)
		}
		if got := req.Header.Get("Authorization"); got != want {
			t.Errorf("%s: %s, want %s", v.ID, got, want)
		}
	}
	if held < 2 {
		t.Errorf("held to %d vectors", held)
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]string{1: "0.01", 100: "1", 1050: "10.50", 1001: "10.01", 999999: "9999.99", 999999900: "9999999"} {
		o := order()
		o.Amount.Minor = minor
		if _, body := sent(t, "createOrder", contract.Ask{Order: &o, Options: []byte(options)}); !strings.Contains(body, `"amount":"`+want+`"`) {
			t.Errorf("%d minor units are written as %s", minor, body)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*contract.Order){
		"order.reference":       func(o *contract.Order) { o.Reference = "a/b" },
		"order.amount.minor":    func(o *contract.Order) { o.Amount.Minor = 1000001 }, // "10000.01" is of eight characters
		"order.amount.currency": func(o *contract.Order) { o.Amount.Currency = "USD" },
		"order.customer.id":     func(o *contract.Order) { o.Customer.ID = "" },
		"order.returnUrl":       func(o *contract.Order) { o.ReturnURL = "" },
	} {
		o := order()
		change(&o)
		refused(t, field, "createOrder", contract.Ask{Order: &o, Options: []byte(options)})
	}
	for field, change := range map[string]func(*contract.KYC){
		"kyc.name":   func(k *contract.KYC) { k.Name = " " },
		"kyc.email":  func(k *contract.KYC) { k.Email = "payer" },
		"kyc.mobile": func(k *contract.KYC) { k.Mobile = "+910000000001" },
		"kyc.pan":    func(k *contract.KYC) { k.PAN = "ENGPX1234" },
	} {
		k := kyc()
		change(&k)
		refused(t, field, "initKyc", contract.Ask{KYC: &k})
	}
	o := order()
	refused(t, "order", "createOrder", contract.Ask{})
	refused(t, "kyc", "initKyc", contract.Ask{Order: &o})
	refused(t, "options.apiType", "createOrder", contract.Ask{Order: &o, Options: []byte(`{"cardId":"c","apiType":"B2B","categoryId":"1"}`)})
}

func refused(t *testing.T, field, operation string, ask contract.Ask) {
	t.Helper()
	_, err := adapter("u", "p").Request(operation, ask)
	var r *contract.RefusedError
	if !errors.As(err, &r) || r.Field != field {
		t.Errorf("%s: %v", field, err)
	}
	if err != nil && (strings.Contains(err.Error(), "ENGPX1234") || strings.Contains(err.Error(), "0000000001")) {
		t.Errorf("%s: a personal value stands in %v", field, err)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	const good = `{"code":"0x0200","status":"SUCCESS","message":"m","data":{"orderId":"o1","kid":"k1","url":"https://pay.example.com/1"}}`
	for operation, reference := range map[string]string{"createOrder": "o1", "initKyc": "k1"} {
		read := func(status int, body string) contract.Outcome {
			return adapter("u", "p").Read(operation, contract.Exchange{Answer: contract.Answer{Status: status, Body: []byte(body)}})
		}
		if got := read(200, good); got.State != contract.Succeeded || got.ProviderReference != reference || got.RedirectURL != "https://pay.example.com/1" {
			t.Errorf("%s: a success is read as %+v", operation, got)
		}
		for name, body := range map[string]string{
			"no url":            strings.Replace(good, `"url"`, `"uri"`, 1),
			"a relative url":    strings.Replace(good, "https://pay.example.com/1", "/1", 1),
			"no reference":      strings.NewReplacer(`"orderId"`, `"a"`, `"kid"`, `"b"`).Replace(good),
			"another status":    strings.Replace(good, "SUCCESS", "FAILURE", 1),
			"an alias":          strings.NewReplacer("0x0200", "0x0202", "SUCCESS", "FAILED").Replace(good),
			"an undefined code": strings.Replace(good, "0x0200", "0x0208", 1),
			"a number":          strings.Replace(good, `"0x0200"`, "200", 1),
			"half of it":        good[:40],
			"a list":            "[" + good + "]",
		} {
			if got := read(200, body); got.State != contract.Unknown || got.Again != contract.AfterInquiry {
				t.Errorf("%s, %s: read as %+v", operation, name, got)
			}
		}
		if got := read(500, good); got.State != contract.Unknown {
			t.Errorf("%s: HTTP 500 is read as %+v", operation, got)
		}
		if got := read(200, `{"code":"0x0203","status":"MISSING_PARAMETER","message":{"pan":["missing"]}}`); got.State != contract.Invalid {
			t.Errorf("%s: a message that is an object is read as %+v", operation, got)
		}
		if got := read(200, `{"code":"0x0206","status":"PENDING","message":"m"}`); got.State != contract.Pending || got.Again != contract.AfterInquiry {
			t.Errorf("%s: pending is read as %+v", operation, got)
		}
	}
}
