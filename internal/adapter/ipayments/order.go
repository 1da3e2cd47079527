package ipayments

import (
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
)

// Options are what only iPayments has. Names and values are the page's.
type Options struct {
	CardID     string `json:"cardId"`     // from adding a card
	CardName   string `json:"cardName"`   // of that card, where it is known
	BankID     string `json:"bankId"`     // from adding a bank; left out where empty
	APIType    string `json:"apiType"`    // b2b or b2c
	CategoryID string `json:"categoryId"` // from the category list
}

type order struct {
	CustomerID   string `json:"customerId"`
	ClientRefID  string `json:"clientRefId"`
	CardID       string `json:"cardId"`
	CardName     string `json:"cardName,omitempty"`
	MerchantCode string `json:"merchantCode"`
	RedirectURL  string `json:"redirectUrl"`
	APIType      string `json:"apiType"`
	Amount       string `json:"amount"`
	BankID       string `json:"bankId,omitempty"`
	CategoryID   string `json:"categoryId"`
}

const longestAmount = 7

var (
	// The documents give no form, and the documented length (C4) would refuse the page's
	// own sample. Order status has the reference in its path, so only characters are
	// allowed that need no escaping there.
	references = regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`)
	customers  = regexp.MustCompile(`^\S{1,30}$`)
	cards      = regexp.MustCompile(`^\S{1,20}$`)
	banks      = regexp.MustCompile(`^\S{0,20}$`)
	categories = regexp.MustCompile(`^[0-9]{1,2}$`)
)

func (a *adapter) createOrder(ask contract.Call) (*http.Request, error) {
	o, err := contract.InputOf[contract.Order](provider, "order", ask)
	if err != nil {
		return nil, err
	}
	var options Options
	if err := contract.DecodeOptions(provider, ask.Options, &options); err != nil {
		return nil, err
	}
	if err := a.refuseOrder(*o, options); err != nil {
		return nil, err
	}
	return a.post("/v1/service/paycc/order", order{
		CustomerID:   o.Customer.ID,
		ClientRefID:  o.Reference,
		CardID:       options.CardID,
		CardName:     options.CardName,
		MerchantCode: a.setup.Credentials["merchantCode"],
		RedirectURL:  o.ReturnURL,
		APIType:      options.APIType,
		Amount:       rupees(o.Amount),
		BankID:       options.BankID,
		CategoryID:   options.CategoryID,
	})
}

func (a *adapter) refuseOrder(o contract.Order, options Options) error {
	r := a.refusals()
	r.Matches(references, o.Reference, "order.reference")
	r.Unless(o.Amount.Minor > 0, "order.amount.minor", "must be above 0")
	r.Unless(o.Amount.Currency == "INR", "order.amount.currency", "must be INR")
	r.Unless(len(rupees(o.Amount)) <= longestAmount, "order.amount.minor", "needs more than 7 characters")
	r.Matches(customers, o.Customer.ID, "order.customer.id")
	r.Unless(o.ReturnURL != "", "order.returnUrl", "is missing")
	r.AbsoluteURL(o.ReturnURL, "order.returnUrl")
	r.Unless(utf8.RuneCountInString(o.ReturnURL) <= 300, "order.returnUrl", "is longer than 300 characters")
	r.Matches(cards, options.CardID, "options.cardId") // required by the table, C1
	r.Unless(utf8.RuneCountInString(options.CardName) <= 100, "options.cardName", "is longer than 100 characters")
	r.Matches(banks, options.BankID, "options.bankId")
	r.OneOf(options.APIType, "options.apiType", "b2b", "b2c")
	r.Matches(categories, options.CategoryID, "options.categoryId")
	return r.Err()
}

// rupees writes an amount as in the sample: "10", or "10.50" with paise. If that is one
// character too long, it drops a last 0: "10000.5".
func rupees(m contract.Money) string {
	text := strings.TrimSuffix(m.Decimal(), ".00")
	if len(text) > longestAmount && strings.Contains(text, ".") {
		return strings.TrimSuffix(text, "0")
	}
	return text
}
