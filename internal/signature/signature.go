// Package seal puts a specification's signature on a body, tells whether one
// holds, and knows what forgers do to it. The schemes are those of package
// signature; where in a body they stand, and over what, is the specification's.
package signature

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// State tells how a body is signed.
func State(s *openapi.Signature, body []byte, credentials map[string]string) contract.SignatureState {
	if s == nil {
		return contract.SignatureNone
	}
	raw, there := contract.Raw(body, s.At)
	return state(s, raw, there, func() ([]byte, bool) { return contract.Raw(body, s.Over) }, credentials)
}

// Asked is State of the request of a view.
func RequestState(s *openapi.Signature, x *openapi.View) contract.SignatureState {
	return seen(s, x, x.RequestSays, x.Exchange.Request.Body)
}

// Responded is State of the response of a view.
func ResponseState(s *openapi.Signature, x *openapi.View) contract.SignatureState {
	return seen(s, x, x.ResponseSays, x.Exchange.Response.Body)
}

// seen looks where the view saw the signature. Where the body is no JSON it may
// still carry one.
func seen(s *openapi.Signature, x *openapi.View, says func(pointer contract.Pointer) (raw []byte, there, whole bool), body []byte) contract.SignatureState {
	if s == nil {
		return contract.SignatureNone
	}
	raw, there, whole := says(s.At)
	if !whole {
		return State(s, body, x.Credentials)
	}
	return state(s, raw, there, func() ([]byte, bool) {
		over, covered, _ := says(s.Over)
		return over, covered
	}, x.Credentials)
}

// state judges a signature as it is written, if there is one, over what it covers.
func state(s *openapi.Signature, raw []byte, there bool, covers func() ([]byte, bool), credentials map[string]string) contract.SignatureState {
	if !there {
		return contract.SignatureMissing
	}
	if raw[0] != '"' && string(raw) != "null" {
		return contract.SignatureInvalid
	}
	if slices.ContainsFunc(s.Instead, func(text string) bool { return contract.EqualString(raw, text) }) {
		return contract.SignatureInstead
	}
	key, known := credentials[s.Key]
	if !known {
		return contract.SignatureUnverified
	}
	text, isText := contract.String(raw)
	if !isText {
		return contract.SignatureInvalid
	}
	scheme, err := ByName(s.Scheme)
	over, covered := covers()
	if err != nil || !covered {
		return contract.SignatureInvalid
	}
	// The bytes as sent first; then their compact form, which is what an SDK
	// sees that parses before it verifies.
	var compact bytes.Buffer
	if scheme.Verify(over, key, text) ||
		json.Compact(&compact, over) == nil && scheme.Verify(compact.Bytes(), key, text) {
		return contract.SignatureValid
	}
	return contract.SignatureInvalid
}

// Sign computes the signature of a body again, where one stands; random
// supplies the salt. A body that cannot be signed comes back as it is.
func Sign(s *openapi.Signature, body []byte, credentials map[string]string, random io.Reader) []byte {
	if s == nil {
		return body
	}
	over, covered := contract.Raw(body, s.Over)
	if !covered {
		return body
	}
	text, err := Over(s, over, credentials, random)
	if err != nil {
		return body
	}
	return contract.Replace(body, s.At, text)
}

// Over is the signature, as a JSON string, of what one covers.
func Over(s *openapi.Signature, over []byte, credentials map[string]string, random io.Reader) ([]byte, error) {
	scheme, err := ByName(s.Scheme)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	signed, err := scheme.Sign(over, credentials[s.Key], random)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return contract.Encode(signed)
}

// Zeros is a salt for what is signed where chance has no place.
type Zeros struct{}

func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
