package spec

import (
	"encoding/json"
	"errors"
	"net/mail"
	"net/url"

	"github.com/getkin/kin-openapi/openapi3"

	"assay/internal/sift"
)

// Violation is one way in which something departs from its schema.
type Violation = sift.Violation

// violations judges a value of a document by a schema.
func violations(s *openapi3.Schema, value any) []Violation {
	raw, err := json.Marshal(value)
	if err != nil {
		return []Violation{{Keyword: "syntax", Why: "is no JSON"}}
	}
	notes := &sift.Notes{}
	compiled(plainly(s), sift.Asked{}).Read(raw, notes)
	return notes.Violations
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
