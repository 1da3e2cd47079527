package paytm

import (
	"fmt"
	"regexp"

	"assay/internal/contract"
)

var (
	references = regexp.MustCompile(`^[A-Za-z0-9_]{1,50}$`) // narrower than Paytm accepts: C5
	customers  = regexp.MustCompile(`^[A-Za-z0-9@!=_$.]+$`)
	mobiles    = regexp.MustCompile(`^([0-9]{10})?$`)
	tokens     = regexp.MustCompile(`^[0-9]*$`)
)

// refuse returns an error for an order that Paytm would refuse with 1001, 1007, 1011, 1012,
// 2007 or 2012.
func (a *adapter) refuse(o contract.Order, options Options) error {
	r := contract.RefusalCollector{Provider: "paytm"}
	key := len(a.setup.Credentials["merchantKey"])
	r.Unless(a.setup.Credentials["mid"] != "", "credentials.mid", "is missing")
	r.Unless(key == 16 || key == 24 || key == 32, "credentials.merchantKey", "must have 16, 24 or 32 bytes")
	r.Matches(references, o.Reference, "order.reference")
	r.Unless(o.Amount.Minor > 0, "order.amount.minor", "must be above 0")
	r.Unless(o.Amount.Currency == "INR", "order.amount.currency", "must be INR")
	r.Matches(customers, o.Customer.ID, "order.customer.id")
	r.Matches(mobiles, o.Customer.Mobile, "order.customer.mobile")
	r.Email(o.Customer.Email, "order.customer.email")
	r.AbsoluteURL(o.ReturnURL, "order.returnUrl")
	r.AbsoluteURL(o.NotifyURL, "order.notifyUrl")
	options.refuse(&r)
	return r.Err()
}

func (o Options) refuse(r *contract.RefusalCollector) {
	r.Unless(o.WebsiteName != "", "options.websiteName", "is missing: it is marked mandatory")
	r.OneOf(o.RequestType, "options.requestType", "PAYMENT", "SUBSCRIPTION")
	r.OneOf(o.ChannelID, "options.channelId", "", "APP", "WEB", "WAP")
	r.OneOf(o.IntegrationType, "options.integrationType", "", "CUSTOM_CHECKOUT", "JS_CHECKOUT", "SDK", "UNKNOWN")
	modes(r, "options.enablePaymentMode", o.EnablePaymentMode)
	modes(r, "options.disablePaymentMode", o.DisablePaymentMode)
	for i, goods := range o.GoodsInfo {
		goods.Price.refuse(r, fmt.Sprintf("options.goodsInfo.%d.price", i))
	}
	for i, parcel := range o.ShippingInfo {
		parcel.ChargeAmount.refuse(r, fmt.Sprintf("options.shippingInfo.%d.chargeAmount", i))
		r.Email(parcel.Email, fmt.Sprintf("options.shippingInfo.%d.email", i))
	}
	if o.SSOToken != nil {
		r.Matches(tokens, o.SSOToken.Token, "options.ssoToken.token")
	}
}

func modes(r *contract.RefusalCollector, field string, list []PaymentMode) {
	for i, m := range list {
		r.OneOf(m.Mode, fmt.Sprintf("%s.%d.mode", field, i), "", "BALANCE", "PPBL", "UPI", "CREDIT_CARD", "DEBIT_CARD", "NET_BANKING", "EMI", "PAYTM_DIGITAL_CREDIT")
	}
}

// refuse refuses a negative amount; a price may be 0.
func (m *Amount) refuse(r *contract.RefusalCollector, field string) {
	if m == nil {
		return
	}
	r.Unless(m.Minor >= 0, field+".minor", "must not be negative")
	r.Unless(m.Currency == "INR", field+".currency", "must be INR")
}
