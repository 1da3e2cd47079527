package ipayments

import (
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"assay/internal/contract"
)

type kyc struct {
	PAN          string `json:"pan"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	Mobile       string `json:"mobile"`
	MerchantCode string `json:"merchantCode"`
}

var (
	// The table allows eleven characters; a PAN has these ten (C7).
	pans    = regexp.MustCompile(`^[A-Z]{5}[0-9]{4}[A-Z]$`)
	mobiles = regexp.MustCompile(`^[0-9]{10}$`)
	emails  = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
)

func (a *adapter) initKYC(ask contract.Call) (*http.Request, error) {
	k, err := contract.InputOf[contract.KYC](provider, "kyc", ask)
	if err != nil {
		return nil, err
	}
	if err := contract.DecodeOptions(provider, ask.Options, &struct{}{}); err != nil {
		return nil, err
	}
	if err := a.refuseKYC(*k); err != nil {
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

func (a *adapter) refuseKYC(k contract.KYC) error {
	r := a.refusals()
	r.Unless(strings.TrimSpace(k.Name) != "", "kyc.name", "is missing")
	r.Unless(utf8.RuneCountInString(k.Name) <= 200, "kyc.name", "is longer than 200 characters")
	r.Matches(emails, k.Email, "kyc.email")
	r.Unless(utf8.RuneCountInString(k.Email) <= 200, "kyc.email", "is longer than 200 characters")
	r.Matches(mobiles, k.Mobile, "kyc.mobile")
	r.Matches(pans, k.PAN, "kyc.pan")
	return r.Err()
}
