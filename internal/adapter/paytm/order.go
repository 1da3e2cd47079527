package paytm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"assay/internal/contract"
	"assay/internal/signature"
)

const path = "/aoa-acquiring-biz/v2/order"

// Options are Paytm's own fields. Names and values are those of the page.
type Options struct {
	RequestType        string         `json:"requestType"` // default PAYMENT
	ChannelID          string         `json:"channelId"`
	WebsiteName        string         `json:"websiteName"`
	EnablePaymentMode  []PaymentMode  `json:"enablePaymentMode"`
	DisablePaymentMode []PaymentMode  `json:"disablePaymentMode"`
	GoodsInfo          []Goods        `json:"goodsInfo"`
	ShippingInfo       []Shipping     `json:"shippingInfo"`
	SSOToken           *SSOToken      `json:"ssoToken"`
	IntegrationType    string         `json:"integrationType"`
	GatewayInfo        map[string]any `json:"gatewayInfo"`
	TxnRoutingParams   map[string]any `json:"txnRoutingParams"`
}

// PaymentMode is a way to pay, with its channels and banks.
type PaymentMode struct {
	Mode     string   `json:"mode,omitempty"`
	Channels []string `json:"channels,omitempty"`
	Banks    []string `json:"banks,omitempty"`
}

// Goods is one item of the order.
type Goods struct {
	MerchantGoodsID    string      `json:"merchantGoodsId,omitempty"`
	MerchantShippingID string      `json:"merchantShippingId,omitempty"`
	SnapshotURL        string      `json:"snapshotUrl,omitempty"`
	Description        string      `json:"description,omitempty"`
	Category           string      `json:"category,omitempty"`
	Quantity           string      `json:"quantity,omitempty"` // a decimal text, such as "3.2"
	Unit               string      `json:"unit,omitempty"`
	Price              *Amount     `json:"price,omitempty"`
	ExtendInfo         *ExtendInfo `json:"extendInfo,omitempty"`
}

// ExtendInfo is the merchant's text about goods. Empty texts are sent, as in the page's
// sample.
type ExtendInfo struct {
	UDF1       *string `json:"udf1,omitempty"`
	UDF2       *string `json:"udf2,omitempty"`
	UDF3       *string `json:"udf3,omitempty"`
	MercUnqRef *string `json:"mercUnqRef,omitempty"`
	Comments   *string `json:"comments,omitempty"`
}

// Shipping is one parcel.
type Shipping struct {
	MerchantShippingID string  `json:"merchantShippingId,omitempty"`
	TrackingNo         string  `json:"trackingNo,omitempty"`
	Carrier            string  `json:"carrier,omitempty"`
	ChargeAmount       *Amount `json:"chargeAmount,omitempty"`
	CountryName        string  `json:"countryName,omitempty"`
	StateName          string  `json:"stateName,omitempty"`
	CityName           string  `json:"cityName,omitempty"`
	Address1           string  `json:"address1,omitempty"`
	Address2           string  `json:"address2,omitempty"`
	FirstName          string  `json:"firstName,omitempty"`
	LastName           string  `json:"lastName,omitempty"`
	MobileNo           string  `json:"mobileNo,omitempty"`
	ZipCode            string  `json:"zipCode,omitempty"`
	Email              string  `json:"email,omitempty"`
}

// SSOToken identifies the payer's wallet.
type SSOToken struct {
	Token string `json:"token,omitempty"`
	PG    string `json:"pg,omitempty"`
}

// Amount is contract.Money, sent as {"value": "1.00", "currency": "INR"}. In options it is
// in minor units.
type Amount contract.Money

// MarshalJSON writes rupees with two decimals, as a string.
func (m Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"value": contract.Money(m).Decimal(), "currency": m.Currency})
}

type request struct {
	Head head            `json:"head"`
	Body json.RawMessage `json:"body"`
}

type head struct {
	RequestTimeStamp string `json:"requestTimeStamp"`
	ChannelID        string `json:"channelId,omitempty"`
	Signature        string `json:"signature"`
}

type body struct {
	RequestType        string            `json:"requestType"`
	MID                string            `json:"mid"`
	OrderID            string            `json:"orderId"`
	WebsiteName        string            `json:"websiteName,omitempty"`
	TxnAmount          Amount            `json:"txnAmount"`
	UserInfo           user              `json:"userInfo"`
	CallbackURL        string            `json:"callbackUrl,omitempty"`
	PeonURL            string            `json:"peonUrl,omitempty"`
	EnablePaymentMode  []PaymentMode     `json:"enablePaymentMode,omitempty"`
	DisablePaymentMode []PaymentMode     `json:"disablePaymentMode,omitempty"`
	GoodsInfo          []Goods           `json:"goodsInfo,omitempty"`
	ShippingInfo       []Shipping        `json:"shippingInfo,omitempty"`
	ExtendInfo         map[string]string `json:"extendInfo,omitempty"`
	SSOToken           *SSOToken         `json:"ssoToken,omitempty"`
	IntegrationType    string            `json:"integrationType,omitempty"`
	GatewayInfo        map[string]any    `json:"gatewayInfo,omitempty"`
	TxnRoutingParams   map[string]any    `json:"txnRoutingParams,omitempty"`
}

type user struct {
	CustID    string `json:"custId"`
	Mobile    string `json:"mobile,omitempty"`
	Email     string `json:"email,omitempty"`
	FirstName string `json:"firstName,omitempty"`
	LastName  string `json:"lastName,omitempty"`
}

func (a *adapter) createOrder(ask contract.Call) (*http.Request, error) {
	o, err := contract.InputOf[contract.Order]("paytm", "order", ask)
	if err != nil {
		return nil, err
	}
	options := Options{RequestType: "PAYMENT"}
	if err := contract.DecodeOptions("paytm", ask.Options, &options); err != nil {
		return nil, err
	}
	if err := a.refuse(); err != nil {
		return nil, err
	}
	inner, err := contract.Encode(a.body(*o, options))
	if err != nil {
		return nil, fmt.Errorf("paytm: %w", err)
	}
	signed, err := signature.PaytmChecksum{}.Sign(inner, a.setup.Credentials["merchantKey"], a.setup.Random)
	if err != nil {
		return nil, fmt.Errorf("paytm: %w", err)
	}
	envelope, err := contract.Encode(request{
		// The page says epoch and no unit; Paytm's SDK sends milliseconds.
		Head: head{strconv.FormatInt(a.setup.Now().UnixMilli(), 10), options.ChannelID, signed},
		Body: inner,
	})
	if err != nil {
		return nil, fmt.Errorf("paytm: %w", err)
	}
	query := url.Values{"mid": {a.setup.Credentials["mid"]}, "orderId": {o.Reference}}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, a.setup.BaseURL+path+"?"+query.Encode(), bytes.NewReader(envelope))
	if err != nil {
		return nil, fmt.Errorf("paytm: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

func (a *adapter) body(o contract.Order, options Options) body {
	return body{
		RequestType: options.RequestType,
		MID:         a.setup.Credentials["mid"],
		OrderID:     o.Reference,
		WebsiteName: options.WebsiteName,
		TxnAmount:   Amount(o.Amount),
		UserInfo: user{
			CustID: o.Customer.ID, Mobile: o.Customer.Mobile, Email: o.Customer.Email,
			FirstName: o.Customer.FirstName, LastName: o.Customer.LastName,
		},
		CallbackURL:        o.ReturnURL,
		PeonURL:            o.NotifyURL,
		EnablePaymentMode:  options.EnablePaymentMode,
		DisablePaymentMode: options.DisablePaymentMode,
		GoodsInfo:          options.GoodsInfo,
		ShippingInfo:       options.ShippingInfo,
		ExtendInfo:         o.Notes,
		SSOToken:           options.SSOToken,
		IntegrationType:    options.IntegrationType,
		GatewayInfo:        options.GatewayInfo,
		TxnRoutingParams:   options.TxnRoutingParams,
	}
}
