package enkash

import (
	"net/http"

	"assay/internal/contract"
)

const tokenPath = "/api/v0/merchant/token"

type keys struct {
	AccessKey string `json:"accessKey"`
	SecretKey string `json:"secretKey"`
}

// createToken sends both forms: the guide shows a header and no body, the reference a body
// and no header.
// https://docs.enkash.com/payment-gateway/authorization
// https://docs.enkash.com/api-17348486
func (a *adapter) createToken(ask contract.Call) (*http.Request, error) {
	own := a.setup.Credentials
	r := contract.RefusalCollector{Provider: "enkash"}
	r.Unless(ask.Input == nil, "ask", "has an input, and createToken takes none")
	r.Unless(own["accessKey"] != "", "credentials.accessKey", "is missing")
	r.Unless(own["secretKey"] != "", "credentials.secretKey", "is missing")
	if err := r.Err(); err != nil {
		return nil, err
	}
	if err := contract.DecodeOptions("enkash", ask.Options, &struct{}{}); err != nil {
		return nil, err
	}
	req, err := a.post(tokenPath, keys{own["accessKey"], own["secretKey"]})
	if err == nil && own["apiKey"] != "" {
		req.Header.Set("API-Key", own["apiKey"])
	}
	return req, err
}
