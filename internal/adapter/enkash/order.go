package enkash

import (
	"encoding/json"
	"net/http"
	"regexp"
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

// maxAmount is the maximum in the oldest copy of the page, in paise. Newer copies name
// none.
const maxAmount = 1_000_000_000 * 100

var (
	references = regexp.MustCompile(`^[A-Za-z0-9]+$`) // narrower than EnKash accepts: C7
	phones     = regexp.MustCompile(`^[0-9]*$`)
	accounts   = regexp.MustCompile(`^(.{9,36})?$`)
	branches   = regexp.MustCompile(`^([A-Z]{4}0[A-Z0-9]{6})?$`)
)

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
	if err := a.refuse(*o, ask.Token, options); err != nil {
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

func (a *adapter) refuse(o contract.Order, token contract.Token, options Options) error {
	r := contract.RefusalCollector{Provider: "enkash"}
	r.Unless(a.setup.Credentials["accessKey"] != "", "credentials.accessKey", "is missing")
	r.Unless(token.Value != "", "token", "is missing: createToken issues it")
	r.Matches(references, o.Reference, "order.reference")
	r.Unless(o.Amount.Minor > 0, "order.amount.minor", "must be above 0")
	r.Unless(o.Amount.Minor <= maxAmount, "order.amount.minor", "is more than the documented maximum")
	r.Unless(o.Amount.Currency == "INR", "order.amount.currency", "must be INR")
	r.Email(o.Customer.Email, "order.customer.email")
	r.Matches(phones, o.Customer.Mobile, "order.customer.mobile")
	r.AbsoluteURL(o.ReturnURL, "order.returnUrl")
	r.AbsoluteURL(o.NotifyURL, "order.notifyUrl")
	r.Matches(accounts, options.PaymentDetail.AccountNumber, "options.paymentDetail.accountNumber")
	r.Matches(branches, options.PaymentDetail.IFSC, "options.paymentDetail.ifsc")
	return r.Err()
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
