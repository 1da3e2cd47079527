package contract

import (
	"encoding/json"
	"io"
	"time"
)

// Order is a payment that a merchant asks a provider to collect.
type Order struct {
	Reference   string            `yaml:"reference"` // the merchant's id of the order
	Amount      Money             `yaml:"amount"`
	Customer    Customer          `yaml:"customer"`
	Description string            `yaml:"description"`
	ReturnURL   string            `yaml:"returnUrl"` // the page to which the payer's browser returns
	NotifyURL   string            `yaml:"notifyUrl"` // the address to which the provider's server sends callbacks
	Billing     *Address          `yaml:"billing"`
	Shipping    *Address          `yaml:"shipping"`
	Notes       map[string]string `yaml:"notes"` // free text that the provider stores with the order
}

// Customer is the payer.
type Customer struct {
	ID        string `yaml:"id"`
	FirstName string `yaml:"firstName"`
	LastName  string `yaml:"lastName"`
	Email     string `yaml:"email"`
	Mobile    string `yaml:"mobile"` // digits only, without country code
}

// Address is a postal address.
type Address struct {
	FirstName  string `yaml:"firstName"`
	LastName   string `yaml:"lastName"`
	Phone      string `yaml:"phone"`
	Line1      string `yaml:"line1"`
	Line2      string `yaml:"line2"`
	City       string `yaml:"city"`
	State      string `yaml:"state"`
	Country    string `yaml:"country"`
	PostalCode string `yaml:"postalCode"`
}

// KYC is a request to start verifying a customer's identity (know your customer).
type KYC struct {
	Name   string `yaml:"name"`
	Email  string `yaml:"email"`
	Mobile string `yaml:"mobile"` // ten digits
	PAN    string `yaml:"pan"`    // the tax authority's permanent account number
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
	Value   string
	Expires time.Time
}

// Setup configures an adapter. Adapters read nothing from the environment, so that a
// replay can fix time and randomness.
type Setup struct {
	BaseURL     string
	Credentials map[string]string // by the names in x-credentials
	Now         func() time.Time
	Random      io.Reader
}
