package ipayments

import (
	"net/http"
	"strings"

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
	CardID       string `json:"cardId,omitempty"`
	CardName     string `json:"cardName,omitempty"`
	MerchantCode string `json:"merchantCode"`
	RedirectURL  string `json:"redirectUrl"`
	APIType      string `json:"apiType"`
	Amount       string `json:"amount"`
	BankID       string `json:"bankId,omitempty"`
	CategoryID   string `json:"categoryId"`
}

const longestAmount = 7

func (a *adapter) createOrder(ask contract.Call) (*http.Request, error) {
	o, err := contract.InputOf[contract.Order](provider, "order", ask)
	if err != nil {
		return nil, err
	}
	var options Options
	if err := contract.DecodeOptions(provider, ask.Options, &options); err != nil {
		return nil, err
	}
	r := a.refusals()
	r.Unless(o.Amount.Currency == "INR", "order.amount.currency", "must be INR: the request has no currency")
	if err := r.Err(); err != nil {
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

// orderFields names the member of the input at each place of the body.
func orderFields() map[contract.Pointer]string {
	return map[contract.Pointer]string{
		"":              "options",
		"/merchantCode": "credentials.merchantCode",
		"/customerId":   "order.customer.id",
		"/clientRefId":  "order.reference",
		"/redirectUrl":  "order.returnUrl",
		"/amount":       "order.amount.minor",
	}
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
