package paytring

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/contract"
	"assay/internal/signature"
)

const path = "/api/v2/order/create"

// Options are Paytring's own fields. Names and values are those of the page.
type Options struct {
	PG              string  `json:"pg"`         // the only gateway to use, such as payu
	PGPoolID        string  `json:"pg_pool_id"` // from the dashboard
	TPV             []Payer `json:"tpv"`
	SplitSettlement []Split `json:"split_settlement"`
	SplitType       string  `json:"split_type"`  // percent or fixed
	Autocapture     *bool   `json:"autocapture"` // default true
}

// Payer is an account that may pay.
type Payer struct {
	AccountNumber string `json:"account_number,omitempty"`
	Name          string `json:"name,omitempty"`
	IFSC          string `json:"ifsc,omitempty"`
}

// Split is the share of a vendor. Amount is a percentage or an amount: see SplitType.
type Split struct {
	VendorID string `json:"vendor_id,omitempty"`
	Amount   string `json:"amount,omitempty"`
}

type body struct {
	Key             string            `json:"key"`
	Amount          int64             `json:"amount"` // minor units
	CName           string            `json:"cname"`
	Phone           string            `json:"phone"`
	ReceiptID       string            `json:"receipt_id"`
	CallbackURL     string            `json:"callback_url"`
	Hash            string            `json:"hash"`
	Email           string            `json:"email"`
	Currency        string            `json:"currency"`
	BillingAddress  *address          `json:"billing_address,omitempty"`
	ShippingAddress *address          `json:"shipping_address,omitempty"`
	Notes           map[string]string `json:"notes,omitempty"`
	PG              string            `json:"pg,omitempty"`
	PGPoolID        string            `json:"pg_pool_id,omitempty"`
	TPV             []Payer           `json:"tpv,omitempty"`
	SplitSettlement []Split           `json:"split_settlement,omitempty"`
	SplitType       string            `json:"split_type,omitempty"`
	Autocapture     string            `json:"autocapture"`
}

type address struct {
	Line1     string `json:"line1,omitempty"`
	Line2     string `json:"line2,omitempty"`
	City      string `json:"city,omitempty"`
	State     string `json:"state,omitempty"`
	Zipcode   string `json:"zipcode,omitempty"` // a text, but the sample has a number: C10
	Country   string `json:"country,omitempty"`
	Phone     string `json:"phone,omitempty"`
	FirstName string `json:"firstname,omitempty"`
	LastName  string `json:"lastname,omitempty"`
}

func (a *adapter) createOrder(ask contract.Call) (*http.Request, error) {
	o, err := contract.InputOf[contract.Order]("paytring", "order", ask)
	if err != nil {
		return nil, err
	}
	var options Options
	if err := contract.DecodeOptions("paytring", ask.Options, &options); err != nil {
		return nil, err
	}
	if err := a.refuse(*o); err != nil {
		return nil, err
	}
	raw, err := a.withHash(a.body(*o, options))
	if err != nil {
		return nil, fmt.Errorf("paytring: %w", err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, a.setup.BaseURL+path, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("paytring: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(a.setup.Credentials["key"], a.setup.Credentials["secret"])
	return req, nil
}

// withHash encodes a body with its hash, which covers everything except itself.
func (a *adapter) withHash(b body) ([]byte, error) {
	bare, err := contract.Encode(b)
	if err != nil {
		return nil, err
	}
	if b.Hash, err = (signature.PaytringSHA512{}).Sign(bare, a.setup.Credentials["secret"], a.setup.Random); err != nil {
		return nil, err
	}
	return contract.Encode(b)
}

// refuse returns an error for a call without credentials, and for notes that the body has
// no members for. The specification has the limits of everything else.
func (a *adapter) refuse(o contract.Order) error {
	r := contract.RefusalCollector{Provider: "paytring"}
	r.Unless(a.setup.Credentials["key"] != "", "credentials.key", "is missing")
	r.Unless(a.setup.Credentials["secret"] != "", "credentials.secret", "is missing")
	for name := range o.Notes {
		r.Unless(slices.Contains([]string{"udf1", "udf2", "udf3", "udf4", "udf5"}, name), "order.notes", "may only have the names udf1 to udf5")
	}
	return r.Err()
}

// fields names the member of the input at each place of the body.
func fields() map[contract.Pointer]string {
	return map[contract.Pointer]string{
		"":                  "options",
		"/key":              "credentials.key",
		"/amount":           "order.amount.minor",
		"/cname":            "order.customer.firstName",
		"/phone":            "order.customer.mobile",
		"/receipt_id":       "order.reference",
		"/callback_url":     "order.returnUrl",
		"/email":            "order.customer.email",
		"/currency":         "order.amount.currency",
		"/billing_address":  "order.billing",
		"/shipping_address": "order.shipping",
		"/notes":            "order.notes",
	}
}

func (a *adapter) body(o contract.Order, options Options) body {
	return body{
		Key:             a.setup.Credentials["key"],
		Amount:          o.Amount.Minor,
		CName:           strings.Trim(o.Customer.FirstName+" "+o.Customer.LastName, " "),
		Phone:           o.Customer.Mobile,
		ReceiptID:       o.Reference,
		CallbackURL:     o.ReturnURL,
		Email:           o.Customer.Email,
		Currency:        o.Amount.Currency,
		BillingAddress:  postal(o.Billing),
		ShippingAddress: postal(o.Shipping),
		Notes:           o.Notes,
		PG:              options.PG,
		PGPoolID:        options.PGPoolID,
		TPV:             options.TPV,
		SplitSettlement: options.SplitSettlement,
		SplitType:       options.SplitType,
		// Always sent: SDK and page disagree on the default (C3).
		Autocapture: strconv.FormatBool(options.Autocapture == nil || *options.Autocapture),
	}
}

func postal(a *contract.Address) *address {
	if a == nil {
		return nil
	}
	return &address{
		Line1: a.Line1, Line2: a.Line2, City: a.City, State: a.State, Zipcode: a.PostalCode, Country: a.Country,
		Phone: a.Phone, FirstName: a.FirstName, LastName: a.LastName,
	}
}
