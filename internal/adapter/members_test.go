package adapter_test

import (
	"strings"

	"assay/internal/contract"
)

// asked is an ask while it is being made up.
type asked struct {
	contract.Ask
	Order   *contract.Order
	KYC     *contract.KYC
	options map[string]any
}

// ask is the ask as an adapter gets it.
func (a *asked) ask() contract.Ask {
	made := a.Ask
	switch {
	case a.Order != nil:
		made.Input = a.Order
	case a.KYC != nil:
		made.Input = a.KYC
	}
	if len(a.options) > 0 {
		made.Options, _ = contract.Encode(a.options)
	}
	return made
}

// member is a text of an order, a KYC request or the options, and where in the
// request it goes. What it may be the specification says, at that place.
type member struct {
	field string // as a refusal names it
	at    string // the pointer into the body
	set   func(*asked, string)
	// only is what an adapter confines itself to where that is less than the
	// specification accepts, and why is the reading or page that has it so.
	only, why string
	must      bool // mandatory here, though the specification could do without
	url       bool // the address of a page
	mail      bool // an e-mail address, though the specification does not say so
	joined    bool // is part of what goes there
}

// operation is one that takes an order, a KYC request, or nothing.
type operation struct {
	name    string
	members []member
	kyc     bool
	amounts func(minor int64) bool // the amounts that the documents have room for
	notes   string                 // where notes go, "": nowhere
	named   []string               // the only names notes may have; nil: any
	departs []string               // readings and conditions whose warning the adapter lives with
}

func order(set func(*contract.Order, string)) func(*asked, string) {
	return func(a *asked, v string) { set(a.Order, v) }
}

func kyc(set func(*contract.KYC, string)) func(*asked, string) {
	return func(a *asked, v string) { set(a.KYC, v) }
}

func billing(set func(*contract.Address, string)) func(*asked, string) {
	return func(a *asked, v string) {
		if a.Order.Billing == nil {
			a.Order.Billing = &contract.Address{}
		}
		set(a.Order.Billing, v)
	}
}

// option sets a member of the options; "0" on the way stands for a list of one.
func option(path string) func(*asked, string) {
	names := strings.Split(path, ".")
	return func(a *asked, v string) {
		at := a.options
		for i, name := range names[:len(names)-1] {
			if name == "0" {
				continue
			}
			inner, _ := at[name].(map[string]any)
			if some, ok := at[name].([]any); ok {
				inner = some[0].(map[string]any)
			}
			if inner == nil {
				inner = map[string]any{}
			}
			at[name] = inner
			if names[i+1] == "0" {
				at[name] = []any{inner}
			}
			at = inner
		}
		at[names[len(names)-1]] = v
	}
}

func reference(o *contract.Order, v string) { o.Reference = v }
func customer(o *contract.Order, v string)  { o.Customer.ID = v }
func first(o *contract.Order, v string)     { o.Customer.FirstName = v }
func last(o *contract.Order, v string)      { o.Customer.LastName = v }
func email(o *contract.Order, v string)     { o.Customer.Email = v }
func mobile(o *contract.Order, v string)    { o.Customer.Mobile = v }
func back(o *contract.Order, v string)      { o.ReturnURL = v }
func notify(o *contract.Order, v string)    { o.NotifyURL = v }
func currency(o *contract.Order, v string)  { o.Amount.Currency = v }

// operations is every operation, member by member.
func operations() []operation {
	const digits = "the ids that are handed out elsewhere hold no blanks"
	return []operation{
		{name: "enkash/createToken"},
		{
			name: "enkash/createOrder", notes: "/customParameters", departs: []string{"C2", "C15"},
			amounts: func(minor int64) bool { return minor <= 1_000_000_000*100 }, // the oldest copy's maximum, C2
			members: []member{
				{field: "order.reference", at: "/orderId", set: order(reference), only: `^[A-Za-z0-9]+$`, why: "C7"},
				{field: "order.amount.currency", at: "/amount/currency", set: order(currency)},
				{field: "order.customer.firstName", at: "/customerInfo/firstName", set: order(first)},
				{field: "order.customer.lastName", at: "/customerInfo/lastName", set: order(last)},
				{field: "order.customer.email", at: "/customerInfo/email", set: order(email)},
				{field: "order.customer.mobile", at: "/customerInfo/phoneNumber", set: order(mobile)},
				{field: "order.billing.line1", at: "/customerInfo/address/streetName", set: billing(func(a *contract.Address, v string) { a.Line1 = v })},
				{field: "order.billing.city", at: "/customerInfo/address/city", set: billing(func(a *contract.Address, v string) { a.City = v })},
				{field: "order.billing.state", at: "/customerInfo/address/state", set: billing(func(a *contract.Address, v string) { a.State = v })},
				{field: "order.billing.country", at: "/customerInfo/address/country", set: billing(func(a *contract.Address, v string) { a.Country = v })},
				{field: "order.billing.postalCode", at: "/customerInfo/address/zipcode", set: billing(func(a *contract.Address, v string) { a.PostalCode = v })},
				{field: "order.description", at: "/description", set: order(func(o *contract.Order, v string) { o.Description = v })},
				{field: "order.returnUrl", at: "/returnUrl", set: order(back), url: true},
				{field: "order.notifyUrl", at: "/notifyUrl", set: order(notify), url: true},
				{field: "options.paymentDetail.accountNumber", at: "/paymentDetail/accountNumber", set: option("paymentDetail.accountNumber"), only: `^.{9,36}$`, why: "an account number is one line"},
				{field: "options.paymentDetail.ifsc", at: "/paymentDetail/ifsc", set: option("paymentDetail.ifsc")},
			},
		},
		{
			name: "ipayments/createOrder", departs: []string{"C4"},
			// At most seven characters; below a whole rupee a zero at the end may go.
			amounts: func(minor int64) bool {
				return minor <= 9_999_999_00 && minor%100 == 0 || minor <= 99_999_90 && minor%10 == 0 || minor <= 9_999_99
			},
			members: []member{
				{field: "order.reference", at: "/clientRefId", set: order(reference), only: `^[A-Za-z0-9_-]{1,20}$`, why: "C4, and order status takes it in its path"},
				{field: "order.customer.id", at: "/customerId", set: order(customer), only: `^\S{1,30}$`, why: digits},
				{field: "order.returnUrl", at: "/redirectUrl", set: order(back), url: true},
				{field: "options.cardId", at: "/cardId", set: option("cardId"), only: `^\S{1,20}$`, why: "C1: " + digits, must: true},
				{field: "options.cardName", at: "/cardName", set: option("cardName")},
				{field: "options.bankId", at: "/bankId", set: option("bankId"), only: `^\S{0,20}$`, why: digits},
				{field: "options.apiType", at: "/apiType", set: option("apiType")},
				{field: "options.categoryId", at: "/categoryId", set: option("categoryId"), only: `^[0-9]{1,2}$`, why: "C9: the category list has numbers"},
			},
		},
		{
			name: "ipayments/initKyc", kyc: true,
			members: []member{
				{field: "kyc.name", at: "/name", set: kyc(func(k *contract.KYC, v string) { k.Name = v })},
				{field: "kyc.email", at: "/email", set: kyc(func(k *contract.KYC, v string) { k.Email = v }), mail: true},
				{field: "kyc.mobile", at: "/mobile", set: kyc(func(k *contract.KYC, v string) { k.Mobile = v }), only: `^[0-9]{10}$`, why: "the sample has ten digits"},
				{field: "kyc.pan", at: "/pan", set: kyc(func(k *contract.KYC, v string) { k.PAN = v }), only: `^[A-Z]{5}[0-9]{4}[A-Z]$`, why: "C7"},
			},
		},
		paytm(), paytring(),
	}
}

func paytm() operation {
	return operation{
		name: "paytm/createOrder", notes: "/body/extendInfo", departs: []string{"C5", "C13", "mobile-for-emi"}, amounts: func(int64) bool { return true },
		members: []member{
			{field: "order.reference", at: "/body/orderId", set: order(reference), only: `^[A-Za-z0-9_]{1,50}$`, why: "C5"},
			{field: "order.amount.currency", at: "/body/txnAmount/currency", set: order(currency)},
			{field: "order.customer.id", at: "/body/userInfo/custId", set: order(customer)},
			{field: "order.customer.mobile", at: "/body/userInfo/mobile", set: order(mobile)},
			{field: "order.customer.email", at: "/body/userInfo/email", set: order(email)},
			{field: "order.customer.firstName", at: "/body/userInfo/firstName", set: order(first)},
			{field: "order.customer.lastName", at: "/body/userInfo/lastName", set: order(last)},
			{field: "order.returnUrl", at: "/body/callbackUrl", set: order(back), url: true},
			{field: "order.notifyUrl", at: "/body/peonUrl", set: order(notify), url: true},
			{field: "options.websiteName", at: "/body/websiteName", set: option("websiteName"), must: true},
			{field: "options.requestType", at: "/body/requestType", set: option("requestType")},
			{field: "options.channelId", at: "/head/channelId", set: option("channelId")},
			{field: "options.integrationType", at: "/body/integrationType", set: option("integrationType")},
			{field: "options.enablePaymentMode.0.mode", at: "/body/enablePaymentMode/0/mode", set: option("enablePaymentMode.0.mode")},
			{field: "options.disablePaymentMode.0.mode", at: "/body/disablePaymentMode/0/mode", set: option("disablePaymentMode.0.mode")},
			{field: "options.goodsInfo.0.description", at: "/body/goodsInfo/0/description", set: option("goodsInfo.0.description")},
			{field: "options.goodsInfo.0.extendInfo.comments", at: "/body/goodsInfo/0/extendInfo/comments", set: option("goodsInfo.0.extendInfo.comments")},
			{field: "options.shippingInfo.0.email", at: "/body/shippingInfo/0/email", set: option("shippingInfo.0.email")},
			{field: "options.shippingInfo.0.firstName", at: "/body/shippingInfo/0/firstName", set: option("shippingInfo.0.firstName")},
			{field: "options.ssoToken.token", at: "/body/ssoToken/token", set: option("ssoToken.token")},
		},
	}
}

func paytring() operation {
	return operation{
		name: "paytring/createOrder", notes: "/notes", named: []string{"udf1", "udf2", "udf3", "udf4", "udf5"}, departs: []string{"C10"},
		amounts: func(int64) bool { return true },
		members: []member{
			{field: "order.reference", at: "/receipt_id", set: order(reference)},
			{field: "order.amount.currency", at: "/currency", set: order(currency), must: true},
			{field: "order.customer.firstName", at: "/cname", set: order(first), joined: true},
			{field: "order.customer.mobile", at: "/phone", set: order(mobile)},
			{field: "order.customer.email", at: "/email", set: order(email)},
			{field: "order.returnUrl", at: "/callback_url", set: order(back), url: true},
			{field: "order.billing.line1", at: "/billing_address/line1", set: billing(func(a *contract.Address, v string) { a.Line1 = v })},
			{field: "order.billing.postalCode", at: "/billing_address/zipcode", set: billing(func(a *contract.Address, v string) { a.PostalCode = v })},
			{field: "order.billing.lastName", at: "/billing_address/lastname", set: billing(func(a *contract.Address, v string) { a.LastName = v })},
			{field: "options.pg", at: "/pg", set: option("pg")},
			{field: "options.pg_pool_id", at: "/pg_pool_id", set: option("pg_pool_id")},
			{field: "options.tpv.0.name", at: "/tpv/0/name", set: option("tpv.0.name")},
			{field: "options.split_settlement.0.amount", at: "/split_settlement/0/amount", set: option("split_settlement.0.amount")},
			{field: "options.split_type", at: "/split_type", set: option("split_type")},
		},
	}
}
