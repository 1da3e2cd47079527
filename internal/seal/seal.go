// Package seal puts a specification's signature on a body, tells whether one
// holds, and knows what forgers do to it. The schemes are those of package
// signature; where in a body they stand, and over what, is the specification's.
package seal

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"assay/internal/contract"
	"assay/internal/signature"
	"assay/internal/spec"
)

// State tells how a body is signed: "valid", "invalid", "missing",
// "unverified" (nobody knows the key), "instead" (a text accepted in place of a signature) or "none" where nothing
// is documented.
func State(s *spec.Signature, body []byte, credentials map[string]string) string {
	if s == nil {
		return "none"
	}
	raw, ok := contract.Raw(body, s.At)
	if !ok {
		return "missing"
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "invalid"
	}
	if slices.Contains(s.Instead, text) {
		return "instead"
	}
	key, known := credentials[s.Key]
	if !known {
		return "unverified"
	}
	scheme, err := signature.Named(s.Scheme)
	over, covered := contract.Raw(body, s.Over)
	if err != nil || !covered {
		return "invalid"
	}
	// The bytes as sent first; then their compact form, which is what an SDK
	// sees that parses before it verifies.
	var compact bytes.Buffer
	if scheme.Verify(over, key, text) ||
		json.Compact(&compact, over) == nil && scheme.Verify(compact.Bytes(), key, text) {
		return "valid"
	}
	return "invalid"
}

// Sign computes the signature of a body again, where one stands; random
// supplies the salt. A body that cannot be signed comes back as it is.
func Sign(s *spec.Signature, body []byte, credentials map[string]string, random io.Reader) []byte {
	if s == nil {
		return body
	}
	scheme, err := signature.Named(s.Scheme)
	over, covered := contract.Raw(body, s.Over)
	if err != nil || !covered {
		return body
	}
	signed, err := scheme.Sign(over, credentials[s.Key], random)
	if err != nil {
		return body
	}
	text, err := contract.Encode(signed)
	if err != nil {
		return body
	}
	return contract.Replace(body, s.At, text)
}

// Zeros is a salt for what is signed where chance has no place.
type Zeros struct{}

func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
