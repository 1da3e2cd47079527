package signature

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
)

// SignRequest returns the request with a new signature, where the specification puts it;
// random supplies the salt. A signature or a time of signing that is absent is added. A
// request that cannot be signed is returned unchanged.
func SignRequest(s *openapi.Signature, r contract.Request, credentials map[string]string, now time.Time, random io.Reader) contract.Request {
	return sign(s, contract.Exchange{Request: r}, credentials, now, random, true).Request
}

// ResignRequest is SignRequest that only replaces: a body without a signature gets none.
func ResignRequest(s *openapi.Signature, r contract.Request, credentials map[string]string, now time.Time, random io.Reader) contract.Request {
	return sign(s, contract.Exchange{Request: r}, credentials, now, random, false).Request
}

// SignResponse returns the response of an exchange with a new signature. A body without a
// signature gets none.
func SignResponse(s *openapi.Signature, ex contract.Exchange, credentials map[string]string, now time.Time, random io.Reader) contract.Response {
	return sign(s, ex, credentials, now, random, false).Response
}

// Resign returns the exchange with a new signature on the side that is signed, where there
// is one.
func Resign(s *openapi.Signature, ex contract.Exchange, credentials map[string]string, random io.Reader) contract.Exchange {
	return sign(s, ex, credentials, time.Time{}, random, false)
}

// Spoil returns the exchange with each signature changed by change.
func Spoil(s *openapi.Signature, ex contract.Exchange, change func(text string) string) contract.Exchange {
	if s.Outside != "" {
		o := &outside{message: message{Signature: s, ex: &ex}}
		return o.rewritten(change)
	}
	return editBody(s.Of, ex, func(body []byte) []byte {
		raw, _ := contract.Raw(body, s.At)
		return contract.Replace(body, s.At, []byte(change(string(raw))))
	})
}

// Sign replaces the signature in body by a new one; random supplies the salt. A body
// that cannot be signed is returned unchanged.
func Sign(s *openapi.Signature, body []byte, credentials map[string]string, random io.Reader) []byte {
	if s == nil || s.Outside != "" {
		return body
	}
	if s.Of == contract.InResponse {
		return SignResponse(s, contract.Exchange{Response: contract.Response{Body: body}}, credentials, time.Time{}, random).Body
	}
	return ResignRequest(s, contract.Request{Body: body}, credentials, time.Time{}, random).Body
}

// SignBytes returns the signature of covered as a JSON string.
func SignBytes(s *openapi.Signature, covered []byte, credentials map[string]string, random io.Reader) ([]byte, error) {
	signed, err := signText(s, covered, credentials, random)
	if err != nil {
		return nil, err
	}
	return contract.Encode(signed)
}

func signText(s *openapi.Signature, covered []byte, credentials map[string]string, random io.Reader) (string, error) {
	scheme, err := Of(s)
	if err != nil {
		return "", err
	}
	signed, err := scheme.Sign(covered, credentials[s.Key], random)
	if err != nil {
		return "", fmt.Errorf("signature: %w", err)
	}
	return signed, nil
}

// sign returns the exchange with a new signature on the side that is signed. add puts a
// signature into a body that has none.
func sign(s *openapi.Signature, ex contract.Exchange, credentials map[string]string, now time.Time, random io.Reader, add bool) contract.Exchange {
	if s == nil {
		return ex
	}
	timed := withTime(s, ex, now)
	m := &message{Signature: s, ex: &timed}
	covered, ok := m.covers()
	if !ok {
		return ex
	}
	text, err := signText(s, covered, credentials, random)
	if err != nil {
		return ex
	}
	return m.write(text, add)
}

// withTime returns the exchange with a time of signing, if one is documented and none is
// there.
func withTime(s *openapi.Signature, ex contract.Exchange, now time.Time) contract.Exchange {
	m := &message{Signature: s, ex: &ex}
	if _, there := m.timestamp(); there {
		return ex
	}
	seconds := int64(0)
	if !now.IsZero() {
		seconds = now.Unix()
	}
	switch text := strconv.FormatInt(seconds, 10); {
	case s.TimeNamed != "":
		return put(ex, s.Outside, s.TimeNamed+"="+text)
	case s.Time != "":
		return put(ex, s.Time, text) // a place in the body is left to the body
	}
	return ex
}

// write returns the exchange with the text as its signature.
func (m *message) write(text string, add bool) contract.Exchange {
	ex := *m.ex
	if m.Outside != "" {
		if m.Named != "" {
			if text = m.Named + "=" + text; m.TimeNamed != "" {
				at, _ := m.timestamp()
				text = m.TimeNamed + "=" + at + "," + text
			}
		}
		return put(ex, m.Outside, text)
	}
	raw, err := contract.Encode(text)
	if err != nil {
		return ex
	}
	change := func(body []byte) []byte {
		if _, there := contract.Raw(body, m.At); !there && add {
			return insert(body, m.At, raw)
		}
		return contract.Replace(body, m.At, raw)
	}
	if m.Of == contract.InResponse {
		ex.Response.Body = media.Edit(ex.Response.Header, ex.Response.Body, nil, change)
	} else {
		ex.Request.Body = media.Edit(ex.Request.Header, ex.Request.Body, nil, change)
	}
	return ex
}

// insert adds a member to the object that should have it; without that object, body stays.
func insert(body []byte, at contract.Pointer, raw []byte) []byte {
	whole, there := contract.Raw(body, at.Parent())
	if !there || len(whole) == 0 || whole[0] != '{' {
		return body
	}
	return contract.Replace(body, at.Parent(), object(append(members(whole), member{at.LastToken(), raw})))
}

// Present reports whether a request has something in the place of its signature.
func Present(s *openapi.Signature, r contract.Request) bool {
	m := &message{Signature: s, ex: &contract.Exchange{Request: r}}
	if s.Outside != "" {
		_, there := m.candidates()
		return there
	}
	_, there := contract.Raw(m.json(contract.InRequest), s.At)
	return there
}
