package enkash

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"assay/internal/contract"
)

const orderPath = "/api/v0/orders"

// Options are EnKash's own fields. Names and values are those of the page.
type Options struct {
	PaymentDetail PaymentDetail `json:"paymentDetail"`
}

// PaymentDetail is the account that a UPI payment must come from. It is always sent, as {}
// if there is no account: one copy of the page requires it, but all its members are
// optional.
type PaymentDetail struct {
	AccountNumber string `json:"accountNumber,omitempty"`
	IFSC          string `json:"ifsc,omitempty"`
}

type order struct {
	OrderID          string            `json:"orderId"`
	Amount           amount            `json:"amount"`
	ReturnURL        string            `json:"returnUrl,omitempty"`
	NotifyURL        string            `json:"notifyUrl,omitempty"`
	CustomerInfo     *customer         `json:"customerInfo,omitempty"`
	CustomParameters map[string]string `json:"customParameters,omitempty"`
	Description      string            `json:"description,omitempty"`
	PaymentDetail    PaymentDetail     `json:"paymentDetail"`
}

// amount is rupees: {"value": 20.15, "currency": "INR"} is Rs 20.15.
type amount struct {
	Value    json.Number `json:"value"` // the decimal text, so that no float holds it
	Currency string      `json:"currency"`
}

type customer struct {
	FirstName   string   `json:"firstName,omitempty"`
	LastName    string   `json:"lastName,omitempty"`
	Address     *address `json:"address,omitempty"`
	Email       string   `json:"email,omitempty"`
	PhoneNumber string   `json:"phoneNumber,omitempty"` // without +91
}

type address struct {
	StreetName string `json:"streetName,omitempty"`
	City       string `json:"city,omitempty"`
	State      string `json:"state,omitempty"`
	Country    string `json:"country,omitempty"`
	Zipcode    string `json:"zipcode,omitempty"`
}

// createOrder does not check whether the token has expired: the provider's clock decides,
// and the provider responds with code 117.
func (a *adapter) createOrder(ask contract.Call) (*http.Request, error) {
	o, err := contract.InputOf[contract.Order]("enkash", "order", ask)
	if err != nil {
		return nil, err
	}
	var options Options
	if err := contract.DecodeOptions("enkash", ask.Options, &options); err != nil {
		return nil, err
	}
	if err := a.refuse(ask.Token); err != nil {
		return nil, err
	}
	req, err := a.post(orderPath, newOrder(*o, options))
	if err != nil {
		return nil, err
	}
	req.Header.Set("merchantAccessKey", a.setup.Credentials["accessKey"])
	req.Header.Set("Authorization", "Bearer "+ask.Token.Value)
	return req, nil
}

// refuse returns an error for a call without credentials or token. The specification has
// the limits of everything else.
func (a *adapter) refuse(token contract.Token) error {
	r := contract.RefusalCollector{Provider: "enkash"}
	r.Unless(a.setup.Credentials["accessKey"] != "", "credentials.accessKey", "is missing")
	r.Unless(token.Value != "", "token", "is missing: createToken issues it")
	return r.Err()
}

// orderFields names the member of the input at each place of the body.
func orderFields() map[contract.Pointer]string {
	return map[contract.Pointer]string{
		"":                          "options",
		"/orderId":                  "order.reference",
		"/amount":                   "order.amount",
		"/amount/value":             "order.amount.minor",
		"/returnUrl":                "order.returnUrl",
		"/notifyUrl":                "order.notifyUrl",
		"/customerInfo":             "order.customer",
		"/customerInfo/phoneNumber": "order.customer.mobile",
		"/customerInfo/address":     "order.billing",
		"/customParameters":         "order.notes",
		"/description":              "order.description",
	}
}

func newOrder(o contract.Order, options Options) order {
	return order{
		OrderID:          o.Reference,
		Amount:           amount{json.Number(o.Amount.Decimal()), o.Amount.Currency},
		ReturnURL:        o.ReturnURL,
		NotifyURL:        o.NotifyURL,
		CustomerInfo:     payer(o),
		CustomParameters: o.Notes,
		Description:      o.Description,
		PaymentDetail:    options.PaymentDetail,
	}
}

// payer returns the customer, nil if the order has none.
func payer(o contract.Order) *customer {
	c := customer{FirstName: o.Customer.FirstName, LastName: o.Customer.LastName, Email: o.Customer.Email, PhoneNumber: o.Customer.Mobile}
	if b := o.Billing; b != nil {
		lines := slices.DeleteFunc([]string{b.Line1, b.Line2}, func(line string) bool { return line == "" })
		street := strings.Join(lines, ", ") // the page has one line only
		c.Address = &address{StreetName: street, City: b.City, State: b.State, Country: b.Country, Zipcode: b.PostalCode}
	}
	if c == (customer{}) {
		return nil
	}
	return &c
}
