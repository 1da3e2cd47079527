package ipayments

import (
	"net/http"

	"assay/internal/contract"
)

type kyc struct {
	PAN          string `json:"pan"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	Mobile       string `json:"mobile"`
	MerchantCode string `json:"merchantCode"`
}

func (a *adapter) initKYC(ask contract.Call) (*http.Request, error) {
	k, err := contract.InputOf[contract.KYC](provider, "kyc", ask)
	if err != nil {
		return nil, err
	}
	if err := contract.DecodeOptions(provider, ask.Options, &struct{}{}); err != nil {
		return nil, err
	}
	if err := a.refusals().Err(); err != nil {
		return nil, err
	}
	return a.post("/v1/service/paycc/init/kyc", kyc{
		PAN:          k.PAN,
		Name:         k.Name,
		Email:        k.Email,
		Mobile:       k.Mobile,
		MerchantCode: a.setup.Credentials["merchantCode"],
	})
}

// kycFields names the member of the input at each place of the body.
func kycFields() map[contract.Pointer]string {
	return map[contract.Pointer]string{"": "kyc", "/merchantCode": "credentials.merchantCode"}
}
