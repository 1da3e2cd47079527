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
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"assay/internal/contract"
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
	body, err := encodeBody(header, stated.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: the body of %s cannot be written as %s: %w", m.s.Provider, m.o.ID, header.Get("Content-Type"), err)
	}
	u, err := url.Parse(m.setup.BaseURL + path)
	if err != nil {
		return nil, fmt.Errorf("%s: the URL of %s cannot be made", m.s.Provider, m.o.ID) // the error of net/url holds the URL
	}
	request, err := m.authorized(contract.Request{Method: m.o.Method, URL: u, Header: header, Body: body}, call.Token)
	if err != nil {
		return nil, err
	}
	request = m.signed(request)
	r, err := http.NewRequestWithContext(context.Background(), request.Method, request.URL.String(), bytes.NewReader(request.Body))
	if err != nil {
		return nil, fmt.Errorf("%s: the URL of %s cannot be made", m.s.Provider, m.o.ID) // the error of net/http holds the URL
	}
	if len(request.Body) == 0 {
		r.Body = nil
	}
	r.Header = request.Header
	return r, nil
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

// signed signs a request, unless the case states the signature itself or the merchant does
// not sign.
func (m maker) signed(r contract.Request) contract.Request {
	sign := m.o.Sign.Request
	if sign == nil || signature.Present(sign, r) {
		return r
	}
	if c := m.s.Credential(sign.Key); c != nil && c.Optional && m.setup.Credentials[sign.Key] == "" {
		return r
	}
	now := time.Now
	if m.setup.Now != nil {
		now = m.setup.Now
	}
	return signature.SignRequest(sign, r, m.setup.Credentials, now(), m.setup.Random)
}

// authorized returns the request with the credentials of the first alternative that the
// merchant has. A credential that the case states itself stays as it is stated.
func (m maker) authorized(r contract.Request, token contract.Token) (contract.Request, error) {
	alternatives := m.o.Alternatives()
	states := func(a *openapi.Authorization) bool { return len(a.Values(r)) > 0 }
	if len(alternatives) == 0 || slices.ContainsFunc(m.o.Authorizations(), states) {
		return r, nil
	}
	made := m.o.Authorize(r, m.setup.Credentials, token.Value)
	complete := func(all []*openapi.Authorization) bool {
		return !slices.ContainsFunc(all, func(a *openapi.Authorization) bool { return len(a.Values(made)) == 0 })
	}
	if slices.ContainsFunc(alternatives, complete) {
		return made, nil
	}
	for _, a := range alternatives[0] {
		if len(a.Values(made)) > 0 {
			continue
		}
		field := "token"
		if names := a.Credentials(); len(names) > 0 {
			field = "credentials." + names[0]
		}
		return r, &contract.RefusedError{Provider: m.s.Provider, Field: field, Reason: "is missing"}
	}
	return made, nil
}
