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

// State reports whether the signature that the specification asks for stands in body
// and is valid. Without a specification (s is nil) it is contract.SignatureNone.
func State(s *openapi.Signature, body []byte, credentials map[string]string) contract.SignatureState {
	if s == nil {
		return contract.SignatureNone
	}
	found, _ := bodyState(s, body, credentials)
	return found
}

// bodyState is State with the form of a valid signature.
func bodyState(s *openapi.Signature, body []byte, credentials map[string]string) (contract.SignatureState, string) {
	raw, present := contract.Raw(body, s.At)
	return state(s, raw, present, func() ([]byte, bool) { return contract.Raw(body, s.Over) }, credentials)
}

// RequestState is State for the request of a view. It sets the SignatureForm of the view.
func RequestState(s *openapi.Signature, x *openapi.View) contract.SignatureState {
	found, form := viewState(s, x, x.RequestMember, x.Exchange.Request.Body)
	x.SignatureForm = form
	return found
}

// ResponseState is State for the response of a view.
func ResponseState(s *openapi.Signature, x *openapi.View) contract.SignatureState {
	found, _ := viewState(s, x, x.ResponseMember, x.Exchange.Response.Body)
	return found
}

// viewState uses the bytes that the view has located already. A body that is not JSON
// is searched again, because a signature may still be found in it.
func viewState(s *openapi.Signature, x *openapi.View, member func(pointer contract.Pointer) (raw []byte, present, isJSON bool), body []byte) (contract.SignatureState, string) {
	if s == nil {
		return contract.SignatureNone, ""
	}
	raw, present, isJSON := member(s.At)
	if !isJSON {
		return bodyState(s, body, x.Credentials)
	}
	return state(s, raw, present, func() ([]byte, bool) {
		over, covered, _ := member(s.Over)
		return over, covered
	}, x.Credentials)
}

// state judges raw, the signature as written, and returns the form of a valid one. covers
// returns the bytes that it covers; it is called only if they are needed.
func state(s *openapi.Signature, raw []byte, present bool, covers func() ([]byte, bool), credentials map[string]string) (contract.SignatureState, string) {
	if !present {
		return contract.SignatureMissing, ""
	}
	if raw[0] != '"' && string(raw) != "null" {
		return contract.SignatureInvalid, ""
	}
	if slices.ContainsFunc(s.Instead, func(text string) bool { return contract.EqualString(raw, text) }) {
		return contract.SignatureInstead, ""
	}
	key, known := credentials[s.Key]
	if !known {
		return contract.SignatureUnverified, ""
	}
	text, isText := contract.String(raw)
	if !isText {
		return contract.SignatureInvalid, ""
	}
	scheme, err := ByName(s.Scheme)
	over, covered := covers()
	if err != nil || !covered {
		return contract.SignatureInvalid, ""
	}
	// The bytes as sent, then their compact form: an SDK that parses the body before it
	// signs covers the compact form. The scheme itself sees only the bytes it is given.
	form := formOf(scheme, over, key, text)
	var compact bytes.Buffer
	if form == "" && json.Compact(&compact, over) == nil && !bytes.Equal(compact.Bytes(), over) {
		form = formOf(scheme, compact.Bytes(), key, text)
	}
	if form == "" {
		return contract.SignatureInvalid, ""
	}
	return contract.SignatureValid, form
}

// formOf returns the form of a valid signature, "" for an invalid one. A scheme without
// forms has the documented one only.
func formOf(scheme Scheme, message []byte, key, signature string) string {
	if former, ok := scheme.(interface {
		Form(message []byte, key, signature string) string
	}); ok {
		return former.Form(message, key, signature)
	}
	if scheme.Verify(message, key, signature) {
		return formDocumented
	}
	return ""
}

// Sign replaces the signature in body by a new one; random supplies the salt. A body
// that cannot be signed is returned unchanged.
func Sign(s *openapi.Signature, body []byte, credentials map[string]string, random io.Reader) []byte {
	if s == nil {
		return body
	}
	over, covered := contract.Raw(body, s.Over)
	if !covered {
		return body
	}
	text, err := SignBytes(s, over, credentials, random)
	if err != nil {
		return body
	}
	return contract.Replace(body, s.At, text)
}

// SignBytes returns the signature of covered as a JSON string.
func SignBytes(s *openapi.Signature, covered []byte, credentials map[string]string, random io.Reader) ([]byte, error) {
	scheme, err := ByName(s.Scheme)
	if err != nil {
		return nil, err
	}
	signed, err := scheme.Sign(covered, credentials[s.Key], random)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return contract.Encode(signed)
}

// Zeros is a source of zero bytes: the salt where a signature must be the same each
// time.
type Zeros struct{}

func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
