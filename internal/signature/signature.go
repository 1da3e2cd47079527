package signature

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"assay/internal/contract"
	"assay/internal/openapi"
)

// State reports whether the signature that the specification asks for stands in body
// and is valid. Without a specification (s is nil) it is contract.SignatureNone.
func State(s *openapi.Signature, body []byte, credentials map[string]string) contract.SignatureState {
	ex := contract.Exchange{Request: contract.Request{Body: body}}
	if s != nil && s.Of == contract.InResponse {
		ex = contract.Exchange{Response: contract.Response{Body: body}}
	}
	return ExchangeState(s, ex, credentials, time.Time{})
}

// ExchangeState is State for the signed side of an exchange. A time of signing that is too
// far from now is contract.SignatureExpired; a zero now is not known.
func ExchangeState(s *openapi.Signature, ex contract.Exchange, credentials map[string]string, now time.Time) contract.SignatureState {
	if s == nil {
		return contract.SignatureNone
	}
	m := &message{Signature: s, ex: &ex}
	found, _ := m.state(credentials, now)
	return found
}

// RequestState is State for the request of a view. It sets the SignatureForm of the view.
func RequestState(s *openapi.Signature, x *openapi.View) contract.SignatureState {
	found, form := viewState(s, x, x.RequestMember)
	x.SignatureForm = form
	return found
}

// ResponseState is State for the response of a view.
func ResponseState(s *openapi.Signature, x *openapi.View) contract.SignatureState {
	found, _ := viewState(s, x, x.ResponseMember)
	return found
}

// viewState uses the bytes that the view has located already. A body that is not JSON
// is searched again, because a signature may still be found in it.
func viewState(s *openapi.Signature, x *openapi.View, member func(pointer contract.Pointer) (raw []byte, present, isJSON bool)) (contract.SignatureState, string) {
	if s == nil {
		return contract.SignatureNone, ""
	}
	m := message{Signature: s, ex: &x.Exchange, member: member}
	return m.state(x.Credentials, clock(s, x))
}

// clock returns when a message was received: a request now, if that is known, and any other
// at the date of the response.
func clock(s *openapi.Signature, x *openapi.View) time.Time {
	if s.Tolerance == 0 || s.Of == contract.InRequest && !x.Now.IsZero() {
		return x.Now
	}
	date, _ := http.ParseTime(x.Exchange.Response.Header.Get("Date")) // zero: not known
	return date
}

// state judges the signature, and returns the form of a valid one.
func (m *message) state(credentials map[string]string, now time.Time) (contract.SignatureState, string) {
	if m.Outside != "" {
		return m.outsideState(credentials, now)
	}
	raw, present := []byte(nil), false
	isJSON := false
	if m.member != nil {
		raw, present, isJSON = m.member(m.At)
	}
	if !isJSON {
		raw, present = contract.Raw(m.json(m.Of), m.At)
	}
	if !present {
		return contract.SignatureMissing, ""
	}
	if raw[0] != '"' && string(raw) != "null" {
		return contract.SignatureInvalid, ""
	}
	if slices.ContainsFunc(m.Instead, func(text string) bool { return contract.EqualString(raw, text) }) {
		return contract.SignatureInstead, ""
	}
	key, known := credentials[m.Key]
	if !known {
		return contract.SignatureUnverified, ""
	}
	text, isText := contract.String(raw)
	if !isText {
		return contract.SignatureInvalid, ""
	}
	return m.verify(key, now, text)
}

// outsideState is state for a signature in a header or in the query.
func (m *message) outsideState(credentials map[string]string, now time.Time) (contract.SignatureState, string) {
	found, present := m.candidates()
	if !present {
		return contract.SignatureMissing, ""
	}
	if len(found) == 1 && slices.Contains(m.Instead, found[0]) {
		return contract.SignatureInstead, ""
	}
	key, known := credentials[m.Key]
	if !known {
		return contract.SignatureUnverified, ""
	}
	return m.verify(key, now, found...)
}

// verify judges signatures of which one has to be valid.
func (m *message) verify(key string, now time.Time, signatures ...string) (contract.SignatureState, string) {
	scheme, err := Of(m.Signature)
	over, covered := m.covers()
	if err != nil || !covered {
		return contract.SignatureInvalid, ""
	}
	for _, text := range signatures {
		if form := m.form(scheme, over, key, text); form != "" {
			if m.stale(now) {
				return contract.SignatureExpired, ""
			}
			return contract.SignatureValid, form
		}
	}
	return contract.SignatureInvalid, ""
}

// form returns the form of a valid signature over the bytes as sent or over their compact
// form: an SDK that parses the body before it signs covers the compact form. A scheme that
// is exact covers the bytes only.
func (m *message) form(scheme Scheme, over []byte, key, text string) string {
	form := formOf(scheme, over, key, text)
	if _, exact := scheme.(interface{ exact() }); exact || form != "" || len(m.Template) > 0 {
		return form
	}
	var compact bytes.Buffer
	if json.Compact(&compact, over) == nil && !bytes.Equal(compact.Bytes(), over) {
		form = formOf(scheme, compact.Bytes(), key, text)
	}
	return form
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

// Zeros is a source of zero bytes: the salt where a signature must be the same each
// time.
type Zeros struct{}

func (Zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
