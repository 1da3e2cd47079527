package contract

import (
	"encoding/json"
	"io"
	"time"
)

// Order is a payment that a merchant asks a provider to collect.
type Order struct {
	Reference   string            `yaml:"reference" json:"reference"` // the merchant's id of the order
	Amount      Money             `yaml:"amount" json:"amount"`
	Customer    Customer          `yaml:"customer" json:"customer"`
	Description string            `yaml:"description" json:"description,omitempty"`
	ReturnURL   string            `yaml:"returnUrl" json:"returnUrl,omitempty"` // the page to which the payer's browser returns
	NotifyURL   string            `yaml:"notifyUrl" json:"notifyUrl,omitempty"` // the address to which the provider's server sends callbacks
	Billing     *Address          `yaml:"billing" json:"billing,omitempty"`
	Shipping    *Address          `yaml:"shipping" json:"shipping,omitempty"`
	Notes       map[string]string `yaml:"notes" json:"notes,omitempty"` // free text that the provider stores with the order
}

// Customer is the payer.
type Customer struct {
	ID        string `yaml:"id" json:"id,omitempty"`
	FirstName string `yaml:"firstName" json:"firstName,omitempty"`
	LastName  string `yaml:"lastName" json:"lastName,omitempty"`
	Email     string `yaml:"email" json:"email,omitempty"`
	Mobile    string `yaml:"mobile" json:"mobile,omitempty"` // digits only, without country code
}

// Address is a postal address.
type Address struct {
	FirstName  string `yaml:"firstName" json:"firstName,omitempty"`
	LastName   string `yaml:"lastName" json:"lastName,omitempty"`
	Phone      string `yaml:"phone" json:"phone,omitempty"`
	Line1      string `yaml:"line1" json:"line1,omitempty"`
	Line2      string `yaml:"line2" json:"line2,omitempty"`
	City       string `yaml:"city" json:"city,omitempty"`
	State      string `yaml:"state" json:"state,omitempty"`
	Country    string `yaml:"country" json:"country,omitempty"`
	PostalCode string `yaml:"postalCode" json:"postalCode,omitempty"`
}

// KYC is a request to start verifying a customer's identity (know your customer).
type KYC struct {
	Name   string `yaml:"name" json:"name,omitempty"`
	Email  string `yaml:"email" json:"email,omitempty"`
	Mobile string `yaml:"mobile" json:"mobile,omitempty"` // ten digits
	PAN    string `yaml:"pan" json:"pan,omitempty"`       // the tax authority's permanent account number
}

// Call is one call of an operation.
type Call struct {
	Input   Input           // nil: the operation has no input, for example one that issues a token
	Options json.RawMessage // options of this provider only: a JSON object, or empty
	Token   Token           // for operations with bearer authorization
	After   *Exchange       // the exchange before this one, if any
}

// Token is a credential that expires.
type Token struct {
	Value   string    `json:"value"`
	Expires time.Time `json:"expires,omitzero"`
}

// Setup configures an adapter. Adapters read nothing from the environment, so that a
// replay can fix time and randomness.
type Setup struct {
	BaseURL     string
	Credentials map[string]string // by the names in x-credentials
	Now         func() time.Time
	Random      io.Reader
}
