package contract

import (
	"encoding/json"
	"io"
	"time"
)

// Order is what a merchant asks a provider to collect.
type Order struct {
	Reference   string            `yaml:"reference"` // the merchant's own id of the order
	Amount      Money             `yaml:"amount"`
	Customer    Customer          `yaml:"customer"`
	Description string            `yaml:"description"`
	ReturnURL   string            `yaml:"returnUrl"` // where the payer's browser comes back to
	NotifyURL   string            `yaml:"notifyUrl"` // where the provider's server reports to
	Billing     *Address          `yaml:"billing"`
	Shipping    *Address          `yaml:"shipping"`
	Notes       map[string]string `yaml:"notes"` // free text the provider keeps with the order
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

// KYC is what a merchant asks to begin knowing a customer.
type KYC struct {
	Name   string `yaml:"name"`
	Email  string `yaml:"email"`
	Mobile string `yaml:"mobile"` // ten digits
	PAN    string `yaml:"pan"`    // the tax authority's permanent account number
}

// Ask is one thing asked of an operation.
type Call struct {
	Input   Input           // nil: the operation takes none, as one that issues a token
	Options json.RawMessage // what only this provider has: a JSON object, or nothing
	Token   Token           // what the operation's bearer authorization needs
	After   *Exchange       // the exchange this one follows, if any
}

// Token is a credential with an end.
type Token struct {
	Value   string
	Expires time.Time
}

// Setup is what an adapter is given: it takes nothing from the environment, so
// a replay can hold clock and chance still.
type Setup struct {
	BaseURL     string
	Credentials map[string]string // by the names of x-credentials
	Now         func() time.Time
	Random      io.Reader
}
