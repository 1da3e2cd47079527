package openapi

import (
	"encoding/json"
	"errors"
	"net/mail"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/view"
)

// violations returns the violations of a schema by a value of a document.
func violations(s *openapi3.Schema, value any) []Violation {
	raw, err := json.Marshal(value)
	if err != nil {
		return []Violation{view.NotJSON()}
	}
	return view.NewBody("", true, convertSchema(s), nil).Violations(raw)
}

func email(text string) error {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return errors.New("not an e-mail address")
	}
	return nil
}

func uri(text string) error {
	u, err := url.Parse(text)
	if err != nil || !u.IsAbs() {
		return errors.New("not an absolute URI")
	}
	return nil
}
