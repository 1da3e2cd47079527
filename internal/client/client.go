// Package client makes the requests that cases state. A case has the members of its
// request; the specification has method, path, media type, credentials and signature. No
// code about the provider is needed.
//
// An Input is the stated request as the input of a call, so that engine, rules and recorder
// treat it as any other input: it knows its references and its personal data. Operation
// makes the HTTP request. It sends nothing.
//
// Check refuses a request that the specification excludes. The adapters use it too, so a
// stated request and an adapter's request keep to the same limits.
package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assay/internal/contract"
	"assay/internal/media"
	"assay/internal/openapi"
	"assay/internal/signature"
)

// Operation returns the operation of a specification as an adapter has it: Request makes
// requests of an *Input. Read reads nothing: the outcome is always unknown.
func Operation(s *openapi.Spec, o *openapi.Operation, setup contract.Setup) contract.Operation {
	m := maker{s, o, setup}
	return contract.Operation{
		ID: o.ID, Request: m.request,
		Read: func(contract.Exchange) contract.Outcome { return contract.UnknownOutcome() },
	}
}

// maker makes the requests of one operation for one merchant.
type maker struct {
	s     *openapi.Spec
	o     *openapi.Operation
	setup contract.Setup
}

// request makes the request of a call. It refuses a request that the specification
// excludes, unless the case is about that.
func (m maker) request(call contract.Call) (*http.Request, error) {
	input, stated := call.Input.(*Input)
	if !stated {
		input = NewInput(m.o, nil, false)
	}
	if err := CheckCredentials(m.s, m.setup.Credentials); err != nil {
		return nil, err
	}
	r, err := m.made(input.stated, call)
	if err != nil || input.refused {
		return r, err
	}
	if err := Check(m.s, m.o, r, m.setup.Credentials, nil); err != nil {
		return nil, err
	}
	return r, nil
}

func (m maker) made(stated *contract.StatedRequest, call contract.Call) (*http.Request, error) {
	stated, err := m.filled(stated, call.After)
	if err != nil {
		return nil, err
	}
	path, err := m.path(stated)
	if err != nil {
		return nil, err
	}
	header, query := http.Header{}, url.Values{}
	for name, values := range stated.Query {
		for _, value := range values {
			query.Add(name, value.Text)
		}
	}
	for name, values := range stated.Headers {
		for _, value := range values {
			header.Add(name, value.Text)
		}
	}
	if encoded := query.Encode(); encoded != "" {
		path += "?" + encoded
	}
	if len(stated.Body) > 0 && m.o.Request != nil && header.Get("Content-Type") == "" {
		header.Set("Content-Type", mediaType(m.o.Request.Types))
	}
	body := encodeBody(header.Get("Content-Type"), m.withSignature(stated.Body))
	r, err := http.NewRequestWithContext(context.Background(), m.o.Method, m.setup.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: the URL of %s cannot be made", m.s.Provider, m.o.ID) // the error of net/http holds the URL
	}
	if len(body) == 0 {
		r.Body = nil
	}
	r.Header = header
	return m.completed(r, body, call.Token)
}

// mediaType returns the media type of a request: JSON if it is documented.
func mediaType(documented []string) string {
	if slices.Contains(documented, "application/json") || len(documented) == 0 {
		return "application/json"
	}
	return documented[0]
}

// path returns the path with its parameters.
func (m maker) path(stated *contract.StatedRequest) (string, error) {
	var path strings.Builder
	rest := m.o.Path
	for {
		before, after, found := strings.Cut(rest, "{")
		path.WriteString(before)
		if !found {
			return path.String(), nil
		}
		name, left, _ := strings.Cut(after, "}")
		text := stated.Path[name].Text
		if text == "" || text == "." || text == ".." {
			return "", &contract.RefusedError{Provider: m.s.Provider, Field: string(contract.Parameter("path", name)), Reason: "is missing, or cannot stand in a path"}
		}
		path.WriteString(url.PathEscape(text))
		rest = left
	}
}

// withSignature returns a body with an empty signature, which completed fills, unless the case
// states the signature itself.
func (m maker) withSignature(body []byte) []byte {
	sign := m.o.Sign.Request
	if sign == nil || sign.Outside != "" || len(body) == 0 || !m.signs() {
		return body
	}
	if _, stated := contract.Raw(body, sign.At); stated {
		return body
	}
	return put(body, sign.At, []byte(`""`))
}

// signs reports whether the merchant signs: not if the key is optional and not given.
func (m maker) signs() bool {
	key := m.o.Sign.Request.Key
	c := m.s.Credential(key)
	return c == nil || !c.Optional || m.setup.Credentials[key] != ""
}

// completed returns the request with its credentials and its signature.
func (m maker) completed(r *http.Request, body []byte, token contract.Token) (*http.Request, error) {
	made, err := m.authorized(contract.Request{Method: r.Method, URL: r.URL, Header: r.Header, Body: body}, token)
	if err != nil {
		return nil, err
	}
	if sign := m.o.Sign.Request; sign != nil && m.signs() && m.unsigned(sign, made) {
		made = signature.SignRequest(sign, made, m.setup.Credentials, m.setup.Now(), m.setup.Random)
	}
	r.URL, r.Header = made.URL, made.Header
	if len(made.Body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(made.Body))
		r.ContentLength = int64(len(made.Body))
	}
	return r, nil
}

// unsigned reports whether a request has no signature yet, or an empty one.
func (m maker) unsigned(sign *openapi.Signature, r contract.Request) bool {
	switch kind, name := sign.Outside.Named(); kind {
	case "header":
		return r.Header.Get(name) == ""
	case "query":
		return r.URL.Query().Get(name) == ""
	}
	_, body := media.Read(r.Header, r.Body, m.o.Request.FormTypes())
	raw, _ := contract.Raw(body, sign.At)
	return string(raw) == `""`
}

// authorized returns the request with the credentials of the first alternative that the
// merchant has all credentials of. What the case states itself stays.
func (m maker) authorized(r contract.Request, token contract.Token) (contract.Request, error) {
	var missing error
	for _, alternative := range m.o.Alternatives() {
		made, err := m.withAll(r, alternative, token)
		if err == nil {
			return made, nil
		}
		if missing == nil {
			missing = err
		}
	}
	return r, missing
}

func (m maker) withAll(r contract.Request, alternative []*openapi.Authorization, token contract.Token) (contract.Request, error) {
	for _, a := range alternative {
		if len(a.Values(r)) > 0 {
			continue
		}
		for _, name := range a.Credentials() {
			if c := m.s.Credential(name); c != nil && !c.Optional && m.setup.Credentials[name] == "" {
				return r, &contract.RefusedError{Provider: m.s.Provider, Field: "credentials." + name, Reason: "is missing"}
			}
		}
		made, ok := a.Authorize(r, m.setup.Credentials, token.Value)
		if !ok {
			field := "token"
			if names := a.Credentials(); len(names) > 0 {
				field = "credentials." + names[0]
			}
			return r, &contract.RefusedError{Provider: m.s.Provider, Field: field, Reason: "is missing"}
		}
		r = made
	}
	return r, nil
}
