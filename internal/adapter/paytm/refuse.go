package paytm

import "assay/internal/contract"

// refuse returns an error for a call without credentials. The specification has the limits
// of everything else.
func (a *adapter) refuse() error {
	r := contract.RefusalCollector{Provider: "paytm"}
	r.Unless(a.setup.Credentials["mid"] != "", "credentials.mid", "is missing")
	r.Unless(a.setup.Credentials["merchantKey"] != "", "credentials.merchantKey", "is missing")
	return r.Err()
}

// fields names the member of the input at each place of the body.
func fields() map[contract.Pointer]string {
	return map[contract.Pointer]string{
		"":                              "options.websiteName", // neither websiteName nor callbackUrl
		"/head":                         "options",
		"/head/channelId":               "options.channelId",
		"/body":                         "options",
		"/body/mid":                     "credentials.mid",
		"/body/orderId":                 "order.reference",
		"/body/txnAmount":               "order.amount",
		"/body/txnAmount/value":         "order.amount.minor",
		"/body/userInfo":                "order.customer",
		"/body/userInfo/custId":         "order.customer.id",
		"/body/callbackUrl":             "order.returnUrl",
		"/body/peonUrl":                 "order.notifyUrl",
		"/body/extendInfo":              "order.notes",
		"/body/goodsInfo/*/price/value": "options.goodsInfo.*.price.minor",
		"/body/shippingInfo/*/chargeAmount/value": "options.shippingInfo.*.chargeAmount.minor",
	}
}
