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

// fields names the member of the input at each place of the request.
func fields() map[contract.Place]string {
	return map[contract.Place]string{
		"request#":                                        "options.websiteName", // neither websiteName nor callbackUrl
		"request.query.mid":                               "credentials.mid",
		"request.query.orderId":                           "order.reference",
		"request#/head":                                   "options",
		"request#/head/channelId":                         "options.channelId",
		"request#/body":                                   "options",
		"request#/body/mid":                               "credentials.mid",
		"request#/body/orderId":                           "order.reference",
		"request#/body/txnAmount":                         "order.amount",
		"request#/body/txnAmount/value":                   "order.amount.minor",
		"request#/body/userInfo":                          "order.customer",
		"request#/body/userInfo/custId":                   "order.customer.id",
		"request#/body/callbackUrl":                       "order.returnUrl",
		"request#/body/peonUrl":                           "order.notifyUrl",
		"request#/body/extendInfo":                        "order.notes",
		"request#/body/goodsInfo/*/price/value":           "options.goodsInfo.*.price.minor",
		"request#/body/shippingInfo/*/chargeAmount/value": "options.shippingInfo.*.chargeAmount.minor",
	}
}
